// Random sequences of WASI calls in a directory with a quota, compared with a model call by call: errors,
// contents, positions, descriptors, links, and the quota's counts. The first byte chooses the resolver.
#include "fuzz/choices.hpp"
#include "fuzz/file_model.hpp"
#include "fuzz/target.hpp"
#include "tests/wasi/program.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <string>

namespace {

using namespace skerry;
using skerry::fuzz::Choices;
using skerry::fuzz::FileModel;
using skerry::fuzz::ModelResult;
using skerry::fuzz::Node;
using skerry::fuzz::NodePtr;
using test::Errno;
using test::Program;

// Either limit may be reached first: twelve names alone take 6,144 bytes.
constexpr uint64_t quota_bytes = 9000, quota_names = 12;
constexpr uint32_t descriptor_limit = 10;
constexpr const char* words[] = {"a", "b", "c", "d", "..", ".", "", "a"};

std::string path_from(Choices& choices) {
  std::string path;
  const uint32_t count = 1 + choices.below(3);
  for (uint32_t i = 0; i < count; ++i) {
    if (i > 0) path += '/';
    path += words[choices.below(std::size(words))];
  }
  const uint32_t decoration = choices.below(32);
  if (decoration == 0) path += "/";
  if (decoration == 1) path = "/" + path;
  return path;
}

class Session {
public:
  Session(Choices& choices, wasi::PathResolverKind resolver)
      : choices_(choices), quota_(std::make_shared<wasi::Quota>(quota_bytes, quota_names)),
        program_(config(temp_.path(), quota_, resolver)), model_(quota_bytes, quota_names, descriptor_limit) {
  }

  void step() {
    const uint32_t what = choices_.below(22);
    what_ = static_cast<int>(what);
    switch (what) {
    case 0: return make_directory();
    case 1: return remove_directory();
    case 2: return unlink();
    case 3: return rename();
    case 4: return link();
    case 5: return symlink();
    case 6: return read_link();
    case 7: return describe();
    case 8: return list();
    case 9: return close();
    case 10: return renumber();
    case 11:
    case 12: return read();
    case 13:
    case 14: return write();
    case 15: return seek();
    case 16: return set_size();
    case 17: return allocate();
    default: return open();
    }
  }

  void check() {
    same(quota_->bytes_used(), model_.bytes_used(), "bytes");
    same(quota_->files_used(), model_.names_used(), "names");
  }

private:
  static wasi::Config config(const test::fs::path& host, std::shared_ptr<wasi::Quota> quota,
                             wasi::PathResolverKind resolver) {
    auto made = test::with_root(host, wasi::PreopenMode::read_write, resolver);
    made.preopens[0].quota = std::move(quota);
    made.limits.open_descriptors = descriptor_limit;
    return made;
  }

  template <class A, class B> void same(const A& real, const B& expected, const char* what) const {
    if (real == expected) return;
    std::fprintf(stderr, "operation %d of \"%s\" (and \"%s\"): %s differ\n", what_, path_.c_str(),
                 other_.c_str(), what);
    if constexpr (requires { static_cast<long>(real); }) {
      std::fprintf(stderr, "%ld, expected %ld\n", static_cast<long>(real), static_cast<long>(expected));
    }
    FUZZ_CHECK(false);
  }

  uint32_t directory() {
    return choices_.below(3) == 0 ? 3 + choices_.below(descriptor_limit - 3) : FileModel::root_fd;
  }
  uint32_t file() { return 3 + choices_.below(descriptor_limit - 3); }
  std::string_view path() { return path_ = path_from(choices_); }
  std::string_view other() { return other_ = path_from(choices_); }

  void make_directory() {
    const uint32_t fd = directory();
    path();
    same(program_.on_path(test::abi::path_create_directory, path_, fd), model_.make_directory(fd, path_),
         "errors");
  }
  void remove_directory() {
    const uint32_t fd = directory();
    path();
    same(program_.on_path(test::abi::path_remove_directory, path_, fd), model_.remove_directory(fd, path_),
         "errors");
  }
  void unlink() {
    const uint32_t fd = directory();
    path();
    same(program_.on_path(test::abi::path_unlink_file, path_, fd), model_.unlink(fd, path_), "errors");
  }
  void rename() {
    const uint32_t fd = directory(), to = directory();
    path(), other();
    same(program_.rename(path_, other_, fd, to), model_.rename(fd, path_, to, other_), "errors");
  }
  void link() {
    const uint32_t fd = directory(), to = directory(), lookup = choices_.below(2);
    path(), other();
    same(program_.link(path_, other_, lookup, fd, to), model_.link(fd, path_, lookup == 1, to, other_),
         "errors");
  }
  void symlink() {
    const uint32_t fd = directory();
    path(), other();
    same(program_.symlink(other_, path_, fd), model_.symlink(other_, fd, path_), "errors");
  }
  void read_link() {
    const uint32_t fd = directory();
    std::string expected;
    const Errno error = model_.read_link(fd, path(), expected);
    same(program_.readlink(path_, fd), error == Errno::success ? expected : Program::failure(error), "links");
  }

  void describe() {
    const uint32_t fd = directory(), lookup = choices_.below(2);
    NodePtr node;
    const Errno error = model_.find(fd, path(), lookup == 1, node);
    same(program_.filestat(path_, lookup, fd), error, "errors");
    if (error != Errno::success) return;
    constexpr wasi::Filetype types[] = {wasi::Filetype::regular_file, wasi::Filetype::directory,
                                        wasi::Filetype::symbolic_link};
    const uint32_t at = program_.filestat_at;
    same(program_.load<uint8_t>(at + 16), static_cast<uint8_t>(types[static_cast<int>(node->kind)]), "types");
    if (node->kind != Node::Kind::directory) {
      same(program_.load<uint64_t>(at + 24), node->links, "link counts");
      same(program_.load<uint64_t>(at + 32), node->data.size(), "sizes");
    }
  }

  void list() {
    // "." and ".." are listed without asking the system; they must not fill the buffer.
    const uint32_t fd = file(), length = 64 + choices_.below(200);
    const NodePtr node = model_.node(fd);
    const Errno expected = !node                                 ? Errno::badf
                           : node->kind != Node::Kind::directory ? Errno::notdir
                           : node->links == 0                    ? Errno::noent // removed, but still open
                                                                 : Errno::success;
    const uint32_t buffer = program_.space(length), used = program_.space(4);
    std::multiset<std::string> names;
    for (uint64_t cookie = 0;;) {
      const Errno error = program_.call(test::abi::fd_readdir, fd, buffer, length, cookie, used);
      same(error, expected, "errors");
      if (error != Errno::success) return;
      const uint32_t end = buffer + program_.load<uint32_t>(used);
      uint32_t at = buffer;
      while (at + 24 <= end && at + 24 + program_.load<uint32_t>(at + 16) <= end) {
        const auto name_length = program_.load<uint32_t>(at + 16);
        names.insert(program_.string_at(at + 24, name_length));
        cookie = program_.load<uint64_t>(at);
        at += 24 + name_length;
      }
      if (end < buffer + length) break;
    }
    std::multiset<std::string> wanted;
    for (const char* dots : {".", ".."}) wanted.insert(dots);
    for (const auto& [name, below] : node->entries) wanted.insert(name);
    same(names == wanted, true, "listings");
  }

  void open() {
    const uint32_t fd = directory(), bits = choices_.below(256);
    const FileModel::Open how{.follow = (bits & 1) != 0,
                              .read = (bits & 2) != 0,
                              .write = (bits & 4) != 0,
                              .creates = (bits & 24) != 0,
                              .exclusive = (bits & 32) != 0 && (bits & 24) == 8,
                              .truncates = (bits & 64) != 0 && (bits & 128) != 0,
                              .wants_directory = (bits & 24) == 0 && (bits & 32) != 0,
                              .append = (bits & 64) != 0 && (bits & 128) == 0};
    constexpr uint64_t changing =
        test::rights::fd_write | test::rights::fd_allocate | test::rights::fd_filestat_set_size;
    const uint64_t rights = (test::rights::all & ~changing & ~test::rights::fd_read) |
                            (how.read ? test::rights::fd_read : 0) | (how.write ? changing : 0);
    const uint32_t oflags =
        (how.creates ? wasi::oflags::creat : 0) | (how.exclusive ? wasi::oflags::excl : 0) |
        (how.truncates ? wasi::oflags::trunc : 0) | (how.wants_directory ? wasi::oflags::directory : 0);
    const auto opened = program_.open(path(),
                                      {.lookup = how.follow ? 1U : 0U,
                                       .oflags = oflags,
                                       .base = rights,
                                       .fdflags = how.append ? uint32_t{wasi::fdflags::append} : 0},
                                      fd);
    const ModelResult expected = model_.open(fd, path_, how);
    same(opened.error, expected.error, "errors");
    if (opened.error == Errno::success) same(opened.fd, expected.value, "descriptors");
  }

  void close() {
    const uint32_t fd = file();
    if (fd == FileModel::root_fd) return;
    same(program_.call(test::abi::fd_close, fd), model_.close(fd), "errors");
  }
  void renumber() {
    const uint32_t from = file(), to = file();
    if (from == FileModel::root_fd || to == FileModel::root_fd) return;
    same(program_.call(test::abi::fd_renumber, from, to), model_.renumber(from, to), "errors");
  }

  void read() {
    const uint32_t fd = file(), length = 1 + choices_.below(600);
    const auto offset = position();
    const uint32_t buffer = program_.space(length), count = program_.space(4);
    const uint32_t vectors =
        program_.iovecs({{buffer, length / 2}, {buffer + length / 2, length - length / 2}});
    const Errno error = offset ? program_.call(test::abi::fd_pread, fd, vectors, 2, *offset, count)
                               : program_.call(test::abi::fd_read, fd, vectors, 2, count);
    std::string expected;
    const ModelResult result = model_.read(fd, length, expected, offset);
    same(error, result.error, "errors");
    if (error == Errno::success)
      same(program_.string_at(buffer, program_.load<uint32_t>(count)), expected, "contents");
  }
  void write() {
    const uint32_t fd = file(), length = choices_.below(900);
    const std::string bytes(length, static_cast<char>('a' + choices_.below(26)));
    const auto offset = position();
    const uint32_t at = program_.text(bytes), count = program_.space(4);
    const uint32_t vectors = program_.iovecs({{at, length / 3}, {at + length / 3, length - length / 3}});
    const Errno error = offset ? program_.call(test::abi::fd_pwrite, fd, vectors, 2, *offset, count)
                               : program_.call(test::abi::fd_write, fd, vectors, 2, count);
    const ModelResult result = model_.write(fd, bytes, offset);
    same(error, result.error, "errors");
    if (error == Errno::success) same(program_.load<uint32_t>(count), result.value, "bytes written");
  }
  void seek() {
    const uint32_t fd = file(), whence = choices_.below(3);
    const int64_t offset = static_cast<int64_t>(choices_.below(4000)) - 1000;
    const uint32_t at = program_.space(8);
    const Errno error = program_.call(test::abi::fd_seek, fd, static_cast<uint64_t>(offset), whence, at);
    const ModelResult result = model_.seek(fd, offset, whence);
    same(error, result.error, "errors");
    if (error == Errno::success) same(program_.load<uint64_t>(at), result.value, "positions");
  }
  void set_size() {
    const uint32_t fd = file(), size = choices_.below(6000);
    same(program_.call(test::abi::fd_filestat_set_size, fd, size), model_.set_size(fd, size), "errors");
  }
  void allocate() {
    const uint32_t fd = file(), offset = choices_.below(3000), length = choices_.below(3000);
    same(program_.call(test::abi::fd_allocate, fd, offset, length), model_.allocate(fd, offset, length),
         "errors");
  }
  std::optional<uint64_t> position() {
    return choices_.below(2) == 0 ? std::optional<uint64_t>() : choices_.below(3000);
  }

  Choices& choices_;
  test::TempDir temp_;
  std::shared_ptr<wasi::Quota> quota_;
  Program program_;
  FileModel model_;
  int what_ = 0;
  std::string path_, other_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Choices choices(data, size);
  const auto resolver =
      choices.below(2) == 0 ? wasi::PathResolverKind::automatic : wasi::PathResolverKind::component_wise;
  Session session(choices, resolver);
  for (int i = 0; i < 200 && !choices.at_end(); ++i) {
    session.step();
    session.check();
  }
  return 0;
}
