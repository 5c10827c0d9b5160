#include "vm/wat/module_parser.hpp"

#include "vm/wat/custom_section.hpp"
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

  std::optional<std::string> parse_module_name(const std::optional<std::string>& id);
  void parse_custom_sections();
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
  void add_params(uint32_t least);
  void keep_local_names();
  void add_param_names();
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
  std::vector<LocalName> local_names_, label_names_;
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
  if (options.places != nullptr) sections_.keep_places(), context_.field = &sections_.field;
  std::optional<Error> error;
  collect_names(cursor_, context_, error);
  if (error) return fail(std::move(*error));
  parse_types();
  cursor_.require_placement(true);
  const std::optional<std::string> module_name = parse_module_name(name);
  parse_custom_sections();
  for (; cursor_.more(); parse_custom_sections()) parse_field();
  cursor_.expect_no_annotation();
  if (!cursor_.ok()) return fail(cursor_.error());
  const NameSource names{module_name, local_names_, label_names_};
  return sections_.assemble(context_, options.names ? std::optional(names) : std::nullopt, options.places);
}

/// Returns the name of the module: that of a @name annotation, or else `id`.
std::optional<std::string> ModuleParser::parse_module_name(const std::optional<std::string>& id) {
  const IdOffset name = cursor_.take_name_annotation("module");
  return name == no_id ? id : std::optional(cursor_.name_of(name));
}

/// Parses the @custom annotations before the next field.
void ModuleParser::parse_custom_sections() {
  while (cursor_.annotation() == "custom") {
    Cursor content = cursor_.enter_annotation();
    const auto order = static_cast<uint32_t>(sections_.customs.size());
    sections_.customs.push_back(parse_custom_section(content));
    sections_.customs.back().order = order;
    cursor_.leave_annotation(content, "custom");
  }
}

/// Parses all type definitions before all other fields. The indices of the defined types come first; function
/// types that are written inline in other fields get the indices after them.
void ModuleParser::parse_types() {
  const Cursor start = cursor_;
  while (cursor_.at(TokenKind::lparen)) {
    sections_.field = cursor_.peek().begin;
    cursor_.ignore_annotations();
    if (cursor_.at_open("type") || cursor_.at_open("rec")) {
      cursor_.require_placement(true);
      parse_type_field(cursor_, context_);
      cursor_.require_placement(false);
    } else {
      cursor_.skip_form();
    }
  }
  if (cursor_.ok()) cursor_ = start;
}

void ModuleParser::parse_field() {
  sections_.field = cursor_.peek().begin;
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
  if (cursor_.at_open("item"))
    return cursor_.fail_unsupported(cursor_.peek(1), Feature::compact_imports, "a group of imports");
  std::string name = cursor_.expect_name();
  constexpr std::array<const char*, 5> kinds = {"func", "table", "memory", "global", "tag"};
  size_t kind = 0;
  while (kind < kinds.size() && !cursor_.take_open(kinds[kind])) ++kind;
  if (kind == kinds.size()) return cursor_.fail_unexpected("an import description");
  cursor_.take_item_name("import");
  auto extern_kind = static_cast<ExternKind>(kind);
  next_index(extern_kind);
  begin_import(module, name, extern_kind);
  ByteWriter& out = sections_.imports.bytes;
  switch (extern_kind) {
  case ExternKind::func:
    out.leb_u32(parse_func_type());
    add_param_names();
    break;
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
  cursor_.take_item_name("function");
  uint32_t index = next_index(ExternKind::func);
  parse_inline_exports(ExternKind::func, index);
  bool imported = parse_inline_import(ExternKind::func);
  const uint32_t type = parse_func_type();
  if (imported) {
    add_param_names();
    return sections_.imports.bytes.leb_u32(type);
  }
  sections_.functions.entry().leb_u32(type);
  parse_body(type);
}

/// Adds the parameters of the signature in use_ to the locals of function_. `least` is the number of
/// parameters without names that the function has if the text lists none.
void ModuleParser::add_params(uint32_t least) {
  function_.clear();
  const Signature& signature = use_.signature;
  const uint32_t params = signature.params == 0 ? least : signature.params;
  auto named = signature.named.begin();
  for (uint32_t i = 0; i < params; ++i) {
    const bool has_name = named != signature.named.end() && named->index == i;
    const ItemName name = has_name ? (named++)->name : ItemName{};
    if (!function_.locals.add(name.id, context_.names))
      cursor_.fail("duplicate local " + excerpt(cursor_.name_of(name.id)));
    if (name.shown != name.id) function_.locals.rename_last(name.shown);
  }
}

/// Keeps the names of the current function's locals for the name section.
void ModuleParser::keep_local_names() {
  if (!keep_names_) return;
  for (const IndexSpace::Named& local : function_.locals.shown())
    local_names_.push_back({next_[0] - 1, local});
}

/// Keeps the names of the parameters of an imported function.
void ModuleParser::add_param_names() {
  add_params(0);
  keep_local_names();
}

void ModuleParser::parse_body(uint32_t type) {
  const bool known = type < context_.type_entries.size();
  add_params(known ? context_.type_entries[type].params : 0);
  ByteWriter& body = sections_.codes.entry();
  sections_.body_starts.push_back(static_cast<uint32_t>(body.size()));
  parse_locals(body);
  ExpressionParser(cursor_, context_, function_, body, &sections_.codes).parse_sequence();
  sections_.codes.note(cursor_.peek().begin);
  write_opcode(body, Opcode::end);
  keep_local_names();
  if (!keep_names_) return;
  for (const IndexSpace::Named& label : function_.labels.named())
    label_names_.push_back({next_[0] - 1, label});
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
  const auto add = [&](const ItemName& name) {
    const Token where = cursor_.peek();
    const ValType type = parse_val_type(cursor_, context_);
    if (!function_.locals.add(name.id, context_.names))
      cursor_.fail_at(where, "duplicate local " + excerpt(cursor_.name_of(name.id)));
    if (name.shown != name.id) function_.locals.rename_last(name.shown);
    if (of != type) end_run();
    of = type;
    ++length;
  };
  while (cursor_.take_open("local")) {
    if (const ItemName name = cursor_.take_item_name("local"); name.shown != no_id) {
      add(name);
    } else {
      while (cursor_.more()) add({});
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
  cursor_.take_item_name("table");
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
  constant_.parse_sequence(out, &sections_.tables);
}

void ModuleParser::parse_memory() {
  cursor_.take_item_name("memory");
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
  cursor_.take_item_name("global");
  uint32_t index = next_index(ExternKind::global);
  parse_inline_exports(ExternKind::global, index);
  bool imported = parse_inline_import(ExternKind::global);
  GlobalType type = parse_global_type(cursor_, context_);
  if (imported) return write_global_type(sections_.imports.bytes, type);
  ByteWriter& out = sections_.globals.entry();
  write_global_type(out, type);
  constant_.parse_sequence(out, &sections_.globals);
}

void ModuleParser::parse_tag() {
  cursor_.take_item_name("tag");
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
  sections_.start_place = sections_.field;
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
