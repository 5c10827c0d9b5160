#include "wasi/fd_table.hpp"

#include <algorithm>
#include <utility>

namespace skerry::wasi {

Expected<uint32_t> FdTable::insert(Descriptor descriptor) {
  if (!has_room()) return refuse(Errno::mfile);
  uint32_t fd = first_free_;
  while (fd < entries_.size() && entries_[fd]) ++fd;
  if (fd == entries_.size()) entries_.emplace_back();
  entries_[fd] = std::move(descriptor);
  first_free_ = fd + 1;
  ++open_;
  return fd;
}

std::optional<Descriptor>* FdTable::find(uint32_t fd) noexcept {
  return fd < entries_.size() && entries_[fd] ? &entries_[fd] : nullptr;
}

Expected<Descriptor*> FdTable::get(uint32_t fd, Rights needed) {
  auto* entry = find(fd);
  if (!entry) return refuse(Errno::badf);
  if (!(*entry)->has(needed)) return refuse(Errno::notcapable);
  return &**entry;
}

Errno FdTable::close(uint32_t fd) {
  auto* entry = find(fd);
  if (!entry) return Errno::badf;
  entry->reset();
  while (!entries_.empty() && !entries_.back()) entries_.pop_back();
  first_free_ = std::min(first_free_, fd);
  --open_;
  return Errno::success;
}

Errno FdTable::renumber(uint32_t from, uint32_t to) {
  auto* source = find(from);
  auto* target = find(to);
  if (!source || !target) return Errno::badf;
  if (source == target) return Errno::success;
  Descriptor moved = std::move(**source);
  source->reset();
  target->reset(); // closes the old descriptor before `moved` takes its place
  target->emplace(std::move(moved));
  while (!entries_.empty() && !entries_.back()) entries_.pop_back();
  first_free_ = std::min(first_free_, from);
  --open_;
  return Errno::success;
}

size_t FdTable::kept_entry_bytes() const noexcept {
  size_t bytes = 0;
  for (const auto& entry : entries_)
    bytes += entry ? entry->cursor.entries.capacity() + entry->cookies.bytes() : 0;
  return bytes;
}

void FdTable::clear() noexcept {
  entries_.clear();
  open_ = 0;
  first_free_ = 0;
}

} // namespace skerry::wasi
