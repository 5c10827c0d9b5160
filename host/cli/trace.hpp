// TraceOutput: receives the lines of `skerry run --trace`, and writes them to a file or to standard error.
#pragma once

#include "host/cli/output.hpp"

#include <cstdint>
#include <cstdio>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

namespace skerry::host::cli {

struct TraceOptions {
  std::string file; // empty: no trace; "-": standard error
  uint64_t limit = std::numeric_limits<uint64_t>::max();
};

/// Writes at most TraceOptions::limit lines. The trace ends with a line that says so at the limit, and
/// without one if a line cannot be written. Lines for standard error are written at once, so that they and
/// the guest's output appear in the right order. Lines for a file are buffered.
class TraceOutput {
public:
  TraceOutput(const TraceOutput&) = delete;
  TraceOutput& operator=(const TraceOutput&) = delete;
  /// Opens the file that `options` names. Errors: io.
  static Result<std::shared_ptr<TraceOutput>> open(const TraceOptions& options, Deadline deadline);

  /// Writes one line; this is the callback for Config::trace. Returns false to end the trace.
  bool write(std::string_view line);
  /// Writes the buffered lines. Errors: io if a line of the trace could not be written.
  Result<void> finish();

private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  TraceOutput(const TraceOptions& options, Deadline deadline) : left_(options.limit), deadline_(deadline) {}
  /// Returns why `text` cannot be written; empty if it is.
  std::string put(const std::string& text);

  uint64_t left_;       // lines until the limit
  std::string problem_; // why a line could not be written
  Deadline deadline_;
  std::unique_ptr<std::FILE, Close> file_; // null: standard error
};

} // namespace skerry::host::cli
