// Parses types in the text format (spec §6.4) and writes them in the binary format (spec §5.3).
#pragma once

#include "skerry/types.hpp"
#include "vm/base/byte_writer.hpp"
#include "vm/wat/cursor.hpp"
#include "vm/wat/module_context.hpp"

#include <optional>
#include <string>
#include <vector>

namespace skerry::vm::wat {

/// Returns whether the next token begins a reference type.
bool at_ref_type(Cursor& cursor);
HeapType parse_heap_type(Cursor& cursor, const ModuleContext& context);
ValType parse_ref_type(Cursor& cursor, const ModuleContext& context);
ValType parse_val_type(Cursor& cursor, const ModuleContext& context);

void write_heap_type(ByteWriter& out, HeapType heap);
void write_val_type(ByteWriter& out, ValType type);

/// The parameters and results of a function type in binary format. Reusable after clear().
struct Signature {
  uint32_t params = 0, results = 0;
  struct Named {
    uint32_t index;
    ItemName name;
  };
  std::vector<Named> named; // the named parameters
  ByteWriter param_types, result_types;

  void clear();
  void write(ByteWriter& out) const;
};
/// Parses `(param …)* (result …)*`.
void parse_func_signature(Cursor& cursor, const ModuleContext& context, Signature& type, bool may_have_names);

/// A type use (spec §6.4.15): `(type x)?` and a signature, which may be empty. If both are present, the
/// signature must be that of type x. Without `(type x)`, the signature itself denotes the type.
/// parse_type_use() can fill the same TypeUse many times, which reuses its memory.
struct TypeUse {
  std::optional<uint32_t> index; // as written
  Signature signature;           // as written
  ByteWriter encoded;            // scratch space of resolve_type_use
};
void parse_type_use(Cursor& cursor, const ModuleContext& context, TypeUse& use, bool may_have_names);
/// Returns the type index that the type use stands for. Adds a function type if the use has no index and the
/// module does not have its signature yet. Errors are reported at `where`.
uint32_t resolve_type_use(Cursor& cursor, ModuleContext& context, TypeUse& use, const Token& where);

/// Parses limits: a minimum, an optional maximum, and an optional `shared`.
Limits parse_limits(Cursor& cursor);
/// Parses the optional address type before limits, `i32` or `i64`. Returns true for i64.
bool parse_address_type(Cursor& cursor);
void write_limits(ByteWriter& out, const Limits& limits);
void write_table_type(ByteWriter& out, const TableType& type);
GlobalType parse_global_type(Cursor& cursor, const ModuleContext& context);
void write_global_type(ByteWriter& out, const GlobalType& type);

/// Parses the field `(type …)` or `(rec …)` at the cursor and writes it to the type section.
void parse_type_field(Cursor& cursor, ModuleContext& context);

} // namespace skerry::vm::wat
