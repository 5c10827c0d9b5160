// Prints modules in the text format (skerry/wat.hpp).
#include "skerry/out_of_memory.hpp"
#include "skerry/wat.hpp"
#include "vm/module/binary_decoder.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/wat/custom_section.hpp"
#include "vm/wat/instruction_text.hpp"
#include "vm/wat/name_table.hpp"
#include "vm/wat/text_sink.hpp"
#include "vm/wat/type_text.hpp"

#include <algorithm>
#include <utility>

namespace skerry::wat {

namespace {

using namespace vm;
using namespace vm::wat;

std::string_view chars(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Config config_with_everything() {
  Config config;
  config.features = Features::all();
  return config;
}

/// Prints the fields in the order of the binary sections. If the text is translated back, the module then has
/// the same indices and bytes.
class ModulePrinter {
public:
  ModulePrinter(const vm::Module& module, TextSink& out)
      : module_(module), out_(out), name_section_(find_name_section(module)),
        names_(find_names(module, name_section_)), all_types_(module, module.engine->config),
        types_(all_types_, names_), code_(module, names_, types_) {}

  Result<void> run() {
    out_ += "(module" + module_name() + "\n";
    print_types();
    each(module_.imports, [&](const Import& import, uint32_t) { print_import(import); });
    each(
        module_.tables, [&](const Table& table, uint32_t i) { print_table(table, i); },
        module_.imported_tables);
    each(
        module_.memories, [&](const MemoryType& memory, uint32_t i) { print_memory(memory, i); },
        module_.imported_memories);
    each(module_.tags, [&](uint32_t type, uint32_t i) { print_tag(type, i); }, module_.imported_tags);
    each(
        module_.globals, [&](const Global& global, uint32_t i) { print_global(global, i); },
        module_.imported_globals);
    each(module_.exports, [&](const Export& entry, uint32_t) { print_export(entry); });
    if (module_.has_start) field("(start " + types_.index(NameKind::function, module_.start) + ")");
    each(module_.elem_segments, [&](const ElemSegment& segment, uint32_t i) { print_elem(segment, i); });
    for (uint32_t i = 0; i < module_.bodies.size() && out_.is_open(); ++i)
      if (auto done = print_function(i); !done) return done;
    each(module_.data_segments, [&](const DataSegment& segment, uint32_t i) { print_data(segment, i); });
    each(module_.custom_sections, [&](const CustomRange& range, uint32_t) { print_custom(range); });
    out_ += ")\n";
    return out_.finish();
  }

private:
  static std::string_view name_of(const vm::Module& module, const CustomRange& range) {
    return chars(module.range(range.name_offset, range.name_size));
  }
  static const CustomRange* find_name_section(const vm::Module& module) {
    const auto found = std::ranges::find_if(
        module.custom_sections, [&](const CustomRange& range) { return name_of(module, range) == "name"; });
    return found == module.custom_sections.end() ? nullptr : &*found;
  }
  static NameTable find_names(const vm::Module& module, const CustomRange* found) {
    return found == nullptr ? NameTable() : NameTable(module.range(found->bytes_offset, found->bytes_size));
  }

  /// Returns ` $name`, or ` (@name "")` for an empty name; empty if the module has no name.
  std::string module_name() const {
    if (!names_.module()) return {};
    return names_.module()->empty() ? " (@name \"\")" : " " + id_text(*names_.module());
  }

  /// Calls `print` for the items from `first` on, until the sink accepts no more text.
  template <class T, class F> void each(const std::vector<T>& items, F&& print, uint32_t first = 0) {
    for (uint32_t i = first; i < items.size() && out_.is_open(); ++i) print(items[i], i);
  }

  void field(std::string_view text) {
    out_ += "  ";
    out_ += text;
    out_ += "\n";
  }

  /// Returns `(keyword $name`, or `(keyword (;3;)` if the item has no name.
  std::string begin(const char* keyword, NameKind kind, uint32_t index) const {
    return "(" + std::string(keyword) + " " + names_.definition(kind, index);
  }

  void print_types() {
    for (uint32_t i = 0; i < all_types_.size() && out_.is_open();) {
      const uint32_t group = all_types_[i].group;
      const bool is_alone = i + 1 == all_types_.size() || all_types_[i + 1].group != group;
      if (!is_alone) field("(rec");
      for (; i < all_types_.size() && all_types_[i].group == group && out_.is_open(); ++i) {
        out_ += is_alone ? "  " : "    ";
        types_.definition(i, out_);
        out_ += "\n";
      }
      if (!is_alone) field(")");
    }
  }

  void print_import(const Import& import) {
    out_ += "  (import " + string_text(import.module) + " " + string_text(import.name) + " ";
    switch (import.kind) {
    case ExternKind::func:
      out_ += begin("func", NameKind::function, import.index);
      print_signature(import.index, names_.has_parts(PartKind::local, import.index));
      break;
    case ExternKind::table:
      out_ += begin("table", NameKind::table, import.index) + " " +
              types_.table_type(module_.tables[import.index].type);
      break;
    case ExternKind::memory:
      out_ += begin("memory", NameKind::memory, import.index) + " " +
              TypeText::limits(module_.memories[import.index].limits);
      break;
    case ExternKind::global:
      out_ += begin("global", NameKind::global, import.index) + " " +
              types_.global_type(module_.globals[import.index].type);
      break;
    case ExternKind::tag:
      out_ += begin("tag", NameKind::tag, import.index) + types_.type_use(module_.tags[import.index]);
      break;
    }
    out_ += "))\n";
  }

  void print_table(const Table& table, uint32_t index) {
    out_ += "  " + begin("table", NameKind::table, index) + " " + types_.table_type(table.type);
    if (table.init.size != 0) out_ += " ";
    if (table.init.size != 0) code_.const_expr(table.init, out_);
    out_ += ")\n";
  }

  void print_memory(const MemoryType& memory, uint32_t index) {
    field(begin("memory", NameKind::memory, index) + " " + TypeText::limits(memory.limits) + ")");
  }

  void print_tag(uint32_t type, uint32_t index) {
    field(begin("tag", NameKind::tag, index) + types_.type_use(type) + ")");
  }

  void print_global(const Global& global, uint32_t index) {
    out_ += "  " + begin("global", NameKind::global, index) + " " + types_.global_type(global.type) + " ";
    code_.const_expr(global.init, out_);
    out_ += ")\n";
  }

  void print_export(const Export& entry) {
    constexpr const char* keywords[] = {"func", "table", "memory", "global", "tag"};
    constexpr NameKind kinds[] = {NameKind::function, NameKind::table, NameKind::memory, NameKind::global,
                                  NameKind::tag};
    const auto kind = static_cast<size_t>(entry.kind);
    field("(export " + string_text(entry.name) + " (" + keywords[kind] + " " +
          types_.index(kinds[kind], entry.index) + "))");
  }

  void print_offset(const ConstExpr& offset) {
    out_ += " (offset ";
    code_.const_expr(offset, out_);
    out_ += ")";
  }

  void print_elem(const ElemSegment& segment, uint32_t index) {
    out_ += "  " + begin("elem", NameKind::elem, index);
    if (segment.mode == SegmentMode::declarative) out_ += " declare";
    if (segment.mode == SegmentMode::active) {
      if (segment.table != 0) out_ += " (table " + types_.index(NameKind::table, segment.table) + ")";
      print_offset(segment.offset);
    }
    print_items(segment);
    out_ += ")\n";
  }

  void print_items(const ElemSegment& segment) {
    ByteReader reader(module_.range(segment.items.offset, segment.items.size), segment.items.offset);
    out_ += segment.is_expressions ? " " + types_.val_type(segment.type) : " func";
    for (uint32_t i = 0; i < segment.count && reader.ok() && out_.is_open(); ++i) {
      if (!segment.is_expressions) {
        out_ += " " + types_.index(NameKind::function, reader.leb_u32());
        continue;
      }
      const uint64_t start = reader.offset();
      Instruction instr;
      for (uint32_t depth = 1; depth > 0 && decode_instruction(reader, instr);) {
        if (instr.op == Opcode::end) --depth;
        ImmediateKind kind = info(instr.op).immediate;
        if (kind == ImmediateKind::block_type || kind == ImmediateKind::try_table) ++depth;
      }
      out_ += " (item ";
      code_.const_expr({static_cast<uint32_t>(start), static_cast<uint32_t>(reader.offset() - start)}, out_);
      out_ += ")";
    }
  }

  void print_data(const DataSegment& segment, uint32_t index) {
    out_ += "  " + begin("data", NameKind::data, index);
    if (segment.mode == SegmentMode::active) {
      if (segment.memory != 0) out_ += " (memory " + types_.index(NameKind::memory, segment.memory) + ")";
      print_offset(segment.offset);
    }
    out_ += " ";
    print_string(chars(module_.range(segment.bytes_offset, segment.bytes_size)));
    out_ += ")\n";
  }

  /// Prints a string literal in pieces, so that the whole escaped text of a large segment is never in memory
  /// at once.
  void print_string(std::string_view bytes) {
    constexpr size_t piece = 4096;
    out_ += "\"";
    for (; !bytes.empty() && out_.is_open(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
      const std::string text = string_text(bytes.substr(0, piece));
      out_ += std::string_view(text).substr(1, text.size() - 2);
    }
    out_ += "\"";
  }

  /// Prints a custom section, except the name section, whose names are identifiers in the text.
  void print_custom(const CustomRange& range) {
    if (&range == name_section_) return;
    out_ += "  (@custom ";
    print_string(name_of(module_, range));
    out_ += " " + placement_text(place_of(range));
    print_string(chars(module_.range(range.bytes_offset, range.bytes_size)));
    out_ += ")\n";
  }

  /// Returns the place of a custom section: after the last section before it.
  SectionPlace place_of(const CustomRange& range) const {
    SectionPlace place = first_place;
    for (size_t id = 1; id < section_count; ++id) {
      const auto section = static_cast<SectionId>(id);
      const uint32_t offset = module_.offset_of(section);
      if (offset != 0 && offset < range.name_offset) place = std::max(place, place_after(section));
    }
    const bool is_at_end = place == last_section_place();
    const bool is_after_names = name_section_ != nullptr && name_section_->name_offset < range.name_offset;
    return is_at_end && is_after_names ? last_place : place;
  }
  SectionPlace last_section_place() const {
    SectionPlace place = first_place;
    for (size_t id = 1; id < section_count; ++id)
      if (const auto section = static_cast<SectionId>(id); module_.offset_of(section) != 0)
        place = std::max(place, place_after(section));
    return place;
  }

  /// Prints a function's type and, if `is_long`, its parameters and results. Returns the number of
  /// parameters.
  uint32_t print_signature(uint32_t index, bool is_long) {
    const uint32_t type = module_.functions[index];
    out_ += types_.type_use(type);
    if (!all_types_.is_func(type)) return 0;
    const ModuleTypes::Type func = all_types_[type];
    if (!is_long) return func.params.size();
    NamedTypes list(*this, "param", index, 0);
    for (const ValType param : func.params) list.add(param, 1);
    list.end();
    types_.results(func.results, out_);
    return func.params.size();
  }

  Result<void> print_function(uint32_t defined) {
    const uint32_t index = module_.imported_functions + defined;
    out_ += "  " + begin("func", NameKind::function, index);
    const uint32_t params = print_signature(index, true);
    out_ += "\n";
    ByteReader reader = body_reader(module_, module_.bodies[defined]);
    if (auto done = print_locals(reader, index, params); !done) return done;
    code_.append_body(reader, index, out_);
    if (!reader.ok()) return fail(reader.error().with_func(index));
    field(")");
    return {};
  }

  Result<void> print_locals(ByteReader& reader, uint32_t function, uint32_t first) {
    const uint32_t max_locals = ModuleLimits().locals;
    NamedTypes list(*this, "local", function, first, "    ");
    uint32_t total = 0;
    for (uint32_t runs = reader.leb_u32(); runs > 0 && reader.ok() && out_.is_open(); --runs) {
      const uint64_t start = reader.offset();
      const uint32_t count = reader.leb_u32();
      if (count > max_locals - total)
        reader.fail_at(start, "too many locals: the limit is " + std::to_string(max_locals));
      const ValType type = decode_value_type(reader);
      if (!reader.ok()) break;
      total += count;
      list.add(type, count);
    }
    if (!reader.ok()) return fail(reader.error().with_func(function));
    if (list.end()) out_ += "\n";
    return {};
  }

  /// Prints a list such as ` (param $x i32) (param i64 i64)`. A parameter or local with a name needs its own
  /// parentheses.
  class NamedTypes {
  public:
    NamedTypes(ModulePrinter& printer, const char* keyword, uint32_t function, uint32_t first,
               const char* indent = " ")
        : printer_(printer), keyword_(keyword), function_(function), index_(first), indent_(indent) {}

    void add(ValType type, uint32_t count) {
      TextSink& out = printer_.out_;
      const std::string text = " " + printer_.types_.val_type(type);
      for (uint32_t i = 0; i < count && out.is_open(); ++i) {
        const auto name = printer_.names_.definition(PartKind::local, function_, index_++);
        if (is_open_ && name) out += ")";
        if (!is_open_ || name) {
          out += std::exchange(indent_, " ");
          out += "(" + std::string(keyword_) + (name ? " " + *name : "");
        }
        out += text;
        if (name) out += ")";
        is_open_ = !name;
        is_empty_ = false;
      }
    }
    /// Closes the last parenthesis. Returns whether anything was printed.
    bool end() {
      if (is_open_) printer_.out_ += ")";
      return !is_empty_;
    }

  private:
    ModulePrinter& printer_;
    const char* keyword_;
    uint32_t function_, index_;
    const char* indent_;
    bool is_open_ = false, is_empty_ = true;
  };

  const vm::Module& module_;
  TextSink& out_;
  const CustomRange* const name_section_; // null if the module has none
  NameTable names_;
  ModuleTypes all_types_;
  TypeText types_;
  InstructionText code_;
};

} // namespace

Result<void> to_text(ByteView bytes, const TextWriter& write, const ToTextOptions& options) {
  return catching_out_of_memory("printing a module", [&]() -> Result<void> {
    const auto engine = std::make_shared<EngineData>(config_with_everything());
    LoadWatch watch(options.deadline);
    auto module = decode_module(engine, ModuleBytes(bytes), watch);
    if (!module) return fail(std::move(module.error()));
    TextSink out(write, options.max_bytes == 0 ? most_text(bytes.size()) : options.max_bytes, watch);
    return ModulePrinter(**module, out).run();
  });
}

Result<std::string> to_text(ByteView bytes, const ToTextOptions& options) {
  return catching_out_of_memory("printing a module", [&]() -> Result<std::string> {
    std::string text;
    const auto append = [&](std::string_view more) {
      text += more;
      return true;
    };
    if (auto done = to_text(bytes, append, options); !done) return fail(std::move(done.error()));
    return text;
  });
}

uint64_t most_text(uint64_t module_bytes) {
  constexpr uint64_t least = uint64_t{16} << 20, for_each_byte = 64;
  return least + for_each_byte * module_bytes;
}

} // namespace skerry::wat
