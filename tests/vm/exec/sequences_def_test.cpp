// vm/code/sequences.def and the names that profiles give to handlers say the same.
#include "tests/bench/handler_names.hpp"
#include "tests/catch.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/exec/sequence_rows.hpp"

#include <map>
#include <set>
#include <string>

namespace {

using namespace skerry;

/// The operations of sequences.def by number.
std::map<vm::HandlerNumber, std::string> listed_operations() {
  return {
#define OPERATION(number, in_slots, ...) {number, #__VA_ARGS__},
#include "vm/code/sequences.def"
  };
}

/// With fewer registers several operations are the same one, which has the number of the first.
constexpr bool has_distinct_registers = vm::int_registers == 3 && vm::vector_registers == 2;

} // namespace

TEST_CASE("every operation of sequences.def names a handler of the build") {
  if (!has_distinct_registers) return;
  const auto table = vm::make_handler_table(SimdTarget::automatic, true);
  std::map<vm::HandlerNumber, std::string> built;
  for (const auto& [name, handler] : bench::named_handlers(*table))
    if (handler.number != 0) built[handler.number] = name;
  CHECK(built == listed_operations());
}

TEST_CASE("a handler has one name, and a name belongs to one handler") {
  const auto table = vm::make_handler_table(SimdTarget::automatic, false);
  std::map<vm::Handler, std::string> names;
  std::set<std::string> seen;
  for (const auto& [name, handler] : bench::named_handlers(*table)) {
    const auto [at, is_new] = names.emplace(handler.handler, name);
    CHECK(at->second == name);
    if (is_new) CHECK(seen.insert(name).second);
  }
}
