// Out of memory as an Error: the one place that catches what the C++ library throws when memory runs out.
#pragma once

#include "skerry/error.hpp"

#include <functional>
#include <new>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace skerry {

/// Returns body(), or otherwise() when memory ran out in it: by then the body has been unwound, and what it
/// held is free again. Other exceptions pass. Thread-safe.
template <class F, class G>
std::invoke_result_t<F> unless_out_of_memory(F&& body, [[maybe_unused]] G&& otherwise) {
#if defined(__cpp_exceptions)
  try {
    return std::invoke(std::forward<F>(body));
  } catch (const std::bad_alloc&) {    // NOLINT(bugprone-empty-catch): goes on below
  } catch (const std::length_error&) { // NOLINT(bugprone-empty-catch): more than any container can hold
  }
  return std::invoke(std::forward<G>(otherwise));
#else
  return std::invoke(std::forward<F>(body));
#endif
}

/// The Result of `body`, or Error::out_of_memory(doing) when memory ran out in it. `doing` says what the body
/// does: "compiling a module".
template <class F> std::invoke_result_t<F> catching_out_of_memory(std::string_view doing, F&& body) {
  return unless_out_of_memory(std::forward<F>(body), [doing]() -> std::invoke_result_t<F> {
    return fail(Error::out_of_memory(doing));
  });
}

} // namespace skerry
