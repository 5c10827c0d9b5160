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
bool at_ref_type(const Cursor& cursor);
bool at_val_type(const Cursor& cursor);
HeapType parse_heap_type(Cursor& cursor, const ModuleContext& context);
ValType parse_ref_type(Cursor& cursor, const ModuleContext& context);
ValType parse_val_type(Cursor& cursor, const ModuleContext& context);

void write_heap_type(ByteWriter& out, HeapType heap);
void write_val_type(ByteWriter& out, ValType type);

using ParamNames = std::vector<std::optional<std::string>>;

/// `(param …)* (result …)*`. With `names` parameters may be named, and it gets one entry for each.
FuncType parse_func_signature(Cursor& cursor, const ModuleContext& context, ParamNames* names);
/// Parameters and results as in the binary format.
std::string encode_signature(const FuncType& type);

/// Spec §6.4.5: `(type x)?` and a signature that repeats it or stands for it.
struct TypeUse {
  std::optional<uint32_t> index; // as written
  FuncType signature;            // as written
};
TypeUse parse_type_use(Cursor& cursor, const ModuleContext& context, ParamNames* names);
/// The type index it means; adds the type when it is written inline and new.
uint32_t resolve_type_use(Cursor& cursor, ModuleContext& context, const TypeUse& use, const Token& where);

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
