#include "vm/wat/module_parser.hpp"

#include "vm/wat/expression_parser.hpp"
#include "vm/wat/lexer.hpp"
#include "vm/wat/name_collector.hpp"
#include "vm/wat/name_writer.hpp"
#include "vm/wat/type_parser.hpp"

#include <algorithm>
#include <array>

namespace skerry::vm::wat {

namespace {

// Spec §5.5.2: section ids.
enum class SectionId : uint8_t {
  type = 1,
  import = 2,
  function = 3,
  table = 4,
  memory = 5,
  global = 6,
  export_ = 7,
  start = 8,
  elem = 9,
  code = 10,
  data = 11,
  data_count = 12,
  tag = 13,
};

constexpr uint8_t elem_kind_func = 0x00;
constexpr uint8_t table_with_init = 0x40;
constexpr uint64_t page_bytes = 65'536;

/// A section that is a vector.
struct Section {
  uint32_t count = 0;
  ByteWriter bytes;
  ByteWriter& entry() { return ++count, bytes; }
};

class ModuleParser {
public:
  explicit ModuleParser(Cursor& cursor) : cursor_(cursor) {}

  Result<std::vector<std::byte>> run(const ParseOptions& options, const std::optional<std::string>& name);

private:
  struct Field {
    std::string_view keyword;
    void (ModuleParser::*parse)();
  };
  static const std::array<Field, 10> fields;

  void parse_types();
  void parse_field();

  // Each stands behind the field's name and leaves the closing parenthesis.
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

  uint32_t parse_func_type(ParamNames* names);
  void parse_body(const ParamNames& params);
  void parse_locals(FunctionContext& function, ByteWriter& out);
  TableType parse_table_type();
  void parse_inline_elem(uint32_t table, ValType type, bool is_64);
  uint64_t parse_element_list(ByteWriter& list, ValType& type, bool& expressions, bool allow_bare);
  void parse_inline_data(uint32_t memory, bool is_64);
  void parse_strings(ByteWriter& out);
  void parse_offset(ByteWriter& out);
  void parse_const_sequence(ByteWriter& out);
  void parse_const_folded(ByteWriter& out);
  void write_zero_offset(ByteWriter& out, bool is_64);

  std::vector<std::byte> assemble(const ParseOptions& options, const std::optional<std::string>& name);

  Cursor& cursor_;
  ModuleContext context_;
  FunctionContext no_function_; // constant expressions have neither locals nor labels
  Section imports_, functions_, tables_, memories_, tags_, globals_, exports_, elems_, codes_, datas_;
  std::optional<uint32_t> start_;
  std::array<uint32_t, 5> next_{};    // next index by ExternKind
  std::array<uint32_t, 5> defined_{}; // not imported, by ExternKind
  std::vector<LocalNames> local_names_;
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
  std::optional<Error> error;
  collect_names(cursor_, context_, error);
  if (error) return fail(std::move(*error));
  parse_types();
  while (cursor_.more()) parse_field();
  if (!cursor_.ok()) return fail(cursor_.error());
  return assemble(options, name);
}

/// All type definitions come first, wherever they stand: types written inline get the indices behind them.
void ModuleParser::parse_types() {
  uint32_t start = cursor_.index();
  while (cursor_.at(TokenKind::lparen)) {
    uint32_t close = cursor_.peek().close;
    if (cursor_.at_open("type") || cursor_.at_open("rec")) {
      parse_type_field(cursor_, context_);
    } else {
      cursor_.jump(close + 1);
    }
  }
  cursor_.jump(start);
}

void ModuleParser::parse_field() {
  if (cursor_.at_open("type") || cursor_.at_open("rec")) return cursor_.jump(cursor_.peek().close + 1);
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
  ParamNames names;
  switch (extern_kind) {
  case ExternKind::func: out.leb_u32(parse_func_type(&names)); break;
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
    out.leb_u32(parse_func_type(&names));
    break;
  }
  cursor_.expect_close();
}

/// `(export "name")*`
void ModuleParser::parse_inline_exports(ExternKind kind, uint32_t index) {
  while (cursor_.take_open("export")) {
    ByteWriter& out = exports_.entry();
    out.name(cursor_.expect_name());
    out.u8(static_cast<uint8_t>(kind));
    out.leb_u32(index);
    cursor_.expect_close();
  }
}

/// `(import "module" "name")`; when it is there, the import's type has to follow. Else it counts a
/// definition.
bool ModuleParser::parse_inline_import(ExternKind kind) {
  const Token& where = cursor_.peek();
  if (!cursor_.take_open("import")) return define(kind), false;
  check_import_order(where);
  std::string module = cursor_.expect_name();
  std::string name = cursor_.expect_name();
  cursor_.expect_close();
  begin_import(module, name, kind);
  return true;
}

uint32_t ModuleParser::parse_func_type(ParamNames* names) {
  const Token& where = cursor_.peek();
  TypeUse use = parse_type_use(cursor_, context_, names);
  return resolve_type_use(cursor_, context_, use, where);
}

void ModuleParser::parse_func() {
  cursor_.take_id();
  uint32_t index = next_index(ExternKind::func);
  parse_inline_exports(ExternKind::func, index);
  bool imported = parse_inline_import(ExternKind::func);
  const Token& where = cursor_.peek();
  ParamNames names;
  TypeUse use = parse_type_use(cursor_, context_, &names);
  uint32_t type = resolve_type_use(cursor_, context_, use, where);
  if (imported) return imports_.bytes.leb_u32(type);
  functions_.entry().leb_u32(type);
  // Without parameters of its own it has those of its type, unnamed.
  bool known = type < context_.type_entries.size();
  if (names.empty() && known) names.resize(context_.type_entries[type].params);
  parse_body(names);
}

void ModuleParser::parse_body(const ParamNames& params) {
  FunctionContext function;
  for (const auto& name : params) {
    if (!function.locals.add(name)) cursor_.fail("duplicate local " + *name);
  }
  ByteWriter body;
  parse_locals(function, body);
  ExpressionParser(cursor_, context_, function, body).parse_sequence();
  write_opcode(body, Opcode::end);
  codes_.entry().sized(body.view());
  local_names_.push_back({next_[0] - 1, function.locals.named()});
}

/// `(local …)*`, as runs of equal types.
void ModuleParser::parse_locals(FunctionContext& function, ByteWriter& out) {
  std::vector<std::pair<uint32_t, ValType>> runs;
  auto add = [&](std::optional<std::string> name) {
    const Token& where = cursor_.peek();
    ValType type = parse_val_type(cursor_, context_);
    if (!function.locals.add(name)) cursor_.fail_at(where, "duplicate local " + *name);
    if (runs.empty() || runs.back().second != type) runs.emplace_back(0, type);
    ++runs.back().first;
  };
  while (cursor_.take_open("local")) {
    if (auto name = cursor_.take_id()) {
      add(name);
    } else {
      while (cursor_.more()) add(std::nullopt);
    }
    cursor_.expect_close();
  }
  out.leb_u64(runs.size());
  for (auto [count, type] : runs) {
    out.leb_u32(count);
    write_val_type(out, type);
  }
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
  uint32_t address = cursor_.index();
  bool is_64 = parse_address_type(cursor_);
  if (at_ref_type(cursor_)) return parse_inline_elem(index, parse_ref_type(cursor_, context_), is_64);
  cursor_.jump(address);
  TableType type = parse_table_type();
  ByteWriter& out = tables_.entry();
  if (!cursor_.more()) return write_table_type(out, type);
  out.u8(table_with_init);
  out.u8(0);
  write_table_type(out, type);
  parse_const_sequence(out);
}

/// `(elem …)` in a table: an active segment that fills it.
void ModuleParser::parse_inline_elem(uint32_t table, ValType type, bool is_64) {
  cursor_.expect_open("elem");
  ByteWriter list;
  bool expressions = !cursor_.at_index() && cursor_.more();
  uint64_t count = 0;
  for (; cursor_.more(); ++count) {
    if (!expressions && type == funcref) {
      list.leb_u32(parse_index(cursor_, context_.funcs));
    } else if (!expressions) {
      write_opcode(list, Opcode::ref_func);
      list.leb_u32(parse_index(cursor_, context_.funcs));
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

/// `(data …)` in a memory: an active segment, and as many pages as it takes.
void ModuleParser::parse_inline_data(uint32_t memory, bool is_64) {
  ByteWriter data;
  parse_strings(data);
  Limits limits;
  limits.min = limits.max = (data.size() + page_bytes - 1) / page_bytes;
  limits.has_max = true;
  limits.is_64 = is_64;
  write_limits(memories_.entry(), limits);
  ByteWriter& out = datas_.entry();
  out.leb_u32(memory == 0 ? 0 : 2);
  if (memory != 0) out.leb_u32(memory);
  write_zero_offset(out, is_64);
  out.sized(data.view());
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
  ParamNames names;
  uint32_t type = parse_func_type(&names);
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
    out.leb_u32(parse_index(cursor_, *find_space(context_, kinds[kind])));
    return cursor_.expect_close();
  }
  cursor_.fail_unexpected("what to export");
}

void ModuleParser::parse_start() {
  if (start_) return cursor_.fail("multiple start sections");
  start_ = parse_index(cursor_, context_.funcs);
}

/// A list of function indices or of constant expressions; returns how many.
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
  for (; cursor_.more(); ++count) list.leb_u32(parse_index(cursor_, context_.funcs));
  return count;
}

void ModuleParser::parse_elem() {
  cursor_.take_id();
  bool declarative = cursor_.take_keyword("declare");
  bool has_table = !declarative && cursor_.take_open("table");
  uint32_t table = 0;
  if (has_table) {
    table = parse_index(cursor_, context_.tables);
    cursor_.expect_close();
  }
  bool active = has_table || (!declarative && cursor_.at(TokenKind::lparen) && !at_ref_type(cursor_));
  ByteWriter offset, list;
  if (active) parse_offset(offset);
  ValType type = funcref;
  bool expressions = false;
  uint64_t count = parse_element_list(list, type, expressions, active && !has_table);

  // Spec §5.5.12: bit 0 not active, bit 1 declarative or with table index, bit 2 expressions. The short
  // active forms imply table 0 and funcref.
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
    memory = parse_index(cursor_, context_.memories);
    cursor_.expect_close();
  }
  bool active = has_memory || cursor_.at(TokenKind::lparen);
  ByteWriter& out = datas_.entry();
  out.leb_u32(!active ? 1 : memory != 0 ? 2 : 0);
  if (memory != 0) out.leb_u32(memory);
  if (active) parse_offset(out);
  ByteWriter data;
  parse_strings(data);
  out.sized(data.view());
}

void ModuleParser::parse_strings(ByteWriter& out) {
  while (cursor_.more()) out.text(cursor_.expect_string());
}

/// `(offset …)` or one folded instruction.
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

std::vector<std::byte> ModuleParser::assemble(const ParseOptions& options,
                                              const std::optional<std::string>& name) {
  ByteWriter out;
  out.text(std::string_view("\0asm\1\0\0\0", 8));
  auto section = [&](SectionId id, const ByteWriter& content) {
    out.u8(static_cast<uint8_t>(id));
    out.sized(content.view());
  };
  auto vector_section = [&](SectionId id, uint32_t count, const ByteWriter& entries) {
    if (count == 0) return;
    ByteWriter content;
    content.leb_u32(count);
    content.bytes(entries.view());
    section(id, content);
  };
  auto one_number = [&](SectionId id, uint32_t value) {
    ByteWriter content;
    content.leb_u32(value);
    section(id, content);
  };
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
  vector_section(SectionId::code, codes_.count, codes_.bytes);
  vector_section(SectionId::data, datas_.count, datas_.bytes);
  if (options.names) write_name_section(out, context_, name, local_names_);
  return out.take();
}

} // namespace

Result<std::vector<std::byte>> parse_module_fields(Cursor& cursor, const ParseOptions& options,
                                                   const std::optional<std::string>& module_name) {
  return ModuleParser(cursor).run(options, module_name);
}

Result<std::vector<std::byte>> parse_module_text(std::string_view text, const ParseOptions& options) {
  constexpr size_t max_text = (uint64_t{1} << 32) - 1;
  if (text.size() >= max_text)
    return fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded, "text of 4 GiB or more"));
  TokenList list = tokenize(text);
  Cursor cursor(list);
  bool wrapped = cursor.take_open("module");
  std::optional<std::string> name = wrapped ? cursor.take_id() : std::nullopt;
  auto bytes = parse_module_fields(cursor, options, name);
  if (!bytes) return bytes;
  if (wrapped) cursor.expect_close();
  cursor.expect_eof();
  if (!cursor.ok()) return fail(cursor.error());
  return bytes;
}

} // namespace skerry::vm::wat
