// Modules written byte by byte, so that they can contain what no honest tool writes.
#pragma once

#include "vm/base/byte_writer.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace skerry::test {

inline constexpr uint32_t huge = 0xffff'ffff;

class Bytes : public vm::ByteWriter {
public:
  Bytes() = default;
  Bytes(std::initializer_list<int> raw) { add(raw); }
  Bytes& add(std::initializer_list<int> raw) {
    for (int byte : raw) u8(static_cast<uint8_t>(byte));
    return *this;
  }
  Bytes& count(uint64_t n) { return leb_u64(n), *this; }
  Bytes& signed_count(int64_t n) { return leb_s33(n), *this; }
  Bytes& with(const Bytes& other) { return bytes(other.view()), *this; }
  Bytes& with_name(std::string_view text) { return name(text), *this; }
  /// Adds the length first.
  Bytes& with_sized(const Bytes& other) { return sized(other.view()), *this; }
  Bytes& repeat(uint64_t times, const Bytes& part) {
    const size_t start = size();
    if (times > 0) with(part);
    for (uint64_t done = 1, more = 0; done < times; done += more) {
      more = std::min(done, times - done);
      const auto* first = view().data() + start;
      const std::vector<std::byte> again(first, first + more * part.size());
      bytes(again);
    }
    return *this;
  }
};

/// Sections in the given order, after the header.
class ModuleBuilder {
public:
  ModuleBuilder& section(int id, const Bytes& content) {
    bytes_.u8(static_cast<uint8_t>(id));
    bytes_.with_sized(content);
    return *this;
  }
  /// One function of type () -> (), with this body (locals and instructions).
  ModuleBuilder& function(const Bytes& body) {
    return section(1, {1, 0x60, 0, 0}).section(3, {1, 0}).section(10, Bytes{1}.with_sized(body));
  }
  ModuleBuilder& raw(const Bytes& content) { return bytes_.with(content), *this; }
  std::vector<std::byte> take() { return bytes_.take(); }

private:
  Bytes bytes_{0, 'a', 's', 'm', 1, 0, 0, 0};
};

} // namespace skerry::test
