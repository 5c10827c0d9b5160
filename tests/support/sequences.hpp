// Tables of superinstructions whose handlers are never called, only compared.
#pragma once

#include "vm/code/sequence_table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace skerry::test {

/// Numbers of handlers: operations below 4096, and the sequences 4096, 4097 … of the rows {first, second} in
/// their order.
class Sequences {
public:
  using Rows = std::vector<std::array<vm::HandlerNumber, 2>>;

  explicit Sequences(const Rows& rows)
      : starts_(2 * vm::handlers_of_part), entries_(4 * rows.size() + vm::handlers_of_part),
        handlers_(handlers_of(rows)), table_(index_of(rows), {handlers_.data()}) {}
  Sequences(const Sequences&) = delete;
  Sequences& operator=(const Sequences&) = delete;
  Sequences(Sequences&&) = delete;
  Sequences& operator=(Sequences&&) = delete;
  ~Sequences() = default;

  static vm::Handler handler_of(vm::HandlerNumber number) {
    return reinterpret_cast<vm::Handler>(uintptr_t{number} * 16);
  }
  const vm::SequenceTable& table() const { return table_; }

private:
  static std::vector<vm::Handler> handlers_of(const Rows& rows) {
    std::vector<vm::Handler> handlers;
    while (handlers.size() < rows.size())
      handlers.push_back(handler_of(vm::handlers_of_part + static_cast<vm::HandlerNumber>(handlers.size())));
    return handlers;
  }
  vm::SequenceIndex index_of(const Rows& rows) {
    std::vector<vm::Sequence> sequences;
    vm::HandlerNumber number = vm::handlers_of_part;
    for (const auto& [first, second] : rows) sequences.push_back({first, second, number++});
    if (!vm::SequenceIndex::pack(sequences, vm::handlers_of_part, starts_, entries_)) std::abort();
    return {starts_, entries_};
  }

  std::vector<uint16_t> starts_;
  std::vector<vm::SequenceIndex::Entry> entries_;
  std::vector<vm::Handler> handlers_;
  vm::SequenceTable table_;
};

} // namespace skerry::test
