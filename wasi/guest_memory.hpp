// GuestMemory: bounds-checked, typed, little-endian access to the caller's memory.
#pragma once

#include "vm/base/address.hpp"
#include "vm/base/endian.hpp"
#include "wasi/types.hpp"

#include <concepts>
#include <cstddef>
#include <span>

namespace skerry::wasi {

/// Writes `value` at `offset` of `to`; the caller has checked that `to` is large enough.
template <std::unsigned_integral T> void put(std::span<std::byte> to, size_t offset, T value) {
  vm::store_little_endian(to.data() + offset, value);
}

/// Reads a T at `offset` of `from`; the caller has checked that `from` is large enough.
template <std::unsigned_integral T> T take(std::span<const std::byte> from, size_t offset) {
  return vm::load_little_endian<T>(from.data() + offset);
}

/// The memory of the calling program. Every failure is Errno::fault. Does not depend on the engine, so tests
/// make a GuestMemory from an array.
class GuestMemory {
public:
  explicit GuestMemory(std::span<std::byte> bytes) : bytes_(bytes) {}

  Expected<std::span<std::byte>> bytes(uint32_t address, uint64_t length) const {
    if (length > bytes_.size() || address > bytes_.size() - length) return refuse(Errno::fault);
    return bytes_.subspan(address, vm::to_size(length));
  }
  template <std::unsigned_integral T> Expected<T> load(uint32_t address) const {
    const auto from = bytes(address, sizeof(T));
    if (!from) return refuse(from.error());
    return take<T>(*from, 0);
  }
  template <std::unsigned_integral T> Errno store(uint32_t address, T value) const {
    const auto to = bytes(address, sizeof(T));
    if (!to) return to.error();
    put(*to, 0, value);
    return Errno::success;
  }

private:
  std::span<std::byte> bytes_;
};

} // namespace skerry::wasi
