// Bodies that make a translator work hard: each is small compared with the work that a careless translator
// does for it, and can have any length.
#pragma once

#include "tests/support/module_builder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace skerry::test {

/// The body is in the module's first function and has about `size` bytes of instructions.
struct HostileBody {
  std::string_view name;
  std::vector<std::byte> (*make)(uint64_t size);
};

namespace bodies {

// Types and functions of all these modules, by index.
enum : int { none_to_none, none_to_many, many_to_many, i32_to_none, none_to_i32, none_to_v128s };
enum : int { under_test, pass_many, make_many, nothing, take_i32, make_vectors };
constexpr uint64_t many = 1000, vectors = 500;

inline Bytes func_type(uint64_t params, uint64_t results, int value_type = 0x7f) {
  return Bytes{0x60}.count(params).repeat(params, {value_type}).count(results).repeat(results, {value_type});
}
inline Bytes types() {
  return Bytes{6}
      .with(func_type(0, 0))
      .with(func_type(0, many))
      .with(func_type(many, many))
      .with(func_type(1, 0))
      .with(func_type(0, 1))
      .with(func_type(0, vectors, 0x7b));
}

inline Bytes zero() { return {0x41, 0}; }
inline Bytes call(int function) { return {0x10, function}; }
inline Bytes br(uint64_t depth) { return Bytes{0x0c}.count(depth); }
inline Bytes br_if(uint64_t depth) { return Bytes{0x0d}.count(depth); }
constexpr int block = 0x02, loop = 0x03, if_ = 0x04, else_ = 0x05, end = 0x0b, drop = 0x1a, empty = 0x40,
              i32 = 0x7f, return_ = 0x0f, unreachable = 0x00;

/// The function under test is () -> () with one local each of i32, f64 and v128, and more on request.
inline std::vector<std::byte> module_with(const Bytes& instructions, uint64_t more_locals = 1) {
  const auto body = [](const Bytes& content) {
    return Bytes{}.with_sized(Bytes{0}.with(content).add({end}));
  };
  Bytes pass;
  for (uint64_t i = 0; i < many; ++i) pass.add({0x20}).count(i);
  const Bytes tested = Bytes{}.with_sized(
      Bytes{3}.count(more_locals).add({i32, 1, 0x7c, 1, 0x7b}).with(instructions).add({end}));
  const Bytes vector = Bytes{0xfd, 12}.repeat(16, {0});
  return ModuleBuilder()
      .section(1, types())
      .section(3, {6, none_to_none, many_to_many, none_to_many, none_to_none, i32_to_none, none_to_v128s})
      .section(4, {1, 0x70, 0, 1})
      .section(5, {1, 0, 1})
      .section(10, Bytes{6}
                       .with(tested)
                       .with(body(pass))
                       .with(body(Bytes{}.repeat(many, zero())))
                       .with(body({}))
                       .with(body({}))
                       .with(body(Bytes{}.repeat(vectors, vector))))
      .take();
}

/// Repeats `part`.
inline Bytes fill(uint64_t size, const Bytes& part) {
  Bytes filled;
  return filled.repeat(size / std::max<uint64_t>(part.view().size(), 1) + 1, part);
}
inline Bytes drops(uint64_t count) { return Bytes{}.repeat(count, {drop}); }

inline std::vector<std::byte> unary_chain(uint64_t size) {
  return module_with(zero().with(fill(size, {0x67})).add({drop}));
}
inline std::vector<std::byte> branches(uint64_t size) {
  return module_with(Bytes{block, empty}.with(fill(size, zero().with(br_if(0)))).add({end}));
}
inline std::vector<std::byte> branches_with_a_value(uint64_t size) {
  return module_with(Bytes{block, i32}
                         .repeat(2, zero())
                         .with(fill(size, zero().with(br_if(0))))
                         .with(br(0))
                         .add({end, drop}));
}
/// The values are already in the places that the label requires.
inline std::vector<std::byte> branches_with_many_values(uint64_t size) {
  return module_with(Bytes{block, none_to_many}
                         .repeat(many, zero())
                         .with(fill(size, zero().with(br_if(0))))
                         .add({end})
                         .with(drops(many)));
}
inline std::vector<std::byte> branches_that_move_many_values(uint64_t size) {
  return module_with(Bytes{block, none_to_many}
                         .repeat(many + 1, zero())
                         .with(fill(size, zero().with(br_if(0))))
                         .with(br(0))
                         .add({end})
                         .with(drops(many)));
}
/// Conditions come from calls, so that two bytes are a branch.
inline std::vector<std::byte> branches_on_results(uint64_t size) {
  const Bytes part = call(make_many).with(Bytes{}.repeat(many - 1, br_if(0))).add({drop});
  return module_with(Bytes{block, i32}.repeat(2, zero()).with(fill(size, part)).with(br(0)).add({end, drop}));
}
/// Between branches one of many values is removed and put back.
inline std::vector<std::byte> branches_with_a_changed_value(uint64_t size) {
  return module_with(Bytes{block, none_to_many}
                         .repeat(many, zero())
                         .with(fill(size, Bytes{0x21, 0, 0x20, 0}.with(zero()).with(br_if(0))))
                         .add({end})
                         .with(drops(many)));
}
inline std::vector<std::byte> branches_to_the_end(uint64_t size) {
  Bytes part = Bytes{block, none_to_many}.repeat(many, zero());
  part.with(fill(std::max<uint64_t>(size, 1), zero().with(br_if(1)))).add({end}).with(drops(many));
  return module_with(
      Bytes{block, none_to_many}.with(part).with(call(make_many)).add({end}).with(drops(many)));
}
inline std::vector<std::byte> calls_of_many(uint64_t size) {
  return module_with(Bytes{}.repeat(many, zero()).with(fill(size, call(pass_many))).with(drops(many)));
}
inline std::vector<std::byte> calls_with_a_new_value(uint64_t size) {
  return module_with(Bytes{}
                         .repeat(many, zero())
                         .with(fill(size, Bytes{drop}.with(zero()).with(call(pass_many))))
                         .with(drops(many)));
}
inline std::vector<std::byte> results_that_are_dropped(uint64_t size) {
  return module_with(fill(size, Bytes{block, empty}.with(call(make_many)).with(br(0)).add({end})));
}
inline std::vector<std::byte> vectors_that_are_dropped(uint64_t size) {
  return module_with(
      fill(size, Bytes{block, empty}.with(call(make_vectors)).add({0x21, 2}).with(br(0)).add({end})));
}
inline std::vector<std::byte> blocks_of_many(uint64_t size) {
  return module_with(
      Bytes{}.repeat(many, zero()).with(fill(size, {block, many_to_many, end})).with(drops(many)));
}
inline std::vector<std::byte> nested_blocks_of_many(uint64_t size) {
  const uint64_t depth = std::min<uint64_t>(size / 3, 90'000);
  Bytes nest = Bytes{}.repeat(depth, {block, many_to_many}).repeat(depth, {end});
  return module_with(Bytes{}.repeat(many, zero()).with(fill(size, nest)).with(drops(many)));
}
inline std::vector<std::byte> loops_of_many(uint64_t size) {
  return module_with(Bytes{}
                         .repeat(many, zero())
                         .with(fill(size, Bytes{loop, many_to_many}.with(zero()).with(br_if(0)).add({end})))
                         .with(drops(many)));
}
inline std::vector<std::byte> ifs_of_many(uint64_t size) {
  return module_with(Bytes{}
                         .repeat(many, zero())
                         .with(fill(size, zero().add({if_, many_to_many, else_, end})))
                         .with(drops(many)));
}
inline std::vector<std::byte> short_ifs(uint64_t size) {
  return module_with(fill(size, {0x20, 0, if_, empty, else_, end}));
}
inline std::vector<std::byte> tables_of_one_label(uint64_t size) {
  const Bytes part =
      Bytes{block, empty}.with(zero()).add({0x0e}).count(65'520).repeat(65'521, {0}).add({end});
  return module_with(fill(size, part));
}
/// Each label requires a value in another place, so each needs separate code in each table.
inline std::vector<std::byte> tables_of_many_labels(uint64_t size) {
  constexpr uint64_t labels = 30'000;
  Bytes table =
      Bytes{block, empty}.with(zero()).with(br_if(0)).repeat(3, zero()).add({0x0e}).count(labels - 1);
  for (uint64_t i = 1; i <= labels; ++i) table.count(i);
  table.add({end});
  return module_with(Bytes{}
                         .repeat(labels, {block, i32})
                         .with(fill(size, table))
                         .with(zero())
                         .repeat(labels, {end, drop, 0x41, 0})
                         .add({drop}));
}
inline std::vector<std::byte> small_tables(uint64_t size) {
  return module_with(fill(size, Bytes{block, empty}.with(zero()).add({0x0e, 0, 0, end})));
}
/// Jumps to the common end of many blocks, where many labels follow each other.
inline std::vector<std::byte> jumps_to_many_labels(uint64_t size) {
  const uint64_t depth = std::min<uint64_t>(size / 24, 20'000);
  Bytes body = Bytes{}.repeat(depth, {block, empty});
  for (uint64_t i = 0; i < depth; ++i) body.add({0x20, 0}).with(br_if(i));
  body.with(fill(size, Bytes{0x20, 0, if_, empty}.with(br(1)).add({end})));
  return module_with(body.repeat(depth, {end}));
}
/// A local that deserves a register, and calls around which it must be saved.
inline std::vector<std::byte> calls_around_registers(uint64_t size) {
  const uint64_t uses = size / 16 + 1;
  Bytes body =
      Bytes{}.repeat(5, {loop, empty}).repeat(uses, {0x20, 0, 0x41, 1, 0x6a, 0x21, 0}).repeat(5, {end});
  return module_with(body.with(fill(size / 2, call(nothing))));
}
inline std::vector<std::byte> locals_that_are_overwritten(uint64_t size) {
  const Bytes part = Bytes{}.repeat(1000, {0x20, 0}).add({0x41, 7, 0x21, 0}).with(drops(1000));
  return module_with(fill(size, part));
}
inline std::vector<std::byte> many_locals(uint64_t size) {
  return module_with(fill(size, {0x20, 0, 0x21, 1}), 40'000);
}
inline std::vector<std::byte> stores(uint64_t size) {
  return module_with(fill(size, {0x20, 0, 0x41, 2, 0x74, 0x20, 0, 0x6a, 0x41, 8, 0x6a, 0x20, 0, 0x36, 2, 0}));
}
inline std::vector<std::byte> operations_that_fold(uint64_t size) {
  return module_with(fill(size, {0x20, 0, 0x20, 0, 0x41, 2, 0x74, 0x6a, 0x20, 0, 0x6a, 0x45, 0x45, 0x1a}));
}
inline std::vector<std::byte> values_that_change_type(uint64_t size) {
  return module_with(
      fill(size, Bytes{block, empty}.with(call(make_many)).add({0xad, drop}).with(br(0)).add({end})));
}
inline std::vector<std::byte> bulk_operations(uint64_t size) {
  return module_with(fill(size, Bytes{}.repeat(3, zero()).add({0xfc, 11, 0})));
}
inline std::vector<std::byte> nothing_at_all(uint64_t size) { return module_with(fill(size, {0x01})); }
inline std::vector<std::byte> empty_blocks(uint64_t size) {
  return module_with(fill(size, {block, empty, end}));
}
inline std::vector<std::byte> empty_loops(uint64_t size) {
  return module_with(fill(size, {loop, empty, end}));
}
inline std::vector<std::byte> code_that_is_not_reached(uint64_t size) {
  return module_with(Bytes{return_}.with(fill(size, {block, empty, unreachable, end})));
}
inline std::vector<std::byte> calls_of_nothing(uint64_t size) {
  return module_with(fill(size, call(nothing)));
}
inline std::vector<std::byte> globals_and_memory(uint64_t size) {
  return module_with(fill(size, {0x3f, 0, drop}));
}

} // namespace bodies

inline std::vector<HostileBody> hostile_bodies() {
  using namespace bodies;
#define BODY(name)                                                                                           \
  HostileBody { #name, name }
  return {
      BODY(unary_chain),
      BODY(branches),
      BODY(branches_with_a_value),
      BODY(branches_with_many_values),
      BODY(branches_that_move_many_values),
      BODY(branches_on_results),
      BODY(branches_with_a_changed_value),
      BODY(branches_to_the_end),
      BODY(calls_of_many),
      BODY(calls_with_a_new_value),
      BODY(results_that_are_dropped),
      BODY(vectors_that_are_dropped),
      BODY(blocks_of_many),
      BODY(nested_blocks_of_many),
      BODY(loops_of_many),
      BODY(ifs_of_many),
      BODY(short_ifs),
      BODY(tables_of_one_label),
      BODY(tables_of_many_labels),
      BODY(small_tables),
      BODY(jumps_to_many_labels),
      BODY(calls_around_registers),
      BODY(locals_that_are_overwritten),
      BODY(many_locals),
      BODY(stores),
      BODY(operations_that_fold),
      BODY(values_that_change_type),
      BODY(bulk_operations),
      BODY(nothing_at_all),
      BODY(empty_blocks),
      BODY(empty_loops),
      BODY(code_that_is_not_reached),
      BODY(calls_of_nothing),
      BODY(globals_and_memory),
  };
#undef BODY
}

} // namespace skerry::test
