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

/// Code "limit.process". Needs no memory; where there is none, the plugin and what was done are left out.
PluginError out_of_memory_error(std::string_view plugin, Phase phase, std::string_view doing) noexcept;

/// The Expected of `body`, or out_of_memory_error when memory ran out in it.
template <class F>
std::invoke_result_t<F> catching_out_of_memory(std::string_view plugin, Phase phase, std::string_view doing,
                                               F&& body) {
  return unless_out_of_memory(std::forward<F>(body), [&]() -> std::invoke_result_t<F> {
    return fail(out_of_memory_error(plugin, phase, doing));
  });
}

/// A thread that runs `run`; std::bad_alloc when the system has none left.
template <class F> std::thread start_thread(F&& run) {
  try {
    return std::thread(std::forward<F>(run));
  } catch (const std::system_error&) {
    throw std::bad_alloc();
  }
}

} // namespace skerry::host
