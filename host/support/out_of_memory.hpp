// Turns running out of memory into an error of the plugin that needed it. Internal.
#pragma once

#include "host/support/fail.hpp"
#include "skerry/host/plugin_error.hpp"
#include "skerry/out_of_memory.hpp"

#include <new>
#include <string_view>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>

namespace skerry::host {

/// Makes an error with code "limit.process". Its message says that memory ran out while the host was `doing`
/// something, such as "loading a plugin". If no memory is left for the message, the error omits `plugin` and
/// `doing`.
PluginError out_of_memory_error(std::string_view plugin, Phase phase, std::string_view doing) noexcept;

/// Returns the Expected that `body` returns, or out_of_memory_error if memory runs out in `body`.
template <class F>
std::invoke_result_t<F> catching_out_of_memory(std::string_view plugin, Phase phase, std::string_view doing,
                                               F&& body) {
  return unless_out_of_memory(std::forward<F>(body), [&]() -> std::invoke_result_t<F> {
    return fail(out_of_memory_error(plugin, phase, doing));
  });
}

/// Starts a thread that runs `run`. Throws std::bad_alloc if the system has no thread left.
template <class F> std::thread start_thread(F&& run) {
  try {
    return std::thread(std::forward<F>(run));
  } catch (const std::system_error&) {
    throw std::bad_alloc();
  }
}

} // namespace skerry::host
