// From vm/code/sequences.def to superinstructions. The rows are parted into files that compile side by side;
// each defines SKERRY_SEQUENCE_PART and includes this once.
#pragma once

#include "vm/code/sequence_table.hpp"
#include "vm/exec/memory_ops.hpp"
#include "vm/exec/move_ops.hpp"
#include "vm/exec/numeric.hpp"
#include "vm/exec/sequences.hpp"

#include <iterator>
#include <span>

// The loop over handlers gains little, and what it is for (sanitizers) makes compiling slow: some rows of one
// part are enough to test with.
#if defined(SKERRY_COMPACT) || (defined(SKERRY_DISPATCH_TRAMPOLINE) && SKERRY_SEQUENCE_PART > 0)
#undef SKERRY_SEQUENCE_PART
#define SKERRY_SEQUENCE_PART -1
#endif

namespace skerry::vm {

template <class A, class B> constexpr Sequence sequence() {
  return {handler_of<A>(), handler_of<B>(), &sequence_of_two<A, B>};
}
template <class A, class B, class C> constexpr Sequence sequence() {
  return {&sequence_of_two<A, B>, handler_of<C>(), &sequence_of_three<A, B, C>};
}

#if defined(SKERRY_DISPATCH_TRAMPOLINE)
constexpr int take_each = 5;
#else
constexpr int take_each = 1;
#endif
/// The row at this line of the list; left out, all is null.
template <int line, class... Ops> constexpr Sequence row() {
  if constexpr (line % take_each == 0)
    return sequence<Ops...>();
  else
    return {nullptr, nullptr, nullptr};
}

/// The language of the rows. Registers that this build does not have are slots there.
namespace sequence_rows {

using namespace numeric;
using enum AddressMode;
constexpr int s = kind::slot, k = kind::imm, vk = kind::vimm;
constexpr int r0 = int_registers > 0 ? 1 : s, r1 = int_registers > 1 ? 2 : s, r2 = int_registers > 2 ? 3 : s;
constexpr int v0 = vector_registers > 0 ? 1 : s, v1 = vector_registers > 1 ? 2 : s;

constexpr Sequence rows[] = {
#define SEQUENCE(...) row<__LINE__, __VA_ARGS__>(),
#include "vm/code/sequences.def"
#undef SEQUENCE
    {nullptr, nullptr, nullptr} // so that no part is empty
};

} // namespace sequence_rows

/// Of this part.
static std::span<const Sequence> all_rows() {
  return std::span(sequence_rows::rows).first(std::size(sequence_rows::rows) - 1);
}
} // namespace skerry::vm
