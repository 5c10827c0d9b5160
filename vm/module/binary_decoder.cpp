#include "vm/module/binary_decoder.hpp"

#include "vm/base/byte_reader.hpp"
#include "vm/isa/features.hpp"
#include "vm/isa/instruction.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/name_section.hpp"

#include <algorithm>
#include <cstring>

namespace skerry::vm {

namespace {

constexpr const char* end_of_section = "unexpected end of section or function";

enum class SectionId : uint8_t {
  custom,
  type,
  import,
  function,
  table,
  memory,
  global,
  export_,
  start,
  elem,
  code,
  data,
  data_count,
  tag,
};
constexpr uint8_t section_count = 14;
/// Where a section stands in the module (spec §5.5.16); custom sections stand anywhere.
constexpr uint8_t section_order[section_count] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6};

/// Reads instructions until the end that belongs to them.
void skip_instructions(ByteReader& reader) {
  Instruction instr{};
  for (uint64_t depth = 1; depth > 0 && decode_instruction(reader, instr);) {
    const ImmediateKind kind = info(instr.op).immediate;
    if (kind == ImmediateKind::block_type || kind == ImmediateKind::try_table) ++depth;
    if (instr.op == Opcode::end) --depth;
  }
}

/// One member function per production of the binary grammar. All read on after an error, as the reader does.
class BinaryDecoder {
public:
  BinaryDecoder(Module& module, const Config& config)
      : module_(module), features_(config.features), limits_(config.module_limits),
        reader_(module.bytes, 0, end_of_section) {}

  Result<void> module();

private:
  void header();
  void section();
  void section_content(SectionId id);
  void custom_section(uint32_t size);
  void finish();
  Result<void> scan_bodies();

  // Types (spec §5.3)
  void type_section();
  void rec_type();
  void sub_type(uint32_t group);
  void composite_type(SubType& type);
  void func_type(FuncType& type);
  std::vector<ValType> result_type(uint32_t limit, const char* what);
  FieldType field_type();
  ValType storage_type();
  ValType value_type();
  ValType ref_type();
  Limits limits();
  TableType table_type();
  GlobalType global_type();
  uint32_t tag_type();

  // Sections (spec §5.5)
  void import_section();
  void import_entry();
  void import_type(Import& import);
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
  /// The length of a vec, which is no more than the bytes left.
  uint32_t count(uint64_t limit, const char* what);
  /// Makes room for `count` more, but not for more than the bytes left can hold.
  template <class T> void reserve(std::vector<T>& items, uint64_t count, uint64_t min_bytes) {
    items.reserve(items.size() + std::min(count, reader_.remaining() / min_bytes));
  }
  void check_limit(uint64_t value, uint64_t limit, const char* what, uint64_t offset);
  void need(Feature feature, uint64_t offset, const char* message, const char* what);
  void need_for(ValType type, uint64_t offset);

  Module& module_;
  const Features& features_;
  const ModuleLimits& limits_;
  ByteReader reader_;
  uint8_t last_order_ = 0;
  uint32_t declared_functions_ = 0;
  uint32_t data_count_ = 0;
};

Result<void> BinaryDecoder::module() {
  header();
  while (reader_.ok() && !reader_.at_end()) section();
  if (reader_.ok()) finish();
  if (reader_.ok()) return {};
  if (auto bodies = scan_bodies(); !bodies) return bodies;
  return fail(reader_.error());
}

/// When something behind the code section is malformed, an error in a body comes first: a body with a wrong
/// size, for one, makes the rest look wrong.
Result<void> BinaryDecoder::scan_bodies() {
  for (size_t i = 0; i < module_.bodies.size(); ++i) {
    ByteReader reader = body_reader(module_, module_.bodies[i]);
    const uint32_t runs = reader.leb_u32();
    for (uint32_t run = 0; run < runs && reader.ok(); ++run) reader.leb_u32(), decode_value_type(reader);
    skip_instructions(reader);
    if (!reader.ok())
      return fail(reader.error().with_func(module_.imported_functions + static_cast<uint32_t>(i)));
  }
  return {};
}

void BinaryDecoder::header() {
  static constexpr char magic[4] = {'\0', 'a', 's', 'm'};
  const size_t size = reader_.remaining();
  if (size < sizeof magic || std::memcmp(reader_.bytes(sizeof magic).data(), magic, sizeof magic) != 0)
    return reader_.fail_at(0, size < sizeof magic ? "unexpected end: no WebAssembly module"
                                                  : "magic header not detected");
  const uint32_t version = reader_.fixed_u32();
  if (version == 1 || !reader_.ok()) return;
  const bool is_component = version >> 16 == 1;
  reader_.fail_at(4, "unknown binary version: " + std::to_string(version & 0xffff) +
                         (is_component ? " (a component, not a module)" : ""));
}

void BinaryDecoder::section() {
  const uint64_t start = reader_.offset();
  const uint8_t id = reader_.u8();
  if (id >= section_count) return reader_.fail_at(start, "malformed section id: " + std::to_string(id));
  if (static_cast<SectionId>(id) == SectionId::tag)
    need(Feature::exceptions, start, "malformed section id", "tag section");
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
  module_.custom_sections.push_back({offset_of(name.data()), static_cast<uint32_t>(name.size()),
                                     offset_of(content.cursor()),
                                     static_cast<uint32_t>(content.remaining())});
  if (name == "name") module_.names = decode_name_section({content.cursor(), content.remaining()});
}

void BinaryDecoder::finish() {
  if (declared_functions_ != module_.bodies.size())
    reader_.fail_at(
        module_.bodies.empty() ? reader_.offset() : module_.section_offsets[10],
        "function and code section have inconsistent lengths: " + std::to_string(declared_functions_) +
            " functions, " + std::to_string(module_.bodies.size()) + " bodies");
  if (module_.has_data_count && data_count_ != module_.data_segments.size())
    reader_.fail("data count and data section have inconsistent lengths: " + std::to_string(data_count_) +
                 " segments announced, " + std::to_string(module_.data_segments.size()) + " present");
}

// ---- Helpers

uint32_t BinaryDecoder::count(uint64_t limit, const char* what) {
  const uint64_t start = reader_.offset();
  const uint32_t n = reader_.leb_u32();
  if (n > reader_.remaining()) {
    reader_.fail_at(start, std::string(end_of_section) + ": " + std::to_string(n) + " " + what +
                               " declared, " + std::to_string(reader_.remaining()) + " bytes left");
    return 0;
  }
  check_limit(n, limit, what, start);
  return reader_.ok() ? n : 0;
}

void BinaryDecoder::check_limit(uint64_t value, uint64_t limit, const char* what, uint64_t offset) {
  if (value > limit)
    reader_.fail_at(offset,
                    std::string("too many ") + what + ": " + std::to_string(value) + ", the limit is " +
                        std::to_string(limit),
                    ErrorKind::limit);
}

void BinaryDecoder::need(Feature feature, uint64_t offset, const char* message, const char* what) {
  if (!features_.has(feature))
    reader_.fail_at(offset, std::string(message) + ": " + what + " without the feature " +
                                std::string(feature_name(feature)));
}

void BinaryDecoder::need_for(ValType type, uint64_t offset) {
  if (reader_.ok() && !features_.has(required_feature(type)))
    need(required_feature(type), offset, "malformed value type", to_string(type).c_str());
}

ConstExpr BinaryDecoder::const_expr() {
  const uint64_t start = reader_.offset();
  skip_instructions(reader_);
  return {static_cast<uint32_t>(start), static_cast<uint32_t>(reader_.offset() - start)};
}

// ---- Types

ValType BinaryDecoder::value_type() {
  const uint64_t start = reader_.offset();
  const ValType type = decode_value_type(reader_);
  need_for(type, start);
  return type;
}

ValType BinaryDecoder::storage_type() {
  const uint8_t code = reader_.peek();
  if (code != ValType::i8 && code != ValType::i16) return value_type();
  return reader_.u8(), ValType(static_cast<ValType::Kind>(code));
}

ValType BinaryDecoder::ref_type() {
  const uint64_t start = reader_.offset();
  const uint8_t code = reader_.peek();
  if (code >= ValType::v128_) {
    reader_.fail_at(start, "malformed reference type");
    return {};
  }
  const ValType type = decode_value_type(reader_);
  if (type != funcref) need_for(type, start);
  return type;
}

std::vector<ValType> BinaryDecoder::result_type(uint32_t limit, const char* what) {
  std::vector<ValType> types(count(limit, what));
  for (ValType& type : types) type = value_type();
  return types;
}

void BinaryDecoder::func_type(FuncType& type) {
  type.params = result_type(limits_.params, "parameters");
  const uint64_t start = reader_.offset();
  type.results = result_type(limits_.results, "results");
  if (type.results.size() > 1) need(Feature::multi_value, start, "invalid result arity", "several results");
}

FieldType BinaryDecoder::field_type() {
  FieldType field;
  field.storage = storage_type();
  const uint64_t start = reader_.offset();
  const uint8_t mutability = reader_.u8();
  if (mutability > 1) reader_.fail_at(start, "malformed mutability");
  field.is_mutable = mutability == 1;
  return field;
}

void BinaryDecoder::composite_type(SubType& type) {
  const uint64_t start = reader_.offset();
  const uint8_t form = reader_.u8();
  switch (form) {
  case 0x60: return func_type(type.func);
  case 0x5f:
    need(Feature::gc, start, "malformed definition type", "struct");
    type.kind = CompositeKind::struct_;
    type.fields.resize(count(limits_.struct_fields, "fields"));
    for (FieldType& field : type.fields) field = field_type();
    return;
  case 0x5e:
    need(Feature::gc, start, "malformed definition type", "array");
    type.kind = CompositeKind::array;
    type.fields.push_back(field_type());
    return;
  default: break;
  }
  const bool is_long = form >= 0x80; // the form is a signed LEB128 of 7 bits
  reader_.fail_at(start, is_long ? "integer representation too long" : "malformed definition type");
}

void BinaryDecoder::sub_type(uint32_t group) {
  SubType type;
  type.group = group;
  const uint64_t start = reader_.offset();
  const uint8_t form = reader_.peek();
  if (form == 0x50 || form == 0x4f) {
    need(Feature::gc, start, "malformed definition type", "sub");
    reader_.u8();
    type.is_final = form == 0x4f;
    const uint32_t supertypes = count(1, "supertypes");
    if (supertypes == 1) type.supertype = reader_.leb_u32();
  }
  composite_type(type);
  if (reader_.ok()) module_.types.push_back(std::move(type));
}

void BinaryDecoder::rec_type() {
  const auto group = static_cast<uint32_t>(module_.types.size());
  const uint64_t start = reader_.offset();
  if (reader_.peek() != 0x4e) return sub_type(group);
  need(Feature::gc, start, "malformed definition type", "rec");
  reader_.u8();
  const uint32_t size = count(limits_.types, "types");
  check_limit(uint64_t{group} + size, limits_.types, "types", start);
  for (uint32_t i = 0; i < size && reader_.ok(); ++i) sub_type(group);
}

void BinaryDecoder::type_section() {
  const uint32_t n = count(limits_.types, "types");
  reserve(module_.types, n, 2);
  for (uint32_t i = 0; i < n && reader_.ok(); ++i) {
    rec_type();
    check_limit(module_.types.size(), limits_.types, "types", reader_.offset());
  }
}

Limits BinaryDecoder::limits() {
  const uint64_t start = reader_.offset();
  const uint8_t flags = reader_.u8();
  Limits limits;
  limits.has_max = flags & 1;
  limits.is_64 = flags & 4;
  if (flags > 5 || flags & 2) reader_.fail_at(start, "malformed limits flags");
  if (limits.is_64) need(Feature::memory64, start, "malformed limits flags", "64-bit addresses");
  limits.min = reader_.leb_u64();
  if (limits.has_max) limits.max = reader_.leb_u64();
  return limits;
}

TableType BinaryDecoder::table_type() {
  TableType type;
  type.element = ref_type();
  type.limits = limits();
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
  reserve(module_.imports, n, 4);
  for (uint32_t i = 0; i < n && reader_.ok(); ++i) import_entry();
  module_.imported_functions = static_cast<uint32_t>(module_.functions.size());
  module_.imported_tables = static_cast<uint32_t>(module_.tables.size());
  module_.imported_memories = static_cast<uint32_t>(module_.memories.size());
  module_.imported_globals = static_cast<uint32_t>(module_.globals.size());
  module_.imported_tags = static_cast<uint32_t>(module_.tags.size());
}

void BinaryDecoder::import_entry() {
  Import import;
  import.module = reader_.name();
  import.name = reader_.name();
  const uint64_t start = reader_.offset();
  const uint8_t kind = reader_.u8();
  if (kind > 4) return reader_.fail_at(start, "malformed import kind: " + std::to_string(kind));
  if (kind == 4) need(Feature::exceptions, start, "malformed import kind", "tag");
  import.kind = static_cast<ExternKind>(kind);
  import_type(import);
  if (reader_.ok()) module_.imports.push_back(std::move(import));
}

void BinaryDecoder::import_type(Import& import) {
  const auto next_index = [](const auto& space) { return static_cast<uint32_t>(space.size()); };
  switch (import.kind) {
  case ExternKind::func:
    import.index = next_index(module_.functions);
    module_.functions.push_back(reader_.leb_u32());
    return;
  case ExternKind::table:
    import.index = next_index(module_.tables);
    module_.tables.push_back({table_type(), {}});
    return;
  case ExternKind::memory:
    import.index = next_index(module_.memories);
    module_.memories.push_back({limits()});
    return;
  case ExternKind::global:
    import.index = next_index(module_.globals);
    module_.globals.push_back({global_type(), {}});
    return;
  case ExternKind::tag:
    import.index = next_index(module_.tags);
    module_.tags.push_back(tag_type());
    return;
  }
}

void BinaryDecoder::function_section() {
  declared_functions_ =
      count(limits_.functions - std::min(limits_.functions, module_.imported_functions), "functions");
  reserve(module_.functions, declared_functions_, 1);
  for (uint32_t i = 0; i < declared_functions_ && reader_.ok(); ++i)
    module_.functions.push_back(reader_.leb_u32());
}

void BinaryDecoder::table_section() {
  const uint32_t n = count(limits_.tables, "tables");
  reserve(module_.tables, n, 3);
  for (uint32_t i = 0; i < n && reader_.ok(); ++i) {
    Table table;
    const uint64_t start = reader_.offset();
    const bool has_init = reader_.peek() == 0x40;
    if (has_init) {
      need(Feature::function_references, start, "malformed reference type", "table with initial value");
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
  for (uint32_t i = 0; i < n && reader_.ok(); ++i) module_.memories.push_back({limits()});
}

void BinaryDecoder::tag_section() {
  const uint32_t n = count(limits_.tags, "tags");
  for (uint32_t i = 0; i < n && reader_.ok(); ++i) module_.tags.push_back(tag_type());
}

void BinaryDecoder::global_section() {
  const uint32_t n = count(limits_.globals, "globals");
  reserve(module_.globals, n, 4);
  for (uint32_t i = 0; i < n && reader_.ok(); ++i) {
    const GlobalType type = global_type();
    module_.globals.push_back({type, const_expr()});
  }
}

void BinaryDecoder::export_section() {
  const uint32_t n = count(limits_.exports, "exports");
  reserve(module_.exports, n, 3);
  for (uint32_t i = 0; i < n && reader_.ok(); ++i) {
    Export entry;
    entry.name = reader_.name();
    const uint64_t start = reader_.offset();
    const uint8_t kind = reader_.u8();
    if (kind > 4) reader_.fail_at(start, "malformed export kind");
    entry.kind = static_cast<ExternKind>(kind);
    entry.index = reader_.leb_u32();
    if (reader_.ok()) module_.exports.push_back(std::move(entry));
  }
}

void BinaryDecoder::start_section() {
  module_.has_start = true;
  module_.start = reader_.leb_u32();
}

void BinaryDecoder::elem_section() {
  const uint32_t n = count(limits_.elem_segments, "element segments");
  for (uint32_t i = 0; i < n && reader_.ok(); ++i) elem_segment();
}

void BinaryDecoder::elem_segment() {
  // Spec §5.5.12: bit 0 passive or declarative, bit 1 explicit table or declarative, bit 2 expressions.
  const uint64_t start = reader_.offset();
  const uint32_t flags = reader_.leb_u32();
  if (flags > 7) return reader_.fail_at(start, "malformed elements segment kind");
  if (flags != 0) need(Feature::bulk_memory, start, "malformed elements segment kind", "a kind other than 0");
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
  for (uint32_t i = 0; i < segment.count && reader_.ok(); ++i) {
    if (segment.is_expressions)
      const_expr();
    else
      reader_.leb_u32();
  }
  segment.items = {static_cast<uint32_t>(start), static_cast<uint32_t>(reader_.offset() - start)};
}

void BinaryDecoder::data_count_section() {
  need(Feature::bulk_memory, reader_.offset(), "malformed section id", "data count");
  module_.has_data_count = true;
  data_count_ = reader_.leb_u32();
}

void BinaryDecoder::code_section() {
  const uint32_t n = count(limits_.functions, "function bodies");
  reserve(module_.bodies, n, 2);
  for (uint32_t i = 0; i < n && reader_.ok(); ++i) {
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
  for (uint32_t i = 0; i < n && reader_.ok(); ++i) data_segment();
}

void BinaryDecoder::data_segment() {
  const uint64_t start = reader_.offset();
  const uint32_t flags = reader_.leb_u32();
  if (flags > 2) return reader_.fail_at(start, "malformed data segment kind");
  if (flags != 0) need(Feature::bulk_memory, start, "malformed data segment kind", "a kind other than 0");
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

Result<std::shared_ptr<Module>> decode_module(const std::shared_ptr<EngineData>& engine,
                                              std::vector<std::byte> bytes) {
  const Config& config = engine->config;
  // Byte offsets are 32 bits wide.
  const uint64_t limit = std::min(config.module_limits.module_bytes, uint64_t{0xffff'ffff});
  if (bytes.size() > limit)
    return fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded,
                      "module too large: " + std::to_string(bytes.size()) + " bytes, the limit is " +
                          std::to_string(limit)));
  auto module = std::make_shared<Module>();
  module->engine = engine;
  module->bytes = std::move(bytes);
  if (auto done = BinaryDecoder(*module, config).module(); !done) return fail(std::move(done.error()));
  module->code.resize(module->bodies.size());
  return module;
}

} // namespace skerry::vm
