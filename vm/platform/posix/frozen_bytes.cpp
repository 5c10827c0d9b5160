// Bytes in an anonymous file or, without such files, in memory.
#include "vm/platform/frozen_bytes.hpp"

#include "vm/base/address.hpp"
#include "vm/base/zero_pages.hpp"
#include "vm/platform/pages.hpp"
#include "vm/platform/posix/anonymous_file.hpp"
#include "vm/platform/posix/map.hpp"

#include <unistd.h>

#include <utility>

namespace skerry::platform {

namespace {

/// Maps `bytes` bytes of zeroed pages. If `file` is open, gives the file this size and maps it. Otherwise
/// maps pages of memory.
std::byte* map_writable(const OwnedFd& file, uint64_t bytes) noexcept {
  if (!file.is_open()) return map_pages(bytes);
  if (::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0) return nullptr;
  void* mapped = ::mmap(nullptr, vm::to_size(bytes), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  return mapped == MAP_FAILED ? nullptr : static_cast<std::byte*>(mapped);
}

} // namespace

std::optional<FrozenBytes> FrozenBytes::copy_of(std::span<const std::byte> bytes) noexcept {
  FrozenBytes made;
  if (bytes.empty()) return made;
  made.file_ = make_anonymous_file();
  std::byte* copy = map_writable(made.file_, bytes.size());
  if (copy == nullptr) return std::nullopt;
  made.bytes_ = {copy, bytes.size()};
  vm::copy_pages(copy, bytes);
  if (::mprotect(copy, bytes.size(), PROT_READ) != 0) return std::nullopt;
  if (made.file_.is_open()) seal_anonymous_file(made.file_);
  return made;
}

FrozenBytes::FrozenBytes(FrozenBytes&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {})), file_(std::move(other.file_)) {}

FrozenBytes& FrozenBytes::operator=(FrozenBytes&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  std::swap(file_, other.file_);
  return *this;
}

FrozenBytes::~FrozenBytes() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

bool FrozenBytes::map_at(std::byte* start) const noexcept {
  return map_private(start, bytes_.size(), MAP_FIXED, file_.get()) != nullptr;
}

} // namespace skerry::platform
