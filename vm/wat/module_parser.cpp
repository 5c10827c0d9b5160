#include "vm/wat/module_parser.hpp"

#include "vm/wat/lexer.hpp"
#include "vm/wat/module_sections.hpp"
#include "vm/wat/name_collector.hpp"
#include "vm/wat/segment_parser.hpp"
#include "vm/wat/type_parser.hpp"

#include <array>

namespace skerry::vm::wat {

namespace {

constexpr uint8_t table_with_init = 0x40; // spec §5.5.7

class ModuleParser {
public:
  ModuleParser(Cursor& cursor, const ModuleLimits& limits)
      : cursor_(cursor), context_(cursor.text(), limits), function_(context_.names),
        segments_(cursor, context_, sections_), constant_(cursor, context_) {}

  Result<std::vector<std::byte>> run(const ParseOptions& options, const std::optional<std::string>& name);

private:
  struct Field {
    std::string_view keyword;
    void (ModuleParser::*parse)();
  };
  static const std::array<Field, 10> fields;

  void parse_types();
  void parse_field();

  // Each function begins after the field's keyword and stops before its closing parenthesis.
  void parse_import();
  void parse_func();
  void parse_table();
  void parse_memory();
  void parse_global();
  void parse_tag();
  void parse_export();
  void parse_start();
  void parse_elem() { segments_.parse_elem(); }
  void parse_data() { segments_.parse_data(); }

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

  Cursor& cursor_;
  ModuleContext context_;
  TypeUse use_;
  FunctionContext function_; // the function that is being parsed
  ModuleSections sections_;
  SegmentParser segments_;
  ConstExpressionParser constant_;
  std::array<uint32_t, 5> next_{};    // the next index of each ExternKind
  std::array<uint32_t, 5> defined_{}; // number of definitions (not imports) of each ExternKind
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
  return sections_.assemble(context_,
                            options.names ? std::optional(NameSource{name, local_names_}) : std::nullopt);
}

/// Parses all type definitions before all other fields. The indices of the defined types come first; function
/// types that are written inline in other fields get the indices after them.
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
  ByteWriter& out = sections_.imports.entry();
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
  ByteWriter& out = sections_.imports.bytes;
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
    ByteWriter& out = sections_.exports.entry();
    out.name(cursor_.expect_name());
    out.u8(static_cast<uint8_t>(kind));
    out.leb_u32(index);
    cursor_.expect_close();
  }
}

/// Parses an inline import, `(import "module" "name")`. If there is one, begins the import and returns true;
/// the caller must then write the import's type. If there is none, counts the item as a definition of the
/// module and returns false.
bool ModuleParser::parse_inline_import(ExternKind kind) {
  const Token where = cursor_.peek();
  if (!cursor_.take_open("import")) {
    define(kind);
    return false;
  }
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
  if (imported) return sections_.imports.bytes.leb_u32(type);
  sections_.functions.entry().leb_u32(type);
  parse_body(type);
}

void ModuleParser::parse_body(uint32_t type) {
  function_.clear();
  const Signature& signature = use_.signature;
  // If the function lists no parameters, it has the parameters of its type, without names.
  const bool known = type < context_.type_entries.size();
  const uint32_t params =
      signature.params == 0 && known ? context_.type_entries[type].params : signature.params;
  auto named = signature.named.begin();
  for (uint32_t i = 0; i < params; ++i) {
    const IdOffset id = named != signature.named.end() && named->index == i ? (named++)->id : no_id;
    if (!function_.locals.add(id, context_.names))
      cursor_.fail("duplicate local " + excerpt(cursor_.name_of(id)));
  }
  ByteWriter& body = sections_.codes.entry();
  sections_.body_starts.push_back(static_cast<uint32_t>(body.size()));
  parse_locals(body);
  ExpressionParser(cursor_, context_, function_, body).parse_sequence();
  write_opcode(body, Opcode::end);
  if (!keep_names_) return;
  for (const IndexSpace::Named& local : function_.locals.named())
    local_names_.push_back({next_[0] - 1, local});
}

/// Parses `(local …)*` and writes the locals as runs of equal types.
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
      cursor_.fail_at(where, "duplicate local " + excerpt(cursor_.name_of(id)));
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
  if (parse_inline_import(ExternKind::table))
    return write_table_type(sections_.imports.bytes, parse_table_type());
  const Cursor address = cursor_;
  bool is_64 = parse_address_type(cursor_);
  if (at_ref_type(cursor_))
    return segments_.parse_inline_elem(index, parse_ref_type(cursor_, context_), is_64);
  cursor_ = address;
  TableType type = parse_table_type();
  ByteWriter& out = sections_.tables.entry();
  if (!cursor_.more()) return write_table_type(out, type);
  out.u8(table_with_init);
  out.u8(0);
  write_table_type(out, type);
  constant_.parse_sequence(out);
}

void ModuleParser::parse_memory() {
  cursor_.take_id();
  uint32_t index = next_index(ExternKind::memory);
  parse_inline_exports(ExternKind::memory, index);
  bool imported = parse_inline_import(ExternKind::memory);
  bool is_64 = parse_address_type(cursor_);
  if (!imported && cursor_.take_open("data")) {
    segments_.parse_inline_data(index, is_64);
    return cursor_.expect_close();
  }
  Limits limits = parse_limits(cursor_);
  limits.is_64 = is_64;
  write_limits(imported ? sections_.imports.bytes : sections_.memories.entry(), limits);
}

void ModuleParser::parse_global() {
  cursor_.take_id();
  uint32_t index = next_index(ExternKind::global);
  parse_inline_exports(ExternKind::global, index);
  bool imported = parse_inline_import(ExternKind::global);
  GlobalType type = parse_global_type(cursor_, context_);
  if (imported) return write_global_type(sections_.imports.bytes, type);
  ByteWriter& out = sections_.globals.entry();
  write_global_type(out, type);
  constant_.parse_sequence(out);
}

void ModuleParser::parse_tag() {
  cursor_.take_id();
  uint32_t index = next_index(ExternKind::tag);
  parse_inline_exports(ExternKind::tag, index);
  bool imported = parse_inline_import(ExternKind::tag);
  uint32_t type = parse_func_type();
  ByteWriter& out = imported ? sections_.imports.bytes : sections_.tags.entry();
  out.u8(0); // attribute: exception
  out.leb_u32(type);
}

void ModuleParser::parse_export() {
  ByteWriter& out = sections_.exports.entry();
  out.name(cursor_.expect_name());
  constexpr std::array<const char*, 5> kinds = {"func", "table", "memory", "global", "tag"};
  for (size_t kind = 0; kind < kinds.size(); ++kind) {
    if (!cursor_.take_open(kinds[kind])) continue;
    out.u8(static_cast<uint8_t>(kind));
    out.leb_u32(parse_index(cursor_, *find_space(context_, kinds[kind]), context_.names));
    return cursor_.expect_close();
  }
  cursor_.fail_unexpected("an export description");
}

void ModuleParser::parse_start() {
  if (sections_.start) return cursor_.fail("multiple start sections");
  sections_.start = parse_index(cursor_, context_.funcs, context_.names);
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
