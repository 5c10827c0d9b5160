// Writes floats as literals of the text format that parse back to the same bits.
#pragma once

#include <cstdint>
#include <string>

namespace skerry::vm::wat {

std::string f32_text(uint32_t bits);
std::string f64_text(uint64_t bits);

} // namespace skerry::vm::wat
