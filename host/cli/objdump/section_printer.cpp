#include "host/cli/objdump/section_printer.hpp"

#include "skerry/printable.hpp"
#include "vm/module/engine_data.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace skerry::host::cli::objdump {

namespace {

using vm::ByteReader;

// Section names, indexed by section id (spec §5.5.2).
constexpr std::array<std::string_view, 14> section_names = {
    "Custom", "Type",  "Import", "Function", "Table", "Memory",    "Global",
    "Export", "Start", "Elem",   "Code",     "Data",  "DataCount", "Tag"};
/// Names of the kinds of imports and exports, indexed by ExternKind.
constexpr std::array<std::string_view, 5> kind_names = {"func", "table", "memory", "global", "tag"};
constexpr uint8_t custom_id = 0, start_id = 8;

std::string hex(uint64_t value, int digits) {
  char text[24];
  std::snprintf(text, sizeof text, "%0*llx", digits, static_cast<unsigned long long>(value));
  return text;
}

std::string number(uint64_t value) { return std::to_string(value); }

/// Returns ` - func[3]`.
std::string entry(std::string_view kind, uint64_t index) {
  return " - " + std::string(kind) + "[" + number(index) + "]";
}

std::string pages(const Limits& limits) {
  return " pages: initial=" + number(limits.min) + (limits.has_max ? " max=" + number(limits.max) : "") +
         (limits.is_64 ? " i64" : "") + (limits.shared ? " shared" : "");
}

std::string_view chars(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

// Operands of instructions are printed as indices, because the printer gets an empty table of names.
// print_instruction adds the name of a called function.
SectionPrinter::SectionPrinter(const vm::Module& module, const FunctionNames& functions,
                               vm::wat::TextSink& out)
    : module_(module), functions_(functions), out_(out), all_types_(module, module.engine->config),
      types_(all_types_, no_names_), instructions_(module, no_names_, types_) {}

// ---- positions of sections

void SectionPrinter::print_headers() {
  out_ += "Sections:\n\n";
  constexpr size_t preamble_bytes = 8;
  ByteReader reader(module_.bytes.subspan(preamble_bytes), preamble_bytes);
  while (!reader.at_end() && out_.is_open()) {
    const uint8_t id = reader.u8();
    const uint32_t size = reader.leb_u32();
    const uint64_t start = reader.offset();
    print_header(id, reader.sub_reader(size, "unexpected end"), start);
  }
  out_ += "\n";
}

void SectionPrinter::print_header(uint8_t id, ByteReader content, uint64_t start) {
  const std::string_view name = id < section_names.size() ? section_names[id] : "Unknown";
  const uint64_t size = content.remaining();
  out_ += std::string(name.size() < 9 ? 9 - name.size() : 0, ' ');
  out_ += name;
  out_ += " start=0x" + hex(start, 8) + " end=0x" + hex(start + size, 8) + " (size=0x" + hex(size, 8) + ") ";
  if (id == custom_id)
    out_ += in_quotes(content.name());
  else
    out_ += (id == start_id ? "start: " : "count: ") + number(content.leb_u32());
  out_ += "\n";
}

// ---- contents of sections

void SectionPrinter::print_details() {
  out_ += "Section Details:\n\n";
  print_types();
  print_imports();
  print_functions();
  print_tables();
  print_memories();
  print_tags();
  print_globals();
  print_exports();
  if (module_.has_start) out_ += "Start:\n - start function: " + number(module_.start) + "\n";
  print_elem_segments();
  print_bodies();
  print_data_segments();
  print_custom_sections();
  out_ += "\n";
}

void SectionPrinter::title(std::string_view name, size_t count) {
  out_ += std::string(name) + "[" + number(count) + "]:\n";
}

std::string SectionPrinter::list(const vm::TypeList& types) const {
  std::string text;
  for (const ValType type : types) text += (text.empty() ? "" : ", ") + types_.val_type(type);
  return text;
}

/// Returns `(i32, i32) -> i32`.
std::string SectionPrinter::signature(uint32_t type) const {
  const vm::wat::ModuleTypes::Type func = all_types_[type];
  const std::string results = list(func.results);
  const bool is_one = func.results.size() == 1;
  return "(" + list(func.params) + ") -> " +
         (results.empty() ? "nil"
          : is_one        ? results
                          : "(" + results + ")");
}

void SectionPrinter::print_types() {
  if (all_types_.size() == 0) return;
  title("Type", all_types_.size());
  for (uint32_t i = 0; i < all_types_.size() && out_.is_open(); ++i) {
    out_ += entry("type", i) + " ";
    if (all_types_.is_func(i))
      out_ += signature(i);
    else
      types_.definition(i, out_);
    out_ += "\n";
  }
}

std::string SectionPrinter::extern_text(const vm::Import& import) const {
  switch (import.kind) {
  case ExternKind::func:
    return entry("func", import.index) + " sig=" + number(module_.functions[import.index]) +
           functions_.shown(import.index);
  case ExternKind::table:
    return entry("table", import.index) + " " + types_.table_type(module_.tables[import.index].type);
  case ExternKind::memory:
    return entry("memory", import.index) + pages(module_.memories[import.index].limits);
  case ExternKind::global:
    return entry("global", import.index) + " " + types_.global_type(module_.globals[import.index].type);
  case ExternKind::tag: return entry("tag", import.index) + " sig=" + number(module_.tags[import.index]);
  }
  return {};
}

void SectionPrinter::print_imports() {
  if (module_.imports.empty()) return;
  title("Import", module_.imports.size());
  for (const vm::Import& import : module_.imports) {
    if (!out_.is_open()) return;
    out_ += extern_text(import) + " <- " + printable(import.module) + "." + printable(import.name) + "\n";
  }
}

void SectionPrinter::print_functions() {
  if (module_.bodies.empty()) return;
  title("Function", module_.bodies.size());
  for (uint32_t i = module_.imported_functions; i < module_.functions.size() && out_.is_open(); ++i)
    out_ += entry("func", i) + " sig=" + number(module_.functions[i]) + functions_.shown(i) + "\n";
}

void SectionPrinter::print_tables() {
  const size_t count = module_.tables.size() - module_.imported_tables;
  if (count == 0) return;
  title("Table", count);
  for (uint32_t i = module_.imported_tables; i < module_.tables.size() && out_.is_open(); ++i)
    out_ += entry("table", i) + " " + types_.table_type(module_.tables[i].type) + "\n";
}

void SectionPrinter::print_memories() {
  const size_t count = module_.memories.size() - module_.imported_memories;
  if (count == 0) return;
  title("Memory", count);
  for (uint32_t i = module_.imported_memories; i < module_.memories.size() && out_.is_open(); ++i)
    out_ += entry("memory", i) + pages(module_.memories[i].limits) + "\n";
}

void SectionPrinter::print_tags() {
  const size_t count = module_.tags.size() - module_.imported_tags;
  if (count == 0) return;
  title("Tag", count);
  for (uint32_t i = module_.imported_tags; i < module_.tags.size() && out_.is_open(); ++i)
    out_ += entry("tag", i) + " sig=" + number(module_.tags[i]) + "\n";
}

void SectionPrinter::print_globals() {
  const size_t count = module_.globals.size() - module_.imported_globals;
  if (count == 0) return;
  title("Global", count);
  for (uint32_t i = module_.imported_globals; i < module_.globals.size() && out_.is_open(); ++i) {
    out_ += entry("global", i) + " " + types_.global_type(module_.globals[i].type) + " - init ";
    instructions_.const_expr(module_.globals[i].init, out_);
    out_ += "\n";
  }
}

void SectionPrinter::print_exports() {
  if (module_.exports.empty()) return;
  title("Export", module_.exports.size());
  for (const vm::Export& item : module_.exports) {
    if (!out_.is_open()) return;
    const bool is_func = item.kind == ExternKind::func && item.index < module_.functions.size();
    out_ += entry(kind_names[static_cast<size_t>(item.kind)], item.index) +
            (is_func ? functions_.shown(item.index) : std::string()) + " -> " + in_quotes(item.name) + "\n";
  }
}

/// Prints ` - segment[2] active table=0 - init i32.const 8`.
void SectionPrinter::begin_segment(uint32_t index, vm::SegmentMode mode, const std::string& where,
                                   const vm::ConstExpr& offset) {
  constexpr std::string_view modes[] = {"active", "passive", "declarative"};
  out_ += entry("segment", index) + " " + std::string(modes[static_cast<size_t>(mode)]);
  if (mode != vm::SegmentMode::active) return;
  out_ += where + " - init ";
  instructions_.const_expr(offset, out_);
}

void SectionPrinter::print_elem_segments() {
  if (module_.elem_segments.empty()) return;
  title("Elem", module_.elem_segments.size());
  for (uint32_t i = 0; i < module_.elem_segments.size() && out_.is_open(); ++i) {
    const vm::ElemSegment& segment = module_.elem_segments[i];
    begin_segment(i, segment.mode, " table=" + number(segment.table), segment.offset);
    out_ += " count=" + number(segment.count) + "\n";
  }
}

void SectionPrinter::print_data_segments() {
  if (module_.data_segments.empty()) return;
  title("Data", module_.data_segments.size());
  for (uint32_t i = 0; i < module_.data_segments.size() && out_.is_open(); ++i) {
    const vm::DataSegment& segment = module_.data_segments[i];
    begin_segment(i, segment.mode, " memory=" + number(segment.memory), segment.offset);
    out_ += " size=" + number(segment.bytes_size) + "\n";
  }
}

void SectionPrinter::print_bodies() {
  if (module_.bodies.empty()) return;
  title("Code", module_.bodies.size());
  for (uint32_t i = 0; i < module_.bodies.size() && out_.is_open(); ++i) {
    const uint32_t function = module_.imported_functions + i;
    out_ += entry("func", function) + " size=" + number(module_.bodies[i].size) + functions_.shown(function) +
            "\n";
  }
}

void SectionPrinter::print_custom_sections() {
  for (const vm::CustomRange& range : module_.custom_sections) {
    if (!out_.is_open()) return;
    out_ += "Custom:\n - name: " + in_quotes(chars(module_.range(range.name_offset, range.name_size))) +
            " size=" + number(range.bytes_size) + "\n";
  }
}

// ---- instructions

void SectionPrinter::print_instructions(uint32_t function) {
  const vm::FuncBody& body = module_.bodies[function - module_.imported_functions];
  out_ += hex(body.offset, 6) + " func[" + number(function) + "]" + functions_.shown(function) + ":\n";
  ByteReader reader(module_.range(body.offset, body.size), body.offset);
  print_locals(reader, function);
  vm::Instruction instr;
  for (uint32_t depth = 0; !reader.at_end() && out_.is_open() && vm::decode_instruction(reader, instr);) {
    const bool closes = instr.op == vm::Opcode::end || instr.op == vm::Opcode::else_;
    print_instruction(instr, static_cast<uint32_t>(reader.offset()), closes && depth > 0 ? depth - 1 : depth);
    const vm::ImmediateKind immediate = vm::info(instr.op).immediate;
    if (immediate == vm::ImmediateKind::block_type || immediate == vm::ImmediateKind::try_table) ++depth;
    if (instr.op == vm::Opcode::end && depth > 0) --depth;
  }
  out_ += "\n";
}

/// Prints ` 000046: 02 7f                      | local[1..2] type=i32`.
void SectionPrinter::print_locals(ByteReader& reader, uint32_t function) {
  uint64_t local = all_types_[module_.functions[function]].params.size();
  for (uint32_t groups = reader.leb_u32(); groups > 0 && reader.ok() && out_.is_open(); --groups) {
    const auto start = static_cast<uint32_t>(reader.offset());
    const uint32_t count = reader.leb_u32();
    const std::string type = types_.val_type(vm::decode_value_type(reader));
    if (count == 0) continue;
    const std::string last = count > 1 ? ".." + number(local + count - 1) : "";
    print_bytes(start, static_cast<uint32_t>(reader.offset()));
    out_ += "local[" + number(local) + last + "] type=" + type + "\n";
    local += count;
  }
}

/// Prints ` 000048: 20 00                      | `.
void SectionPrinter::print_bytes(uint32_t start, uint32_t end) {
  constexpr uint32_t most_bytes = 9;
  std::string bytes;
  for (uint32_t at = start; at < end && at < start + most_bytes; ++at)
    bytes += hex(static_cast<uint8_t>(module_.bytes[at]), 2) + " ";
  bytes.resize(size_t{3} * most_bytes, ' ');
  if (end - start > most_bytes) bytes.back() = '+'; // more bytes follow
  out_ += " " + hex(start, 6) + ": " + bytes + "| ";
}

/// Prints ` 000048: 20 00                      | local.get 0`.
void SectionPrinter::print_instruction(const vm::Instruction& instr, uint32_t end, uint32_t depth) {
  constexpr uint32_t deepest = 40;
  print_bytes(instr.offset, end);
  out_ += std::string(size_t{2} * std::min(depth, deepest), ' ');
  if (instr.op == vm::Opcode::end)
    out_ += "end";
  else
    instructions_.const_expr({instr.offset, end - instr.offset}, out_); // prints only this instruction
  if (vm::info(instr.op).immediate == vm::ImmediateKind::func && instr.index[0] < module_.functions.size())
    out_ += functions_.shown(instr.index[0]);
  out_ += "\n";
}

} // namespace skerry::host::cli::objdump
