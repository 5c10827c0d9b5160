// Implements skerry/wat.hpp, except the printer.
#include "skerry/wat.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/base/limit_error.hpp"
#include "vm/wat/lexer.hpp"
#include "vm/wat/module_parser.hpp"
#include "vm/wat/source_line.hpp"
#include "vm/wat/text_places.hpp"

#include <algorithm>
#include <array>

namespace skerry::wat {

Result<std::vector<std::byte>> to_binary(std::string_view text, const ToBinaryOptions& options) {
  return catching_out_of_memory("reading a module's text", [&]() -> Result<std::vector<std::byte>> {
    constexpr uint64_t bytes_per_byte = 4;
    if (text.size() > options.max_bytes / bytes_per_byte) {
      const uint64_t asked = text.size() * bytes_per_byte;
      return fail(vm::max_bytes_error("reading a text of " + std::to_string(text.size()) +
                                          " bytes may take " + std::to_string(asked) + " bytes of memory, " +
                                          std::to_string(options.max_bytes) +
                                          " allowed (ToBinaryOptions::max_bytes)",
                                      asked, options.max_bytes));
    }
    return vm::wat::parse_module_text(text, {options.names, options.limits, options.deadline});
  });
}

Error locate(std::string_view text, const Error& error, const ToBinaryOptions& options) {
  if (error.offset() == Error::no_offset) return error;
  return unless_out_of_memory(
      [&] {
        vm::wat::TextPlaces places;
        const auto bytes =
            vm::wat::parse_module_text(text, {options.names, options.limits, options.deadline, &places});
        const auto place = bytes ? places.find(error.offset()) : std::nullopt;
        if (!place) return error;
        Error located = error;
        vm::wat::add_place(located, text, *place);
        return located;
      },
      [&] { return error; });
}

SourcePosition position_at(std::string_view text, size_t offset) noexcept {
  return vm::wat::position_at(text, offset);
}

bool is_binary(ByteView content) noexcept {
  constexpr std::array<std::byte, 4> magic = {std::byte{0}, std::byte{'a'}, std::byte{'s'}, std::byte{'m'}};
  return content.size() >= magic.size() && std::equal(magic.begin(), magic.end(), content.data());
}

bool is_text(ByteView content) noexcept {
  std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '(' || text[first] == ';');
}

} // namespace skerry::wat
