// Counts errors by their code. Internal.
#pragma once

#include "skerry/host/plugin_error.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <string>

namespace skerry::host {

/// One counter for each PluginErrorCode. Thread-safe and lock-free; counting allocates no memory.
class CodeCounts {
public:
  void add(PluginErrorCode code) noexcept {
    counts_[static_cast<size_t>(code)].fetch_add(1, std::memory_order_relaxed);
  }
  /// Returns the counts of the codes that occurred, keyed by the code's text.
  std::map<std::string, uint64_t> snapshot() const {
    std::map<std::string, uint64_t> counts;
    for (size_t i = 0; i < counts_.size(); ++i) {
      const uint64_t count = counts_[i].load(std::memory_order_relaxed);
      if (count != 0) counts.emplace(code_text(static_cast<PluginErrorCode>(i)), count);
    }
    return counts;
  }

private:
  std::array<std::atomic<uint64_t>, plugin_error_codes> counts_{};
};

} // namespace skerry::host
