// Types in the text format (spec §6.4), written as they go into the binary (spec §5.3).
#pragma once

#include "skerry/types.hpp"
#include "vm/base/byte_writer.hpp"
#include "vm/wat/cursor.hpp"
#include "vm/wat/module_context.hpp"

#include <optional>
#include <string>
#include <vector>

namespace skerry::vm::wat {

/// Whether the next token begins a reference type or heap type's type name.
bool at_ref_type(Cursor& cursor);
bool at_val_type(Cursor& cursor);
HeapType parse_heap_type(Cursor& cursor, const ModuleContext& context);
ValType parse_ref_type(Cursor& cursor, const ModuleContext& context);
ValType parse_val_type(Cursor& cursor, const ModuleContext& context);

void write_heap_type(ByteWriter& out, HeapType heap);
void write_val_type(ByteWriter& out, ValType type);

/// Parameters and results, as in the binary format. Reusable.
struct Signature {
  uint32_t params = 0, results = 0;
  std::vector<IndexSpace::Named> named; // parameters
  ByteWriter param_types, result_types;

  void clear();
  void write(ByteWriter& out) const;
};
/// `(param …)* (result …)*`
void parse_func_signature(Cursor& cursor, const ModuleContext& context, Signature& type, bool may_have_names);

/// Spec §6.4.5: `(type x)?` and a signature that repeats it or stands for it. Reusable.
struct TypeUse {
  std::optional<uint32_t> index; // as written
  Signature signature;           // as written
  ByteWriter encoded;            // for resolve_type_use
};
void parse_type_use(Cursor& cursor, const ModuleContext& context, TypeUse& use, bool may_have_names);
/// The type index it means; adds the type when it is written inline and new.
uint32_t resolve_type_use(Cursor& cursor, ModuleContext& context, TypeUse& use, const Token& where);

/// `i64?`, minimum, maximum.
Limits parse_limits(Cursor& cursor);
/// `i32` or `i64` before limits; true for i64.
bool parse_address_type(Cursor& cursor);
void write_limits(ByteWriter& out, const Limits& limits);
void write_table_type(ByteWriter& out, const TableType& type);
GlobalType parse_global_type(Cursor& cursor, const ModuleContext& context);
void write_global_type(ByteWriter& out, const GlobalType& type);

/// The field `(type …)` or `(rec …)` at which the cursor stands, into the type section.
void parse_type_field(Cursor& cursor, ModuleContext& context);

} // namespace skerry::vm::wat
