// State: the data of a Context.
#pragma once

#include "skerry/wasi/config.hpp"
#include "wasi/determinism.hpp"
#include "wasi/fd_table.hpp"
#include "wasi/path_resolver.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace skerry::wasi {

struct State {
  explicit State(Config given) : config(std::move(given)), fds(config.limits.open_descriptors) {}

  Config config;
  PathResolver resolver;
  FdTable fds;
  std::vector<HostFd> preopens;                  // in the order of config.preopens; the table borrows them
  std::vector<std::string> environment;          // "NAME=value"
  std::shared_ptr<const std::string> stdin_data; // the fixed bytes of stdin, else empty
  std::optional<DeterministicRun> run;           // only in deterministic runs
};

} // namespace skerry::wasi
