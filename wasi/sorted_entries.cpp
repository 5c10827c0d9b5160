#include "wasi/sorted_entries.hpp"

#include "wasi/platform/entries.hpp"
#include "wasi/prices.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace skerry::wasi {

namespace {

using Entries = std::vector<std::span<const std::byte>>;

// Returns where the entry after the last of `entries` begins.
uint64_t last_position(std::span<const std::byte> entries) {
  uint64_t position = 0;
  while (!entries.empty()) {
    const platform::Entry entry = platform::first_entry(entries);
    position = entry.position;
    entries = entries.subspan(entry.length);
  }
  return position;
}

Expected<std::vector<std::byte>> read_all(HostMeter& meter, int directory, size_t most_bytes) {
  std::vector<std::byte> entries;
  for (uint64_t position = 0;;) {
    const size_t before = entries.size();
    const Errno error = platform::append_entries(directory, position, entries);
    if (error != Errno::success) return refuse(error);
    if (entries.size() == before) return entries;
    position = last_position(std::span(entries).subspan(before));
    if (entries.size() > most_bytes) return refuse(Errno::overflow);
    if (meter.pass(HostMeter::look_units)) return refuse(Errno::intr);
  }
}

Expected<Entries> split(HostMeter& meter, std::span<const std::byte> entries) {
  Entries list;
  while (!entries.empty()) {
    if (meter.spend(price::entry)) return refuse(Errno::intr);
    const size_t length = platform::first_entry(entries).length;
    list.push_back(entries.first(length));
    entries = entries.subspan(length);
  }
  return list;
}

std::string_view name_of(std::span<const std::byte> entry) { return platform::first_entry(entry).name; }

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
    platform::set_position(std::span(made).subspan(at), position);
  }
  return made;
}

} // namespace skerry::wasi
