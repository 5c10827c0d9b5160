// Writes the binary format of modules: the inverse of byte_reader.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::vm {

class ByteWriter {
public:
  void u8(uint8_t value) {
    if (bytes_.size() == bytes_.capacity()) make_room(1);
    bytes_.push_back(static_cast<std::byte>(value));
  }
  void leb_u32(uint32_t value) { leb_u64(value); }
  void leb_u64(uint64_t value);
  void leb_s32(int32_t value) { leb_s64(value); }
  void leb_s33(int64_t value) { leb_s64(value); }
  void leb_s64(int64_t value);
  void fixed_u32(uint32_t value);
  void fixed_u64(uint64_t value);
  void bytes(std::span<const std::byte> data) {
    if (data.size() > bytes_.capacity() - bytes_.size()) make_room(data.size());
    bytes_.insert(bytes_.end(), data.begin(), data.end());
  }
  void text(std::string_view raw) { bytes(std::as_bytes(std::span(raw))); }
  /// name() and the next function write the length as a LEB128 number, then the bytes.
  void name(std::string_view utf8) { leb_u64(utf8.size()), text(utf8); }
  void sized(std::span<const std::byte> data) { leb_u64(data.size()), bytes(data); }

  /// Allocates memory for a total size of `bytes`.
  void reserve(size_t bytes) { bytes_.reserve(bytes); }
  void truncate(size_t size) { bytes_.resize(size); }
  size_t size() const { return bytes_.size(); }
  const std::vector<std::byte>& view() const { return bytes_; }
  std::vector<std::byte> take() { return std::exchange(bytes_, {}); }

private:
  /// Reserves memory for at least `more` further bytes. Small buffers double. Large buffers grow by a
  /// quarter, because doubling them would use most of the memory that loading a module may take.
  void make_room(size_t more);

  std::vector<std::byte> bytes_;
};

} // namespace skerry::vm
