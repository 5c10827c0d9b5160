#include "vm/module/binary_decoder.hpp"

#include "vm/base/address.hpp"
#include "vm/base/byte_reader.hpp"
#include "vm/isa/features.hpp"
#include "vm/isa/instruction.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/file_kind.hpp"
#include "vm/module/name_section.hpp"
#include "vm/module/rec_group.hpp"

#include <algorithm>
#include <cstring>

namespace skerry::vm {

namespace {

constexpr const char* end_of_section = "unexpected end of section or function";
constexpr std::string_view memory = "memory";

/// Reads instructions up to and including the `end` that matches the start of the sequence. Calls `may_go_on`
/// from time to time, and stops if it returns false.
template <class F> void skip_instructions(ByteReader& reader, F&& may_go_on) {
  constexpr uint64_t looked_at_once = 1024;
  Instruction instr{};
  uint64_t read = 0;
  for (uint64_t depth = 1; depth > 0 && decode_instruction(reader, instr);) {
    if (++read % looked_at_once == 0 && !may_go_on()) return;
    const ImmediateKind kind = info(instr.op).immediate;
    if (kind == ImmediateKind::block_type || kind == ImmediateKind::try_table) ++depth;
    if (instr.op == Opcode::end) --depth;
  }
}

/// Each member function decodes one production of the binary grammar. After an error the member functions
/// need not stop, because the reader then returns only zeros.
class BinaryDecoder {
public:
  BinaryDecoder(Module& module, const Config& config, LoadWatch& watch)
      : module_(module), config_(config), watch_(watch), features_(config.features),
        limits_(config.module_limits), reader_(module.bytes, 0, end_of_section) {}

  Result<void> module();
  uint64_t offset_of_entry(SectionId section, uint32_t entry);

private:
  void header();
  void not_a_module(const char* message);
  void section();
  void section_content(SectionId id);
  void custom_section(uint32_t size);
  void finish();
  Result<void> scan_bodies();

  // Types (spec §5.3)
  void type_section();
  ValType value_type();
  ValType ref_type();
  Limits limits(std::string_view of);
  void wrong_limits(uint64_t start, uint8_t flags, std::string_view of);
  TableType table_type();
  GlobalType global_type();
  uint32_t tag_type();

  // Sections (spec §5.5)
  void import_section();
  void import_entry();
  void import_header(Import& import);
  void import_type(Import& import, Module* module);
  void reserve_imports(uint32_t n);
  void function_section();
  void table_section();
  void memory_section();
  void tag_section();
  void global_section();
  void export_section();
  void start_section();
  void elem_section();
  void elem_segment();
  void elem_items(ElemSegment& segment);
  void data_count_section();
  void code_section();
  void data_section();
  void data_segment();

  ConstExpr const_expr();
  uint32_t count(uint64_t limit, const char* what) { return decode_count(reader_, limit, what); }
  /// Reserves room for `count` more items, but at most for as many as the remaining bytes can hold.
  template <class T> void reserve(std::vector<T>& items, uint64_t count, uint64_t min_bytes) {
    items.reserve(items.size() + to_size(std::min(count, reader_.remaining() / min_bytes)));
  }
  /// Returns whether item `index` of `count` can be read.
  bool more(uint32_t index, uint32_t count) {
    return index < count && reader_.ok() && is_on_time() && index != stop_at_;
  }
  /// Charges the bytes read since the last call. After the deadline, makes the reader fail, so that nothing
  /// more is read.
  bool is_on_time() {
    const uint64_t offset = reader_.offset();
    const bool is_on_time = watch_.spend(offset - std::min(offset, seen_));
    seen_ = offset;
    if (!is_on_time) reader_.fail("too late");
    return is_on_time;
  }
  void check_limit(uint64_t value, uint64_t limit, const char* what, uint64_t offset) {
    vm::check_limit(reader_, value, limit, what, offset);
  }
  void need(Feature feature, uint64_t offset, std::string_view what) {
    need_feature(reader_, features_, feature, offset, what);
  }

  Module& module_;
  const Config& config_;
  LoadWatch& watch_;
  const Features& features_;
  const ModuleLimits& limits_;
  ByteReader reader_;
  uint8_t last_order_ = 0;
  uint32_t declared_functions_ = 0;
  uint32_t data_count_ = 0;
  std::span<const std::byte> name_section_; // the content of the last custom section "name"
  uint32_t stop_at_ = ~uint32_t{0};         // the entry before which to stop: offset_of_entry
  uint64_t seen_ = 0;                       // the offset up to which work has been charged to the watch
};

Result<void> BinaryDecoder::module() {
  header();
  while (reader_.ok() && !reader_.at_end() && is_on_time()) section();
  if (reader_.ok()) finish();
  if (watch_.error()) return fail(*watch_.error());
  if (reader_.ok()) return {};
  if (auto bodies = scan_bodies(); !bodies) return bodies;
  return fail(reader_.error());
}

uint64_t BinaryDecoder::offset_of_entry(SectionId section, uint32_t entry) {
  stop_at_ = entry;
  reader_.bytes(module_.offset_of(section));
  section_content(section);
  return reader_.offset();
}

/// Checks the function bodies before an error outside them is reported. If a body is malformed, its error is
/// reported instead, because a body with a wrong size makes everything after it look malformed.
Result<void> BinaryDecoder::scan_bodies() {
  for (size_t i = 0; i < module_.bodies.size(); ++i) {
    ByteReader reader = body_reader(module_, module_.bodies[i]);
    const uint32_t runs = reader.leb_u32();
    for (uint32_t run = 0; run < runs && reader.ok(); ++run) reader.leb_u32(), decode_value_type(reader);
    uint64_t seen = reader.offset();
    skip_instructions(reader,
                      [&] { return watch_.spend(reader.offset() - std::exchange(seen, reader.offset())); });
    if (watch_.error()) return fail(*watch_.error());
    if (!reader.ok())
      return fail(reader.error().with_func(module_.imported_functions + static_cast<uint32_t>(i)));
  }
  return {};
}

void BinaryDecoder::header() {
  static constexpr char magic[4] = {'\0', 'a', 's', 'm'};
  const size_t size = reader_.remaining();
  if (size < sizeof magic || std::memcmp(reader_.bytes(sizeof magic).data(), magic, sizeof magic) != 0)
    return not_a_module(size < sizeof magic ? "unexpected end" : "magic header not detected");
  const uint32_t version = reader_.fixed_u32();
  if (version == 1 || !reader_.ok()) return;
  constexpr uint32_t component_layer = 1;
  if (version >> 16 == component_layer && (version & 0xffff) != 0)
    return refuse(reader_, Feature::component_model, 4, "a component (this is not a core module)");
  reader_.fail_at(4, "unknown binary version: " + std::to_string(version));
}

/// Fails with a message that says, if possible, what the bytes are.
void BinaryDecoder::not_a_module(const char* message) {
  const std::string_view kind = file_kind(module_.bytes);
  reader_.fail_at(0, std::string(message) + (kind.empty() ? ": this is not a WebAssembly module"
                                                          : ": this is " + std::string(kind)));
}

void BinaryDecoder::section() {
  const uint64_t start = reader_.offset();
  const uint8_t id = reader_.u8();
  if (id >= section_count) return reader_.fail_at(start, "malformed section id: " + std::to_string(id));
  if (static_cast<SectionId>(id) == SectionId::tag) need(Feature::exceptions, start, "a tag section");
  const uint64_t size_offset = reader_.offset();
  const uint32_t size = reader_.leb_u32();
  if (size > reader_.remaining())
    return reader_.fail_at(size_offset, "length out of bounds: section of " + std::to_string(size) +
                                            " bytes, " + std::to_string(reader_.remaining()) + " left");
  if (id == 0) return custom_section(size);
  if (section_order[id] <= last_order_)
    return reader_.fail_at(start, "unexpected content after last section: section " + std::to_string(id) +
                                      " is repeated or out of order");
  last_order_ = section_order[id];

  const uint64_t content = reader_.offset();
  module_.section_offsets[id] = static_cast<uint32_t>(content);
  section_content(static_cast<SectionId>(id));
  if (reader_.ok() && reader_.offset() != content + size)
    reader_.fail_at(content, "section size mismatch: section " + std::to_string(id) + " says " +
                                 std::to_string(size) + " bytes, has " +
                                 std::to_string(reader_.offset() - content));
}

void BinaryDecoder::section_content(SectionId id) {
  switch (id) {
  case SectionId::custom: break; // read by custom_section
  case SectionId::type: return type_section();
  case SectionId::import: return import_section();
  case SectionId::function: return function_section();
  case SectionId::table: return table_section();
  case SectionId::memory: return memory_section();
  case SectionId::tag: return tag_section();
  case SectionId::global: return global_section();
  case SectionId::export_: return export_section();
  case SectionId::start: return start_section();
  case SectionId::elem: return elem_section();
  case SectionId::data_count: return data_count_section();
  case SectionId::code: return code_section();
  case SectionId::data: return data_section();
  }
}

void BinaryDecoder::custom_section(uint32_t size) {
  ByteReader content = reader_.sub_reader(size, end_of_section);
  const std::string_view name = content.name();
  reader_.absorb(content);
  if (!reader_.ok()) return;
  const auto offset_of = [&](const void* at) {
    return static_cast<uint32_t>(static_cast<const std::byte*>(at) - module_.bytes.data());
  };
  check_limit(module_.custom_sections.size() + 1, limits_.custom_sections, "custom sections",
              offset_of(name.data()));
  module_.custom_sections.push_back({offset_of(name.data()), static_cast<uint32_t>(name.size()),
                                     offset_of(content.cursor()),
                                     static_cast<uint32_t>(content.remaining())});
  if (name == "name") name_section_ = {content.cursor(), content.remaining()};
}

void BinaryDecoder::finish() {
  if (declared_functions_ != module_.bodies.size())
    reader_.fail_at(
        module_.bodies.empty() ? reader_.offset() : module_.offset_of(SectionId::code),
        "function and code section have inconsistent lengths: " + std::to_string(declared_functions_) +
            " functions, " + std::to_string(module_.bodies.size()) + " bodies");
  if (module_.has_data_count && data_count_ != module_.data_segments.size())
    reader_.fail("data count and data section have inconsistent lengths: " + std::to_string(data_count_) +
                 " segments declared, " + std::to_string(module_.data_segments.size()) + " present");
  module_.names = decode_name_section(name_section_, module_.functions.size(), watch_);
}

// ---- Helpers

ConstExpr BinaryDecoder::const_expr() {
  const uint64_t start = reader_.offset();
  skip_instructions(reader_, [&] { return is_on_time(); });
  return {static_cast<uint32_t>(start), static_cast<uint32_t>(reader_.offset() - start)};
}

// ---- Types

ValType BinaryDecoder::value_type() { return decode_value_type(reader_, features_); }

ValType BinaryDecoder::ref_type() {
  const uint64_t start = reader_.offset();
  const uint8_t code = reader_.peek();
  if (code >= ValType::v128_) {
    reader_.fail_at(start, "malformed reference type");
    return {};
  }
  const ValType type = decode_value_type(reader_);
  if (type != funcref && reader_.ok() && !features_.has(required_feature(type)))
    need(required_feature(type), start, "the type " + to_string(type));
  return type;
}

/// Checks that the types are well-formed. resolve_module decodes them again and stores them with canonical
/// ids.
void BinaryDecoder::type_section() {
  const uint32_t n = count(limits_.types, "types");
  RecGroup group;
  uint64_t items = 0;
  for (uint32_t i = 0; more(i, n); ++i) {
    const uint64_t start = reader_.offset();
    decode_rec_group(reader_, config_, watch_, group);
    const uint64_t types = uint64_t{module_.type_count} + group.size();
    check_limit(types, limits_.types, "types", start);
    items += group.codes.size() + group.fields.size();
    check_limit(items, limits_.type_items, "parameters, results and fields of types", start);
    module_.type_count = static_cast<uint32_t>(types);
  }
}

/// Reads limits. `of` says in messages what they are the limits of.
Limits BinaryDecoder::limits(std::string_view of) {
  const uint64_t start = reader_.offset();
  const uint8_t flags = reader_.u8();
  Limits limits;
  limits.has_max = flags & 1;
  limits.is_64 = flags & 4;
  if (flags > 5 || flags & 2) wrong_limits(start, flags, of);
  if (limits.is_64) need(Feature::memory64, start, "an address type of 64 bits");
  limits.min = reader_.leb_u64();
  if (limits.has_max) limits.max = reader_.leb_u64();
  return limits;
}

void BinaryDecoder::wrong_limits(uint64_t start, uint8_t flags, std::string_view of) {
  constexpr uint8_t shared = 2, page_size = 8;
  if (flags < page_size) return refuse(reader_, Feature::threads, start, "a shared " + std::string(of));
  if (flags >= 2 * page_size || of != memory) return reader_.fail_at(start, "malformed limits flags");
  // The official suite demands these words for all flags that the specification does not have.
  const Feature feature = flags & shared ? Feature::threads : Feature::custom_page_sizes;
  reader_.fail_unsupported(start, "malformed limits flags: " + refusal(feature, "a page size"),
                           feature_name(feature), ErrorKind::malformed);
}

TableType BinaryDecoder::table_type() {
  TableType type;
  type.element = ref_type();
  type.limits = limits("table");
  return type;
}

GlobalType BinaryDecoder::global_type() {
  GlobalType type;
  type.value = value_type();
  const uint64_t start = reader_.offset();
  const uint8_t mutability = reader_.u8();
  if (mutability > 1) reader_.fail_at(start, "malformed mutability");
  type.is_mutable = mutability == 1;
  return type;
}

uint32_t BinaryDecoder::tag_type() {
  const uint64_t start = reader_.offset();
  if (reader_.u8() != 0) reader_.fail_at(start, "malformed tag attribute");
  return reader_.leb_u32();
}

// ---- Sections

void BinaryDecoder::import_section() {
  const uint32_t n = count(limits_.imports, "imports");
  reserve_imports(n);
  for (uint32_t i = 0; more(i, n); ++i) import_entry();
  module_.imported_functions = static_cast<uint32_t>(module_.functions.size());
  module_.imported_tables = static_cast<uint32_t>(module_.tables.size());
  module_.imported_memories = static_cast<uint32_t>(module_.memories.size());
  module_.imported_globals = static_cast<uint32_t>(module_.globals.size());
  module_.imported_tags = static_cast<uint32_t>(module_.tags.size());
}

/// Reads all imports once before import_section does, and reserves the exact sizes of the index spaces. Index
/// spaces that grow step by step would take several times their final memory.
void BinaryDecoder::reserve_imports(uint32_t n) {
  const ByteReader start = reader_;
  std::array<uint32_t, 5> counts{};
  uint32_t read = 0;
  for (; more(read, n); ++read) {
    Import import;
    import_header(import);
    import_type(import, nullptr);
    if (reader_.ok()) ++counts[static_cast<size_t>(import.kind)];
  }
  reader_ = start; // import_section then reports the errors in malformed entries
  module_.imports.reserve(read);
  module_.functions.reserve(counts[static_cast<size_t>(ExternKind::func)]);
  module_.globals.reserve(counts[static_cast<size_t>(ExternKind::global)]);
  module_.tables.reserve(counts[static_cast<size_t>(ExternKind::table)]);
  module_.memories.reserve(counts[static_cast<size_t>(ExternKind::memory)]);
  module_.tags.reserve(counts[static_cast<size_t>(ExternKind::tag)]);
}

void BinaryDecoder::import_header(Import& import) {
  import.module = reader_.name();
  import.name = reader_.name();
  const uint64_t start = reader_.offset();
  const uint8_t kind = reader_.u8();
  const bool is_group = (kind == 0x7e || kind == 0x7f) && import.name.empty();
  if (is_group) return refuse(reader_, Feature::compact_imports, start, "a group of imports");
  if (kind > 4) return reader_.fail_at(start, "malformed import kind: " + std::to_string(kind));
  if (kind == 4) need(Feature::exceptions, start, "an imported tag");
  import.kind = static_cast<ExternKind>(kind);
}

void BinaryDecoder::import_entry() {
  const uint64_t start = reader_.offset();
  Import import;
  import_header(import);
  import_type(import, &module_);
  if (!reader_.ok()) return;
  check_limit(module_.tables.size(), limits_.tables, "tables", start);
  check_limit(module_.memories.size(), limits_.memories, "memories", start);
  module_.imports.push_back(import);
}

/// Reads the type of an import, and adds the imported item to its index space unless `module` is null.
void BinaryDecoder::import_type(Import& import, Module* module) {
  const auto add = [&](auto& space, auto&& item) {
    import.index = static_cast<uint32_t>(space.size());
    if (module != nullptr) space.push_back(item);
  };
  switch (import.kind) {
  case ExternKind::func: return add(module_.functions, reader_.leb_u32());
  case ExternKind::table: return add(module_.tables, Table{table_type(), {}});
  case ExternKind::memory: return add(module_.memories, MemoryType{limits(memory)});
  case ExternKind::global: return add(module_.globals, Global{global_type(), {}});
  case ExternKind::tag: return add(module_.tags, tag_type());
  }
}

void BinaryDecoder::function_section() {
  declared_functions_ =
      count(limits_.functions - std::min(limits_.functions, module_.imported_functions), "functions");
  reserve(module_.functions, declared_functions_, 1);
  for (uint32_t i = 0; more(i, declared_functions_); ++i) module_.functions.push_back(reader_.leb_u32());
}

void BinaryDecoder::table_section() {
  const uint32_t n = count(limits_.tables, "tables");
  reserve(module_.tables, n, 3);
  for (uint32_t i = 0; more(i, n); ++i) {
    Table table;
    const uint64_t start = reader_.offset();
    const bool has_init = reader_.peek() == 0x40;
    if (has_init) {
      need(Feature::function_references, start, "a table with an initial value");
      reader_.u8();
      if (reader_.u8() != 0) reader_.fail_at(start, "malformed table");
    }
    table.type = table_type();
    if (has_init) table.init = const_expr();
    module_.tables.push_back(table);
  }
}

void BinaryDecoder::memory_section() {
  const uint32_t n = count(limits_.memories, "memories");
  for (uint32_t i = 0; more(i, n); ++i) module_.memories.push_back({limits(memory)});
}

void BinaryDecoder::tag_section() {
  const uint32_t n = count(limits_.tags, "tags");
  for (uint32_t i = 0; more(i, n); ++i) module_.tags.push_back(tag_type());
}

void BinaryDecoder::global_section() {
  const uint32_t n = count(limits_.globals, "globals");
  reserve(module_.globals, n, 4);
  for (uint32_t i = 0; more(i, n); ++i) {
    const GlobalType type = global_type();
    module_.globals.push_back({type, const_expr()});
  }
}

void BinaryDecoder::export_section() {
  const uint32_t n = count(limits_.exports, "exports");
  reserve(module_.exports, n, 3);
  for (uint32_t i = 0; more(i, n); ++i) {
    Export entry;
    entry.name = reader_.name();
    const uint64_t start = reader_.offset();
    const uint8_t kind = reader_.u8();
    if (kind > 4) reader_.fail_at(start, "malformed export kind");
    entry.kind = static_cast<ExternKind>(kind);
    entry.index = reader_.leb_u32();
    if (reader_.ok()) module_.exports.push_back(entry);
  }
}

void BinaryDecoder::start_section() {
  module_.has_start = true;
  module_.start = reader_.leb_u32();
}

void BinaryDecoder::elem_section() {
  const uint32_t n = count(limits_.elem_segments, "element segments");
  reserve(module_.elem_segments, n, 3);
  for (uint32_t i = 0; more(i, n); ++i) elem_segment();
}

void BinaryDecoder::elem_segment() {
  // Bits of the flags (spec §5.5.12). Bit 0: the segment is passive or declarative. Bit 1: if bit 0 is set,
  // the segment is declarative; if not, a table index follows. Bit 2: the items are expressions.
  const uint64_t start = reader_.offset();
  const uint32_t flags = reader_.leb_u32();
  if (flags > 7) return reader_.fail_at(start, "malformed elements segment kind");
  if (flags != 0) need(Feature::bulk_memory, start, "this kind of element segment");
  ElemSegment segment;
  segment.is_expressions = flags & 4;
  if (!segment.is_expressions) segment.type = ValType::ref(HeapType::func, false); // indices are never null
  if (flags & 1) {
    segment.mode = flags & 2 ? SegmentMode::declarative : SegmentMode::passive;
  } else {
    segment.mode = SegmentMode::active;
    if (flags & 2) segment.table = reader_.leb_u32();
    segment.offset = const_expr();
  }
  if (flags & 3) {
    const uint64_t kind_offset = reader_.offset();
    if (segment.is_expressions)
      segment.type = ref_type();
    else if (reader_.u8() != 0)
      reader_.fail_at(kind_offset, "malformed element kind");
  }
  elem_items(segment);
  if (reader_.ok()) module_.elem_segments.push_back(segment);
}

void BinaryDecoder::elem_items(ElemSegment& segment) {
  segment.count = count(limits_.table_elements, "elements");
  const uint64_t start = reader_.offset();
  for (uint32_t i = 0; more(i, segment.count); ++i) {
    if (segment.is_expressions)
      const_expr();
    else
      reader_.leb_u32();
  }
  segment.items = {static_cast<uint32_t>(start), static_cast<uint32_t>(reader_.offset() - start)};
}

void BinaryDecoder::data_count_section() {
  need(Feature::bulk_memory, reader_.offset(), "a data count section");
  module_.has_data_count = true;
  data_count_ = reader_.leb_u32();
}

void BinaryDecoder::code_section() {
  const uint32_t n = count(limits_.functions, "function bodies");
  reserve(module_.bodies, n, 2);
  for (uint32_t i = 0; more(i, n); ++i) {
    const uint64_t start = reader_.offset();
    const uint32_t size = reader_.leb_u32();
    if (size > limits_.body_bytes && size <= reader_.remaining())
      check_limit(size, limits_.body_bytes, "bytes in a function body", start);
    const uint64_t offset = reader_.offset();
    reader_.bytes(size);
    if (reader_.ok()) module_.bodies.push_back({static_cast<uint32_t>(offset), size});
  }
}

void BinaryDecoder::data_section() {
  const uint32_t n = count(limits_.data_segments, "data segments");
  reserve(module_.data_segments, n, 2);
  for (uint32_t i = 0; more(i, n); ++i) data_segment();
}

void BinaryDecoder::data_segment() {
  const uint64_t start = reader_.offset();
  const uint32_t flags = reader_.leb_u32();
  if (flags > 2) return reader_.fail_at(start, "malformed data segment kind");
  if (flags != 0) need(Feature::bulk_memory, start, "this kind of data segment");
  DataSegment segment;
  if (flags != 1) {
    segment.mode = SegmentMode::active;
    if (flags == 2) segment.memory = reader_.leb_u32();
    segment.offset = const_expr();
  }
  const uint32_t size = reader_.leb_u32();
  segment.bytes_offset = static_cast<uint32_t>(reader_.offset());
  segment.bytes_size = size;
  reader_.bytes(reader_.ok() ? size : 0);
  if (reader_.ok()) module_.data_segments.push_back(segment);
}

} // namespace

uint64_t entry_offset(const Module& module, SectionId section, uint32_t entry) {
  constexpr uint32_t most_entries = 100'000; // bounds the memory of the second decoding
  const uint32_t start = module.offset_of(section);
  if (ByteReader(module.bytes.subspan(start)).leb_u32() > most_entries) return start;
  LoadWatch never;
  Module scratch;
  scratch.engine = module.engine;
  scratch.bytes = module.bytes;
  scratch.section_offsets = module.section_offsets;
  return BinaryDecoder(scratch, module.engine->config, never).offset_of_entry(section, entry);
}

Result<std::shared_ptr<Module>> decode_module(const std::shared_ptr<EngineData>& engine, ModuleBytes bytes,
                                              LoadWatch& watch) {
  const Config& config = engine->config;
  // Larger modules are refused because byte offsets have 32 bits.
  const uint64_t limit = std::min(config.module_limits.module_bytes, uint64_t{0xffff'ffff});
  if (bytes.all().size() > limit) return fail(limit_error("module_bytes", bytes.all().size(), limit));
  auto module = std::make_shared<Module>();
  module->engine = engine;
  module->owned_bytes = std::move(bytes.owned);
  module->bytes =
      module->owned_bytes.empty() ? bytes.borrowed : std::span<const std::byte>(module->owned_bytes);
  if (auto done = BinaryDecoder(*module, config, watch).module(); !done) return fail(std::move(done.error()));
  return module;
}

} // namespace skerry::vm
