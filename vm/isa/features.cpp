#include "vm/isa/features.hpp"

#include <algorithm>
#include <array>

namespace skerry::vm {

namespace {

struct CodeRange {
  Feature feature;
  uint8_t prefix;
  uint16_t first, last;
};

// The instructions of features that the engine only recognizes.
constexpr auto refused_codes = std::to_array<CodeRange>({
    {Feature::legacy_exceptions, 0, 0x06, 0x07},     // try, catch
    {Feature::legacy_exceptions, 0, 0x09, 0x09},     // rethrow
    {Feature::legacy_exceptions, 0, 0x18, 0x19},     // delegate, catch_all
    {Feature::stack_switching, 0, 0xe0, 0xe6},       // cont.new to switch
    {Feature::custom_descriptors, 0xfb, 0x20, 0x27}, // struct.new_desc to br_on_cast_desc
    {Feature::stringref, 0xfb, 0x80, 0xb7},          // string.new_utf8 to stringview_iter.slice
    {Feature::memory_control, 0xfc, 0x12, 0x12},     // memory.discard
    {Feature::wide_arithmetic, 0xfc, 0x13, 0x16},    // i64.add128 to i64.mul_wide_u
    {Feature::half_precision, 0xfc, 0x30, 0x31},     // f32.load_f16, f32.store_f16
    {Feature::half_precision, 0xfd, 0x120, 0x14f},   // f16x8
    {Feature::threads, 0xfe, 0x00, 0x4e},            // memory.atomic.notify to i64.atomic.rmw32.cmpxchg_u
    {Feature::shared_everything_threads, 0xfe, 0x4f, 0xff} // global.atomic.get to ref.i31_shared
});

struct TypeCode {
  Feature feature;
  uint8_t code;
};

// Bytes with which the types of such features begin.
constexpr auto refused_types = std::to_array<TypeCode>({
    {Feature::stack_switching, 0x5d},           // cont, as a definition
    {Feature::stack_switching, 0x68},           // cont
    {Feature::stack_switching, 0x75},           // nocont
    {Feature::custom_descriptors, 0x4c},        // describes
    {Feature::custom_descriptors, 0x4d},        // descriptor
    {Feature::custom_descriptors, 0x62},        // exact
    {Feature::shared_everything_threads, 0x65}, // shared
    {Feature::stringref, 0x67},                 // string
});

struct Keyword {
  std::string_view text; // the whole word, or its beginning if it ends with a dot
  Feature feature;
};

constexpr auto refused_words = std::to_array<Keyword>({
    {"atomic.", Feature::threads},
    {"i32.atomic.", Feature::threads},
    {"i64.atomic.", Feature::threads},
    {"memory.atomic.", Feature::threads},
    {"shared", Feature::threads},
    {"try", Feature::legacy_exceptions},
    {"delegate", Feature::legacy_exceptions},
    {"rethrow", Feature::legacy_exceptions},
    {"i64.add128", Feature::wide_arithmetic},
    {"i64.sub128", Feature::wide_arithmetic},
    {"i64.mul_wide_s", Feature::wide_arithmetic},
    {"i64.mul_wide_u", Feature::wide_arithmetic},
    {"pagesize", Feature::custom_page_sizes},
    {"cont", Feature::stack_switching},
    {"contref", Feature::stack_switching},
    {"nocont", Feature::stack_switching},
    {"nullcontref", Feature::stack_switching},
    {"cont.new", Feature::stack_switching},
    {"cont.bind", Feature::stack_switching},
    {"suspend", Feature::stack_switching},
    {"resume", Feature::stack_switching},
    {"resume_throw", Feature::stack_switching},
    {"resume_throw_ref", Feature::stack_switching},
    {"switch", Feature::stack_switching},
    {"component", Feature::component_model},
    {"describes", Feature::custom_descriptors},
    {"descriptor", Feature::custom_descriptors},
    {"exact", Feature::custom_descriptors},
    {"ref.get_desc", Feature::custom_descriptors},
    {"ref.cast_desc", Feature::custom_descriptors},
    {"ref.cast_desc_eq", Feature::custom_descriptors},
    {"br_on_cast_desc", Feature::custom_descriptors},
    {"br_on_cast_desc_fail", Feature::custom_descriptors},
    {"br_on_cast_desc_eq", Feature::custom_descriptors},
    {"br_on_cast_desc_eq_fail", Feature::custom_descriptors},
    {"struct.new_desc", Feature::custom_descriptors},
    {"struct.new_default_desc", Feature::custom_descriptors},
    {"array.atomic.", Feature::shared_everything_threads},
    {"global.atomic.", Feature::shared_everything_threads},
    {"struct.atomic.", Feature::shared_everything_threads},
    {"table.atomic.", Feature::shared_everything_threads},
    {"ref.i31_shared", Feature::shared_everything_threads},
    {"thread_local", Feature::shared_everything_threads},
    {"memory.discard", Feature::memory_control},
    {"f16x8.", Feature::half_precision},
    {"f32.load_f16", Feature::half_precision},
    {"f32.store_f16", Feature::half_precision},
    {"string.", Feature::stringref},
    {"stringref", Feature::stringref},
    {"stringview_iter.", Feature::stringref},
    {"stringview_wtf8.", Feature::stringref},
    {"stringview_wtf16.", Feature::stringref},
});

} // namespace

Feature required_feature(ValType type) {
  if (type.is_vec()) return Feature::simd;
  if (type.kind() == ValType::i8 || type.kind() == ValType::i16) return Feature::gc;
  if (!type.is_ref()) return Feature::mvp;
  switch (type.heap()) {
  case HeapType::exn:
  case HeapType::noexn: return Feature::exceptions;
  case HeapType::func:
  case HeapType::extern_: return type.is_nullable() ? Feature::reference_types : Feature::function_references;
  default: return static_cast<int32_t>(type.heap()) < 0 ? Feature::gc : Feature::function_references;
  }
}

std::optional<Feature> refused_opcode(uint8_t prefix, uint32_t code) {
  const auto* found = std::ranges::find_if(refused_codes, [&](const CodeRange& range) {
    return range.prefix == prefix && range.first <= code && code <= range.last;
  });
  return found == refused_codes.end() ? std::nullopt : std::optional(found->feature);
}

std::optional<Feature> refused_type(uint8_t code) {
  const auto* found = std::ranges::find(refused_types, code, &TypeCode::code);
  return found == refused_types.end() ? std::nullopt : std::optional(found->feature);
}

std::optional<Feature> refused_keyword(std::string_view word) {
  const auto* found = std::ranges::find_if(refused_words, [&](const Keyword& keyword) {
    return keyword.text.ends_with('.') ? word.starts_with(keyword.text) : word == keyword.text;
  });
  return found == refused_words.end() ? std::nullopt : std::optional(found->feature);
}

std::string refusal(Feature feature, std::string_view what) {
  const bool has_switch = feature_standing(feature) == FeatureStanding::standard;
  return std::string(what) + " needs the feature " + std::string(feature_name(feature)) +
         (has_switch ? ", which Config::features turns off"
                     : ", which this version of Skerry does not support");
}

Error unsupported(Feature feature, std::string_view what) {
  Error error(ErrorKind::unsupported, ErrorCode::unsupported, refusal(feature, what));
  error.with_feature(feature_name(feature));
  return error;
}

void refuse(ByteReader& reader, Feature feature, uint64_t offset, std::string_view what) {
  reader.fail_unsupported(offset, refusal(feature, what), feature_name(feature));
}

void need_feature(ByteReader& reader, const Features& features, Feature feature, uint64_t offset,
                  std::string_view what) {
  if (!features.has(feature)) refuse(reader, feature, offset, what);
}

} // namespace skerry::vm
