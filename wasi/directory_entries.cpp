#include "wasi/directory_entries.hpp"

#include "wasi/os_errno.hpp"
#include "wasi/prices.hpp"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace skerry::wasi {

namespace {

using Entries = std::vector<std::span<const std::byte>>;

Expected<std::vector<std::byte>> read_all(HostMeter& meter, int directory, size_t most_bytes) {
  if (::lseek(directory, 0, SEEK_SET) < 0) return refuse(last_os_errno());
  std::vector<std::byte> entries;
  for (size_t before = 0;; before = entries.size()) {
    const Errno error = append_entries(directory, entries);
    if (error != Errno::success) return refuse(error);
    if (entries.size() == before) return entries;
    if (entries.size() > most_bytes) return refuse(Errno::overflow);
    if (meter.pass(HostMeter::look_units)) return refuse(Errno::intr);
  }
}

Expected<Entries> split(HostMeter& meter, std::span<const std::byte> entries) {
  Entries list;
  while (!entries.empty()) {
    if (meter.spend(price::entry)) return refuse(Errno::intr);
    const size_t length = first_entry(entries).length;
    list.push_back(entries.first(length));
    entries = entries.subspan(length);
  }
  return list;
}

std::string_view name_of(std::span<const std::byte> entry) { return first_entry(entry).name; }

// A heap sort, because it can be stopped after every step when time or fuel is used up.
Errno sort(HostMeter& meter, Entries& list) {
  const auto less = [](const auto& a, const auto& b) { return name_of(a) < name_of(b); };
  for (auto end = list.begin(); end != list.end();) {
    if (meter.spend(price::entry)) return Errno::intr;
    std::push_heap(list.begin(), ++end, less);
  }
  for (auto end = list.end(); end != list.begin(); --end) {
    if (meter.spend(price::entry)) return Errno::intr;
    std::pop_heap(list.begin(), end, less);
  }
  return Errno::success;
}

} // namespace

SystemEntry first_entry(std::span<const std::byte> entries) {
  SystemEntry entry;
  uint16_t length = 0;
  std::memcpy(&entry.inode, entries.data() + offsetof(dirent64, d_ino), sizeof entry.inode);
  std::memcpy(&entry.position, entries.data() + offsetof(dirent64, d_off), sizeof entry.position);
  std::memcpy(&length, entries.data() + offsetof(dirent64, d_reclen), sizeof length);
  std::memcpy(&entry.type, entries.data() + offsetof(dirent64, d_type), sizeof entry.type);
  entry.name = reinterpret_cast<const char*>(entries.data() + offsetof(dirent64, d_name));
  entry.length = length;
  return entry;
}

Errno append_entries(int directory, std::vector<std::byte>& entries) {
  const size_t before = entries.size();
  entries.resize(before + read_ahead_bytes);
  const long got = ::syscall(SYS_getdents64, directory, entries.data() + before, read_ahead_bytes);
  entries.resize(before + (got > 0 ? static_cast<size_t>(got) : 0));
  return got < 0 ? last_os_errno() : Errno::success;
}

Expected<std::vector<std::byte>> read_sorted(HostMeter& meter, int directory, size_t most_bytes) {
  auto entries = read_all(meter, directory, most_bytes);
  if (!entries) return entries;
  auto list = split(meter, *entries);
  if (!list) return refuse(list.error());
  if (const Errno error = sort(meter, *list); error != Errno::success) return refuse(error);
  std::vector<std::byte> made;
  made.reserve(entries->size());
  uint64_t position = 0;
  for (const auto entry : *list) {
    ++position;
    const size_t at = made.size();
    made.insert(made.end(), entry.begin(), entry.end());
    std::memcpy(made.data() + at + offsetof(dirent64, d_off), &position, sizeof position);
  }
  return made;
}

} // namespace skerry::wasi
