// Makes the errors for exceeded limits.
#pragma once

#include "skerry/budget.hpp"
#include "skerry/error.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace skerry::vm {

/// The name of a limit: a field of StoreLimits, ModuleLimits or Config, or "budget_bytes". Code with an
/// unknown name does not compile.
class LimitName {
public:
  consteval LimitName(const char* text) : text_(text), id_(find(text)) {}
  constexpr std::string_view text() const noexcept { return text_; }
  constexpr LimitId id() const noexcept { return id_; }

private:
  static void no_such_limit(); // not defined and not constexpr, so that a call does not compile
  static consteval LimitId find(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, LimitId>, 9> names{{
        {"memory_bytes", LimitId::memory_bytes},
        {"table_elements", LimitId::table_elements},
        {"instances", LimitId::instances},
        {"memories", LimitId::memories},
        {"tables", LimitId::tables},
        {"heap_bytes", LimitId::heap_bytes},
        {"budget_bytes", LimitId::budget_bytes},
        {"engine_budget", LimitId::engine_budget},
        {"module_bytes", LimitId::module_bytes},
    }};
    for (const auto& [text, id] : names)
      if (text == name) return id;
    no_such_limit();
    return {};
  }

  std::string_view text_;
  LimitId id_;
};

/// Returns an error such as "memory_bytes limit exceeded: 131072 asked, 65536 allowed". Error::limit() holds
/// the limit and the two numbers.
Error limit_error(LimitName name, uint64_t asked, uint64_t allowed);
/// Returns the limit error for a budget from which `bytes` could not be taken.
Error limit_error(LimitName name, const ByteBudget& budget, uint64_t bytes);
/// Returns the error for an exceeded option `max_bytes`. `message` must name the option struct, because
/// several structs have a field `max_bytes`.
Error max_bytes_error(std::string message, uint64_t asked, uint64_t allowed);
/// Returns the error for memory that the operating system refused to the process. `message` must say what the
/// memory was for.
Error system_refused(std::string message);

} // namespace skerry::vm
