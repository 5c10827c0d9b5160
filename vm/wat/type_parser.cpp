#include "vm/wat/type_parser.hpp"

#include "vm/module/type_list.hpp" // FieldType

#include <algorithm>
#include <array>

namespace skerry::vm::wat {

namespace {

// The codes of composite types (spec §5.3).
constexpr uint8_t rec_code = 0x4e, sub_code = 0x50, sub_final_code = 0x4f;
constexpr uint8_t func_code = 0x60, struct_code = 0x5f, array_code = 0x5e;
constexpr uint32_t heap_index_limit = 1u << 23; // ValType holds heap types in 24 bits

struct NamedHeapType {
  std::string_view heap_name; // (ref null NAME)
  std::string_view ref_name;  // the abbreviation of (ref null NAME)
  HeapType type;
};
constexpr auto heap_types = std::to_array<NamedHeapType>({
    {"func", "funcref", HeapType::func},
    {"extern", "externref", HeapType::extern_},
    {"any", "anyref", HeapType::any},
    {"eq", "eqref", HeapType::eq},
    {"i31", "i31ref", HeapType::i31},
    {"struct", "structref", HeapType::struct_},
    {"array", "arrayref", HeapType::array},
    {"exn", "exnref", HeapType::exn},
    {"none", "nullref", HeapType::none},
    {"nofunc", "nullfuncref", HeapType::nofunc},
    {"noextern", "nullexternref", HeapType::noextern},
    {"noexn", "nullexnref", HeapType::noexn},
});

struct NamedType {
  std::string_view name;
  ValType type;
};
constexpr auto number_types =
    std::to_array<NamedType>({{"i32", i32}, {"i64", i64}, {"f32", f32}, {"f64", f64}, {"v128", v128}});

std::optional<ValType> number_type(Cursor& cursor) {
  for (const NamedType& named : number_types)
    if (cursor.at_keyword(named.name)) return named.type;
  return std::nullopt;
}

std::optional<ValType> short_ref_type(Cursor& cursor) {
  for (const NamedHeapType& named : heap_types)
    if (cursor.at_keyword(named.ref_name)) return ValType::ref(named.type, true);
  return std::nullopt;
}

FieldType parse_field_type(Cursor& cursor, const ModuleContext& context) {
  FieldType field;
  field.is_mutable = cursor.take_open("mut");
  if (cursor.take_keyword("i8")) {
    field.storage = ValType(ValType::i8);
  } else if (cursor.take_keyword("i16")) {
    field.storage = ValType(ValType::i16);
  } else {
    field.storage = parse_val_type(cursor, context);
  }
  if (field.is_mutable) cursor.expect_close();
  return field;
}

void write_field_type(ByteWriter& out, const FieldType& field) {
  write_val_type(out, field.storage);
  out.u8(field.is_mutable);
}

/// Parses the fields of a struct type up to its closing parenthesis. Writes the number of fields, then the
/// fields.
void parse_fields(Cursor& cursor, ModuleContext& context, uint32_t type, ByteWriter& out) {
  ByteWriter fields;
  uint32_t count = 0;
  while (cursor.more()) {
    cursor.expect_open("field");
    const Token where = cursor.peek();
    if (const ItemName name = cursor.take_item_name("field"); name.shown != no_id) {
      if (!context.add_field(type, count, name))
        cursor.fail_at(where, "duplicate field " + excerpt(cursor.name_of(name.id)));
      write_field_type(fields, parse_field_type(cursor, context));
      ++count;
    } else {
      for (; cursor.more(); ++count) write_field_type(fields, parse_field_type(cursor, context));
    }
    cursor.expect_close();
  }
  out.leb_u32(count);
  out.bytes(fields.view());
}

/// Parses `(func …)`, `(struct …)` or `(array …)`.
void parse_composite_type(Cursor& cursor, ModuleContext& context, ByteWriter& out, TypeEntry& entry) {
  if (cursor.take_open("func")) {
    Signature type;
    parse_func_signature(cursor, context, type, true);
    entry.is_func = true;
    entry.params = type.params;
    out.u8(func_code);
    entry.encoded = static_cast<uint32_t>(out.size()); // in the group; later in the type section
    type.write(out);
    entry.encoded_size = static_cast<uint32_t>(out.size()) - entry.encoded;
  } else if (cursor.take_open("struct")) {
    out.u8(struct_code);
    parse_fields(cursor, context, static_cast<uint32_t>(context.type_entries.size()), out);
  } else if (cursor.take_open("array")) {
    out.u8(array_code);
    write_field_type(out, parse_field_type(cursor, context));
  } else {
    return cursor.fail_unexpected("`(func`, `(struct` or `(array`");
  }
  cursor.expect_close();
}

/// Parses `(type $name? …)`. Returns whether the type is final and has no supertypes.
bool parse_type_definition(Cursor& cursor, ModuleContext& context, ByteWriter& out) {
  cursor.expect_open("type");
  cursor.take_item_name("type"); // the name collector has recorded it
  TypeEntry entry;
  bool plain = !cursor.take_open("sub");
  if (plain) {
    parse_composite_type(cursor, context, out, entry);
  } else {
    bool is_final = cursor.take_keyword("final");
    std::vector<uint32_t> supertypes;
    while (cursor.at_index()) supertypes.push_back(parse_index(cursor, context.types, context.names));
    plain = is_final && supertypes.empty();
    if (!plain) {
      out.u8(is_final ? sub_final_code : sub_code);
      out.leb_u64(supertypes.size());
      for (uint32_t supertype : supertypes) out.leb_u32(supertype);
    }
    parse_composite_type(cursor, context, out, entry);
    cursor.expect_close();
  }
  cursor.expect_close();
  context.type_entries.push_back(entry);
  return plain;
}

} // namespace

bool at_ref_type(Cursor& cursor) { return cursor.at_open("ref") || short_ref_type(cursor).has_value(); }

HeapType parse_heap_type(Cursor& cursor, const ModuleContext& context) {
  for (const NamedHeapType& named : heap_types)
    if (cursor.take_keyword(named.heap_name)) return named.type;
  if (!cursor.at_index()) {
    cursor.fail_unexpected("a heap type");
    return HeapType::func;
  }
  const Token where = cursor.peek();
  uint32_t index = parse_index(cursor, context.types, context.names);
  if (index >= heap_index_limit) cursor.fail_at(where, "unknown type " + std::to_string(index));
  return static_cast<HeapType>(index);
}

ValType parse_ref_type(Cursor& cursor, const ModuleContext& context) {
  if (auto type = short_ref_type(cursor)) {
    cursor.advance();
    return *type;
  }
  if (!cursor.take_open("ref")) {
    cursor.fail_unexpected("a reference type");
    return funcref;
  }
  bool nullable = cursor.take_keyword("null");
  HeapType heap = parse_heap_type(cursor, context);
  cursor.expect_close();
  return ValType::ref(heap, nullable);
}

ValType parse_val_type(Cursor& cursor, const ModuleContext& context) {
  if (auto type = number_type(cursor)) {
    cursor.advance();
    return *type;
  }
  if (at_ref_type(cursor)) return parse_ref_type(cursor, context);
  cursor.fail_unexpected("a value type");
  return i32;
}

void write_heap_type(ByteWriter& out, HeapType heap) { out.leb_s33(static_cast<int32_t>(heap)); }

void write_val_type(ByteWriter& out, ValType type) {
  bool abstract = type.is_ref() && static_cast<int32_t>(type.heap()) < 0;
  if (!type.is_ref()) return out.u8(type.kind());
  if (!(abstract && type.is_nullable())) out.u8(type.kind());
  write_heap_type(out, type.heap());
}

void Signature::clear() {
  params = results = 0;
  named.clear();
  param_types.truncate(0), result_types.truncate(0);
}

void Signature::write(ByteWriter& out) const {
  out.leb_u32(params);
  out.bytes(param_types.view());
  out.leb_u32(results);
  out.bytes(result_types.view());
}

void parse_func_signature(Cursor& cursor, const ModuleContext& context, Signature& type,
                          bool may_have_names) {
  while (cursor.take_open("param")) {
    const ItemName name = may_have_names ? cursor.take_item_name("parameter") : ItemName{};
    if (name.shown != no_id) {
      type.named.push_back({type.params++, name});
      write_val_type(type.param_types, parse_val_type(cursor, context));
    } else {
      for (; cursor.more(); ++type.params) write_val_type(type.param_types, parse_val_type(cursor, context));
    }
    cursor.expect_close();
  }
  while (cursor.take_open("result")) {
    for (; cursor.more(); ++type.results) write_val_type(type.result_types, parse_val_type(cursor, context));
    cursor.expect_close();
  }
  if (cursor.at_open("param")) cursor.fail_unexpected("no parameter after the results");
}

void parse_type_use(Cursor& cursor, const ModuleContext& context, TypeUse& use, bool may_have_names) {
  use.index.reset();
  use.signature.clear();
  if (cursor.take_open("type")) {
    use.index = parse_index(cursor, context.types, context.names);
    cursor.expect_close();
  }
  parse_func_signature(cursor, context, use.signature, may_have_names);
}

uint32_t resolve_type_use(Cursor& cursor, ModuleContext& context, TypeUse& use, const Token& where) {
  const Signature& inline_type = use.signature;
  if (!cursor.ok()) return 0;
  if (use.index && inline_type.params + inline_type.results == 0) return *use.index;
  ByteWriter& encoded = use.encoded;
  encoded.truncate(0);
  inline_type.write(encoded);
  if (!use.index) return context.func_type_index(encoded.view(), inline_type.params);
  const bool known = *use.index < context.type_entries.size() && context.type_entries[*use.index].is_func;
  if (!known) {
    cursor.fail_at(where, "unknown type " + std::to_string(*use.index));
  } else if (!std::ranges::equal(context.encoding(*use.index), encoded.view())) {
    cursor.fail_at(where, "inline function type differs from type " + std::to_string(*use.index));
  }
  return *use.index;
}

bool parse_address_type(Cursor& cursor) {
  if (cursor.take_keyword("i32")) return false;
  return cursor.take_keyword("i64");
}

Limits parse_limits(Cursor& cursor) {
  Limits limits;
  limits.min = cursor.expect_unsigned(64, "i64 constant out of range");
  if (cursor.at(TokenKind::integer)) {
    limits.has_max = true;
    limits.max = cursor.expect_unsigned(64, "i64 constant out of range");
  }
  if (cursor.at_keyword("shared"))
    cursor.fail_unsupported(cursor.peek(), Feature::threads, "a shared memory or table");
  return limits;
}

void write_limits(ByteWriter& out, const Limits& limits) {
  out.u8(static_cast<uint8_t>(limits.has_max | limits.is_64 << 2));
  out.leb_u64(limits.min);
  if (limits.has_max) out.leb_u64(limits.max);
}

void write_table_type(ByteWriter& out, const TableType& type) {
  write_val_type(out, type.element);
  write_limits(out, type.limits);
}

GlobalType parse_global_type(Cursor& cursor, const ModuleContext& context) {
  GlobalType type;
  type.is_mutable = cursor.take_open("mut");
  type.value = parse_val_type(cursor, context);
  if (type.is_mutable) cursor.expect_close();
  return type;
}

void write_global_type(ByteWriter& out, const GlobalType& type) {
  write_val_type(out, type.value);
  out.u8(type.is_mutable);
}

void parse_type_field(Cursor& cursor, ModuleContext& context) {
  const auto first = static_cast<uint32_t>(context.type_entries.size());
  ByteWriter group;
  bool plain = false;
  if (cursor.take_open("rec")) {
    while (cursor.more()) plain = parse_type_definition(cursor, context, group);
    cursor.expect_close();
  } else {
    plain = parse_type_definition(cursor, context, group);
  }
  const size_t count = context.type_entries.size() - first;
  if (count == 0) return; // an empty group defines nothing
  ++context.type_groups;
  context.note_type();
  if (count > 1) {
    context.type_section.u8(rec_code);
    context.type_section.leb_u64(count);
  }
  const auto start = static_cast<uint32_t>(context.type_section.size());
  for (size_t i = first; i < context.type_entries.size(); ++i) context.type_entries[i].encoded += start;
  context.type_section.bytes(group.view());
  if (count == 1 && plain && context.type_entries[first].is_func) context.add_plain_func_type(first);
}

} // namespace skerry::vm::wat
