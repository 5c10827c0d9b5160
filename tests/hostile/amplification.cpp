#include "tests/hostile/amplification.hpp"

#include "tests/support/module_builder.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

namespace skerry::test {

namespace {

using Encoded = std::vector<std::byte>;
constexpr uint32_t million = 1'000'000;

uint32_t scaled(uint32_t count, double scale) { return static_cast<uint32_t>(count * scale); }

/// A different name for each number, as short as possible.
std::string short_name(uint32_t number) {
  std::string name;
  for (; number > 0 || name.empty(); number /= 90) name += static_cast<char>('#' + number % 90);
  return name;
}

// ---- Binary

constexpr uint8_t value_codes[] = {0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f};

/// A separate type for each number: its digits are the parameters.
Bytes numbered_type(uint32_t number, uint32_t params) {
  Bytes type{0x60};
  type.count(params);
  for (uint32_t i = 0; i < params; ++i, number /= 7) type.u8(value_codes[number % 7]);
  return type.u8(0), type;
}

Encoded many_types(uint32_t count, uint32_t params) {
  Bytes types;
  types.count(count);
  for (uint32_t i = 0; i < count; ++i) types.with(numbered_type(i, params));
  return ModuleBuilder().section(1, types).take();
}

Bytes list_type(uint32_t params, uint32_t results, uint8_t code = 0x7f) {
  Bytes type{0x60};
  type.count(params).repeat(params, {code}).count(results).repeat(results, {code});
  return type;
}

/// () -> (), then the given ones.
Bytes types_with(std::initializer_list<Bytes> more) {
  Bytes types;
  types.count(1 + more.size()).add({0x60, 0, 0});
  for (const Bytes& type : more) types.with(type);
  return types;
}

/// A module with `types`, with as many functions of type () -> () with this body as make `bytes`, and with
/// one unused function of each other type.
Encoded with_bodies(const Bytes& types, uint32_t others, const Bytes& body, uint64_t bytes,
                    const Bytes& imports = {}) {
  const auto count = static_cast<uint32_t>(std::max<uint64_t>(1, bytes / body.size()));
  Bytes functions, code;
  functions.count(count + others).repeat(count, {0});
  for (uint32_t i = 0; i < others; ++i) functions.count(1 + i);
  code.count(count + others).repeat(count, Bytes().with_sized(body));
  for (uint32_t i = 0; i < others; ++i) code.with_sized({0, 0x00, 0x0b});
  ModuleBuilder module;
  module.section(1, types);
  if (imports.size() > 0) module.section(2, imports);
  return module.section(3, functions).section(10, code).take();
}

constexpr uint32_t piece = 3'000'000; // size of the instructions in a body

Bytes body_of(const Bytes& before, const Bytes& repeated, const Bytes& after, uint32_t bytes = piece) {
  Bytes body{0};
  body.with(before).repeat(bytes / repeated.size(), repeated).with(after).add({0x0b});
  return body;
}

Encoded repeated_code(const Bytes& types, uint32_t others, const Bytes& before, const Bytes& repeated,
                      const Bytes& after, double scale) {
  return with_bodies(types, others, body_of(before, repeated, after), scaled(12 * million, scale));
}

Bytes named_entries(uint32_t count, const Bytes& behind) {
  Bytes entries;
  entries.count(count);
  for (uint32_t i = 0; i < count; ++i) entries.with_name(short_name(i)).with(behind);
  return entries;
}

void add_types(std::vector<Amplification>& all) {
  all.push_back({"a million different types, 8 bytes each", [](double) { return many_types(million, 8); }});
  all.push_back({"a million different types, 12 parameters", [](double) { return many_types(million, 12); }});
  all.push_back(
      {"a million times one type", [](double) {
         return ModuleBuilder().section(1, Bytes().count(million).repeat(million, {0x60, 0, 0})).take();
       }});
  all.push_back({"types of a thousand parameters", [](double scale) {
                   const uint32_t count = scaled(14'000, scale);
                   Bytes types;
                   types.count(count);
                   for (uint32_t i = 0; i < count; ++i) types.with(numbered_type(i, 1000));
                   return ModuleBuilder().section(1, types).take();
                 }});
  all.push_back({"types of references to types", [](double scale) {
                   const uint32_t count = scaled(200'000, scale);
                   Bytes types;
                   types.count(count).add({0x60, 0, 0});
                   for (uint32_t i = 1; i < count; ++i) {
                     types.add({0x60, 8});
                     for (uint32_t k = 0; k < 8; ++k) types.add({0x64}).count((i >> k) % std::min(i, 60u));
                     types.add({0});
                   }
                   return ModuleBuilder().section(1, types).take();
                 }});
  all.push_back({"one recursion group of a million types",
                 [](double) {
                   return ModuleBuilder()
                       .section(1, Bytes{1, 0x4e}.count(million).repeat(million, {0x60, 0, 0}))
                       .take();
                 },
                 false, true});
  all.push_back(
      {"recursion groups of two",
       [](double scale) {
         const uint32_t count = scaled(400'000, scale);
         Bytes types;
         types.count(count);
         for (uint32_t i = 0; i < count; ++i)
           types.add({0x4e, 2}).with(numbered_type(i, 8)).add({0x60, 1, 0x64}).signed_count(2 * i).add({0});
         return ModuleBuilder().section(1, types).take();
       },
       false, true});
  all.push_back({"deep chains of subtypes with fields",
                 [](double scale) {
                   const uint32_t count = scaled(100'000, scale);
                   Bytes types;
                   types.count(count);
                   for (uint32_t i = 0; i < count; ++i) {
                     const uint32_t depth = i % 63;
                     types.add({0x50}).count(depth == 0 ? 0 : 1);
                     if (depth > 0) types.count(i - 1);
                     types.add({0x5f, 8});
                     for (uint32_t k = 0; k < 8; ++k)
                       types.add({0x64}).signed_count(i - depth + depth / 2).add({0});
                   }
                   return ModuleBuilder().section(1, types).take();
                 },
                 false, true});
}

void add_sections(std::vector<Amplification>& all) {
  all.push_back({"a million imports", [](double) {
                   return ModuleBuilder()
                       .section(1, {1, 0x60, 0, 0})
                       .section(2, Bytes().count(million).repeat(million, {0, 0, 0, 0}))
                       .take();
                 }});
  all.push_back(
      {"a million imported globals", [](double) {
         return ModuleBuilder().section(2, Bytes().count(million).repeat(million, {0, 0, 3, 0x7f, 0})).take();
       }});
  all.push_back({"imports with long names", [](double scale) {
                   Bytes import;
                   import.with_name(std::string(5000, 'm')).with_name(std::string(5000, 'n')).add({0, 0});
                   const uint32_t count = scaled(1200, scale);
                   return ModuleBuilder()
                       .section(1, {1, 0x60, 0, 0})
                       .section(2, Bytes().count(count).repeat(count, import))
                       .take();
                 }});
  all.push_back({"a million exports", [](double) {
                   return ModuleBuilder()
                       .section(1, {1, 0x60, 0, 0})
                       .section(3, {1, 0})
                       .section(7, named_entries(million, {0, 0}))
                       .section(10, {1, 2, 0, 0x0b})
                       .take();
                 }});
  all.push_back({"a million functions",
                 [](double) { return with_bodies({1, 0x60, 0, 0}, 0, {0, 0x0b}, uint64_t{2} * million); }});
  all.push_back({"a million functions of a thousand parameters", [](double) {
                   const Bytes types = Bytes{1}.with(list_type(1000, 0));
                   return with_bodies(types, 0, {0, 0x0b}, uint64_t{2} * million);
                 }});
  all.push_back({"functions of 50,000 locals", [](double scale) {
                   const Bytes locals = Bytes{1}.count(50'000).add({0x7f, 0x0b});
                   return with_bodies({1, 0x60, 0, 0}, 0, locals, scaled(6 * million, scale));
                 }});
  all.push_back({"runs of one local", [](double scale) {
                   Bytes body;
                   body.count(50'000).repeat(25'000, {1, 0x7f, 1, 0x7e}).add({0x0b});
                   return with_bodies({1, 0x60, 0, 0}, 0, body, scaled(10 * million, scale));
                 }});
  all.push_back({"runs of no local", [](double scale) {
                   Bytes body;
                   body.count(3 * million).repeat(3 * million, {0, 0x7f}).add({0x0b});
                   return with_bodies({1, 0x60, 0, 0}, 0, body, scaled(12 * million, scale));
                 }});
  all.push_back({"a million globals", [](double) {
                   return ModuleBuilder()
                       .section(6, Bytes().count(million).repeat(million, {0x7f, 0, 0x41, 0, 0x0b}))
                       .take();
                 }});
  all.push_back({"one global of additions", [](double scale) {
                   const uint32_t count = scaled(4 * million, scale);
                   return ModuleBuilder()
                       .section(6, Bytes{1, 0x7f, 0, 0x41, 1}.repeat(count, {0x41, 1, 0x6a}).add({0x0b}))
                       .take();
                 }});
  all.push_back(
      {"tables", [](double) {
         return ModuleBuilder().section(4, Bytes().count(100'000).repeat(100'000, {0x70, 0, 0})).take();
       }});
  all.push_back({"a million tags",
                 [](double) {
                   return ModuleBuilder()
                       .section(1, {1, 0x60, 0, 0})
                       .section(13, Bytes().count(million).repeat(million, {0, 0}))
                       .take();
                 },
                 false, true});
  all.push_back({"data segments", [](double) {
                   return ModuleBuilder()
                       .section(5, {1, 0, 1})
                       .section(11, Bytes().count(100'000).repeat(100'000, {0, 0x41, 0, 0x0b, 0}))
                       .take();
                 }});
  all.push_back({"custom sections",
                 [](double) { return ModuleBuilder().raw(Bytes().repeat(million, {0, 1, 0})).take(); }});
  all.push_back({"a name for each function", [](double) {
                   Bytes names;
                   names.count(million);
                   for (uint32_t i = 0; i < million; ++i) names.count(i).with_name("");
                   return ModuleBuilder()
                       .section(1, {1, 0x60, 0, 0})
                       .section(3, Bytes().count(million).repeat(million, {0}))
                       .section(10, Bytes().count(million).repeat(million, {2, 0, 0x0b}))
                       .section(0, Bytes().with_name("name").add({1}).with_sized(names))
                       .take();
                 }});
  all.push_back(
      {"names of functions that are not there", [](double scale) {
         const uint32_t count = scaled(2 * million, scale);
         Bytes names;
         names.count(count);
         for (uint32_t i = 0; i < count; ++i) names.count(i).with_name("a");
         return ModuleBuilder().section(0, Bytes().with_name("name").add({1}).with_sized(names)).take();
       }});
  all.back().is_skipped = true;
  all.push_back(
      {"names of locals", [](double scale) {
         const uint32_t count = scaled(1'500'000, scale);
         Bytes names{1, 0};
         names.count(count);
         for (uint32_t i = 0; i < count; ++i) names.count(i).with_name(short_name(i));
         return ModuleBuilder().section(0, Bytes().with_name("name").add({2}).with_sized(names)).take();
       }});
  all.back().is_skipped = true;
}

Encoded elements(uint32_t count, const Bytes& segment) {
  return ModuleBuilder()
      .section(1, {1, 0x60, 0, 0})
      .section(3, {1, 0})
      .section(4, {1, 0x70, 0, 0})
      .section(9, Bytes().count(count).repeat(count, segment))
      .section(10, {1, 2, 0, 0x0b})
      .take();
}

void add_elements(std::vector<Amplification>& all) {
  all.push_back({"element segments 0", [](double) { return elements(million, {0, 0x41, 0, 0x0b, 0}); }});
  all.push_back({"element segments 1", [](double) { return elements(million, {1, 0, 0}); }});
  all.push_back(
      {"element segments 2", [](double) { return elements(million, {2, 0, 0x41, 0, 0x0b, 0, 0}); }});
  all.push_back({"element segments 3", [](double) { return elements(million, {3, 0, 0}); }});
  all.push_back({"element segments 4", [](double) { return elements(million, {4, 0x41, 0, 0x0b, 0}); }});
  all.push_back({"element segments 5", [](double) { return elements(million, {5, 0x70, 0}); }});
  all.push_back(
      {"element segments 6", [](double) { return elements(million, {6, 0, 0x41, 0, 0x0b, 0x70, 0}); }});
  all.push_back({"element segments 7", [](double) { return elements(million, {7, 0x70, 0}); }});
  all.push_back({"one segment of functions", [](double scale) {
                   const uint32_t count = scaled(9 * million, scale);
                   return elements(1, Bytes{1, 0}.count(count).repeat(count, {0}));
                 }});
  all.push_back({"one segment of expressions", [](double scale) {
                   const uint32_t count = scaled(3 * million, scale);
                   return elements(1, Bytes{5, 0x70}.count(count).repeat(count, {0xd2, 0, 0x0b}));
                 }});
}

void add_code(std::vector<Amplification>& all) {
  static const Bytes drop_all{0x00}; // unreachable
  all.push_back({"nested blocks", [](double scale) {
                   Bytes body{0};
                   body.repeat(100'000, {0x02, 0x40}).repeat(100'000, {0x0b}).add({0x0b});
                   return with_bodies({1, 0x60, 0, 0}, 0, body, scaled(9 * million, scale));
                 }});
  all.push_back({"blocks in a row", [](double scale) {
                   return repeated_code({1, 0x60, 0, 0}, 0, {}, {0x02, 0x40, 0x0b}, {}, scale);
                 }});
  all.push_back({"ifs in a row", [](double scale) {
                   return repeated_code({1, 0x60, 0, 0}, 0, {}, {0x41, 0, 0x04, 0x40, 0x05, 0x0b}, {}, scale);
                 }});
  all.push_back({"blocks with a value", [](double scale) {
                   return repeated_code({1, 0x60, 0, 0}, 0, {}, {0x02, 0x7f, 0x41, 0, 0x0b, 0x1a}, {}, scale);
                 }});
  all.push_back({"nothing but nop",
                 [](double scale) { return repeated_code({1, 0x60, 0, 0}, 0, {}, {0x01}, {}, scale); }});
  all.push_back({"nothing but unreachable",
                 [](double scale) { return repeated_code({1, 0x60, 0, 0}, 0, {}, {0x00}, {}, scale); }});
  all.push_back({"nothing but return",
                 [](double scale) { return repeated_code({1, 0x60, 0, 0}, 0, {}, {0x0f}, {}, scale); }});
  all.push_back({"drops of nothing",
                 [](double scale) { return repeated_code({1, 0x60, 0, 0}, 0, {0x00}, {0x1a}, {}, scale); }});
  all.push_back({"selects of nothing", [](double scale) {
                   return repeated_code({1, 0x60, 0, 0}, 0, {0x00}, {0x1b}, {0x1a}, scale);
                 }});
  all.push_back({"additions of nothing", [](double scale) {
                   return repeated_code({1, 0x60, 0, 0}, 0, {0x00}, {0x6a}, {0x1a}, scale);
                 }});
  all.push_back({"locals that must be initialized", [](double scale) {
                   Bytes body{2, 1, 0x7f, 1, 0x64, 0x70};
                   body.repeat(piece / 4, {0x20, 0, 0x21, 0}).add({0x0b});
                   return with_bodies({1, 0x60, 0, 0}, 0, body, scaled(12 * million, scale));
                 }});
  all.push_back({"conversions that saturate", [](double scale) {
                   return repeated_code({1, 0x60, 0, 0}, 0, {0x00}, {0xfc, 0, 0x1a}, {}, scale);
                 }});
  all.push_back({"vector instructions", [](double scale) {
                   return repeated_code({1, 0x60, 0, 0}, 0, {0x00}, {0xfd, 0x6e}, {0x1a}, scale);
                 }});
  all.push_back({"null references", [](double scale) {
                   return repeated_code({1, 0x60, 0, 0}, 0, {}, {0xd0, 0x70, 0x1a}, {}, scale);
                 }});
  all.push_back({"casts between references", [](double scale) {
                   return repeated_code({1, 0x60, 0, 0}, 0, {0xd0, 0x70}, {0xd4}, {0x1a}, scale);
                 }});
  all.push_back({"typed selects", [](double scale) {
                   return repeated_code({1, 0x60, 0, 0}, 0, {0x00}, {0x1c, 1, 0x7f}, {0x1a}, scale);
                 }});
  all.push_back({"branches with a thousand values", [](double scale) {
                   const Bytes before = Bytes{0x02, 1}.repeat(1000, {0x41, 0});
                   return repeated_code(types_with({list_type(0, 1000)}), 0, before, {0x41, 0, 0x0d, 0},
                                        Bytes{0x0b, 0x00}, scale);
                 }});
  all.push_back({"calls with a thousand values", [](double scale) {
                   const Bytes types = types_with({list_type(1000, 1000)});
                   const uint32_t count = static_cast<uint32_t>(std::max(1.0, 4 * scale));
                   const Bytes body =
                       body_of(Bytes().repeat(1000, {0x41, 0}), Bytes{0x10}.count(count), drop_all);
                   return with_bodies(types, 1, body, count * body.size());
                 }});
  all.push_back({"calls that leave a thousand values", [](double scale) {
                   const Bytes types = types_with({list_type(0, 1000)});
                   const uint32_t count = static_cast<uint32_t>(std::max(1.0, 4 * scale));
                   const Bytes body = body_of({}, Bytes{0x10}.count(count).add({0x00}), {});
                   return with_bodies(types, 1, body, count * body.size());
                 }});
  all.push_back({"blocks with a thousand parameters", [](double scale) {
                   return repeated_code(types_with({list_type(1000, 1000)}), 0,
                                        Bytes().repeat(1000, {0x41, 0}), {0x02, 1, 0x0b}, drop_all, scale);
                 }});
  all.push_back({"blocks that leave a thousand values", [](double scale) {
                   return repeated_code(types_with({list_type(0, 1000)}), 0, {}, {0x02, 1, 0x00, 0x0b, 0x00},
                                        {}, scale);
                 }});
  all.push_back({"a thousand values taken one by one", [](double scale) {
                   const Bytes types = types_with({list_type(0, 1000)});
                   const uint32_t count = static_cast<uint32_t>(std::max(1.0, 4 * scale));
                   const Bytes body = body_of({}, Bytes{0x10}.count(count).repeat(1000, {0x1a}), {});
                   return with_bodies(types, 1, body, count * body.size());
                 }});
  all.push_back({"branch tables of wide labels", [](double scale) {
                   Bytes table{0x41, 0, 0x0e};
                   table.count(60'000);
                   for (uint32_t i = 0; i <= 60'000; ++i) table.count(i % 60'000);
                   Bytes body{0};
                   body.repeat(60'000, {0x02, 1})
                       .add({0x00})
                       .repeat(20, table)
                       .repeat(60'000, {0x0b, 0x00})
                       .add({0x0b});
                   return with_bodies(types_with({list_type(0, 1000)}), 0, body, scaled(9 * million, scale));
                 }});
  all.push_back({"branch tables of lists that differ in name only", [](double scale) {
                   constexpr uint32_t lists = 1000;
                   Bytes types;
                   types.count(1 + lists).add({0x60, 0, 0});
                   for (uint32_t i = 0; i < lists; ++i) {
                     types.add({0x60, 4});
                     for (uint32_t k = 0, n = i; k < 4; ++k, n /= 7) types.u8(value_codes[n % 7]);
                     types.count(1000).repeat(1000, {0x7f});
                   }
                   Bytes table{0x41, 0, 0x0e};
                   table.count(lists - 1);
                   for (uint32_t i = 0; i < lists; ++i) table.count(i);
                   Bytes body{0};
                   for (uint32_t i = 0; i < lists; ++i) {
                     for (uint32_t k = 0, n = i; k < 4; ++k, n /= 7) body.add({0x00});
                     body.add({0x02}).signed_count(1 + i);
                   }
                   body.add({0x00}).repeat(1500, Bytes().repeat(1000, {0x41, 0}).with(table));
                   body.repeat(lists, {0x0b, 0x00}).add({0x0b});
                   return with_bodies(types, 0, body, scaled(6 * million, scale));
                 }});
  all.push_back({"structures of ten thousand fields",
                 [](double scale) {
                   Bytes structure{0x5f};
                   structure.count(10'000).repeat(10'000, {0x7f, 0});
                   return repeated_code(types_with({structure}), 0, {0x00}, {0xfb, 0, 1, 0x1a}, {}, scale);
                 },
                 false, true});
  all.push_back({"default structures of ten thousand fields",
                 [](double scale) {
                   Bytes structure{0x5f};
                   structure.count(10'000).repeat(10'000, {0x7f, 0});
                   return repeated_code(types_with({structure}), 0, {}, {0xfb, 1, 1, 0x1a}, {}, scale);
                 },
                 false, true});
  all.push_back({"labels of subtypes, a thousand of them",
                 [](double scale) {
                   Bytes types;
                   types.count(4).add({0x60, 0, 0}).add({0x50, 0, 0x5f, 0}).add({0x60, 0}).count(1000);
                   types.repeat(1000, {0x63, 1}).add({0x60, 0}).count(1000).repeat(1000, {0x63, 0x71});
                   // The inner block's results are subtypes of the outer block's results.
                   return repeated_code(types, 0, {0x02, 2}, {0x02, 3, 0x00, 0x0b, 0x0c, 0}, {0x0b, 0x00},
                                        scale);
                 },
                 false, true});
}

// ---- Text

Encoded text(std::string_view head, std::string_view repeated, std::string_view tail, double scale,
             uint32_t bytes = 12 * million) {
  std::string all(head);
  const uint64_t count = scaled(bytes, scale) / repeated.size();
  all.reserve(head.size() + count * repeated.size() + tail.size());
  for (uint64_t i = 0; i < count; ++i) all += repeated;
  all += tail;
  const auto span = std::as_bytes(std::span(all));
  return {span.begin(), span.end()};
}

template <class F>
Encoded numbered_text(std::string_view head, std::string_view tail, uint32_t count, F&& item) {
  std::string all(head);
  for (uint32_t i = 0; i < count; ++i) all += item(i);
  all += tail;
  const auto span = std::as_bytes(std::span(all));
  return {span.begin(), span.end()};
}

std::string id(uint32_t number) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
  std::string name = "$";
  for (; number > 0 || name.size() == 1; number /= 26) name += letters[number % 26];
  return name;
}

void add_text(std::vector<Amplification>& all) {
  all.push_back({"text: parentheses", [](double s) { return text("", "(", "", s); }, true});
  all.push_back({"text: closing parentheses", [](double s) { return text("(module", ")", "", s); }, true});
  all.push_back({"text: nop", [](double s) { return text("(func ", "nop ", ")", s); }, true});
  all.push_back({"text: folded nop", [](double s) { return text("(func ", "(nop)", ")", s); }, true});
  all.push_back(
      {"text: small functions", [](double) { return text("", "(func)", "", 1, 6 * million); }, true});
  all.push_back({"text: named functions",
                 [](double) {
                   return numbered_text("", "", million, [](uint32_t i) { return "(func " + id(i) + ")"; });
                 },
                 true});
  all.push_back({"text: named types",
                 [](double) {
                   return numbered_text("", "", million,
                                        [](uint32_t i) { return "(type " + id(i) + "(func))"; });
                 },
                 true});
  all.push_back({"text: different types",
                 [](double scale) {
                   return numbered_text("", "", scaled(300'000, scale), [](uint32_t i) {
                     std::string type = "(type(func(param";
                     for (; i > 0; i /= 4)
                       type += i % 4 == 0 ? " i32" : i % 4 == 1 ? " i64" : i % 4 == 2 ? " f32" : " f64";
                     return type + ")))";
                   });
                 },
                 true});
  all.push_back({"text: inline types",
                 [](double scale) {
                   return numbered_text("", "", scaled(300'000, scale), [](uint32_t i) {
                     std::string type = "(func(param";
                     for (; i > 0; i /= 4)
                       type += i % 4 == 0 ? " i32" : i % 4 == 1 ? " i64" : i % 4 == 2 ? " f32" : " f64";
                     return type + "))";
                   });
                 },
                 true});
  all.push_back({"text: parameters", [](double s) { return text("(func (param ", "i32 ", "))", s); }, true});
  all.push_back({"text: named parameters",
                 [](double scale) {
                   return numbered_text("(func ", ")", scaled(700'000, scale),
                                        [](uint32_t i) { return "(param " + id(i) + " i32)"; });
                 },
                 true});
  all.push_back({"text: locals", [](double s) { return text("(func (local ", "i32 i64 ", "))", s); }, true});
  all.push_back({"text: named locals",
                 [](double scale) {
                   return numbered_text("(func ", ")", scaled(700'000, scale),
                                        [](uint32_t i) { return "(local " + id(i) + " i32)"; });
                 },
                 true});
  all.push_back({"text: named fields",
                 [](double scale) {
                   return numbered_text("(type (struct ", "))", scaled(700'000, scale),
                                        [](uint32_t i) { return "(field " + id(i) + " i32)"; });
                 },
                 true});
  all.push_back({"text: small structures",
                 [](double) { return text("", "(type(struct(field $a i8)))", "", 1, 26 * million); }, true});
  all.push_back({"text: named labels",
                 [](double scale) {
                   return numbered_text("(func ", ")", scaled(700'000, scale),
                                        [](uint32_t i) { return "block " + id(i) + " end "; });
                 },
                 true});
  all.push_back({"text: nested labels",
                 [](double scale) {
                   return numbered_text("(func ", "", scaled(100'000, std::min(scale, 1.0)), [](uint32_t i) {
                     return "block " + id(i) + " br " + id(i / 2) + " ";
                   });
                 },
                 true});
  all.push_back({"text: nested folded",
                 [](double) {
                   return numbered_text("(func ", "", 100'001,
                                        [](uint32_t) { return std::string("(drop "); });
                 },
                 true});
  all.push_back(
      {"text: a string", [](double s) { return text("(memory 1) (data \"", "abcdefgh", "\")", s); }, true});
  all.push_back(
      {"text: escapes", [](double s) { return text("(memory 1) (data \"", "\\00", "\")", s); }, true});
  all.push_back(
      {"text: short strings", [](double s) { return text("(memory 1) (data ", "\"\" ", ")", s); }, true});
  all.push_back({"text: data in a memory",
                 [](double s) { return text("(memory (data \"", "abcdefgh", "\"))", s); }, true});
  all.push_back({"text: segments of data",
                 [](double) { return text("(memory 1)", "(data \"\")", "", 1, 900'000); }, true});
  all.push_back({"text: line comments", [](double s) { return text("", ";;\n", "", s); }, true});
  all.push_back({"text: one comment", [](double s) { return text("(;", "x(;;)", ";)", s); }, true});
  all.push_back({"text: annotations", [](double s) { return text("", "(@a)", "", s); }, true});
  all.push_back({"text: one long word", [](double s) { return text("(func ", "abcdefgh", ")", s); }, true});
  all.push_back(
      {"text: one long name", [](double s) { return text("(func $", "abcdefgh", ")(start 1)", s); }, true});
  all.push_back({"text: one long number",
                 [](double s) { return text("(func f64.const 1.", "12345678", " drop)", s); }, true});
  all.push_back({"text: one long hexadecimal number",
                 [](double s) { return text("(func f64.const 0x1.", "12345678", " drop)", s); }, true});
  all.push_back({"text: numbers",
                 [](double s) { return text("(func ", "f64.const 1.2345678901234567e-300 drop ", ")", s); },
                 true});
  all.push_back(
      {"text: integers", [](double s) { return text("(func ", "i32.const 0 drop ", ")", s); }, true});
  all.push_back(
      {"text: a branch table", [](double s) { return text("(func br_table ", "0 ", ")", s); }, true});
  all.push_back({"text: elements",
                 [](double s) { return text("(func)(table 1 funcref)(elem func ", "0 ", ")", s); }, true});
  all.push_back(
      {"text: vectors", [](double s) { return text("(func ", "v128.const i64x2 0 0 drop ", ")", s); }, true});
  all.push_back({"text: exports",
                 [](double) {
                   return numbered_text("(func)", "", million,
                                        [](uint32_t i) { return "(export \"" + id(i) + "\" (func 0))"; });
                 },
                 true});
  all.push_back({"text: imports",
                 [](double) { return text("", "(import \"\" \"\" (func))", "", 1, 22 * million); }, true});
  all.push_back({"text: globals",
                 [](double) { return text("", "(global i32 i32.const 0)", "", 1, 24 * million); }, true});
  all.push_back({"text: quoted names",
                 [](double scale) {
                   return numbered_text("", "", scaled(500'000, scale),
                                        [](uint32_t i) { return "(func $\"\\41" + id(i) + "\")"; });
                 },
                 true});
}

} // namespace

std::vector<Amplification> amplifications() {
  std::vector<Amplification> all;
  add_types(all);
  add_sections(all);
  add_elements(all);
  add_code(all);
  add_text(all);
  return all;
}

} // namespace skerry::test
