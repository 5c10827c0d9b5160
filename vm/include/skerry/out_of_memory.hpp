// Turns the exceptions that report that memory ran out into an Error. In the engine, only the translator also
// catches such an exception (vm/translate/translator.cpp).
#pragma once

#include "skerry/error.hpp"

#include <functional>
#include <new>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace skerry {

/// Returns body(), or otherwise() if memory runs out in `body`. When `otherwise` is called, the memory of
/// `body` is free again. Other exceptions pass through. Thread-safe.
template <class F, class G>
std::invoke_result_t<F> unless_out_of_memory(F&& body, [[maybe_unused]] G&& otherwise) {
#if defined(__cpp_exceptions)
  try {
    return std::invoke(std::forward<F>(body));
  } catch (const std::bad_alloc&) {    // NOLINT(bugprone-empty-catch): continues below
  } catch (const std::length_error&) { // NOLINT(bugprone-empty-catch): more than any container can hold
  }
  return std::invoke(std::forward<G>(otherwise));
#else
  return std::invoke(std::forward<F>(body));
#endif
}

/// Returns the Result of `body`, or Error::out_of_memory(doing) if memory runs out in `body`. `doing`
/// describes the work of `body`: "compiling a module". Thread-safe.
template <class F> std::invoke_result_t<F> catching_out_of_memory(std::string_view doing, F&& body) {
  return unless_out_of_memory(std::forward<F>(body), [doing]() -> std::invoke_result_t<F> {
    return fail(Error::out_of_memory(doing));
  });
}

} // namespace skerry
