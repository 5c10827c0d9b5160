// SequenceIndex: a table that maps two consecutive handlers to their superinstruction. The C++
// compiler computes the table. It therefore identifies each handler by its HandlerNumber, because the
// addresses of handlers are known only at run time (vm/code/sequence_table.hpp).
#pragma once

#include "vm/base/choose.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace skerry::vm {

/// The number of a handler, which is always below 2^16. 0 stands for no handler and for handlers that are in
/// no sequence. The handlers of operations have the numbers below handlers_of_part. The superinstructions are
/// divided into parts 1, 2, …; row `i` of part p has the number p * handlers_of_part + i.
using HandlerNumber = uint32_t;
inline constexpr HandlerNumber handlers_of_part = 4096;

/// The handler `fused` does the work of the handler `first` and then that of `second`.
struct Sequence {
  HandlerNumber first, second, fused;
};

/// A sparse matrix with a row for each first handler and a column for each second handler. All rows share one
/// list of entries. Each row begins at its own position in the list, chosen so that no two rows use the same
/// entry (Tarjan, Yao: Storing a Sparse Table, 1979). A lookup takes two loads. It needs no branch, which
/// would be unpredictable.
class SequenceIndex {
public:
  struct Entry {
    uint16_t first = 0, fused = 0; // 0 if the place is unused
  };
  /// starts[first] is the position in `entries` at which the row of `first` begins. `entries` must be long
  /// enough for every start plus the largest second handler.
  constexpr SequenceIndex(std::span<const uint16_t> starts, std::span<const Entry> entries)
      : starts_(starts.data()), entries_(entries.data()) {}

  /// Returns the number of the superinstruction that fuses `first` and `second`. Returns 0 if there is none,
  /// or if either number is 0.
  constexpr HandlerNumber find(HandlerNumber first, HandlerNumber second) const {
    const Entry& entry = entries_[starts_[first] + second];
    return choose(entry.first == first, HandlerNumber{entry.fused}, HandlerNumber{0});
  }

  /// Fills `starts` and `entries`, which must contain only zeros. First handlers must be below
  /// `starts.size()`, second handlers below `second_count`. If a sequence occurs twice, the last one counts.
  /// Returns false if `entries` is too short for all rows.
  static constexpr bool pack(std::span<const Sequence> sequences, size_t second_count,
                             std::span<uint16_t> starts, std::span<Entry> entries) {
    const std::vector<Sequence> sorted = longest_rows_first(sequences, starts.size());
    const size_t start_count = std::min<size_t>(entries.size() - second_count, UINT16_MAX) + 1;
    for (size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
      const HandlerNumber first = sorted[begin].first;
      while (end < sorted.size() && sorted[end].first == first) ++end;
      const std::span row(&sorted[begin], end - begin);
      const size_t start = find_start(row, start_count, entries);
      if (start == start_count) return false;
      starts[first] = static_cast<uint16_t>(start);
      for (const Sequence& s : row)
        entries[start + s.second] = {static_cast<uint16_t>(first), static_cast<uint16_t>(s.fused)};
    }
    return true;
  }

private:
  // The functions below use counting sorts and plain loops, because they run at compile time, and C++
  // compilers limit the number of steps at compile time.

  /// Sorts the sequences by row, longest rows first, because short rows then fit into the gaps between long
  /// rows.
  static constexpr std::vector<Sequence> longest_rows_first(std::span<const Sequence> sequences,
                                                            size_t first_count) {
    std::vector<HandlerNumber> keys;
    for (const Sequence& s : sequences) keys.push_back(s.first);
    const std::vector<Sequence> by_row = sorted_by(keys, sequences, first_count);
    std::vector<uint32_t> shorter(first_count, static_cast<uint32_t>(sequences.size()));
    for (const Sequence& s : by_row) --shorter[s.first];
    keys.clear();
    for (const Sequence& s : by_row) keys.push_back(shorter[s.first]);
    return sorted_by(keys, by_row, sequences.size());
  }
  /// Sorts the sequences by the key at the same position in `keys`. Sequences with equal keys keep their
  /// order.
  static constexpr std::vector<Sequence> sorted_by(std::span<const uint32_t> keys,
                                                   std::span<const Sequence> sequences, size_t key_count) {
    std::vector<uint32_t> places(key_count + 1, 0);
    for (const uint32_t key : keys) ++places[key + 1];
    for (size_t key = 0; key < key_count; ++key) places[key + 1] += places[key];
    std::vector<Sequence> sorted(sequences.size(), Sequence{});
    for (size_t i = 0; i < keys.size(); ++i) sorted[places[keys[i]]++] = sequences[i];
    return sorted;
  }
  /// Returns a start at which all entries of the row are free, or start_count if no such start exists. The
  /// search begins at a position hashed from the first handler.
  static constexpr size_t find_start(std::span<const Sequence> row, size_t start_count,
                                     std::span<const Entry> entries) {
    constexpr uint32_t golden_ratio = 0x9e37'79b9;
    size_t start = uint64_t{row.front().first * golden_ratio} * start_count >> 32;
    for (size_t tries = 0; tries < start_count; ++tries) {
      if (is_free(row, start, entries)) return start;
      start = start + 1 < start_count ? start + 1 : 0;
    }
    return start_count;
  }
  static constexpr bool is_free(std::span<const Sequence> row, size_t start, std::span<const Entry> entries) {
    for (size_t i = 0; i < row.size(); ++i)
      if (entries[start + row[i].second].fused != 0) return false;
    return true;
  }

  const uint16_t* starts_;
  const Entry* entries_;
};

} // namespace skerry::vm
