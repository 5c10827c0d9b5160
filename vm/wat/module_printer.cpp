// Modules as text (skerry/wat.hpp).
#include "skerry/engine.hpp"
#include "skerry/out_of_memory.hpp"
#include "skerry/wat.hpp"
#include "vm/module/binary_decoder.hpp"
#include "vm/wat/instruction_text.hpp"
#include "vm/wat/name_table.hpp"
#include "vm/wat/type_text.hpp"

namespace skerry::wat {

namespace {

using namespace vm;
using namespace vm::wat;

std::string_view chars(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Fields in the order of the binary's sections, so that indices and bytes come out the same.
class ModulePrinter {
public:
  explicit ModulePrinter(const vm::Module& module)
      : module_(module), names_(find_names(module)), types_(module, names_), code_(module, names_, types_) {}

  Result<std::string> run() {
    out_ = "(module" + (names_.module() ? " " + id_text(*names_.module()) : std::string()) + "\n";
    print_types();
    for (const Import& import : module_.imports) print_import(import);
    print_tables();
    print_memories();
    print_tags();
    print_globals();
    print_exports();
    if (module_.has_start) field("(start " + types_.index(NameKind::function, module_.start) + ")");
    print_elems();
    for (size_t i = 0; i < module_.bodies.size(); ++i)
      if (auto done = print_function(static_cast<uint32_t>(i)); !done) return fail(std::move(done.error()));
    print_datas();
    return std::move(out_) + ")\n";
  }

private:
  static NameTable find_names(const vm::Module& module) {
    for (const CustomRange& range : module.custom_sections)
      if (chars(module.range(range.name_offset, range.name_size)) == "name")
        return NameTable(module.range(range.bytes_offset, range.bytes_size));
    return {};
  }

  void field(std::string_view text) {
    out_ += "  ";
    out_ += text;
    out_ += '\n';
  }

  /// `(kind $name`, or `(kind (;3;)`.
  std::string begin(const char* keyword, NameKind kind, uint32_t index) const {
    const std::string* name = names_.find(kind, index);
    return "(" + std::string(keyword) + " " + (name ? id_text(*name) : "(;" + std::to_string(index) + ";)");
  }

  void print_types() {
    for (uint32_t i = 0; i < module_.types.size();) {
      uint32_t end = i + 1;
      while (end < module_.types.size() && module_.types[end].group == module_.types[i].group) ++end;
      bool group = end - i > 1;
      if (group) field("(rec");
      for (; i < end; ++i) field((group ? "  " : "") + types_.definition(i));
      if (group) field(")");
    }
  }

  void print_import(const Import& import) {
    std::string text = "(import " + string_text(import.module) + " " + string_text(import.name) + " ";
    switch (import.kind) {
    case ExternKind::func:
      text +=
          begin("func", NameKind::function, import.index) + types_.type_use(module_.functions[import.index]);
      break;
    case ExternKind::table:
      text += begin("table", NameKind::table, import.index) + " " +
              types_.table_type(module_.tables[import.index].type);
      break;
    case ExternKind::memory:
      text += begin("memory", NameKind::memory, import.index) + " " +
              TypeText::limits(module_.memories[import.index].limits);
      break;
    case ExternKind::global:
      text += begin("global", NameKind::global, import.index) + " " +
              types_.global_type(module_.globals[import.index].type);
      break;
    case ExternKind::tag:
      text += begin("tag", NameKind::tag, import.index) + types_.type_use(module_.tags[import.index]);
      break;
    }
    field(text + "))");
  }

  void print_tables() {
    for (uint32_t i = module_.imported_tables; i < module_.tables.size(); ++i) {
      const Table& table = module_.tables[i];
      std::string text = begin("table", NameKind::table, i) + " " + types_.table_type(table.type);
      if (table.init.size != 0) text += " " + code_.const_expr(table.init);
      field(text + ")");
    }
  }

  void print_memories() {
    for (uint32_t i = module_.imported_memories; i < module_.memories.size(); ++i)
      field(begin("memory", NameKind::memory, i) + " " + TypeText::limits(module_.memories[i].limits) + ")");
  }

  void print_tags() {
    for (uint32_t i = module_.imported_tags; i < module_.tags.size(); ++i)
      field(begin("tag", NameKind::tag, i) + types_.type_use(module_.tags[i]) + ")");
  }

  void print_globals() {
    for (uint32_t i = module_.imported_globals; i < module_.globals.size(); ++i) {
      const Global& global = module_.globals[i];
      field(begin("global", NameKind::global, i) + " " + types_.global_type(global.type) + " " +
            code_.const_expr(global.init) + ")");
    }
  }

  void print_exports() {
    constexpr const char* keywords[] = {"func", "table", "memory", "global", "tag"};
    constexpr NameKind kinds[] = {NameKind::function, NameKind::table, NameKind::memory, NameKind::global,
                                  NameKind::tag};
    for (const Export& entry : module_.exports) {
      auto kind = static_cast<size_t>(entry.kind);
      field("(export " + string_text(entry.name) + " (" + keywords[kind] + " " +
            types_.index(kinds[kind], entry.index) + "))");
    }
  }

  void print_elems() {
    for (uint32_t i = 0; i < module_.elem_segments.size(); ++i) {
      const ElemSegment& segment = module_.elem_segments[i];
      std::string text = begin("elem", NameKind::elem, i);
      if (segment.mode == SegmentMode::declarative) text += " declare";
      if (segment.mode == SegmentMode::active) {
        if (segment.table != 0) text += " (table " + types_.index(NameKind::table, segment.table) + ")";
        text += " (offset " + code_.const_expr(segment.offset) + ")";
      }
      field(text + elem_items(segment) + ")");
    }
  }

  std::string elem_items(const ElemSegment& segment) const {
    ByteReader reader(module_.range(segment.items.offset, segment.items.size), segment.items.offset);
    std::string text = segment.is_expressions ? " " + types_.val_type(segment.type) : " func";
    for (uint32_t i = 0; i < segment.count && reader.ok(); ++i) {
      if (!segment.is_expressions) {
        text += " " + types_.index(NameKind::function, reader.leb_u32());
        continue;
      }
      const uint64_t start = reader.offset();
      Instruction instr;
      for (uint32_t depth = 1; depth > 0 && decode_instruction(reader, instr);) {
        if (instr.op == Opcode::end) --depth;
        ImmediateKind kind = info(instr.op).immediate;
        if (kind == ImmediateKind::block_type || kind == ImmediateKind::try_table) ++depth;
      }
      ConstExpr item{static_cast<uint32_t>(start), static_cast<uint32_t>(reader.offset() - start)};
      text += " (item " + code_.const_expr(item) + ")";
    }
    return text;
  }

  void print_datas() {
    for (uint32_t i = 0; i < module_.data_segments.size(); ++i) {
      const DataSegment& segment = module_.data_segments[i];
      std::string text = begin("data", NameKind::data, i);
      if (segment.mode == SegmentMode::active) {
        if (segment.memory != 0) text += " (memory " + types_.index(NameKind::memory, segment.memory) + ")";
        text += " (offset " + code_.const_expr(segment.offset) + ")";
      }
      field(text + " " + string_text(chars(module_.range(segment.bytes_offset, segment.bytes_size))) + ")");
    }
  }

  Result<void> print_function(uint32_t defined) {
    const uint32_t index = module_.imported_functions + defined;
    const uint32_t type = module_.functions[index];
    std::string text = begin("func", NameKind::function, index) + types_.type_use(type);
    uint32_t params = 0;
    const bool known = type < module_.types.size() && module_.types[type].kind == CompositeKind::func;
    if (known) {
      params = static_cast<uint32_t>(module_.types[type].func.params.size());
      text += named_types("param", module_.types[type].func.params, index, 0) +
              types_.results(module_.types[type].func.results);
    }
    field(text);
    ByteReader reader = body_reader(module_, module_.bodies[defined]);
    if (auto done = print_locals(reader, index, params); !done) return done;
    code_.append_body(reader, index, out_);
    if (!reader.ok()) return fail(reader.error().with_func(index));
    field(")");
    return {};
  }

  Result<void> print_locals(ByteReader& reader, uint32_t function, uint32_t first) {
    const uint32_t max_locals = ModuleLimits().locals;
    std::vector<ValType> locals;
    for (uint32_t runs = reader.leb_u32(); runs > 0 && reader.ok(); --runs) {
      const uint64_t start = reader.offset();
      const uint32_t count = reader.leb_u32();
      if (count > max_locals - locals.size())
        reader.fail_at(start, "too many locals: the limit is " + std::to_string(max_locals));
      const ValType type = decode_value_type(reader);
      if (reader.ok()) locals.insert(locals.end(), count, type);
    }
    if (!reader.ok()) return fail(reader.error().with_func(function));
    if (!locals.empty()) field(" " + named_types("local", locals, function, first));
    return {};
  }

  /// ` (param $x i32) (param i64 i64)`: names need a group each.
  std::string named_types(const char* keyword, const std::vector<ValType>& types, uint32_t function,
                          uint32_t first) const {
    std::string text;
    bool open = false;
    for (uint32_t i = 0; i < types.size(); ++i) {
      const std::string* name = names_.find_local(function, first + i);
      if (open && name) text += ")";
      if (!open || name) text += " (" + std::string(keyword) + (name ? " " + id_text(*name) : "");
      text += " " + types_.val_type(types[i]);
      if (name) text += ")";
      open = !name;
    }
    return open ? text + ")" : text;
  }

  const vm::Module& module_;
  NameTable names_;
  TypeText types_;
  InstructionText code_;
  std::string out_;
};

Engine engine_with_everything() {
  Config config;
  for (int i = 0; i < static_cast<int>(Feature::count_); ++i) config.features.with(static_cast<Feature>(i));
  return Engine(config);
}

} // namespace

Result<std::string> to_text(std::span<const std::byte> bytes) {
  return catching_out_of_memory("printing a module", [&]() -> Result<std::string> {
    auto module = decode_module(engine_with_everything().data(), std::vector(bytes.begin(), bytes.end()));
    if (!module) return fail(std::move(module.error()));
    return ModulePrinter(**module).run();
  });
}

} // namespace skerry::wat
