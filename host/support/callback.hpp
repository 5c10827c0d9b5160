// Calls functions of the embedder, which may throw anything. Internal.
#pragma once

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace skerry::host {

/// Returns the text of the exception that is being handled. Must be called in a catch block.
inline std::string exception_text() {
  try {
    throw;
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "an exception without a text";
  }
}

/// Returns `body()`, or `otherwise(text)` if `body` throws. `text` is the exception's. The exceptions that
/// report that memory ran out (skerry/out_of_memory.hpp) pass through, and so do those of `otherwise`.
template <class F, class G> std::invoke_result_t<F> unless_thrown(F&& body, G&& otherwise) {
  std::string text;
  try {
    return std::forward<F>(body)();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::length_error&) {
    throw;
  } catch (...) {
    text = exception_text();
  }
  return std::forward<G>(otherwise)(text);
}

} // namespace skerry::host
