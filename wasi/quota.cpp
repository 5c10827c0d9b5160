// Quota: the books that contexts share, and the count of what a directory holds already.
#include "skerry/wasi/quota.hpp"

#include "skerry/out_of_memory.hpp"
#include "wasi/host_fd.hpp"
#include "wasi/path_text.hpp"
#include "wasi/quota_change.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <compare>
#include <cstring>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::wasi {

namespace {

struct FileId {
  dev_t device;
  ino_t inode;
  auto operator<=>(const FileId&) const = default;
};

FileId id_of(const struct stat& status) { return {status.st_dev, status.st_ino}; }

} // namespace

struct QuotaBooks {
  const uint64_t byte_limit, file_limit;
  std::mutex mutex;
  uint64_t bytes = 0, files = 0;
  std::map<FileId, uint32_t> open; // how many descriptors there are of each

  QuotaBooks(uint64_t most_bytes, uint64_t most_files) : byte_limit(most_bytes), file_limit(most_files) {}
  void give_back(uint64_t freed_bytes, uint64_t freed_files) {
    bytes -= std::min(bytes, freed_bytes);
    files -= std::min(files, freed_files);
  }
};

namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

Directory open_directory(int parent, const char* name) {
  const int fd = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return nullptr;
  DIR* directory = ::fdopendir(fd);
  if (directory == nullptr) ::close(fd);
  return Directory(directory);
}

// Counts a tree without recursion; what disappears meanwhile is not counted. One directory for each level is
// open.
class Census {
public:
  uint64_t bytes = 0, files = 0;
  int error = 0; // of a directory that could not be looked into

  void run(Directory root) {
    levels_.push_back(std::move(root));
    while (!levels_.empty()) {
      DIR* here = levels_.back().get();
      const dirent* entry = ::readdir(here);
      if (entry == nullptr)
        levels_.pop_back();
      else if (!is_dots(entry->d_name))
        add(::dirfd(here), entry->d_name);
    }
  }

private:
  void add(int directory, const char* name) {
    struct stat status{};
    if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return;
    ++files;
    const bool is_new = status.st_nlink < 2 || seen_.insert(id_of(status)).second;
    if (S_ISREG(status.st_mode) && is_new) bytes += static_cast<uint64_t>(status.st_size);
    if (!S_ISDIR(status.st_mode)) return;
    if (auto below = open_directory(directory, name))
      levels_.push_back(std::move(below));
    else if (errno != ENOENT && errno != ENOTDIR)
      error = errno;
  }

  std::vector<Directory> levels_;
  std::set<FileId> seen_; // files with several names
};

} // namespace

Quota::Quota(uint64_t bytes, uint64_t files) : books_(std::make_unique<QuotaBooks>(bytes, files)) {}
Quota::~Quota() = default;

namespace {

Result<void> count_into(QuotaBooks& books, const std::string& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const HostFd base = fd < 0 ? HostFd() : HostFd::owned(fd);
  auto root = fd < 0 ? nullptr : open_directory(fd, ".");
  Census census;
  if (root)
    census.run(std::move(root));
  else
    census.error = errno;
  if (census.error != 0) {
    return fail(Error(ErrorKind::io, ErrorCode::none,
                      "cannot count what directory " + directory + " holds: " + std::strerror(census.error)));
  }
  const std::scoped_lock lock(books.mutex);
  books.bytes += census.bytes;
  books.files += census.files;
  return {};
}

} // namespace

Result<void> Quota::count(const std::string& directory) {
  return catching_out_of_memory("counting what a directory holds",
                                [&] { return count_into(*books_, directory); });
}

uint64_t Quota::bytes_used() const {
  const std::scoped_lock lock(books_->mutex);
  return books_->bytes;
}

uint64_t Quota::files_used() const {
  const std::scoped_lock lock(books_->mutex);
  return books_->files;
}

QuotaChange::QuotaChange(Quota* quota) {
  if (quota == nullptr) return;
  books_ = &quota->books();
  lock_ = std::unique_lock(books_->mutex);
}

uint64_t QuotaChange::largest(uint64_t size) const {
  if (books_ == nullptr) return Quota::unlimited;
  const uint64_t room = books_->byte_limit - std::min(books_->byte_limit, books_->bytes);
  return room > Quota::unlimited - size ? Quota::unlimited : size + room;
}

void QuotaChange::resized(uint64_t before, uint64_t after) {
  if (books_ == nullptr) return;
  if (after >= before)
    books_->bytes += after - before;
  else
    books_->give_back(before - after, 0);
}

bool QuotaChange::has_room_for_name() const {
  return books_ == nullptr || books_->files < books_->file_limit;
}

void QuotaChange::name_added() {
  if (books_ != nullptr) ++books_->files;
}

void QuotaChange::name_gone(const struct stat& before) {
  if (books_ == nullptr) return;
  const bool was_last = S_ISREG(before.st_mode) && before.st_nlink < 2;
  if (was_last && books_->open.contains(id_of(before))) return; // until it is closed
  books_->give_back(was_last ? static_cast<uint64_t>(before.st_size) : 0, 1);
}

void QuotaChange::opened(const struct stat& file) {
  if (books_ != nullptr) ++books_->open[id_of(file)];
}

void quota_closing(Quota& quota, int fd) noexcept {
  struct stat status{};
  QuotaBooks& books = quota.books();
  const std::scoped_lock lock(books.mutex);
  if (::fstat(fd, &status) != 0) return;
  const auto found = books.open.find(id_of(status));
  if (found == books.open.end() || --found->second != 0) return;
  books.open.erase(found);
  if (status.st_nlink == 0) books.give_back(static_cast<uint64_t>(status.st_size), 1);
}

} // namespace skerry::wasi
