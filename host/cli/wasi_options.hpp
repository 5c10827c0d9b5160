// The options of `skerry run` that decide what a program may use: folders, quotas, variables, streams,
// sockets, clocks.
#pragma once

#include "host/cli/cli11.hpp"
#include "host/cli/output.hpp"
#include "skerry/error.hpp"
#include "skerry/wasi/wasi.hpp"
#include "vm/platform/owned_fd.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace skerry::host::cli {

struct WasiOptions {
  std::vector<std::string> dirs;
  std::vector<std::string> quotas;
  std::vector<std::string> env;
  bool env_inherit = false;
  std::vector<std::string> listen;
  std::string stdin_from = "inherit";
  std::string stdout_to = "inherit";
  std::string stderr_to = "inherit";
  uint32_t max_open_files = wasi::Limits{}.open_descriptors;
  bool deterministic = false;
  uint64_t seed = 0;
};

void add_wasi_options(CLI::App& command, WasiOptions& options);

/// A WASI configuration, and the files and sockets that it refers to. Must outlive the wasi::Context made
/// from it.
class WasiSetup {
public:
  /// Opens the files and sockets that `options` names, and counts the content of folders that have a quota.
  /// Errors: usage, io, deadline_exceeded.
  static Result<WasiSetup> create(const WasiOptions& options, std::vector<std::string> args,
                                  Deadline deadline);
  WasiSetup(WasiSetup&&) noexcept;
  ~WasiSetup();

  const wasi::Config& config() const { return config_; }
  /// Prints the output of streams with `capture:SIZE`. Returns why standard output cannot be written.
  std::optional<wasi::OutputProblem> print_captured(Deadline deadline) const;

private:
  WasiSetup() = default;
  Result<void> open_stream(const std::string& text, int number);
  Result<void> add_quota(const std::string& text, Deadline deadline);

  wasi::Config config_;
  std::vector<OwnedFd> fds_;
  std::shared_ptr<wasi::OutputBuffer> captured_[3];
};

} // namespace skerry::host::cli
