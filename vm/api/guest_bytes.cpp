#include "vm/api/guest_bytes.hpp"

#include "skerry/guest_bytes.hpp"
#include "skerry/out_of_memory.hpp"

#include <cstring>

namespace skerry {

Error outside_memory(std::string_view who, uint64_t address, uint64_t length, uint64_t size) noexcept {
  Error error = Error::trap(ErrorCode::out_of_bounds_memory_access);
  unless_out_of_memory(
      [&] {
        error.with_detail(": " + std::string(who) + "address " + std::to_string(address) + " and length " +
                          std::to_string(length) + ", memory has " + std::to_string(size) + " bytes");
      },
      [] {});
  return error;
}

Result<std::string> text_of(Result<std::span<std::byte>> bytes) {
  if (!bytes) return fail(std::move(bytes.error()));
  return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

Result<void> copy_into(Result<std::span<std::byte>> bytes, std::span<const std::byte> source) noexcept {
  if (!bytes) return fail(std::move(bytes.error()));
  if (!source.empty()) std::memmove(bytes->data(), source.data(), source.size());
  return {};
}

Error detail::unaligned_elements(size_t alignment) {
  return Error::host("the address of a span is not a multiple of the alignment of its elements, " +
                     std::to_string(alignment));
}

} // namespace skerry
