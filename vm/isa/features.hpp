// Which feature a construct needs, and the words with which a construct is refused.
#pragma once

#include "skerry/config.hpp"
#include "skerry/error.hpp"
#include "skerry/types.hpp"
#include "vm/base/byte_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::vm {

/// Returns the feature that introduced `type` as a value type. A table of funcref needs no feature, although
/// funcref as a value type does.
Feature required_feature(ValType type);

/// Returns the feature of standing `refused` that has an instruction with this prefix (0 for none) and code.
std::optional<Feature> refused_opcode(uint8_t prefix, uint32_t code);
/// Returns the feature of standing `refused` that has a type, or a form of type definition, which begins with
/// this byte.
std::optional<Feature> refused_type(uint8_t code);
/// Returns the feature of standing `refused` that has this keyword of the text format, such as "try" or
/// "i32.atomic.load".
std::optional<Feature> refused_keyword(std::string_view word);

/// Returns the message "WHAT needs the feature NAME, which …". Its end says whether a switch exists.
std::string refusal(Feature feature, std::string_view what);
/// Returns the error for a construct that needs a feature which is not enabled.
Error unsupported(Feature feature, std::string_view what);
/// Makes the reader fail with this error.
void refuse(ByteReader& reader, Feature feature, uint64_t offset, std::string_view what);
/// Makes the reader fail with this error unless the feature is enabled.
void need_feature(ByteReader& reader, const Features& features, Feature feature, uint64_t offset,
                  std::string_view what);

} // namespace skerry::vm
