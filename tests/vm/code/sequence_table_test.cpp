// The table of superinstructions: every pair is found, and no other.
#include "tests/catch.hpp"
#include "vm/code/sequence_table.hpp"

#include <vector>

using namespace skerry;

namespace {

/// Handlers are told apart by their addresses only.
vm::Handler handler(uintptr_t number) { return reinterpret_cast<vm::Handler>(0x10'0000 + number * 16); }

vm::SequenceTable table_of(const std::vector<vm::Sequence>& rows) {
  const std::span<const vm::Sequence> parts[] = {rows};
  return vm::SequenceTable(parts);
}

} // namespace

TEST_CASE("of many sequences each is found and nothing else", "[code]") {
  constexpr uintptr_t handlers = 100;
  std::vector<vm::Sequence> rows;
  const auto is_row = [](uintptr_t first, uintptr_t second) { return (first * 7 + second) % 3 != 0; };
  for (uintptr_t first = 0; first < handlers; ++first)
    for (uintptr_t second = 0; second < handlers; ++second)
      if (is_row(first, second))
        rows.push_back({handler(first), handler(second), handler(handlers + first * handlers + second)});
  const vm::SequenceTable table = table_of(rows);
  size_t wrong = 0;
  for (uintptr_t first = 0; first < handlers; ++first)
    for (uintptr_t second = 0; second < handlers; ++second) {
      const vm::Handler expected =
          is_row(first, second) ? handler(handlers + first * handlers + second) : table.none();
      wrong += table.find(handler(first), handler(second)) != expected ? 1 : 0;
    }
  CHECK(wrong == 0);
}

TEST_CASE("of equal sequences the first stays, rows of null do not count", "[code]") {
  const vm::SequenceTable table = table_of({{nullptr, nullptr, nullptr},
                                            {handler(1), handler(2), handler(12)},
                                            {handler(1), handler(2), handler(13)}});
  CHECK(table.find(handler(1), handler(2)) == handler(12));
  CHECK(table.find(handler(2), handler(1)) == table.none());
}

TEST_CASE("no handler has no sequence", "[code]") {
  const vm::SequenceTable table = table_of({{handler(1), handler(2), handler(12)}});
  CHECK(table.find(table.none(), handler(2)) == table.none());
  CHECK(table.find(handler(1), table.none()) == table.none());
  CHECK(table.find(table.none(), table.none()) == table.none());
  const vm::SequenceTable empty = table_of({});
  CHECK(empty.find(handler(1), handler(2)) == empty.none());
}

TEST_CASE("what is too far away is left out", "[code]") {
  const auto far = reinterpret_cast<vm::Handler>(uintptr_t{1} << 40);
  const vm::SequenceTable table =
      table_of({{handler(1), handler(2), handler(12)}, {handler(3), handler(4), far}});
  CHECK(table.find(handler(1), handler(2)) == handler(12));
  CHECK(table.find(handler(3), handler(4)) == table.none());
}
