// What parsing one part of a module must know of the others: names, and the types defined so far.
#pragma once

#include "skerry/types.hpp"
#include "vm/base/byte_writer.hpp"
#include "vm/wat/cursor.hpp"
#include "vm/wat/index_space.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace skerry::vm::wat {

/// What type uses need of a type definition.
struct TypeEntry {
  bool is_func = false;
  uint32_t params = 0;
  std::string encoded; // parameters and results as in the binary format; functions only
  IndexSpace fields{"field", "field"};
};

struct ModuleContext {
  IndexSpace types{"type", "type"};
  IndexSpace funcs{"func", "function"};
  IndexSpace tables{"table", "table"};
  IndexSpace memories{"memory", "memory"};
  IndexSpace globals{"global", "global"};
  IndexSpace tags{"tag", "tag"};
  IndexSpace elems{"elem", "elem segment"};
  IndexSpace datas{"data", "data segment"};
  const IndexSpace no_fields{"field", "field"}; // of types that are no structs

  std::vector<TypeEntry> type_entries;
  /// Final function types without supertype, alone in their recursion group: first index by encoding.
  std::unordered_map<std::string, uint32_t> plain_func_types;
  uint32_t type_groups = 0; // entries of the type section
  ByteWriter type_section;

  bool uses_data_count = false; // an instruction names a data segment

  /// Index of the plain function type with this encoding; made when there is none (spec §6.4.5).
  uint32_t func_type_index(const std::string& encoded, uint32_t params);
};

/// A number, or a name of `space`.
uint32_t parse_index(Cursor& cursor, const IndexSpace& space);

} // namespace skerry::vm::wat
