// Runs the commands of one script.
#pragma once

#include "skerry/linker.hpp"
#include "skerry/wast.hpp"
#include "spec-tests/tally.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace skerry::spec {

/// Functions that a ScriptRunner calls: `before` for each command before it runs, `failed` for each
/// failure.
struct ScriptObserver {
  std::function<void(const wat::Command&)> before;
  std::function<void(Failure)> failed;
};

struct ScriptOptions {
  Config config;
  std::set<uint32_t> skipped_lines; // commands that must fail
  std::optional<uint32_t> line;     // only this line's assertion; modules and actions always run
};

/// Runs one script, and holds its state: an engine, a store, and the modules and instances by name.
class ScriptRunner {
public:
  ScriptRunner(const ScriptOptions& options, ScriptObserver observer);

  /// Runs the commands in order. Adds the outcome of each command to `tallies` at once, so that the counts
  /// are right even if a later command crashes the process.
  void run(const std::vector<wat::Command>& commands, Tallies& tallies);

private:
  using Command = wat::Command;
  /// A description of the problem, or nothing.
  using Outcome = std::optional<std::string>;

  void run_counted(const Command& command, Tallies& tallies);
  Outcome run_command(const Command& command);
  Outcome run_module(const Command& command);
  Outcome run_instance(const Command& command);
  Outcome run_register(const Command& command);
  Outcome run_action(const Command& command);
  Outcome run_assert_return(const Command& command);
  Outcome expect_action_error(const Command& command, ErrorKind kind);
  Outcome expect_instantiation_error(const Command& command, ErrorKind kind);
  Outcome expect_compile_error(const Command& command, ErrorKind kind);

  Result<std::vector<Value>> perform(const wat::Action& action);
  Result<std::vector<Value>> invoke(const Instance& instance, const wat::Action& action);
  Result<Value> argument_value(const wat::Argument& argument);
  Result<Instance> find_instance(const std::optional<std::string>& name) const;
  Result<Instance> instantiate(const Module& module);
  void remember(const std::optional<std::string>& name, const Instance& instance);

  ScriptOptions options_;
  ScriptObserver observer_;
  Engine engine_;
  Store store_;
  Linker linker_;
  std::optional<std::string> setup_error_;
  std::map<std::string, Instance> instances_;
  std::optional<Instance> last_instance_;
  std::map<std::string, Module> modules_;
  std::optional<Module> last_module_;
  std::map<uint32_t, Ref> host_refs_; // one per number, so that equal numbers are the same reference
};

} // namespace skerry::spec
