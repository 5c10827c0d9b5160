// Quota: the counts that contexts share.
#include "skerry/wasi/quota.hpp"

#include "skerry/out_of_memory.hpp"
#include "wasi/census.hpp"
#include "wasi/quota_change.hpp"

#include <algorithm>
#include <chrono>
#include <compare>
#include <map>
#include <thread>
#include <utility>

namespace skerry::wasi {

uint64_t target_price(uint64_t length) {
  return length > Quota::short_target_bytes ? Quota::long_target_bytes : 0;
}

struct QuotaBooks {
  struct FileId {
    uint64_t device;
    uint64_t inode;
    auto operator<=>(const FileId&) const = default;
  };
  // The counts of one file, directory or link. Bytes and names that no record counts are never given back.
  struct Counted {
    uint64_t bytes = 0; // its contents
    uint32_t names = 0;
    uint32_t open = 0; // descriptors that programs have open
  };

  const uint64_t byte_limit, file_limit;
  std::mutex mutex;
  uint64_t bytes = 0, files = 0;
  std::map<FileId, Counted> counted;

  QuotaBooks(uint64_t most_bytes, uint64_t most_files) : byte_limit(most_bytes), file_limit(most_files) {}

  // Returns the record of a file. If the file has no record, makes one, or returns null if there are
  // known_files records already.
  Counted* known(FileId id) {
    if (const auto found = counted.find(id); found != counted.end()) return &found->second;
    return counted.size() < Quota::known_files ? &counted[id] : nullptr;
  }
  void add_bytes(Counted* file, uint64_t added) {
    bytes += added;
    if (file) file->bytes += added;
  }
  void add_name(Counted* file, uint64_t target) {
    bytes += Quota::name_bytes + target;
    ++files;
    if (!file) return;
    ++file->names;
    file->bytes += target;
  }
  // Gives back at most the bytes that the file's record counts.
  void give_back_bytes(Counted& file, uint64_t freed) {
    freed = std::min(freed, file.bytes);
    file.bytes -= freed;
    bytes -= freed;
  }
  void give_back_names(Counted& file, uint32_t freed) {
    freed = std::min(freed, file.names);
    file.names -= freed;
    files -= freed;
    bytes -= freed * Quota::name_bytes;
  }
  void forget(std::map<FileId, Counted>::iterator file) {
    give_back_bytes(file->second, file->second.bytes);
    give_back_names(file->second, file->second.names);
    counted.erase(file);
  }

  // Adds the files that a census found and that this quota has not counted yet.
  void merge(const QuotaBooks& census) {
    for (const auto& [id, found] : census.counted) (void)known(id); // makes all records first: may throw
    uint64_t known_bytes = 0, known_names = 0;
    for (const auto& [id, found] : census.counted) {
      known_bytes += found.bytes + found.names * Quota::name_bytes;
      known_names += found.names;
      Counted* file = known(id);
      if (file && file->names > 0) continue;
      add_bytes(file, found.bytes - std::min(found.bytes, file ? file->bytes : 0));
      for (uint32_t i = 0; i < found.names; ++i) add_name(file, 0);
    }
    bytes += census.bytes - known_bytes;
    files += census.files - known_names;
  }
};

namespace {

QuotaBooks::FileId id_of(const platform::FileStatus& status) { return {status.device, status.inode}; }

uint64_t content_bytes(const platform::FileStatus& status) { return status.is_regular() ? status.size : 0; }

uint64_t target_bytes(const platform::FileStatus& status) {
  return status.type == Filetype::symbolic_link ? target_price(status.size) : 0;
}

} // namespace

Quota::Quota(uint64_t bytes, uint64_t files) : books_(std::make_unique<QuotaBooks>(bytes, files)) {}
Quota::~Quota() = default;

namespace {

Result<void> count_into(QuotaBooks& books, const std::string& directory,
                        const std::function<Result<void>()>& look) {
  QuotaBooks census(Quota::unlimited, Quota::unlimited);
  const auto add = [&](const platform::FileStatus& status) {
    QuotaBooks::Counted* file = census.known(id_of(status));
    if (!file || file->names == 0) census.add_bytes(file, content_bytes(status));
    census.add_name(file, !file || file->names == 0 ? target_bytes(status) : 0);
  };
  if (auto taken = take_census(directory, add, look); !taken) {
    Error error = std::move(taken.error());
    if (error.kind() != ErrorKind::io) return fail(std::move(error));
    return fail(Error(ErrorKind::io, ErrorCode::none,
                      "cannot count what directory " + directory + " holds: " + error.message()));
  }
  const std::scoped_lock lock(books.mutex);
  books.merge(census);
  return {};
}

} // namespace

Result<void> Quota::count(const std::string& directory, const std::function<Result<void>()>& look) {
  return catching_out_of_memory("counting what a directory holds",
                                [&] { return count_into(*books_, directory, look); });
}

uint64_t Quota::bytes_used() const {
  const std::scoped_lock lock(books_->mutex);
  return books_->bytes;
}

uint64_t Quota::files_used() const {
  const std::scoped_lock lock(books_->mutex);
  return books_->files;
}

Expected<QuotaChange> QuotaChange::begin(HostMeter& meter, Quota* quota) {
  constexpr auto pause = std::chrono::microseconds(100);
  QuotaChange change;
  if (quota == nullptr) return change;
  change.lock_ = std::unique_lock(quota->books().mutex, std::try_to_lock);
  while (!change.lock_.owns_lock()) {
    if (meter.must_stop()) return refuse(Errno::intr);
    std::this_thread::sleep_for(pause);
    (void)change.lock_.try_lock();
  }
  change.books_ = &quota->books();
  return change;
}

void QuotaChange::end() noexcept {
  books_ = nullptr;
  lock_ = {};
}

uint64_t QuotaChange::largest(uint64_t size) const {
  if (books_ == nullptr) return Quota::unlimited;
  const uint64_t room = books_->byte_limit - std::min(books_->byte_limit, books_->bytes);
  return room > Quota::unlimited - size ? Quota::unlimited : size + room;
}

void QuotaChange::resized(const platform::FileStatus& before, const platform::FileStatus& after) {
  if (books_ == nullptr) return;
  const uint64_t old_size = before.size, size = after.size;
  if (size > old_size) return books_->add_bytes(books_->known(id_of(after)), size - old_size);
  const auto file = books_->counted.find(id_of(after));
  if (file == books_->counted.end() || file->second.bytes <= size) return;
  books_->give_back_bytes(file->second, file->second.bytes - size);
}

bool QuotaChange::has_room_for_name(uint64_t target) const {
  if (books_ == nullptr) return true;
  return books_->files < books_->file_limit && largest(0) >= Quota::name_bytes + target_price(target);
}

void QuotaChange::name_added(const std::optional<platform::FileStatus>& made, bool is_new) {
  if (books_ == nullptr) return;
  if (!made) return books_->add_name(nullptr, 0);
  const auto former = books_->counted.find(id_of(*made));
  // If a new file already has a record, the record belongs to an earlier file with the same inode number.
  // That file was removed without a notice to this quota.
  if (is_new && former != books_->counted.end()) books_->forget(former);
  books_->add_name(books_->known(id_of(*made)), is_new ? target_bytes(*made) : 0);
}

void QuotaChange::name_gone(const platform::FileStatus& before) {
  if (books_ == nullptr) return;
  const auto file = books_->counted.find(id_of(before));
  if (file == books_->counted.end()) return;
  const bool was_last = before.is_directory() || before.links < 2;
  if (was_last && file->second.open == 0) return books_->forget(file);
  if (was_last) return; // the file counts until it is closed
  // The file still has `left` names, and the quota may have counted all of them. So give back only the
  // counted names in excess of `left`. For example, if 3 names are counted and 2 names are left, give back 1.
  const uint64_t left = before.links - 1;
  if (file->second.names > left)
    books_->give_back_names(file->second, file->second.names - static_cast<uint32_t>(left));
}

void QuotaChange::opened(const platform::FileStatus& file) {
  if (books_ == nullptr) return;
  if (QuotaBooks::Counted* known = books_->known(id_of(file))) ++known->open;
}

void quota_closing(Quota& quota, int fd) noexcept {
  QuotaBooks& books = quota.books();
  const std::scoped_lock lock(books.mutex);
  const auto status = platform::status(fd);
  if (!status) return;
  const auto found = books.counted.find(id_of(*status));
  if (found == books.counted.end() || found->second.open == 0 || --found->second.open != 0) return;
  const bool is_worth_nothing = found->second.bytes == 0 && found->second.names == 0;
  if (status->links == 0 || is_worth_nothing) books.forget(found);
}

} // namespace skerry::wasi
