// Defines the names that vm/code/sequences.def uses for operations and places, and decides which of its rows
// a build includes.
#pragma once

#include "vm/code/sequence_index.hpp"
#include "vm/exec/memory_ops.hpp"
#include "vm/exec/move_ops.hpp"
#include "vm/exec/numeric.hpp"
#include "vm/exec/sequences.hpp"

#include <type_traits>

namespace skerry::vm {

/// Returns whether this build has the superinstruction of this part at this line of sequences.def. Compact
/// builds have none. Trampoline builds get only the most useful rows, which are enough for tests: these
/// builds gain little from superinstructions and, with sanitizers, take long to compile them.
constexpr bool has_sequence([[maybe_unused]] int part, [[maybe_unused]] int line) {
#if defined(SKERRY_COMPACT)
  return false;
#elif defined(SKERRY_DISPATCH_TRAMPOLINE)
  constexpr int lines[] = {
#define SEQUENCE_0(...) __LINE__,
#include "vm/code/sequences.def"
  };
  return part == 0 && line < lines[0] + 400;
#else
  return true;
#endif
}

/// The names r0 … v1 stand for VM registers. A name whose register this build does not have stands for a slot
/// instead.
namespace sequence_rows {

using namespace numeric;
using enum AddressMode;
constexpr int s = place::slot, k = place::constant, vk = place::vector_constant;
constexpr int r0 = int_registers > 0 ? 1 : s, r1 = int_registers > 1 ? 2 : s, r2 = int_registers > 2 ? 3 : s;
constexpr int v0 = vector_registers > 0 ? 1 : s, v1 = vector_registers > 1 ? 2 : s;

/// Returns the number of an operation in this build. Without VM registers, operations that differ only in
/// registers become the same operation. All of them get the number of the first one, `in_slots`.
constexpr HandlerNumber own_number(HandlerNumber number, HandlerNumber in_slots) {
  return int_registers == 0 ? in_slots : number;
}
constexpr bool has_number([[maybe_unused]] HandlerNumber number, [[maybe_unused]] HandlerNumber in_slots) {
#if defined(SKERRY_COMPACT)
  return false;
#else
  return own_number(number, in_slots) == number;
#endif
}

template <HandlerNumber number> struct Operation; // specializations define Type
template <class Op> inline constexpr HandlerNumber operation_number = 0;
#define OPERATION(number, in_slots, ...)                                                                     \
  template <> struct Operation<number> {                                                                     \
    using Type = __VA_ARGS__;                                                                                \
  };                                                                                                         \
  template <>                                                                                                \
  inline constexpr HandlerNumber                                                                             \
      operation_number<std::conditional_t<has_number(number, in_slots), __VA_ARGS__, Operation<number>>> =   \
          number;
#include "vm/code/sequences.def"

template <HandlerNumber number> using Op = typename Operation<number>::Type;

template <int part, int line, HandlerNumber... operations> constexpr Handler row() {
  if constexpr (!has_sequence(part, line))
    return nullptr;
  else if constexpr (sizeof...(operations) == 2)
    return &sequence_of_two<Op<operations>...>;
  else
    return &sequence_of_three<Op<operations>...>;
}

/// The handlers of the rows of each part. Each part has its own source file, so the parts compile in
/// parallel.
extern const Handler part_0[], part_1[], part_2[], part_3[];
#if defined(SKERRY_COMPACT)
#define SKERRY_SEQUENCE(part, ...)
#else
#define SKERRY_SEQUENCE(part, ...) row<part, __LINE__, __VA_ARGS__>(),
#endif

} // namespace sequence_rows
} // namespace skerry::vm
