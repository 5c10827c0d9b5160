#include "fuzz/file_model.hpp"

#include "skerry/wasi/quota.hpp"

#include <algorithm>
#include <set>

namespace skerry::fuzz {

namespace {

using wasi::Errno;
using Kind = Node::Kind;

constexpr int max_links = 40;

struct Text {
  std::vector<std::string> names;
  bool wants_directory = false;
};

// The names of a path without "" and "." where they mean nothing; a path of only such names is ".".
Text split(std::string_view path) {
  Text made;
  made.wants_directory = path.ends_with('/');
  for (size_t at = 0; at < path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    if (end > at) made.names.emplace_back(path.substr(at, end - at));
    at = end + 1;
  }
  return made;
}

NodePtr make(Kind kind, std::string data = {}) {
  auto node = std::make_shared<Node>();
  node->kind = kind;
  node->data = std::move(data);
  return node;
}

uint64_t count_names(const Node& directory) {
  uint64_t count = 0;
  for (const auto& [name, node] : directory.entries) {
    ++count;
    if (node->kind == Kind::directory) count += count_names(*node);
  }
  return count;
}

uint64_t target_price(std::string_view target) {
  return target.size() > wasi::Quota::short_target_bytes ? wasi::Quota::long_target_bytes : 0;
}

void collect_nodes(const NodePtr& node, std::set<NodePtr>& nodes) {
  nodes.insert(node);
  for (const auto& [name, below] : node->entries) collect_nodes(below, nodes);
}

bool holds(const NodePtr& directory, const NodePtr& wanted) {
  if (directory == wanted) return true;
  return std::ranges::any_of(directory->entries,
                             [&](const auto& entry) { return holds(entry.second, wanted); });
}

} // namespace

FileModel::FileModel(uint64_t bytes, uint64_t names, uint32_t descriptors)
    : descriptors_(root_fd + 1), byte_limit_(bytes), name_limit_(names), descriptor_limit_(descriptors) {
  root_->kind = Kind::directory;
  root_->links = 1;
  for (uint32_t fd = 0; fd <= root_fd; ++fd) descriptors_[fd] = Descriptor{nullptr};
  descriptors_[root_fd]->node = root_;
}

NodePtr FileModel::Place::found() const {
  if (name == ".") return directory;
  const auto entry = directory->entries.find(name);
  return entry == directory->entries.end() ? nullptr : entry->second;
}

const FileModel::Descriptor* FileModel::get(uint32_t fd) const {
  return fd < descriptors_.size() && descriptors_[fd] ? &*descriptors_[fd] : nullptr;
}

NodePtr FileModel::node(uint32_t fd) const {
  const auto* descriptor = get(fd);
  return descriptor ? descriptor->node : nullptr;
}

Errno FileModel::directory(uint32_t fd, NodePtr& into) const {
  const auto* descriptor = get(fd);
  if (!descriptor) return Errno::badf;
  if (!descriptor->node || descriptor->node->kind != Kind::directory) return Errno::notdir;
  into = descriptor->node;
  return Errno::success;
}

// Walks the tree and remembers the directories on the way for "..".
Errno FileModel::place(uint32_t fd, std::string_view path, bool follow, Place& into) const {
  NodePtr base;
  if (const Errno error = directory(fd, base); error != Errno::success) return error;
  if (path.empty()) return Errno::noent;
  if (path.starts_with('/')) return Errno::perm;
  std::vector<NodePtr> way = {base};
  Text text = split(path);
  bool wants_directory = text.wants_directory;
  std::vector<std::string> pending(text.names.rbegin(), text.names.rend());
  int links = 0;
  while (!pending.empty()) {
    const std::string name = pending.back();
    pending.pop_back();
    const bool is_last = pending.empty();
    if (name == ".") {
      if (is_last) into = {way.back(), ".", wants_directory};
      if (is_last) return Errno::success;
      continue;
    }
    if (name == "..") {
      if (way.size() == 1) return Errno::perm;
      way.pop_back();
      if (is_last) into = {way.back(), ".", wants_directory};
      if (is_last) return Errno::success;
      continue;
    }
    const Place here{way.back(), name, wants_directory};
    const NodePtr found = here.found();
    if (is_last && (!found || found->kind != Kind::link || !follow)) {
      into = here;
      return Errno::success;
    }
    if (!found) return Errno::noent;
    if (found->kind == Kind::file) return Errno::notdir;
    if (found->kind == Kind::directory) {
      way.push_back(found);
      continue;
    }
    if (++links > max_links) return Errno::loop;
    const Text target = split(found->data);
    if (is_last) wants_directory |= target.wants_directory;
    pending.insert(pending.end(), target.names.rbegin(), target.names.rend());
    if (found->data.starts_with('/')) return Errno::perm;
  }
  into = {way.back(), ".", wants_directory};
  return Errno::success;
}

// A link in the last place is followed if the path has a trailing slash.
Errno FileModel::parent_and_name(uint32_t fd, std::string_view path, bool follow, Place& into) const {
  return place(fd, path, follow || path.ends_with('/'), into);
}

Errno FileModel::check_new(const Place& at) const {
  if (at.name == ".") return Errno::exist;
  if (!at.wants_directory) return Errno::success;
  const NodePtr there = at.found();
  if (!there) return Errno::noent;
  return there->kind == Kind::directory ? Errno::exist : Errno::notdir;
}

uint64_t FileModel::bytes_used() const {
  std::set<NodePtr> nodes;
  collect_nodes(root_, nodes);
  for (const auto& descriptor : descriptors_) {
    if (descriptor && descriptor->node && descriptor->node->kind == Kind::file)
      nodes.insert(descriptor->node);
  }
  uint64_t bytes = names_used() * wasi::Quota::name_bytes;
  for (const auto& node : nodes) {
    if (node->kind == Kind::file) bytes += node->data.size();
    if (node->kind == Kind::link) bytes += target_price(node->data);
  }
  return bytes;
}

bool FileModel::has_room_for_name(std::string_view target) const {
  return names_used() < name_limit_ && largest(0) >= wasi::Quota::name_bytes + target_price(target);
}

uint64_t FileModel::names_used() const {
  std::set<NodePtr> unnamed;
  for (const auto& descriptor : descriptors_) {
    const bool is_file = descriptor && descriptor->node && descriptor->node->kind == Kind::file;
    if (is_file && descriptor->node->links == 0) unnamed.insert(descriptor->node);
  }
  return count_names(*root_) + unnamed.size();
}

uint64_t FileModel::largest(uint64_t size) const {
  return size + (byte_limit_ - std::min(byte_limit_, bytes_used()));
}

void FileModel::drop_name(const Place& at) {
  --at.found()->links;
  at.directory->entries.erase(at.name);
}

ModelResult FileModel::open(uint32_t fd, std::string_view path, const Open& how) {
  NodePtr base;
  if (const Errno error = directory(fd, base); error != Errno::success) return {error};
  if (path.empty()) return {Errno::noent};
  if (path.starts_with('/')) return {Errno::perm};
  if (how.wants_directory && (how.creates || how.truncates)) return {Errno::inval};
  const auto free_entry = std::ranges::find_if(descriptors_, [](const auto& one) { return !one; });
  const auto open_count =
      std::ranges::count_if(descriptors_, [](const auto& one) { return one.has_value(); });
  if (static_cast<uint32_t>(open_count) >= descriptor_limit_) return {Errno::mfile};
  if (how.creates && path.ends_with('/')) return {Errno::isdir};
  const bool exclusive = how.creates && how.exclusive;
  const bool follow = (how.follow || path.ends_with('/')) && !exclusive;
  Place at;
  if (const Errno error = place(fd, path, follow, at); error != Errno::success) return {error};
  NodePtr node = at.found();
  if (!node) {
    if (!how.creates) return {Errno::noent};
    if (at.wants_directory) return {Errno::isdir};
    if (!has_room_for_name()) return {Errno::dquot};
    if (at.directory->links == 0) return {Errno::noent};
    node = make(Kind::file);
    node->links = 1;
    at.directory->entries[at.name] = node;
  } else {
    if (exclusive) return {has_room_for_name() ? Errno::exist : Errno::dquot};
    const bool wants_directory = how.wants_directory || at.wants_directory;
    if (node->kind == Kind::link) return {wants_directory ? Errno::notdir : Errno::loop};
    const bool is_directory = node->kind == Kind::directory;
    if (wants_directory && !is_directory) return {Errno::notdir};
    if (is_directory && (how.creates || how.write || how.truncates)) return {Errno::isdir};
  }
  if (how.truncates) node->data.clear();
  const size_t number = static_cast<size_t>(free_entry - descriptors_.begin());
  if (number == descriptors_.size()) descriptors_.emplace_back();
  descriptors_[number] = Descriptor{node, 0, how.read, how.write, how.append};
  return {Errno::success, number};
}

Errno FileModel::close(uint32_t fd) {
  if (!get(fd)) return Errno::badf;
  descriptors_[fd].reset();
  return Errno::success;
}

Errno FileModel::renumber(uint32_t from, uint32_t to) {
  if (!get(from) || !get(to)) return Errno::badf;
  if (from == to) return Errno::success;
  descriptors_[to] = descriptors_[from];
  descriptors_[from].reset();
  return Errno::success;
}

ModelResult FileModel::read(uint32_t fd, uint32_t length, std::string& into, std::optional<uint64_t> offset) {
  if (!get(fd)) return {Errno::badf};
  Descriptor& file = *descriptors_[fd];
  if (file.node->kind == Kind::directory) return {Errno::isdir};
  if (!file.read) return {Errno::notcapable};
  const uint64_t at = offset.value_or(file.position);
  const std::string& data = file.node->data;
  into = at < data.size() ? data.substr(at, length) : std::string();
  if (!offset) file.position += into.size();
  return {Errno::success, into.size()};
}

Errno FileModel::writable_file(uint32_t fd, Descriptor*& into) {
  if (!get(fd)) return Errno::badf;
  into = &*descriptors_[fd];
  if (into->node->kind == Kind::directory) return Errno::isdir;
  return into->write ? Errno::success : Errno::notcapable;
}

ModelResult FileModel::write(uint32_t fd, std::string_view bytes, std::optional<uint64_t> offset) {
  Descriptor* file = nullptr;
  if (const Errno error = writable_file(fd, file); error != Errno::success) return {error};
  if (bytes.empty()) return {};
  std::string& data = file->node->data;
  const uint64_t size = data.size();
  // Linux appends in pwrite too.
  const uint64_t at = file->append ? size : offset.value_or(file->position);
  if (at + bytes.size() > size && at + bytes.size() > largest(size)) {
    const uint64_t room = std::max(size, largest(size));
    if (room <= at) return {Errno::dquot};
    bytes = bytes.substr(0, room - at);
  }
  if (data.size() < at + bytes.size()) data.resize(at + bytes.size());
  data.replace(at, bytes.size(), bytes);
  if (!offset) file->position = at + bytes.size();
  return {Errno::success, bytes.size()};
}

ModelResult FileModel::seek(uint32_t fd, int64_t offset, uint32_t whence) {
  if (!get(fd)) return {Errno::badf};
  Descriptor& file = *descriptors_[fd];
  if (file.node->kind == Kind::directory) return {Errno::badf};
  const int64_t origins[] = {0, static_cast<int64_t>(file.position),
                             static_cast<int64_t>(file.node->data.size())};
  const int64_t target = origins[whence] + offset; // the offsets are small
  if (target < 0) return {Errno::inval};
  file.position = static_cast<uint64_t>(target);
  return {Errno::success, file.position};
}

Errno FileModel::resize(Node& file, uint64_t size) {
  if (size > file.data.size() && size > largest(file.data.size())) return Errno::dquot;
  file.data.resize(size);
  return Errno::success;
}

Errno FileModel::set_size(uint32_t fd, uint64_t size) {
  Descriptor* file = nullptr;
  const Errno error = writable_file(fd, file);
  if (error != Errno::success) return error == Errno::isdir ? Errno::badf : error;
  return resize(*file->node, size);
}

Errno FileModel::allocate(uint32_t fd, uint64_t offset, uint64_t length) {
  Descriptor* file = nullptr;
  const Errno error = writable_file(fd, file);
  if (error != Errno::success) return error == Errno::isdir ? Errno::badf : error;
  if (length == 0) return Errno::inval;
  const uint64_t size = std::max<uint64_t>(file->node->data.size(), offset + length);
  return resize(*file->node, size);
}

Errno FileModel::make_directory(uint32_t fd, std::string_view path) {
  Place at;
  if (const Errno error = place(fd, path, false, at); error != Errno::success) return error;
  if (at.name == ".") return Errno::exist;
  if (!has_room_for_name()) return Errno::dquot;
  if (at.found()) return Errno::exist;
  if (at.directory->links == 0) return Errno::noent; // removed, but still open
  auto made = make(Kind::directory);
  made->links = 1;
  at.directory->entries[at.name] = made;
  return Errno::success;
}

Errno FileModel::remove_directory(uint32_t fd, std::string_view path) {
  Place at;
  if (const Errno error = place(fd, path, false, at); error != Errno::success) return error;
  if (at.name == ".") return Errno::inval;
  const NodePtr node = at.found();
  if (!node) return Errno::noent;
  if (node->kind != Kind::directory) return Errno::notdir;
  if (!node->entries.empty()) return Errno::notempty;
  drop_name(at);
  return Errno::success;
}

Errno FileModel::unlink(uint32_t fd, std::string_view path) {
  Place at;
  if (const Errno error = place(fd, path, false, at); error != Errno::success) return error;
  if (at.name == ".") return Errno::isdir;
  const NodePtr node = at.found();
  if (!node) return Errno::noent;
  if (at.wants_directory && node->kind != Kind::directory) return Errno::notdir;
  if (node->kind == Kind::directory) return Errno::isdir;
  drop_name(at);
  return Errno::success;
}

Errno FileModel::rename(uint32_t fd, std::string_view from_path, uint32_t to_fd, std::string_view to_path) {
  Place from, to;
  if (const Errno error = place(fd, from_path, false, from); error != Errno::success) return error;
  if (const Errno error = place(to_fd, to_path, false, to); error != Errno::success) return error;
  if (from.name == "." || to.name == ".") return Errno::busy;
  const NodePtr moved = from.found(), replaced = to.found();
  if (!moved) return Errno::noent;
  if ((from.wants_directory || to.wants_directory) && moved->kind != Kind::directory) return Errno::notdir;
  if (to.directory->links == 0 && !replaced) return Errno::noent;
  if (holds(moved, to.directory)) return Errno::inval;
  if (replaced == moved) return Errno::success;
  if (replaced && holds(replaced, from.directory)) return Errno::notempty;
  if (replaced) {
    const bool is_directory = moved->kind == Kind::directory;
    if (is_directory && replaced->kind != Kind::directory) return Errno::notdir;
    if (!is_directory && replaced->kind == Kind::directory) return Errno::isdir;
    if (!replaced->entries.empty()) return Errno::notempty;
    drop_name(to);
  }
  from.directory->entries.erase(from.name);
  to.directory->entries[to.name] = moved;
  return Errno::success;
}

Errno FileModel::link(uint32_t fd, std::string_view from_path, bool follow, uint32_t to_fd,
                      std::string_view to_path) {
  Place from, to;
  if (const Errno error = parent_and_name(fd, from_path, follow, from); error != Errno::success) return error;
  if (const Errno error = place(to_fd, to_path, false, to); error != Errno::success) return error;
  if (from.name == ".") return Errno::perm;
  if (to.name == ".") return Errno::exist;
  const NodePtr node = from.found();
  if (from.wants_directory) {
    if (!node) return Errno::noent;
    return node->kind == Kind::directory ? Errno::perm : Errno::notdir;
  }
  if (to.wants_directory) return check_new(to);
  if (!has_room_for_name()) return Errno::dquot;
  if (!node) return Errno::noent;
  if (to.found()) return Errno::exist;
  if (to.directory->links == 0) return Errno::noent;
  if (node->kind == Kind::directory) return Errno::perm;
  to.directory->entries[to.name] = node;
  ++node->links;
  return Errno::success;
}

Errno FileModel::symlink(std::string_view target, uint32_t fd, std::string_view path) {
  Place at;
  if (const Errno error = place(fd, path, false, at); error != Errno::success) return error;
  if (target.empty()) return Errno::noent;
  if (target.starts_with('/')) return Errno::perm;
  if (const Errno error = check_new(at); error != Errno::success) return error;
  if (!has_room_for_name(target)) return Errno::dquot;
  if (at.found()) return Errno::exist;
  if (at.directory->links == 0) return Errno::noent;
  auto made = make(Kind::link, std::string(target));
  made->links = 1;
  at.directory->entries[at.name] = made;
  return Errno::success;
}

Errno FileModel::find(uint32_t fd, std::string_view path, bool follow, NodePtr& node) const {
  Place at;
  if (const Errno error = parent_and_name(fd, path, follow, at); error != Errno::success) return error;
  node = at.found();
  if (!node) return Errno::noent;
  return at.wants_directory && node->kind != Kind::directory ? Errno::notdir : Errno::success;
}

Errno FileModel::read_link(uint32_t fd, std::string_view path, std::string& into) const {
  Place at;
  if (const Errno error = parent_and_name(fd, path, false, at); error != Errno::success) return error;
  const NodePtr node = at.found();
  if (!node) return Errno::noent;
  if (node->kind != Kind::link) return Errno::inval;
  into = node->data;
  return Errno::success;
}

} // namespace skerry::fuzz
