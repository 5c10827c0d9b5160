#include "vm/wat/module_parser.hpp"

#include "vm/module/section_id.hpp"
#include "vm/wat/expression_parser.hpp"
#include "vm/wat/lexer.hpp"
#include "vm/wat/name_collector.hpp"
#include "vm/wat/name_writer.hpp"
#include "vm/wat/type_parser.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace skerry::vm::wat {

namespace {

// Section ids (spec §5.5.2).
constexpr uint8_t elem_kind_func = 0x00;
constexpr uint8_t table_with_init = 0x40;
constexpr uint64_t page_bytes = 65'536;

/// The number of bytes that a LEB128 number takes.
uint64_t leb_size(uint64_t value) { return (static_cast<uint64_t>(std::bit_width(value | 1)) + 6) / 7; }

/// A section whose content is a vector.
struct Section {
  uint32_t count = 0;
  ByteWriter bytes;
  ByteWriter& entry() { return ++count, bytes; }
};

class ModuleParser {
public:
  ModuleParser(Cursor& cursor, const ModuleLimits& limits)
      : cursor_(cursor), context_(cursor.text(), limits), function_(context_.names),
        no_function_(context_.names) {}

  Result<std::vector<std::byte>> run(const ParseOptions& options, const std::optional<std::string>& name);

private:
  struct Field {
    std::string_view keyword;
    void (ModuleParser::*parse)();
  };
  static const std::array<Field, 10> fields;

  void parse_types();
  void parse_field();

  // Each starts after the field's name and stops before its closing parenthesis.
  void parse_import();
  void parse_func();
  void parse_table();
  void parse_memory();
  void parse_global();
  void parse_tag();
  void parse_export();
  void parse_start();
  void parse_elem();
  void parse_data();

  void parse_inline_exports(ExternKind kind, uint32_t index);
  bool parse_inline_import(ExternKind kind);
  void begin_import(const std::string& module, const std::string& name, ExternKind kind);
  void check_import_order(const Token& where);
  void define(ExternKind kind) { ++defined_[static_cast<size_t>(kind)]; }
  uint32_t next_index(ExternKind kind) { return next_[static_cast<size_t>(kind)]++; }

  uint32_t parse_func_type();
  void parse_body(uint32_t type);
  void parse_locals(ByteWriter& out);
  TableType parse_table_type();
  void parse_inline_elem(uint32_t table, ValType type, bool is_64);
  uint64_t parse_element_list(ByteWriter& list, ValType& type, bool& expressions, bool allow_bare);
  void parse_inline_data(uint32_t memory, bool is_64);
  void parse_strings(ByteWriter& out);
  uint64_t size_of_strings();
  void parse_offset(ByteWriter& out);
  void parse_const_sequence(ByteWriter& out);
  void parse_const_folded(ByteWriter& out);
  void write_zero_offset(ByteWriter& out, bool is_64);

  static void begin_section(ByteWriter& out, SectionId id, uint64_t size);
  void write_bodies(ByteWriter& out);
  std::vector<std::byte> assemble(const ParseOptions& options, const std::optional<std::string>& name);

  Cursor& cursor_;
  ModuleContext context_;
  TypeUse use_;
  FunctionContext function_;    // the function that is being parsed
  FunctionContext no_function_; // for constant expressions, which have neither locals nor labels
  Section imports_, functions_, tables_, memories_, tags_, globals_, exports_, elems_, codes_, datas_;
  std::optional<uint32_t> start_;
  std::array<uint32_t, 5> next_{};    // the next index of each ExternKind
  std::array<uint32_t, 5> defined_{}; // definitions that are not imports, by ExternKind
  std::vector<uint32_t> body_starts_; // offsets in codes_
  bool keep_names_ = false;
  std::vector<LocalName> local_names_;
};

const std::array<ModuleParser::Field, 10> ModuleParser::fields = {{
    {"func", &ModuleParser::parse_func},
    {"import", &ModuleParser::parse_import},
    {"table", &ModuleParser::parse_table},
    {"memory", &ModuleParser::parse_memory},
    {"global", &ModuleParser::parse_global},
    {"tag", &ModuleParser::parse_tag},
    {"export", &ModuleParser::parse_export},
    {"start", &ModuleParser::parse_start},
    {"elem", &ModuleParser::parse_elem},
    {"data", &ModuleParser::parse_data},
}};

Result<std::vector<std::byte>> ModuleParser::run(const ParseOptions& options,
                                                 const std::optional<std::string>& name) {
  keep_names_ = options.names;
  std::optional<Error> error;
  collect_names(cursor_, context_, error);
  if (error) return fail(std::move(*error));
  parse_types();
  while (cursor_.more()) parse_field();
  if (!cursor_.ok()) return fail(cursor_.error());
  return assemble(options, name);
}

/// Parses all type definitions first, wherever they are in the text: types written inline get the indices
/// after them.
void ModuleParser::parse_types() {
  const Cursor start = cursor_;
  while (cursor_.at(TokenKind::lparen)) {
    if (cursor_.at_open("type") || cursor_.at_open("rec")) {
      parse_type_field(cursor_, context_);
    } else {
      cursor_.skip_form();
    }
  }
  if (cursor_.ok()) cursor_ = start;
}

void ModuleParser::parse_field() {
  if (cursor_.at_open("type") || cursor_.at_open("rec")) return static_cast<void>(cursor_.skip_form());
  for (const Field& field : fields) {
    if (!cursor_.take_open(field.keyword)) continue;
    (this->*field.parse)();
    return cursor_.expect_close();
  }
  cursor_.fail_unexpected("a module field");
}

void ModuleParser::begin_import(const std::string& module, const std::string& name, ExternKind kind) {
  ByteWriter& out = imports_.entry();
  out.name(module);
  out.name(name);
  out.u8(static_cast<uint8_t>(kind));
}

void ModuleParser::check_import_order(const Token& where) {
  constexpr std::array<const char*, 5> kinds = {"function", "table", "memory", "global", "tag"};
  for (size_t kind = 0; kind < kinds.size(); ++kind)
    if (defined_[kind] != 0) return cursor_.fail_at(where, std::string("import after ") + kinds[kind]);
}

void ModuleParser::parse_import() {
  check_import_order(cursor_.peek());
  std::string module = cursor_.expect_name();
  std::string name = cursor_.expect_name();
  constexpr std::array<const char*, 5> kinds = {"func", "table", "memory", "global", "tag"};
  size_t kind = 0;
  while (kind < kinds.size() && !cursor_.take_open(kinds[kind])) ++kind;
  if (kind == kinds.size()) return cursor_.fail_unexpected("an import description");
  cursor_.take_id();
  auto extern_kind = static_cast<ExternKind>(kind);
  next_index(extern_kind);
  begin_import(module, name, extern_kind);
  ByteWriter& out = imports_.bytes;
  switch (extern_kind) {
  case ExternKind::func: out.leb_u32(parse_func_type()); break;
  case ExternKind::table: write_table_type(out, parse_table_type()); break;
  case ExternKind::memory: {
    bool is_64 = parse_address_type(cursor_);
    Limits limits = parse_limits(cursor_);
    limits.is_64 = is_64;
    write_limits(out, limits);
    break;
  }
  case ExternKind::global: write_global_type(out, parse_global_type(cursor_, context_)); break;
  case ExternKind::tag:
    out.u8(0);
    out.leb_u32(parse_func_type());
    break;
  }
  cursor_.expect_close();
}

/// Parses `(export "name")*`.
void ModuleParser::parse_inline_exports(ExternKind kind, uint32_t index) {
  while (cursor_.take_open("export")) {
    ByteWriter& out = exports_.entry();
    out.name(cursor_.expect_name());
    out.u8(static_cast<uint8_t>(kind));
    out.leb_u32(index);
    cursor_.expect_close();
  }
}

/// Parses `(import "module" "name")` if it is present; the import's type must follow. Otherwise counts a
/// definition.
bool ModuleParser::parse_inline_import(ExternKind kind) {
  const Token where = cursor_.peek();
  if (!cursor_.take_open("import")) return define(kind), false;
  check_import_order(where);
  std::string module = cursor_.expect_name();
  std::string name = cursor_.expect_name();
  cursor_.expect_close();
  begin_import(module, name, kind);
  return true;
}

uint32_t ModuleParser::parse_func_type() {
  const Token where = cursor_.peek();
  parse_type_use(cursor_, context_, use_, true);
  return resolve_type_use(cursor_, context_, use_, where);
}

void ModuleParser::parse_func() {
  cursor_.take_id();
  uint32_t index = next_index(ExternKind::func);
  parse_inline_exports(ExternKind::func, index);
  bool imported = parse_inline_import(ExternKind::func);
  const uint32_t type = parse_func_type();
  if (imported) return imports_.bytes.leb_u32(type);
  functions_.entry().leb_u32(type);
  parse_body(type);
}

void ModuleParser::parse_body(uint32_t type) {
  function_.clear();
  const Signature& signature = use_.signature;
  // If the function lists no parameters, it has those of its type, unnamed.
  const bool known = type < context_.type_entries.size();
  const uint32_t params =
      signature.params == 0 && known ? context_.type_entries[type].params : signature.params;
  auto named = signature.named.begin();
  for (uint32_t i = 0; i < params; ++i) {
    const IdOffset id = named != signature.named.end() && named->index == i ? (named++)->id : no_id;
    if (!function_.locals.add(id, context_.names))
      cursor_.fail("duplicate local " + quoted(cursor_.name_of(id)));
  }
  ByteWriter& body = codes_.entry();
  body_starts_.push_back(static_cast<uint32_t>(body.size()));
  parse_locals(body);
  ExpressionParser(cursor_, context_, function_, body).parse_sequence();
  write_opcode(body, Opcode::end);
  if (!keep_names_) return;
  for (const IndexSpace::Named& local : function_.locals.named())
    local_names_.push_back({next_[0] - 1, local});
}

/// Parses `(local …)*` and writes it as runs of equal types.
void ModuleParser::parse_locals(ByteWriter& out) {
  ByteWriter runs;
  uint32_t count = 0, length = 0;
  std::optional<ValType> of;
  const auto end_run = [&] {
    if (length == 0) return;
    runs.leb_u32(length);
    write_val_type(runs, *of);
    ++count;
    length = 0;
  };
  const auto add = [&](IdOffset id) {
    const Token where = cursor_.peek();
    const ValType type = parse_val_type(cursor_, context_);
    if (!function_.locals.add(id, context_.names))
      cursor_.fail_at(where, "duplicate local " + quoted(cursor_.name_of(id)));
    if (of != type) end_run();
    of = type;
    ++length;
  };
  while (cursor_.take_open("local")) {
    if (const IdOffset id = cursor_.take_id(); id != no_id) {
      add(id);
    } else {
      while (cursor_.more()) add(no_id);
    }
    cursor_.expect_close();
  }
  end_run();
  out.leb_u32(count);
  out.bytes(runs.view());
}

TableType ModuleParser::parse_table_type() {
  TableType type;
  bool is_64 = parse_address_type(cursor_);
  type.limits = parse_limits(cursor_);
  type.limits.is_64 = is_64;
  type.element = parse_ref_type(cursor_, context_);
  return type;
}

void ModuleParser::parse_table() {
  cursor_.take_id();
  uint32_t index = next_index(ExternKind::table);
  parse_inline_exports(ExternKind::table, index);
  if (parse_inline_import(ExternKind::table)) return write_table_type(imports_.bytes, parse_table_type());
  const Cursor address = cursor_;
  bool is_64 = parse_address_type(cursor_);
  if (at_ref_type(cursor_)) return parse_inline_elem(index, parse_ref_type(cursor_, context_), is_64);
  cursor_ = address;
  TableType type = parse_table_type();
  ByteWriter& out = tables_.entry();
  if (!cursor_.more()) return write_table_type(out, type);
  out.u8(table_with_init);
  out.u8(0);
  write_table_type(out, type);
  parse_const_sequence(out);
}

/// Parses `(elem …)` in a table: an active segment that fills the table.
void ModuleParser::parse_inline_elem(uint32_t table, ValType type, bool is_64) {
  cursor_.expect_open("elem");
  ByteWriter list;
  bool expressions = !cursor_.at_index() && cursor_.more();
  uint64_t count = 0;
  for (; cursor_.more(); ++count) {
    if (!expressions && type == funcref) {
      list.leb_u32(parse_index(cursor_, context_.funcs, context_.names));
    } else if (!expressions) {
      write_opcode(list, Opcode::ref_func);
      list.leb_u32(parse_index(cursor_, context_.funcs, context_.names));
      write_opcode(list, Opcode::end);
    } else if (cursor_.take_open("item")) {
      parse_const_sequence(list);
      cursor_.expect_close();
    } else {
      parse_const_folded(list);
    }
  }
  cursor_.expect_close();
  expressions |= type != funcref;
  TableType table_type;
  table_type.element = type;
  table_type.limits.min = table_type.limits.max = count;
  table_type.limits.has_max = true;
  table_type.limits.is_64 = is_64;
  write_table_type(tables_.entry(), table_type);

  ByteWriter& out = elems_.entry();
  bool short_form = table == 0 && type == funcref;
  out.leb_u32((expressions ? 4 : 0) | (short_form ? 0 : 2));
  if (!short_form) out.leb_u32(table);
  write_zero_offset(out, is_64);
  if (!short_form && expressions) write_val_type(out, type);
  if (!short_form && !expressions) out.u8(elem_kind_func);
  out.leb_u64(count);
  out.bytes(list.view());
}

void ModuleParser::parse_memory() {
  cursor_.take_id();
  uint32_t index = next_index(ExternKind::memory);
  parse_inline_exports(ExternKind::memory, index);
  bool imported = parse_inline_import(ExternKind::memory);
  bool is_64 = parse_address_type(cursor_);
  if (!imported && cursor_.take_open("data")) {
    parse_inline_data(index, is_64);
    return cursor_.expect_close();
  }
  Limits limits = parse_limits(cursor_);
  limits.is_64 = is_64;
  write_limits(imported ? imports_.bytes : memories_.entry(), limits);
}

/// Parses `(data …)` in a memory: an active segment, which decides the number of pages.
void ModuleParser::parse_inline_data(uint32_t memory, bool is_64) {
  const uint64_t size = size_of_strings();
  Limits limits;
  limits.min = limits.max = (size + page_bytes - 1) / page_bytes;
  limits.has_max = true;
  limits.is_64 = is_64;
  write_limits(memories_.entry(), limits);
  ByteWriter& out = datas_.entry();
  out.leb_u32(memory == 0 ? 0 : 2);
  if (memory != 0) out.leb_u32(memory);
  write_zero_offset(out, is_64);
  out.leb_u64(size);
  parse_strings(out);
}

void ModuleParser::write_zero_offset(ByteWriter& out, bool is_64) {
  write_opcode(out, is_64 ? Opcode::i64_const : Opcode::i32_const);
  out.leb_s32(0);
  write_opcode(out, Opcode::end);
}

void ModuleParser::parse_global() {
  cursor_.take_id();
  uint32_t index = next_index(ExternKind::global);
  parse_inline_exports(ExternKind::global, index);
  bool imported = parse_inline_import(ExternKind::global);
  GlobalType type = parse_global_type(cursor_, context_);
  if (imported) return write_global_type(imports_.bytes, type);
  ByteWriter& out = globals_.entry();
  write_global_type(out, type);
  parse_const_sequence(out);
}

void ModuleParser::parse_tag() {
  cursor_.take_id();
  uint32_t index = next_index(ExternKind::tag);
  parse_inline_exports(ExternKind::tag, index);
  bool imported = parse_inline_import(ExternKind::tag);
  uint32_t type = parse_func_type();
  ByteWriter& out = imported ? imports_.bytes : tags_.entry();
  out.u8(0); // attribute: exception
  out.leb_u32(type);
}

void ModuleParser::parse_export() {
  ByteWriter& out = exports_.entry();
  out.name(cursor_.expect_name());
  constexpr std::array<const char*, 5> kinds = {"func", "table", "memory", "global", "tag"};
  for (size_t kind = 0; kind < kinds.size(); ++kind) {
    if (!cursor_.take_open(kinds[kind])) continue;
    out.u8(static_cast<uint8_t>(kind));
    out.leb_u32(parse_index(cursor_, *find_space(context_, kinds[kind]), context_.names));
    return cursor_.expect_close();
  }
  cursor_.fail_unexpected("what to export");
}

void ModuleParser::parse_start() {
  if (start_) return cursor_.fail("multiple start sections");
  start_ = parse_index(cursor_, context_.funcs, context_.names);
}

/// Parses a list of function indices or constant expressions and returns its length.
uint64_t ModuleParser::parse_element_list(ByteWriter& list, ValType& type, bool& expressions,
                                          bool allow_bare) {
  uint64_t count = 0;
  expressions = at_ref_type(cursor_);
  if (expressions) {
    type = parse_ref_type(cursor_, context_);
    for (; cursor_.more(); ++count) {
      if (cursor_.take_open("item")) {
        parse_const_sequence(list);
        cursor_.expect_close();
      } else {
        parse_const_folded(list);
      }
    }
    return count;
  }
  bool bare = allow_bare && (cursor_.at_index() || !cursor_.more());
  if (!cursor_.take_keyword("func") && !bare) cursor_.fail_unexpected("`func` or a reference type");
  for (; cursor_.more(); ++count) list.leb_u32(parse_index(cursor_, context_.funcs, context_.names));
  return count;
}

void ModuleParser::parse_elem() {
  cursor_.take_id();
  bool declarative = cursor_.take_keyword("declare");
  bool has_table = !declarative && cursor_.take_open("table");
  uint32_t table = 0;
  if (has_table) {
    table = parse_index(cursor_, context_.tables, context_.names);
    cursor_.expect_close();
  }
  bool active = has_table || (!declarative && cursor_.at(TokenKind::lparen) && !at_ref_type(cursor_));
  ByteWriter offset, list;
  if (active) parse_offset(offset);
  ValType type = funcref;
  bool expressions = false;
  uint64_t count = parse_element_list(list, type, expressions, active && !has_table);

  // Spec §5.5.12: bit 0 means not active; bit 1, declarative or with a table index; bit 2, expressions. The
  // short active forms imply table 0 and funcref.
  ByteWriter& out = elems_.entry();
  bool short_form = active && table == 0 && type == funcref;
  uint32_t flags =
      (active ? 0 : 1) | (declarative || (active && !short_form) ? 2 : 0) | (expressions ? 4 : 0);
  out.leb_u32(flags);
  if (active && !short_form) out.leb_u32(table);
  out.bytes(offset.view());
  if (!short_form && expressions) write_val_type(out, type);
  if (!short_form && !expressions) out.u8(elem_kind_func);
  out.leb_u64(count);
  out.bytes(list.view());
}

void ModuleParser::parse_data() {
  cursor_.take_id();
  uint32_t memory = 0;
  bool has_memory = cursor_.take_open("memory");
  if (has_memory) {
    memory = parse_index(cursor_, context_.memories, context_.names);
    cursor_.expect_close();
  }
  bool active = has_memory || cursor_.at(TokenKind::lparen);
  ByteWriter& out = datas_.entry();
  out.leb_u32(!active ? 1 : memory != 0 ? 2 : 0);
  if (memory != 0) out.leb_u32(memory);
  if (active) parse_offset(out);
  out.leb_u64(size_of_strings());
  parse_strings(out);
}

void ModuleParser::parse_strings(ByteWriter& out) {
  while (cursor_.more()) cursor_.expect_string(out);
}

/// The total size of the strings that follow. Does not move the cursor.
uint64_t ModuleParser::size_of_strings() {
  const Cursor start = cursor_;
  uint64_t size = 0;
  for (; cursor_.at(TokenKind::string); cursor_.advance()) size += decoded_size(cursor_.word());
  cursor_ = start;
  return size;
}

/// Parses `(offset …)` or one folded instruction.
void ModuleParser::parse_offset(ByteWriter& out) {
  if (!cursor_.take_open("offset")) return parse_const_folded(out);
  parse_const_sequence(out);
  cursor_.expect_close();
}

void ModuleParser::parse_const_sequence(ByteWriter& out) {
  ExpressionParser(cursor_, context_, no_function_, out).parse_sequence();
  write_opcode(out, Opcode::end);
}

void ModuleParser::parse_const_folded(ByteWriter& out) {
  ExpressionParser(cursor_, context_, no_function_, out).parse_folded();
  write_opcode(out, Opcode::end);
}

/// Writes the sections one by one and frees each after it is written.
std::vector<std::byte> ModuleParser::assemble(const ParseOptions& options,
                                              const std::optional<std::string>& name) {
  ByteWriter out;
  out.text(std::string_view("\0asm\1\0\0\0", 8));
  const auto vector_section = [&](SectionId id, uint32_t count, ByteWriter& entries) {
    if (count == 0) return;
    begin_section(out, id, leb_size(count) + entries.size());
    out.leb_u32(count);
    out.bytes(entries.view());
    entries = {};
  };
  const auto one_number = [&](SectionId id, uint32_t value) {
    begin_section(out, id, leb_size(value));
    out.leb_u32(value);
  };
  const std::array<const ByteWriter*, 9> large = {&context_.type_section, &imports_.bytes, &functions_.bytes,
                                                  &globals_.bytes,        &exports_.bytes, &elems_.bytes,
                                                  &codes_.bytes,          &datas_.bytes,   &tables_.bytes};
  uint64_t size = 0;
  for (const ByteWriter* section : large) size += section->size();
  out.reserve(size + body_starts_.size() * 2 + 1000); // a little more if bodies are long
  vector_section(SectionId::type, context_.type_groups, context_.type_section);
  vector_section(SectionId::import, imports_.count, imports_.bytes);
  vector_section(SectionId::function, functions_.count, functions_.bytes);
  vector_section(SectionId::table, tables_.count, tables_.bytes);
  vector_section(SectionId::memory, memories_.count, memories_.bytes);
  vector_section(SectionId::tag, tags_.count, tags_.bytes);
  vector_section(SectionId::global, globals_.count, globals_.bytes);
  vector_section(SectionId::export_, exports_.count, exports_.bytes);
  if (start_) one_number(SectionId::start, *start_);
  vector_section(SectionId::elem, elems_.count, elems_.bytes);
  if (context_.uses_data_count && datas_.count != 0) one_number(SectionId::data_count, datas_.count);
  write_bodies(out);
  vector_section(SectionId::data, datas_.count, datas_.bytes);
  if (options.names) write_name_section(out, context_, name, local_names_);
  return out.take();
}

void ModuleParser::begin_section(ByteWriter& out, SectionId id, uint64_t size) {
  out.u8(static_cast<uint8_t>(id));
  out.leb_u64(size);
}

/// Writes the code section: each body after its size.
void ModuleParser::write_bodies(ByteWriter& out) {
  if (body_starts_.empty()) return;
  const auto bytes = std::span(codes_.bytes.view());
  const auto size_of = [&](size_t body) {
    const size_t end = body + 1 < body_starts_.size() ? body_starts_[body + 1] : bytes.size();
    return end - body_starts_[body];
  };
  uint64_t size = leb_size(body_starts_.size()) + bytes.size();
  for (size_t i = 0; i < body_starts_.size(); ++i) size += leb_size(size_of(i));
  begin_section(out, SectionId::code, size);
  out.leb_u64(body_starts_.size());
  for (size_t i = 0; i < body_starts_.size(); ++i) out.sized(bytes.subspan(body_starts_[i], size_of(i)));
  codes_.bytes = {};
}

} // namespace

Result<std::vector<std::byte>> parse_module_fields(Cursor& cursor, const ParseOptions& options,
                                                   const std::optional<std::string>& module_name) {
  return ModuleParser(cursor, options.limits).run(options, module_name);
}

namespace {

Result<std::vector<std::byte>> parse_whole(Cursor& cursor, const ParseOptions& options) {
  const bool wrapped = cursor.take_open("module");
  const std::optional<std::string> name = wrapped ? cursor.take_name() : std::nullopt;
  auto bytes = parse_module_fields(cursor, options, name);
  if (!bytes) return bytes;
  if (wrapped) cursor.expect_close();
  cursor.expect_eof();
  if (!cursor.ok()) return fail(cursor.error());
  return bytes;
}

} // namespace

Result<std::vector<std::byte>> parse_module_text(std::string_view text, const ParseOptions& options) {
  constexpr size_t max_text = (uint64_t{1} << 32) - 1;
  if (text.size() >= max_text)
    return fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded, "text of 4 GiB or more"));
  LoadWatch watch(options.deadline);
  Cursor cursor(text, watch);
  auto bytes = parse_whole(cursor, options);
  if (watch.error()) return fail(*watch.error());
  return bytes;
}

} // namespace skerry::vm::wat
