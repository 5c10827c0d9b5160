// Reads a module's bytes with bounds checks (spec §5.2). ByteReader keeps the first error, and all later
// reads return zeros. Parsing code therefore need not check ok() after each read, only before it uses the
// values. An error also consumes all remaining bytes, so a loop that reads must end when remaining() is 0.
#pragma once

#include "skerry/error.hpp"
#include "vm/base/endian.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace skerry::vm {

class ByteReader {
public:
  ByteReader() = default;
  /// `base_offset` is the value of offset() at the first byte. `end_message` is the message of the error for
  /// a read past the end.
  explicit ByteReader(std::span<const std::byte> bytes, uint64_t base_offset = 0,
                      const char* end_message = "unexpected end")
      : begin_(bytes.data()), cursor_(begin_), end_(begin_ + bytes.size()), base_(base_offset),
        end_message_(end_message) {}

  bool ok() const { return !failed_; }
  bool at_end() const { return cursor_ == end_; }
  size_t remaining() const { return static_cast<size_t>(end_ - cursor_); }
  uint64_t offset() const { return base_ + static_cast<uint64_t>(cursor_ - begin_); }
  const std::byte* cursor() const { return cursor_; }

  uint8_t u8() {
    if (cursor_ == end_) [[unlikely]]
      return fail_at_end(), uint8_t{0};
    return static_cast<uint8_t>(*cursor_++);
  }
  /// Returns the next byte without consuming it, or 0 at the end.
  uint8_t peek() const { return cursor_ == end_ ? uint8_t{0} : static_cast<uint8_t>(*cursor_); }

  // leb_uN() and leb_sN() read a LEB128 number of N bits, which takes at most ceil(N / 7) bytes (spec
  // §5.2.2).
  uint32_t leb_u32() {
    if (cursor_ != end_ && static_cast<uint8_t>(*cursor_) < 0x80) [[likely]]
      return static_cast<uint8_t>(*cursor_++);
    return leb_u32_slow();
  }
  uint64_t leb_u64() {
    if (cursor_ != end_ && static_cast<uint8_t>(*cursor_) < 0x80) [[likely]]
      return static_cast<uint8_t>(*cursor_++);
    return leb_u64_slow();
  }
  int32_t leb_s32() {
    if (cursor_ != end_ && static_cast<uint8_t>(*cursor_) < 0x80) [[likely]]
      return sign_extend_7(*cursor_++);
    return leb_s32_slow();
  }
  int64_t leb_s33() {
    if (cursor_ != end_ && static_cast<uint8_t>(*cursor_) < 0x80) [[likely]]
      return sign_extend_7(*cursor_++);
    return leb_s33_slow();
  }
  int64_t leb_s64() {
    if (cursor_ != end_ && static_cast<uint8_t>(*cursor_) < 0x80) [[likely]]
      return sign_extend_7(*cursor_++);
    return leb_s64_slow();
  }

  // The fixed_ functions read a little-endian number of fixed width.
  uint32_t fixed_u32() { return fixed<uint32_t>(); }
  uint64_t fixed_u64() { return fixed<uint64_t>(); }
  /// Reads the bytes of a v128 (spec §5.4.8).
  std::array<uint8_t, 16> fixed_v128() { return fixed<std::array<uint8_t, 16>>(); }

  /// Reads `count` bytes. Returns an empty span on error.
  std::span<const std::byte> bytes(uint64_t count);
  /// Reads a name: a vec(byte) that must be valid UTF-8 (spec §5.2.4). Returns an empty view on error.
  std::string_view name();
  /// Returns a reader over the next `count` bytes, and skips these bytes in this reader. An error of the new
  /// reader reaches this reader only through absorb().
  ByteReader sub_reader(uint64_t count, const char* end_message);

  /// Records an error and consumes all remaining bytes. If an error has already been recorded, the new one is
  /// dropped.
  void fail(std::string message) { fail_at(offset(), std::move(message)); }
  [[gnu::cold]] void fail_at(uint64_t offset, std::string message, ErrorKind kind = ErrorKind::malformed);
  /// Like fail_at, for a module that needs the feature with this name, which must be a literal. `kind` is
  /// malformed if the specification demands that, otherwise unsupported.
  [[gnu::cold]] void fail_unsupported(uint64_t offset, std::string message, std::string_view feature,
                                      ErrorKind kind = ErrorKind::unsupported);
  /// Returns the first error. Call it only if ok() is false.
  Error error() const;
  /// If `other`, a sub_reader of this reader, has an error, records that error here.
  void absorb(const ByteReader& other) {
    if (!other.ok()) fail_unsupported(other.error_offset_, other.message_, other.feature_, other.error_kind_);
  }

private:
  static int32_t sign_extend_7(std::byte b) {
    return static_cast<int32_t>(static_cast<uint32_t>(b) << 25) >> 25;
  }
  template <class T> T fixed() {
    if (remaining() < sizeof(T)) [[unlikely]] {
      fail_at_end();
      return T{};
    }
    const T value = load_little_endian<T>(cursor_);
    cursor_ += sizeof(T);
    return value;
  }
  uint32_t leb_u32_slow();
  uint64_t leb_u64_slow();
  int32_t leb_s32_slow();
  int64_t leb_s33_slow();
  int64_t leb_s64_slow();
  template <unsigned bits, bool is_signed> uint64_t leb();
  [[gnu::cold]] void fail_at_end();
  std::string too_few(uint64_t count) const;

  const std::byte* begin_ = nullptr;
  const std::byte* cursor_ = nullptr;
  const std::byte* end_ = nullptr;
  uint64_t base_ = 0;
  const char* end_message_ = "unexpected end";
  bool failed_ = false;
  ErrorKind error_kind_ = ErrorKind::malformed;
  uint64_t error_offset_ = 0;
  std::string message_;
  std::string_view feature_; // that the module needs; empty for other errors
};

} // namespace skerry::vm
