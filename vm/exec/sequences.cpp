// What superinstructions are made of, and which there are.
#include "vm/code/sequence_table.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/exec/sequence_rows.hpp"

#include <algorithm>
#include <iterator>

namespace skerry::vm {
namespace {

struct Row {
  int part, line;
  std::array<HandlerNumber, 3> operations; // two or three
};
constexpr Row rows[] = {
#define SEQUENCE_0(...) {0, __LINE__, {__VA_ARGS__}},
#define SEQUENCE_1(...) {1, __LINE__, {__VA_ARGS__}},
#define SEQUENCE_2(...) {2, __LINE__, {__VA_ARGS__}},
#define SEQUENCE_3(...) {3, __LINE__, {__VA_ARGS__}},
#include "vm/code/sequences.def"
};

/// Of operations, by their place in the list.
constexpr HandlerNumber numbers[] = {
    0,
#define OPERATION(number, in_slots, ...) sequence_rows::own_number(number, in_slots),
#include "vm/code/sequences.def"
};
static_assert(std::size(numbers) <= handlers_of_part);

constexpr size_t row_count() {
  return static_cast<size_t>(
      std::ranges::count_if(rows, [](const Row& row) { return has_sequence(row.part, row.line); }));
}
constexpr size_t bucket_count = row_count() * 2 / 3 + 1; // three quarters of the entries are used

struct Index {
  std::array<SequenceBucket, bucket_count> buckets{};
  bool is_complete = true;

  constexpr HandlerNumber find(HandlerNumber first, HandlerNumber second) const {
    return SequenceIndex(buckets).find(first, second);
  }
  /// Of equal sequences the first stays.
  constexpr void add(HandlerNumber first, HandlerNumber second, HandlerNumber sequence) {
    if (find(first, second) == 0)
      is_complete = is_complete && SequenceIndex::add(buckets, first, second, sequence);
  }
};

/// A row of three starts with the row of its first two, if there is one.
constexpr void add_rows(Index& index, bool of_three) {
  std::array<HandlerNumber, SequenceTable::part_count> next{};
  for (size_t part = 0; part < SequenceTable::part_count; ++part)
    next[part] = static_cast<HandlerNumber>(part + 1) * handlers_of_part;
  for (const Row& row : rows) {
    const HandlerNumber sequence = next[static_cast<size_t>(row.part)]++;
    const auto& [first, second, third] = row.operations;
    if (!has_sequence(row.part, row.line) || (third != 0) != of_three) continue;
    const HandlerNumber a = numbers[first], b = numbers[second];
    if (!of_three)
      index.add(a, b, sequence);
    else if (const HandlerNumber two = index.find(a, b); two != 0)
      index.add(two, numbers[third], sequence);
  }
}
constexpr Index make_index() {
  Index index;
  add_rows(index, false);
  add_rows(index, true);
  return index;
}
constexpr Index index = make_index();
static_assert(index.is_complete, "no place was found for a sequence: more buckets are needed");

constexpr SequenceTable table(SequenceIndex(index.buckets), {sequence_rows::part_0, sequence_rows::part_1,
                                                             sequence_rows::part_2, sequence_rows::part_3});

} // namespace

const SequenceTable* sequence_table() { return row_count() == 0 ? nullptr : &table; }

} // namespace skerry::vm
