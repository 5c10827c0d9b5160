// Converts the values, patterns and actions of test scripts to text, for messages.
#include "skerry/printable.hpp"
#include "skerry/wast.hpp"
#include "vm/base/hex.hpp"

#include <array>
#include <bit>
#include <charconv>

namespace skerry::wat {

namespace {

template <class Float> std::string float_text(Float value) {
  std::array<char, 64> buffer;
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string number_text(unsigned bits, bool is_float, uint64_t value) {
  std::string exact = "0x" + vm::hex(value, bits / 4);
  if (is_float && bits == 32)
    return float_text(std::bit_cast<float>(static_cast<uint32_t>(value))) + " " + exact;
  if (is_float) return float_text(std::bit_cast<double>(value)) + " " + exact;
  int64_t extended = static_cast<int64_t>(value << (64 - bits)) >> (64 - bits);
  return std::to_string(extended) + " " + exact;
}

std::string lane_text(const LanePattern& lane, unsigned bits, bool is_float) {
  if (lane.kind == LanePattern::Kind::canonical_nan) return "nan:canonical";
  if (lane.kind == LanePattern::Kind::arithmetic_nan) return "nan:arithmetic";
  return number_text(bits, is_float, lane.bits);
}

std::string vector_text(const ResultPattern& pattern) {
  auto bits = static_cast<unsigned>(128 / pattern.lanes.size());
  std::string text = std::string(pattern.float_lanes ? "f" : "i") + std::to_string(bits) + "x" +
                     std::to_string(pattern.lanes.size()) + "(";
  for (const LanePattern& lane : pattern.lanes)
    text += (&lane == &pattern.lanes[0] ? "" : ", ") + lane_text(lane, bits, pattern.float_lanes);
  return text + ")";
}

std::string argument_text(const Argument& argument) {
  if (const auto* ref = std::get_if<HostRef>(&argument))
    return "(ref.extern " + std::to_string(ref->number) + ")";
  return to_string(std::get<Value>(argument));
}

/// The 128 bits as one number, with the first byte last.
std::string vector_bits_text(const V128& bytes) {
  std::string text = "0x";
  for (size_t i = bytes.size(); i-- > 0;) vm::append_hex(text, bytes[i]);
  return text;
}

} // namespace

std::string to_string(const Value& value) {
  ValType type = value.type();
  if (type.is_ref())
    return "(" + skerry::to_string(type) + (value.as_ref().is_null() ? " null)" : " not null)");
  if (type == v128) return "v128:" + vector_bits_text(value.as_v128());
  unsigned bits = type == i32 || type == f32 ? 32 : 64;
  return skerry::to_string(type) + ":" + number_text(bits, type == f32 || type == f64, value.lo());
}

std::string to_string(const ResultPattern& pattern) {
  switch (pattern.kind) {
  case ResultPattern::Kind::null: return "(ref.null)";
  case ResultPattern::Kind::host_ref: return "(ref.extern " + std::to_string(pattern.host.number) + ")";
  case ResultPattern::Kind::ref: return skerry::to_string(pattern.type);
  case ResultPattern::Kind::either: {
    std::string text = "either";
    for (const ResultPattern& alternative : pattern.alternatives) text += " " + to_string(alternative);
    return text;
  }
  case ResultPattern::Kind::number: break;
  }
  if (pattern.type == v128) return "v128:" + vector_text(pattern);
  unsigned bits = pattern.type == i32 || pattern.type == f32 ? 32 : 64;
  bool is_float = pattern.type == f32 || pattern.type == f64;
  return skerry::to_string(pattern.type) + ":" + lane_text(pattern.lanes[0], bits, is_float);
}

std::string to_string(const Action& action) {
  std::string text = action.kind == Action::Kind::get ? "get " : "invoke ";
  if (action.module) text += "$" + printable(*action.module) + " ";
  text += in_quotes(action.field);
  for (const Argument& argument : action.arguments) text += " " + argument_text(argument);
  return text;
}

} // namespace skerry::wat
