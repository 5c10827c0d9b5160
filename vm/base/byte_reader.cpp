#include "vm/base/byte_reader.hpp"

#include "vm/base/utf8.hpp"

namespace skerry::vm {

void ByteReader::fail_at(uint64_t offset, std::string message, ErrorKind kind) {
  if (!failed_) {
    failed_ = true;
    error_kind_ = kind;
    error_offset_ = offset;
    message_ = std::move(message);
  }
  cursor_ = end_;
}

void ByteReader::fail_unsupported(uint64_t offset, std::string message, std::string_view feature,
                                  ErrorKind kind) {
  if (!failed_) feature_ = feature;
  fail_at(offset, std::move(message), kind);
}

Error ByteReader::error() const {
  const ErrorCode code = !feature_.empty()                 ? ErrorCode::unsupported
                         : error_kind_ == ErrorKind::limit ? ErrorCode::limit_exceeded
                                                           : ErrorCode::none;
  Error error(error_kind_, code, message_);
  error.with_offset(error_offset_);
  if (!feature_.empty()) error.with_feature(feature_);
  return error;
}

void ByteReader::fail_at_end() { fail_at(base_ + static_cast<uint64_t>(end_ - begin_), end_message_); }

template <unsigned bits, bool is_signed> uint64_t ByteReader::leb() {
  const uint64_t start = offset();
  // The callers read one-byte numbers inline, so most numbers that get here have two bytes.
  if (end_ - cursor_ >= 2 && static_cast<uint8_t>(cursor_[1]) < 0x80) {
    const uint64_t low = static_cast<uint64_t>(cursor_[0]) & 0x7f, high = static_cast<uint64_t>(cursor_[1]);
    cursor_ += 2;
    const uint64_t value = low | high << 7;
    return is_signed && high >= 0x40 ? value | ~uint64_t{0} << 14 : value;
  }
  uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (cursor_ == end_) {
      fail_at_end();
      return 0;
    }
    const auto byte = static_cast<uint8_t>(*cursor_++);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    const unsigned left = bits - shift; // value bits not read yet
    if (left <= 7) {
      if (byte & 0x80) {
        fail_at(start, "integer representation too long");
        return 0;
      }
      // The bits of the last byte beyond the number's width must be zeros, or copies of the sign bit.
      const int payload = is_signed ? static_cast<int8_t>(byte << 1) >> 1 : byte;
      const int unused = is_signed ? payload >> (left - 1) : payload >> left;
      if (unused != 0 && !(is_signed && unused == -1)) {
        fail_at(start, "integer too large");
        return 0;
      }
    }
    if (byte & 0x80) continue;
    const unsigned used = shift + 7;
    if (is_signed && (byte & 0x40) && used < 64) value |= ~uint64_t{0} << used;
    return value;
  }
}

uint32_t ByteReader::leb_u32_slow() { return static_cast<uint32_t>(leb<32, false>()); }
uint64_t ByteReader::leb_u64_slow() { return leb<64, false>(); }
int32_t ByteReader::leb_s32_slow() { return static_cast<int32_t>(leb<32, true>()); }
int64_t ByteReader::leb_s33_slow() { return static_cast<int64_t>(leb<33, true>()); }
int64_t ByteReader::leb_s64_slow() { return static_cast<int64_t>(leb<64, true>()); }

std::string ByteReader::too_few(uint64_t count) const {
  return std::to_string(count) + " bytes needed, " + std::to_string(remaining()) + " left";
}

std::span<const std::byte> ByteReader::bytes(uint64_t count) {
  if (count > remaining()) {
    fail(std::string(end_message_) + ": " + too_few(count));
    return {};
  }
  const std::byte* start = cursor_;
  cursor_ += count;
  return {start, static_cast<size_t>(count)};
}

std::string_view ByteReader::name() {
  const uint64_t start = offset();
  const uint32_t length = leb_u32();
  if (length > remaining()) fail_at(start, "length out of bounds: " + too_few(length));
  const auto raw = bytes(ok() ? length : 0);
  const std::string_view text(reinterpret_cast<const char*>(raw.data()), raw.size());
  if (is_utf8(text)) return text;
  fail_at(start, "malformed UTF-8 encoding");
  return {};
}

ByteReader ByteReader::sub_reader(uint64_t count, const char* end_message) {
  const uint64_t start = offset();
  return ByteReader(bytes(count), start, end_message);
}

} // namespace skerry::vm
