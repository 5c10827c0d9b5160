#include "host/cli/units.hpp"

#include "vm/base/decimal.hpp"

#include <array>
#include <span>

namespace skerry::host::cli {

namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array<Unit, 8> size_units{{{"", 1},
                                          {"B", 1},
                                          {"KiB", 1024},
                                          {"MiB", 1024. * 1024},
                                          {"GiB", 1024. * 1024 * 1024},
                                          {"KB", 1e3},
                                          {"MB", 1e6},
                                          {"GB", 1e9}}};
constexpr std::array<Unit, 6> duration_units{
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};

/// Parses a number and a unit. Returns nothing for values that are 0, negative, or 2^62 and above.
std::optional<uint64_t> parse_quantity(std::string_view text, std::span<const Unit> units) {
  double number = 0;
  auto [end, error] = vm::parse_decimal(text, number, std::chars_format::fixed);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  for (const Unit& unit : units) {
    double value = number * unit.factor;
    if (text == unit.name && value >= 1 && value < 4.6e18) return static_cast<uint64_t>(value);
  }
  return std::nullopt;
}

} // namespace

std::optional<uint64_t> parse_size(std::string_view text) { return parse_quantity(text, size_units); }

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  auto ns = parse_quantity(text, duration_units);
  if (!ns) return std::nullopt;
  return std::chrono::nanoseconds(static_cast<int64_t>(*ns));
}

std::string format_size(uint64_t bytes) {
  constexpr std::array<std::pair<unsigned, std::string_view>, 3> units{
      {{30, " GiB"}, {20, " MiB"}, {10, " KiB"}}};
  for (auto [shift, name] : units) {
    if (bytes != 0 && bytes % (uint64_t{1} << shift) == 0)
      return std::to_string(bytes >> shift) + std::string(name);
  }
  return std::to_string(bytes) + " bytes";
}

CLI::Validator size_validator() {
  auto check = [](std::string& text) {
    return parse_size(text) ? std::string()
                            : "\"" + text + "\" is not a size such as 65536, 64KiB, 32MiB or 4GiB";
  };
  return CLI::Validator(check, "");
}

CLI::Validator duration_validator() {
  auto check = [](std::string& text) {
    return parse_duration(text) ? std::string()
                                : "\"" + text + "\" is not a duration such as 500ms, 2s or 1m";
  };
  return CLI::Validator(check, "");
}

} // namespace skerry::host::cli
