// The name section as identifiers of the text format: the inverse of name_writer.hpp.
#pragma once

#include "vm/base/byte_reader.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>

namespace skerry::vm::wat {

/// Subsections of the name section that name members of an index space.
enum class NameKind : uint8_t {
  function = 1,
  type = 4,
  table = 5,
  memory = 6,
  global = 7,
  elem = 8,
  data = 9,
  tag = 11,
};

/// Identifiers are unique in their index space: of equal names only the first is kept. What is broken is
/// dropped.
class NameTable {
public:
  NameTable() = default;
  explicit NameTable(std::span<const std::byte> name_section);

  const std::optional<std::string>& module() const { return module_; }
  /// Null when it has none.
  const std::string* find(NameKind kind, uint32_t index) const;
  const std::string* find_local(uint32_t function, uint32_t index) const;

private:
  struct Names {
    std::map<uint32_t, std::string> by_index;
    std::unordered_set<std::string> taken;
  };
  static void read_map(ByteReader& reader, Names& names);

  std::optional<std::string> module_;
  std::array<Names, 12> by_kind_;
  std::map<uint32_t, Names> locals_;
};

/// `$name`, or `$"…"` when it has other characters than identifiers may have.
std::string id_text(const std::string& name);
/// A string literal; everything but printable ASCII is escaped.
std::string string_text(std::string_view bytes);

} // namespace skerry::vm::wat
