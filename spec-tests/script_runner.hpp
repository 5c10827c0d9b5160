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

/// Functions that a ScriptRunner calls: `before` for each command before it runs, `failed` for each failure,
/// `skipped` for each command that is skipped, with the reason.
struct ScriptObserver {
  std::function<void(const wat::Command&)> before;
  std::function<void(Failure)> failed;
  std::function<void(std::string reason)> skipped;
};

struct ScriptOptions {
  Config config;
  std::set<uint32_t> skipped_lines; // commands that must fail
  std::optional<uint32_t> line;     // only this line's assertion; modules and actions always run
  /// For scripts of other engines: compares only the kinds of errors, because other engines have other
  /// messages, and registers instances by their names in the script.
  bool foreign = false;
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
  struct Problem {
    std::string text;
    std::string skipped; // the reason for which the command is skipped; empty if it failed
  };
  /// The problem, or nothing.
  using Outcome = std::optional<Problem>;

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

  static Problem problem_of(const Error& error, const std::string& before = {});
  Outcome compare_error(const Error& error, ErrorKind kind, const std::string& message) const;
  void refuse(const std::optional<std::string>& name, const Error& error);
  Result<std::vector<Value>> perform(const wat::Action& action);
  Result<std::vector<Value>> invoke(const Instance& instance, const wat::Action& action);
  Result<Value> argument_value(const wat::Argument& argument);
  Error missing(const std::optional<std::string>& name, const char* what) const;
  Result<Module> find_module(const std::optional<std::string>& name) const;
  Result<Instance> find_instance(const std::optional<std::string>& name) const;
  Result<Instance> instantiate(const Module& module);
  Error reason_of(const Error& error, const Module& module) const;
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
  // Errors of modules that need a feature which the engine does not have. Commands that refer to these
  // modules are skipped.
  std::map<std::string, Error> refused_;            // by the name of the module or instance
  std::map<std::string, Error> refused_registered_; // by the name that imports use
  std::optional<Error> last_refused_;               // set if this happened to the last module
  std::map<uint32_t, Ref> host_refs_; // one per number, so that equal numbers are the same reference
};

} // namespace skerry::spec
