// The table of superinstructions: every pair is found, and no other.
#include "tests/catch.hpp"
#include "tests/support/sequences.hpp"

#include <vector>

using namespace skerry;
using namespace skerry::test;

TEST_CASE("each of many sequences is found, and nothing else", "[code]") {
  constexpr vm::HandlerNumber handlers = 60;
  Sequences::Rows rows;
  for (vm::HandlerNumber first = 1; first <= handlers; ++first)
    for (vm::HandlerNumber second = 1; second <= handlers; ++second)
      if ((first * 7 + second) % 3 != 0) rows.push_back({first, second});
  const Sequences sequences(rows);
  vm::HandlerNumber next = vm::handlers_of_part;
  size_t wrong = 0;
  for (vm::HandlerNumber first = 1; first <= handlers; ++first)
    for (vm::HandlerNumber second = 1; second <= handlers; ++second) {
      const vm::HandlerNumber expected = (first * 7 + second) % 3 != 0 ? next++ : 0;
      wrong += sequences.table().find(first, second) != expected ? 1 : 0;
    }
  CHECK(wrong == 0);
}

TEST_CASE("a sequence extends another and has its own handler", "[code]") {
  const Sequences sequences({{1, 2}, {4096, 3}});
  const vm::SequenceTable& table = sequences.table();
  CHECK(table.find(1, 2) == 4096);
  CHECK(table.find(table.find(1, 2), 3) == 4097);
  CHECK(table.handler_of(4097) == Sequences::handler_of(4097));
}

TEST_CASE("no handler has no sequence", "[code]") {
  const Sequences sequences({{1, 2}}), empty({});
  CHECK(sequences.table().find(2, 1) == 0);
  CHECK(sequences.table().find(1, 0) == 0);
  CHECK(sequences.table().find(0, 2) == 0);
  CHECK(sequences.table().find(0, 0) == 0);
  CHECK(sequences.table().handler_of(0) == nullptr);
  CHECK(empty.table().find(1, 2) == 0);
}

TEST_CASE("the last of equal sequences counts", "[code]") {
  const Sequences sequences({{1, 2}, {3, 2}, {1, 2}});
  CHECK(sequences.table().find(1, 2) == 4098);
  CHECK(sequences.table().find(3, 2) == 4097);
}

TEST_CASE("an index that is too full is an error", "[code]") {
  constexpr size_t second_count = 10;
  const auto packs = [](vm::HandlerNumber rows, size_t entry_count) {
    std::vector<vm::Sequence> sequences;
    for (vm::HandlerNumber first = 1; first <= rows; ++first)
      for (vm::HandlerNumber second = 1; second <= 3; ++second)
        sequences.push_back({first, second, vm::handlers_of_part + first});
    std::vector<uint16_t> starts(rows + 1);
    std::vector<vm::SequenceIndex::Entry> entries(entry_count);
    return vm::SequenceIndex::pack(sequences, second_count, starts, entries);
  };
  CHECK(packs(4, 60));
  CHECK_FALSE(packs(5, second_count + 4));
}
