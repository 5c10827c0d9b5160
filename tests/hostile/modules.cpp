#include "tests/hostile/modules.hpp"

#include "tests/support/module_builder.hpp"

namespace skerry::test {

namespace {

using Module = ModuleBuilder;
using Result = std::vector<std::byte>;
constexpr auto malformed = ErrorKind::malformed;
constexpr auto invalid = ErrorKind::invalid;
constexpr auto limit = ErrorKind::limit;
constexpr const char* end_message = "unexpected end of section or function";

// Opcodes used below.
constexpr int op_unreachable = 0x00, op_block = 0x02, op_if = 0x04, op_else = 0x05, op_end = 0x0b,
              op_br_table = 0x0e, op_call = 0x10, op_drop = 0x1a, op_select_t = 0x1c, op_try_table = 0x1f,
              op_local_get = 0x20, op_global_get = 0x23, op_i32_load = 0x28, op_i32_const = 0x41,
              op_i32_add = 0x6a, op_i32_and = 0x71;
constexpr int empty = 0x40, i32_type = 0x7f, funcref_type = 0x70, func_form = 0x60;

/// A section that claims 2^32 - 1 items and has three zero bytes.
Result claim(int section) { return Module().section(section, Bytes().count(huge).add({0, 0, 0})).take(); }

/// A function type with `params` and `results` of i32, and one more type, () -> ().
Bytes wide_types(uint32_t params, uint32_t results) {
  Bytes types{2, func_form};
  types.count(params).repeat(params, {i32_type}).count(results).repeat(results, {i32_type});
  return types.with({func_form, 0, 0});
}

Result nested_blocks(uint32_t depth) {
  return Module()
      .function(Bytes{0}.repeat(depth, {op_block, empty}).repeat(depth, {op_end}).add({op_end}))
      .take();
}

Result br_table(uint32_t targets) {
  return Module()
      .function(Bytes{0, op_i32_const, 0, op_br_table}.count(targets).repeat(targets + 1, {0}).add({op_end}))
      .take();
}

/// Labels of blocks with a thousand results, all in one br_table, several times.
Result br_table_of_wide_labels() {
  constexpr uint32_t blocks = 60, tables = 30, targets = 60'000;
  Bytes table{op_i32_const, 0, op_br_table};
  table.count(targets);
  for (uint32_t i = 0; i <= targets; ++i) table.count(i % blocks);
  Bytes body{0};
  body.repeat(blocks, {op_block, 0}).add({op_unreachable}).repeat(tables, table);
  // `unreachable` after each end drops the block's results.
  body.repeat(blocks, {op_end, op_unreachable}).add({op_end});
  return Module()
      .section(1, wide_types(0, 1000))
      .section(3, {1, 1})
      .section(10, Bytes{1}.with_sized(body))
      .take();
}

Result functions(uint32_t count, const Bytes& body) {
  return Module()
      .section(1, {1, func_form, 0, 0})
      .section(3, Bytes().count(count).repeat(count, {0}))
      .section(10, Bytes().count(count).repeat(count, Bytes().with_sized(body)))
      .take();
}

Bytes locals(uint32_t count) { return Bytes{1}.count(count).add({i32_type, op_end}); }

/// `times` calls of a function with this many parameters and results.
Result wide_calls(uint32_t params, uint32_t results, uint32_t times) {
  Bytes body{0};
  body.repeat(params, {op_i32_const, 0}).repeat(times, {op_call, 0}).add({op_unreachable, op_end});
  return Module()
      .section(1, wide_types(params, results))
      .section(2, {1, 1, 'm', 1, 'f', 0, 0})
      .section(3, {1, 1})
      .section(10, Bytes{1}.with_sized(body))
      .take();
}

Result body(const Bytes& instructions) {
  return Module().function(Bytes{0}.with(instructions).add({op_end})).take();
}

Result exports(uint32_t count, uint32_t type, std::string (*name)(uint32_t)) {
  Bytes entries;
  entries.count(count);
  for (uint32_t i = 0; i < count; ++i) entries.with_name(name(i)).add({0, 0});
  return Module()
      .section(1, wide_types(1000, 0))
      .section(3, Bytes{1}.count(type))
      .section(7, entries)
      .section(10, {1, 3, 0, op_unreachable, op_end})
      .take();
}

Result different_types(uint32_t count) {
  Bytes types;
  types.count(count);
  for (uint32_t i = 0; i < count; ++i) {
    // The binary digits of i, as number types.
    types.add({func_form}).count(20);
    for (uint32_t bit = 0; bit < 20; ++bit) types.add({i >> bit & 1 ? 0x7e : i32_type});
    types.add({0});
  }
  return Module().section(1, types).take();
}

Result subtype_chain(uint32_t length) {
  Bytes types;
  types.count(length).add({0x50, 0, 0x5f, 0});
  for (uint32_t i = 1; i < length; ++i) types.add({0x50, 1}).count(i - 1).add({0x5f, 0});
  return Module().section(1, types).take();
}

Result global_chain(uint32_t count) {
  Bytes globals;
  globals.count(count).add({i32_type, 0, op_i32_const, 1, op_end});
  for (uint32_t i = 1; i < count; ++i) globals.add({i32_type, 0, op_global_get}).count(i - 1).add({op_end});
  return Module().section(6, globals).take();
}

Result global(const Bytes& init) {
  return Module().section(6, Bytes{1, i32_type, 0}.with(init).add({op_end})).take();
}

Result memory_limits(const Bytes& limits) { return Module().section(5, Bytes{1}.with(limits)).take(); }
Result table_limits(uint32_t count, const Bytes& limits) {
  return Module().section(4, Bytes().count(count).repeat(count, Bytes{funcref_type}.with(limits))).take();
}

Result custom(std::string_view name, const Bytes& content) {
  return Module().section(0, Bytes().with_name(name).with(content)).take();
}

// ---- The corpus, by kind

void add_headers(std::vector<HostileModule>& all) {
  all.push_back({"empty", [] { return Result(); }, malformed, "unexpected end"});
  all.push_back({"wrong magic", [] { return Bytes{0, 'a', 's', 'n', 1, 0, 0, 0}.take(); }, malformed,
                 "magic header not detected"});
  all.push_back({"version 2", [] { return Bytes{0, 'a', 's', 'm', 2, 0, 0, 0}.take(); }, malformed,
                 "unknown binary version"});
  all.push_back({"component", [] { return Bytes{0, 'a', 's', 'm', 13, 0, 1, 0}.take(); },
                 ErrorKind::unsupported, "a component (this is not a core module) needs the feature"});
  all.push_back({"unknown section", [] { return Module().section(14, {0}).take(); }, malformed,
                 "malformed section id"});
  all.push_back({"section of 2^32-1 bytes", [] { return Module().raw(Bytes{1}.count(huge).add({0})).take(); },
                 malformed, "length out of bounds"});
  all.push_back({"sections out of order", [] { return Module().section(3, {0}).section(1, {0}).take(); },
                 malformed, "unexpected content after last section"});
  all.push_back({"section repeated", [] { return Module().section(1, {0}).section(1, {0}).take(); },
                 malformed, "unexpected content after last section"});
  all.push_back({"section with a byte left", [] { return Module().section(1, {0, 0}).take(); }, malformed,
                 "section size mismatch"});
  all.push_back({"LEB128 of six bytes",
                 [] { return Module().section(1, {0x80, 0x80, 0x80, 0x80, 0x80, 0}).take(); }, malformed,
                 "integer representation too long"});
  all.push_back({"LEB128 of 33 bits",
                 [] { return Module().section(1, {0xff, 0xff, 0xff, 0xff, 0x1f}).take(); }, malformed,
                 "integer too large"});
  all.push_back({"import name in Latin-1",
                 [] { return Module().section(2, {1, 1, 0xe9, 1, 'f', 0, 0}).take(); }, malformed,
                 "malformed UTF-8 encoding"});
}

void add_claims(std::vector<HostileModule>& all) {
  const std::string message(end_message);
  all.push_back({"2^32-1 types", [] { return claim(1); }, malformed, message});
  all.push_back({"2^32-1 imports", [] { return claim(2); }, malformed, message});
  all.push_back({"2^32-1 functions", [] { return claim(3); }, malformed, message});
  all.push_back({"2^32-1 tables", [] { return claim(4); }, malformed, message});
  all.push_back({"2^32-1 memories", [] { return claim(5); }, malformed, message});
  all.push_back({"2^32-1 globals", [] { return claim(6); }, malformed, message});
  all.push_back({"2^32-1 exports", [] { return claim(7); }, malformed, message});
  all.push_back({"2^32-1 element segments", [] { return claim(9); }, malformed, message});
  all.push_back({"2^32-1 bodies", [] { return claim(10); }, malformed, message});
  all.push_back({"2^32-1 data segments", [] { return claim(11); }, malformed, message});
  all.push_back({"2^32-1 tags", [] { return claim(13); }, malformed, message, true});
  all.push_back({"2^32-1 data segments declared",
                 [] { return Module().section(12, Bytes().count(huge)).take(); }, malformed,
                 "data count and data section have inconsistent lengths"});
  all.push_back({"2^32-1 elements",
                 [] { return Module().section(9, Bytes{1, 1, 0}.count(huge).add({0})).take(); }, malformed,
                 message});
  all.push_back({"2^32-1 bytes of data",
                 [] { return Module().section(11, Bytes{1, 1}.count(huge).add({0})).take(); }, malformed,
                 message});
  all.push_back({"2^32-1 parameters",
                 [] { return Module().section(1, Bytes{1, func_form}.count(huge).add({i32_type})).take(); },
                 malformed, message});
  all.push_back(
      {"2^32-1 results",
       [] { return Module().section(1, Bytes{1, func_form, 0}.count(huge).add({i32_type})).take(); },
       malformed, message});
  all.push_back({"2^32-1 fields",
                 [] { return Module().section(1, Bytes{1, 0x5f}.count(huge).add({i32_type})).take(); },
                 malformed, message, true});
  all.push_back({"2^32-1 types in a group",
                 [] { return Module().section(1, Bytes{1, 0x4e}.count(huge).add({0})).take(); }, malformed,
                 message, true});
  all.push_back({"name of 2^32-1 bytes",
                 [] { return Module().section(2, Bytes{1}.count(huge).add({0, 0, 0})).take(); }, malformed,
                 "length out of bounds"});
  all.push_back({"custom name of 2^32-1 bytes",
                 [] { return Module().section(0, Bytes().count(huge)).take(); }, malformed,
                 "length out of bounds"});
  all.push_back({"body of 2^32-1 bytes",
                 [] {
                   return Module()
                       .section(1, {1, func_form, 0, 0})
                       .section(3, {1, 0})
                       .section(10, Bytes{1}.count(huge).add({0}))
                       .take();
                 },
                 malformed, message});
  all.push_back({"2^32-1 local declarations",
                 [] { return Module().function(Bytes().count(huge).add({op_end})).take(); }, malformed,
                 message});
  all.push_back(
      {"2^32-1 locals", [] { return Module().function(locals(huge)).take(); }, limit, "too many locals"});
  all.push_back({"2^33 locals",
                 [] {
                   return Module()
                       .function(Bytes{2}.count(huge).add({i32_type}).count(huge).add({i32_type, op_end}))
                       .take();
                 },
                 malformed, "too many locals"});
  all.push_back({"br_table of 2^32-1 targets",
                 [] { return body(Bytes{op_i32_const, 0, op_br_table}.count(huge)); }, malformed, message});
  all.push_back({"select of 2^32-1 types",
                 [] { return body(Bytes{op_unreachable, op_select_t}.count(huge)); }, malformed, message});
  all.push_back({"try_table of 2^32-1 clauses", [] { return body(Bytes{op_try_table, empty}.count(huge)); },
                 malformed, message, true});
  all.push_back({"array of 2^32-1 operands",
                 [] {
                   return Module()
                       .section(1, {2, 0x5e, i32_type, 0, func_form, 0, 0})
                       .section(3, {1, 1})
                       .section(10, Bytes{1}.with_sized(Bytes{0, op_unreachable, 0xfb, 8, 0}.count(huge).add(
                                        {op_drop, op_end})))
                       .take();
                 },
                 {},
                 "",
                 true});
}

void add_volumes(std::vector<HostileModule>& all) {
  all.push_back(
      {"a million nested blocks", [] { return nested_blocks(1'000'000); }, limit, "nesting too deep"});
  all.push_back({"as many nested blocks as allowed", [] { return nested_blocks(100'000); }, {}, ""});
  all.push_back(
      {"400,000 ifs in a row",
       [] { return body(Bytes().repeat(400'000, {op_i32_const, 0, op_if, empty, op_else, op_end})); },
       {},
       ""});
  all.push_back({"br_table of two million targets", [] { return br_table(2'000'000); }, limit,
                 "too many br_table targets"});
  all.push_back({"br_table as large as allowed", [] { return br_table(65'520); }, {}, ""});
  all.push_back({"br_table of wide labels", br_table_of_wide_labels, {}, ""});
  all.push_back(
      {"50,000 locals in 100,000 functions", [] { return functions(100'000, locals(50'000)); }, {}, ""});
  all.push_back(
      {"50,001 locals", [] { return Module().function(locals(50'001)).take(); }, limit, "too many locals"});
  all.push_back({"a million declarations of no local",
                 [] {
                   return Module()
                       .function(Bytes().count(1'000'000).repeat(1'000'000, {0, i32_type}).add({op_end}))
                       .take();
                 },
                 {},
                 ""});
  all.push_back({"200,000 functions", [] { return functions(200'000, {0, op_end}); }, {}, ""});
  all.push_back(
      {"1,000,001 types",
       [] {
         return Module().section(1, Bytes().count(1'000'001).repeat(1'000'001, {func_form, 0, 0})).take();
       },
       limit, "too many types"});
  all.push_back({"20,000 different types", [] { return different_types(20'000); }, {}, ""});
  all.push_back({"1,001 parameters", [] { return Module().section(1, wide_types(1001, 0)).take(); }, limit,
                 "too many parameters"});
  all.push_back({"1,001 results", [] { return Module().section(1, wide_types(0, 1001)).take(); }, limit,
                 "too many results"});
  all.push_back({"calls with a thousand operands", [] { return wide_calls(1000, 1000, 200'000); }, {}, ""});
  all.push_back({"calls that leave a thousand operands", [] { return wide_calls(0, 1000, 200'000); }, limit,
                 "too many operands"});
  all.push_back({"70,000 operands", [] { return body(Bytes().repeat(70'000, {op_i32_const, 0})); }, limit,
                 "too many operands"});
  all.push_back({"a body of 8 MB", [] { return body(Bytes().repeat(4'000'000, {op_block, empty, op_end})); },
                 limit, "too many bytes in a function body"});
  all.push_back({"200,000 imports",
                 [] {
                   return Module()
                       .section(1, {1, func_form, 0, 0})
                       .section(2, Bytes().count(200'000).repeat(200'000, {0, 0, 0, 0}))
                       .take();
                 },
                 {},
                 ""});
  all.push_back({"100,000 equal exports",
                 [] { return exports(100'000, 1, [](uint32_t) { return std::string("same"); }); }, invalid,
                 "duplicate export name"});
  all.push_back({"long export names that end differently",
                 [] {
                   return exports(5'000, 1,
                                  [](uint32_t i) { return std::string(1000, 'x') + std::to_string(i); });
                 },
                 {},
                 ""});
  all.push_back({"wide function exported often",
                 [] { return exports(10'000, 0, [](uint32_t i) { return std::to_string(i); }); }, limit,
                 "too many parameters and results"});
  all.push_back({"500,000 element segments",
                 [] { return Module().section(9, Bytes().count(500'000).repeat(500'000, {1, 0, 0})).take(); },
                 {},
                 ""});
  all.push_back({"100,001 data segments",
                 [] { return Module().section(11, Bytes().count(100'001).repeat(100'001, {1, 0})).take(); },
                 limit, "too many data segments"});
  all.push_back({"300,000 custom sections",
                 [] { return Module().raw(Bytes().repeat(300'000, {0, 1, 0})).take(); },
                 {},
                 ""});
  all.push_back({"global initialized by 400,000 additions",
                 [] { return global(Bytes{op_i32_const, 1}.repeat(400'000, {op_i32_const, 1, op_i32_add})); },
                 {},
                 ""});
  all.push_back(
      {"global initialized by a million blocks",
       [] { return global(Bytes().repeat(1'000'000, {op_block, empty}).repeat(1'000'000, {op_end})); },
       invalid, "constant expression required"});
  all.push_back({"chain of 200,000 globals", [] { return global_chain(200'000); }, {}, ""});
  all.push_back({"chain of 64 subtypes", [] { return subtype_chain(64); }, {}, "", true});
  all.push_back({"chain of 100,000 subtypes", [] { return subtype_chain(100'000); }, limit,
                 "sub type hierarchy too deep", true});
  all.push_back({"1,001 memories",
                 [] { return Module().section(5, Bytes().count(1001).repeat(1001, {0, 0})).take(); }, limit,
                 "too many memories", true});
}

void add_sizes(std::vector<HostileModule>& all) {
  all.push_back({"table of 100 million",
                 [] { return table_limits(1, Bytes{0}.count(100'000'000)); },
                 {},
                 "",
                 false,
                 true});
  all.push_back(
      {"table of 2^32-1", [] { return table_limits(1, Bytes{0}.count(huge)); }, {}, "", false, true});
  all.push_back({"ten thousand tables of a million",
                 [] { return table_limits(10'000, Bytes{0}.count(1'000'000)); },
                 {},
                 "",
                 false,
                 true});
  all.push_back({"table of 2^64-1 with 64-bit indices",
                 [] { return table_limits(1, Bytes{4}.count(~uint64_t{0})); },
                 {},
                 "",
                 true,
                 true});
  all.push_back({"table with its maximum below its minimum", [] { return table_limits(1, {1, 2, 1}); },
                 invalid, "size minimum must not be greater than maximum"});
  all.push_back({"memory of 4 GiB", [] { return memory_limits(Bytes{0}.count(65'536)); }, {}, ""});
  all.push_back({"two memories of 4 GiB",
                 [] { return Module().section(5, Bytes{2}.repeat(2, Bytes{0}.count(65'536))).take(); },
                 {},
                 "",
                 true,
                 true});
  all.push_back({"memory of 4 GiB and a page", [] { return memory_limits(Bytes{0}.count(65'537)); }, invalid,
                 "memory size"});
  all.push_back({"memory of 2^64 bytes",
                 [] { return memory_limits(Bytes{4}.count(uint64_t{1} << 48)); },
                 {},
                 "",
                 true,
                 true});
  all.push_back({"memory with unknown flags", [] { return memory_limits({0x40, 0}); }, malformed,
                 "malformed limits flags"});
}

void add_bodies(std::vector<HostileModule>& all) {
  all.push_back({"unknown opcode", [] { return body({0xff}); }, malformed, "illegal opcode ff"});
  all.push_back({"unknown opcode of 32 bits", [] { return body(Bytes{0xfc}.count(huge)); }, malformed,
                 "illegal opcode fc ffffffff"});
  all.push_back({"body without end", [] { return Module().function({0, op_i32_const, 0, op_drop}).take(); },
                 malformed, end_message});
  all.push_back({"body with two ends", [] { return body({op_end}); }, malformed, "section size mismatch"});
  all.push_back({"else without if", [] { return body({op_else}); }, malformed, "END opcode expected"});
  all.push_back({"more functions than bodies",
                 [] {
                   return Module()
                       .section(1, {1, func_form, 0, 0})
                       .section(3, {2, 0, 0})
                       .section(10, {1, 2, 0, op_end})
                       .take();
                 },
                 malformed, "function and code section have inconsistent lengths"});
  all.push_back({"local that is not there", [] { return body({op_local_get, 0, op_drop}); }, invalid,
                 "unknown local 0"});
  all.push_back({"call of a function that is not there", [] { return body(Bytes{op_call}.count(huge)); },
                 invalid, "unknown function 4294967295"});
  all.push_back({"type that is not there",
                 [] { return Module().section(3, {1, 9}).section(10, {1, 2, 0, op_end}).take(); }, invalid,
                 "unknown type"});
  all.push_back({"start function that is not there", [] { return Module().section(8, {7}).take(); }, invalid,
                 "unknown function 7"});
  all.push_back({"operand missing", [] { return body({op_i32_const, 0, op_i32_and, op_drop}); }, invalid,
                 "type mismatch: instruction requires [i32 i32] but stack has [i32]"});
  all.push_back({"load without memory", [] { return body({op_i32_const, 0, op_i32_load, 0, 0, op_drop}); },
                 invalid, "unknown memory 0"});
  all.push_back({"alignment of 2^63",
                 [] {
                   return Module()
                       .section(1, {1, func_form, 0, 0})
                       .section(3, {1, 0})
                       .section(5, {1, 0, 1})
                       .section(
                           10, Bytes{1}.with_sized({0, op_i32_const, 0, op_i32_load, 63, 0, op_drop, op_end}))
                       .take();
                 },
                 invalid, "alignment must not be larger than natural"});
  all.push_back(
      {"name section of noise", [] { return custom("name", Bytes{1, 4}.count(huge).add({0xff})); }, {}, ""});
  all.push_back(
      {"name section with 2^32-1 names", [] { return custom("name", Bytes{1, 5}.count(huge)); }, {}, ""});
}

} // namespace

std::vector<HostileModule> hostile_modules() {
  std::vector<HostileModule> all;
  add_headers(all);
  add_claims(all);
  add_volumes(all);
  add_sizes(all);
  add_bodies(all);
  return all;
}

std::vector<std::byte> small_module() {
  return Module()
      .section(0, Bytes().with_name("note").add({1, 2, 3}))
      .section(1, {3, func_form, 0, 1, i32_type, func_form, 1, i32_type, 0, func_form, 0, 0})
      .section(2, {1, 1, 'm', 1, 'f', 0, 1})
      .section(3, {3, 0, 1, 2})
      .section(4, {1, funcref_type, 1, 2, 8})
      .section(5, {1, 1, 1, 2})
      .section(6, {1, i32_type, 1, op_i32_const, 42, op_end})
      .section(7, {2, 1, 'a', 0, 1, 1, 'b', 2, 0})
      .section(8, {3})
      .section(9, {1, 0, op_i32_const, 0, op_end, 2, 1, 2})
      .section(12, {1})
      .section(10, Bytes{3}
                       .with_sized({0, op_i32_const, 7, op_end})
                       .with_sized({1, 2, i32_type, op_local_get, 0, op_if, empty, op_global_get, 0, op_drop,
                                    op_end, op_end})
                       .with_sized({0, op_i32_const, 0, op_call, 0, op_end}))
      .section(11, {1, 0, op_i32_const, 8, op_end, 3, 'x', 'y', 'z'})
      .section(0, Bytes().with_name("name").add({1, 4, 1, 1, 1, 'g'}))
      .take();
}

} // namespace skerry::test
