// Computes the table of superinstructions from vm/code/sequences.def.
#include "vm/code/sequence_table.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/exec/sequence_rows.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace skerry::vm {
namespace {

struct Row {
  int part, line;
  std::array<HandlerNumber, 3> operations; // two and a 0, or three
};
constexpr Row rows[] = {
#define SEQUENCE_0(...) {0, __LINE__, {__VA_ARGS__}},
#define SEQUENCE_1(...) {1, __LINE__, {__VA_ARGS__}},
#define SEQUENCE_2(...) {2, __LINE__, {__VA_ARGS__}},
#define SEQUENCE_3(...) {3, __LINE__, {__VA_ARGS__}},
#include "vm/code/sequences.def"
};

/// The numbers of the operations in this build, indexed by their numbers in sequences.def.
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
/// The first handler of a sequence is an operation or a shorter sequence. The second handler is an operation.
constexpr size_t first_count = (1 + SequenceTable::part_count) * handlers_of_part;
constexpr size_t second_count = std::size(numbers);
constexpr size_t entry_count = row_count() * 5 / 4 + second_count; // a fifth of them may stay unused

struct Index {
  std::array<uint16_t, first_count> starts{};
  std::array<SequenceIndex::Entry, entry_count> entries{};
  bool is_complete = true;

  constexpr explicit Index(const std::vector<Sequence>& sequences)
      : is_complete(SequenceIndex::pack(sequences, second_count, starts, entries)) {}
  constexpr SequenceIndex view() const { return {starts, entries}; }
};

/// If `of_two` is null, adds the rows of two operations. Otherwise adds the rows of three operations, and
/// `of_two` is the index of the rows of two. A row of the operations a, b and c is added as a sequence of two
/// handlers: first the superinstruction that runs a and b, then the handler of c. The row is left out if
/// `of_two` has no superinstruction of a and b.
constexpr void add_rows(std::vector<Sequence>& sequences, const SequenceIndex* of_two) {
  std::array<HandlerNumber, SequenceTable::part_count> next{};
  for (size_t part = 0; part < SequenceTable::part_count; ++part)
    next[part] = static_cast<HandlerNumber>(part + 1) * handlers_of_part;
  for (const Row& row : rows) {
    const HandlerNumber sequence = next[static_cast<size_t>(row.part)]++;
    const auto& [first, second, third] = row.operations;
    if (!has_sequence(row.part, row.line) || (third != 0) != (of_two != nullptr)) continue;
    const HandlerNumber a = numbers[first], b = numbers[second];
    if (of_two == nullptr)
      sequences.push_back({a, b, sequence});
    else if (const HandlerNumber two = of_two->find(a, b); two != 0)
      sequences.push_back({two, numbers[third], sequence});
  }
}
constexpr Index make_index() {
  std::vector<Sequence> sequences;
  add_rows(sequences, nullptr);
  const Index twos(sequences);
  const SequenceIndex of_two = twos.view();
  add_rows(sequences, &of_two);
  return Index(sequences);
}
constexpr Index index = make_index();
static_assert(index.is_complete, "no place was found for a sequence: more entries are needed");

constexpr SequenceTable table(index.view(), {sequence_rows::part_0, sequence_rows::part_1,
                                             sequence_rows::part_2, sequence_rows::part_3});

} // namespace

const SequenceTable* sequence_table() { return row_count() == 0 ? nullptr : &table; }

} // namespace skerry::vm
