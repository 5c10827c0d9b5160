#include "vm/module/rec_group.hpp"

#include "vm/base/hex.hpp"
#include "vm/isa/features.hpp"
#include "vm/isa/instruction.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace skerry::vm {

namespace {

// The features that types with a one-byte code can require.
constexpr std::array needed_features = {Feature::mvp, Feature::simd, Feature::reference_types, Feature::gc,
                                        Feature::exceptions};
/// For each byte, an index into needed_features; the size of needed_features if the byte is not the code of a
/// type.
constexpr std::array<uint8_t, 256> short_type_features = [] {
  std::array<uint8_t, 256> table{};
  table.fill(needed_features.size());
  for (const uint8_t number : {0x7c, 0x7d, 0x7e, 0x7f}) table[number] = 0;
  table[ValType::v128_] = 1;
  for (uint8_t heap = 0x6a; heap <= 0x73; ++heap) table[heap] = 3;
  for (const uint8_t heap : {0x6f, 0x70}) table[heap] = 2; // extern, func
  for (const uint8_t heap : {0x69, 0x74}) table[heap] = 4; // exn, noexn
  return table;
}();

/// Each member function decodes one production of the grammar of types. After an error the member functions
/// need not stop, because the reader then returns only zeros.
class RecGroupDecoder {
public:
  RecGroupDecoder(ByteReader& reader, const Config& config, LoadWatch& watch, RecGroup& group)
      : reader_(reader), features_(config.features), limits_(config.module_limits), watch_(watch),
        group_(group) {
    for (size_t i = 0; i < needed_features.size(); ++i) is_on_[i] = features_.has(needed_features[i]);
  }

  void rec_type() {
    const uint64_t start = reader_.offset();
    if (reader_.peek() != RecGroup::code) return sub_type();
    need(Feature::gc, start, "a group of recursive types");
    reader_.u8();
    const uint32_t size = decode_count(reader_, limits_.types, "types");
    const size_t expected = std::min<size_t>(size, reader_.remaining() / 2);
    if (!watch_.hold(expected * sizeof(RecGroup::Type))) return reader_.fail("too much memory");
    group_.types.reserve(expected);
    for (uint32_t i = 0; i < size && reader_.ok(); ++i) {
      const uint64_t type_start = reader_.offset();
      sub_type();
      if (!watch_.spend(reader_.offset() - type_start) || !watch_.hold(group_.bytes()))
        reader_.fail("too late, or too much memory");
    }
  }

private:
  void need(Feature feature, uint64_t offset, const char* what) {
    need_feature(reader_, features_, feature, offset, what);
  }

  void sub_type() {
    group_.types.emplace_back();
    const uint64_t start = reader_.offset();
    const uint8_t form = reader_.peek();
    if (form == 0x50 || form == 0x4f) {
      need(Feature::gc, start, "a type with subtypes");
      reader_.u8();
      group_.types.back().is_final = form == 0x4f;
      if (decode_count(reader_, 1, "supertypes") == 1) group_.types.back().supertype = reader_.leb_u32();
    }
    composite_type();
  }

  void composite_type() {
    const uint64_t start = reader_.offset();
    const uint8_t form = reader_.u8();
    switch (form) {
    case 0x60: return func_type();
    case 0x5f:
      need(Feature::gc, start, "a structure type");
      group_.types.back().kind = CompositeKind::struct_;
      return fields(decode_count(reader_, std::min(limits_.struct_fields, 0xffffu), "fields"));
    case 0x5e:
      need(Feature::gc, start, "an array type");
      group_.types.back().kind = CompositeKind::array;
      return fields(1);
    default: break;
    }
    if (const auto feature = refused_type(form))
      return refuse(reader_, *feature, start, "a type of form " + hex(form, 2));
    const bool is_long = form >= 0x80; // a form is a signed LEB128 of 7 bits
    reader_.fail_at(start, is_long ? "integer representation too long" : "malformed definition type");
  }

  void func_type() {
    result_type(limits_.params, "parameters", false);
    const uint64_t start = reader_.offset();
    result_type(limits_.results, "results", true);
    if (group_.types.back().results > 1)
      need(Feature::multi_value, start, "a function type with several results");
  }

  void result_type(uint32_t limit, const char* what, bool is_result) {
    const uint32_t count = decode_count(reader_, std::min(limit, 0xffffu), what);
    uint32_t read = short_types(count);
    (is_result ? group_.types.back().results : group_.types.back().params) = static_cast<uint16_t>(read);
    for (; read < count && reader_.ok(); ++read) group_.add(decode_value_type(reader_, features_), is_result);
  }

  /// Reads and copies the codes of types until the first type whose code is longer than one byte or whose
  /// feature is not enabled. Most lists contain no such type.
  uint32_t short_types(uint32_t most) {
    const auto* codes = reinterpret_cast<const uint8_t*>(reader_.cursor());
    uint32_t count = 0;
    while (count < most && is_on_[short_type_features[codes[count]]]) ++count;
    group_.codes.insert(group_.codes.end(), codes, codes + count);
    reader_.bytes(count);
    return count;
  }

  void fields(uint32_t count) {
    for (uint32_t i = 0; i < count && reader_.ok(); ++i) {
      FieldType field;
      field.storage = storage_type();
      const uint64_t start = reader_.offset();
      const uint8_t mutability = reader_.u8();
      if (mutability > 1) reader_.fail_at(start, "malformed mutability");
      field.is_mutable = mutability == 1;
      group_.fields.emplace_back(field);
      ++group_.types.back().fields;
    }
  }

  ValType storage_type() {
    const uint8_t code = reader_.peek();
    if (code != ValType::i8 && code != ValType::i16) return decode_value_type(reader_, features_);
    return reader_.u8(), ValType(static_cast<ValType::Kind>(code));
  }

  std::array<bool, needed_features.size() + 1> is_on_{}; // the last entry is for bytes that are not types
  ByteReader& reader_;
  const Features& features_;
  const ModuleLimits& limits_;
  LoadWatch& watch_;
  RecGroup& group_;
};

} // namespace

void RecGroup::add(ValType type, bool is_result) {
  Type& last = types.back();
  codes.push_back(code_of(type));
  ++(is_result ? last.results : last.params);
  if (!is_concrete(type)) return;
  refs.push_back(type);
  ++(is_result ? last.result_refs : last.param_refs);
}

void decode_rec_group(ByteReader& reader, const Config& config, LoadWatch& watch, RecGroup& group) {
  group.clear();
  RecGroupDecoder(reader, config, watch, group).rec_type();
}

ValType decode_value_type(ByteReader& reader, const Features& features) {
  const uint64_t start = reader.offset();
  const ValType type = decode_value_type(reader);
  if (reader.ok() && !features.has(required_feature(type)))
    need_feature(reader, features, required_feature(type), start, "the type " + to_string(type));
  return type;
}

uint32_t decode_count(ByteReader& reader, uint64_t limit, const char* what) {
  const uint64_t start = reader.offset();
  const uint32_t n = reader.leb_u32();
  if (n > reader.remaining()) {
    reader.fail_at(start, "unexpected end of section or function: " + std::to_string(n) + " " + what +
                              " declared, " + std::to_string(reader.remaining()) + " bytes left");
    return 0;
  }
  check_limit(reader, n, limit, what, start);
  return reader.ok() ? n : 0;
}

void check_limit(ByteReader& reader, uint64_t value, uint64_t limit, const char* what, uint64_t offset) {
  if (value > limit)
    reader.fail_at(offset,
                   std::string("too many ") + what + ": " + std::to_string(value) + ", the limit is " +
                       std::to_string(limit),
                   ErrorKind::limit);
}

} // namespace skerry::vm
