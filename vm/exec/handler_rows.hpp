// Builds the rows of the handler table: the row of an operation has one handler for each combination of the
// places of its operands. For handlers that superinstructions may use, the row also has the handler's number.
#pragma once

#include "vm/code/handler_table.hpp"
#include "vm/exec/sequence_rows.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace skerry::vm {

template <class Op> constexpr NumberedHandler numbered() {
  return {handler_of<Op>(), sequence_rows::operation_number<Op>};
}

/// Splits the index of an element of a table with these dimensions into one index per dimension. The last
/// dimension varies fastest: split_index<3, 4>(7) is {1, 3}.
template <int... Dims> constexpr std::array<int, sizeof...(Dims)> split_index(size_t index) {
  constexpr std::array<int, sizeof...(Dims)> dims = {Dims...};
  std::array<int, sizeof...(Dims)> split{};
  for (size_t i = dims.size(); i-- > 0; index /= static_cast<size_t>(dims[i]))
    split[i] = static_cast<int>(index % static_cast<size_t>(dims[i]));
  return split;
}

/// The numbers of a row that no superinstruction uses. All such rows share these zeros.
inline constexpr std::array<uint16_t, 512> no_numbers{};

/// The handlers of Make<k0, k1, …> for all combinations of places k0 < Dims0, k1 < Dims1, … Each Make<…> has
/// either a member type Op, which is an operation, or a member `handler`. Superinstructions may use an Op,
/// but not a `handler`.
template <template <int...> class Make, int... Dims> struct Places {
  static constexpr size_t count = (size_t{1} * ... * size_t{Dims});
  static_assert(count <= no_numbers.size());

  template <class Made> static constexpr NumberedHandler one() {
    if constexpr (requires { typename Made::Op; })
      return numbered<typename Made::Op>();
    else
      return {Made::handler};
  }
  template <size_t I, size_t... J> static constexpr NumberedHandler at(std::index_sequence<J...>) {
    constexpr auto split = split_index<Dims...>(I);
    return one<Make<split[J]...>>();
  }
  template <size_t... I> static constexpr auto all(std::index_sequence<I...>) {
    return std::array<NumberedHandler, count>{at<I>(std::make_index_sequence<sizeof...(Dims)>())...};
  }
  static constexpr std::array<NumberedHandler, count> both = all(std::make_index_sequence<count>());
  static constexpr std::array<Handler, count> handlers = [] {
    std::array<Handler, count> result{};
    std::ranges::transform(both, result.begin(), &NumberedHandler::handler);
    return result;
  }();
  static constexpr std::array<uint16_t, count> numbers = [] {
    std::array<uint16_t, count> result{};
    std::ranges::transform(both, result.begin(),
                           [](const auto& one) { return static_cast<uint16_t>(one.number); });
    return result;
  }();
  static constexpr HandlerRow row() {
    constexpr bool has_numbers = std::ranges::any_of(numbers, [](uint16_t number) { return number != 0; });
    if constexpr (has_numbers)
      return {handlers.data(), numbers.data()};
    else
      return {handlers.data(), no_numbers.data()};
  }
};

} // namespace skerry::vm
