#include "spec-tests/script_runner.hpp"

#include "spec-tests/matcher.hpp"
#include "spec-tests/spectest.hpp"

namespace skerry::spec {

namespace {

using wat::Command;

bool is_assertion(Command::Kind kind) {
  return kind >= Command::Kind::assert_return && kind <= Command::Kind::assert_unlinkable;
}

std::string error_text(const Error& error) {
  return std::string(kind_name(error.kind())) + ": " + error.message();
}

/// Returns nothing if the error has the expected kind and its message begins with the message in the
/// script. Otherwise returns a description of the difference.
std::optional<std::string> compare_error(const Error& error, ErrorKind kind, const std::string& message) {
  if (error.kind() == kind && error.message().starts_with(message)) return std::nullopt;
  return "expected " + std::string(kind_name(kind)) + ": " + message + ", got " + error_text(error);
}

template <class T> std::string list_text(const std::vector<T>& items) {
  std::string text = "[";
  for (size_t i = 0; i < items.size(); ++i) text += (i == 0 ? "" : ", ") + wat::to_string(items[i]);
  return text + "]";
}

Error usage(std::string message) { return Error(ErrorKind::usage, ErrorCode::none, std::move(message)); }

} // namespace

ScriptRunner::ScriptRunner(const ScriptOptions& options, ScriptObserver observer)
    : options_(options), observer_(std::move(observer)), engine_(options.config), store_(engine_),
      linker_(engine_) {
  auto defined = define_spectest(engine_, store_, linker_);
  if (!defined) setup_error_ = "spectest: " + error_text(defined.error());
}

void ScriptRunner::run(const std::vector<Command>& commands, Tallies& tallies) {
  if (setup_error_) {
    ++tallies[Command::Kind::module].failed;
    return observer_.failed({0, "module", *setup_error_});
  }
  for (const Command& command : commands) {
    bool wanted = !options_.line || *options_.line == command.line || !is_assertion(command.kind);
    if (wanted) run_counted(command, tallies);
  }
}

/// Runs a command and counts its outcome: passed, failed or skipped. Modules, registrations and bare
/// actions are counted only if they fail.
void ScriptRunner::run_counted(const Command& command, Tallies& tallies) {
  observer_.before(command);
  Outcome problem = run_command(command);
  bool must_fail = options_.skipped_lines.contains(command.line);
  Tally& tally = tallies[command.kind];
  if (problem && must_fail) {
    if (is_assertion(command.kind)) ++tally.skipped;
  } else if (problem || must_fail) {
    ++tally.failed;
    std::string message = problem ? *problem : "passes, but is on the skip list";
    observer_.failed({command.line, std::string(wat::command_name(command.kind)), std::move(message)});
  } else if (is_assertion(command.kind)) {
    ++tally.passed;
  }
}

ScriptRunner::Outcome ScriptRunner::run_command(const Command& command) {
  switch (command.kind) {
  case Command::Kind::module: return run_module(command);
  case Command::Kind::instance: return run_instance(command);
  case Command::Kind::register_: return run_register(command);
  case Command::Kind::action: return run_action(command);
  case Command::Kind::assert_return: return run_assert_return(command);
  case Command::Kind::assert_trap:
    if (command.module) return expect_instantiation_error(command, ErrorKind::trap);
    return expect_action_error(command, ErrorKind::trap);
  case Command::Kind::assert_exhaustion: return expect_action_error(command, ErrorKind::exhaustion);
  case Command::Kind::assert_exception: return expect_action_error(command, ErrorKind::exception);
  case Command::Kind::assert_malformed:
  case Command::Kind::assert_malformed_custom: return expect_compile_error(command, ErrorKind::malformed);
  case Command::Kind::assert_invalid:
  case Command::Kind::assert_invalid_custom: return expect_compile_error(command, ErrorKind::invalid);
  case Command::Kind::assert_unlinkable: return expect_instantiation_error(command, ErrorKind::unlinkable);
  case Command::Kind::broken: return error_text(*command.error);
  }
  return "unknown command";
}

ScriptRunner::Outcome ScriptRunner::run_module(const Command& command) {
  const wat::ScriptModule& source = *command.module;
  // Forget the older module first: if this command fails, later commands must not act on the older module.
  last_instance_.reset();
  last_module_.reset();
  if (source.name) instances_.erase(*source.name), modules_.erase(*source.name);
  if (!source.bytes) return error_text(source.bytes.error());
  auto module = Module::compile(engine_, *source.bytes);
  if (!module) return error_text(module.error());
  last_module_ = *module;
  if (source.name) modules_.insert_or_assign(*source.name, *module);
  if (source.is_definition) return std::nullopt;
  auto instance = instantiate(*module);
  if (!instance) return error_text(instance.error());
  remember(source.name, *instance);
  return std::nullopt;
}

ScriptRunner::Outcome ScriptRunner::run_instance(const Command& command) {
  auto named = command.subject ? modules_.find(*command.subject) : modules_.end();
  if (command.subject && named == modules_.end()) return "unknown module $" + *command.subject;
  if (!command.subject && !last_module_) return "no module";
  auto instance = instantiate(command.subject ? named->second : *last_module_);
  if (!instance) return error_text(instance.error());
  remember(command.name, *instance);
  return std::nullopt;
}

ScriptRunner::Outcome ScriptRunner::run_register(const Command& command) {
  auto instance = find_instance(command.subject);
  if (!instance) return error_text(instance.error());
  linker_.define_instance(command.message, *instance);
  return std::nullopt;
}

ScriptRunner::Outcome ScriptRunner::run_action(const Command& command) {
  auto values = perform(*command.action);
  if (!values) return wat::to_string(*command.action) + ": " + error_text(values.error());
  return std::nullopt;
}

ScriptRunner::Outcome ScriptRunner::run_assert_return(const Command& command) {
  auto values = perform(*command.action);
  std::string what = wat::to_string(*command.action) + ": expected " + list_text(command.results) + ", got ";
  if (!values) return what + error_text(values.error());
  bool same = values->size() == command.results.size();
  for (size_t i = 0; same && i < values->size(); ++i)
    same = matches(store_, (*values)[i], command.results[i]);
  if (same) return std::nullopt;
  return what + list_text(*values);
}

ScriptRunner::Outcome ScriptRunner::expect_action_error(const Command& command, ErrorKind kind) {
  auto values = perform(*command.action);
  if (!values) {
    auto problem = compare_error(values.error(), kind, command.message);
    if (problem) *problem = wat::to_string(*command.action) + ": " + *problem;
    return problem;
  }
  return wat::to_string(*command.action) + ": expected " + std::string(kind_name(kind)) + ": " +
         command.message + ", got " + list_text(*values);
}

ScriptRunner::Outcome ScriptRunner::expect_instantiation_error(const Command& command, ErrorKind kind) {
  const wat::ScriptModule& source = *command.module;
  if (!source.bytes) return error_text(source.bytes.error());
  auto module = Module::compile(engine_, *source.bytes);
  if (!module) return compare_error(module.error(), kind, command.message);
  auto instance = instantiate(*module);
  if (!instance) return compare_error(instance.error(), kind, command.message);
  return "expected " + std::string(kind_name(kind)) + ": " + command.message +
         ", but the module was instantiated";
}

ScriptRunner::Outcome ScriptRunner::expect_compile_error(const Command& command, ErrorKind kind) {
  const wat::ScriptModule& source = *command.module;
  if (!source.bytes) return compare_error(source.bytes.error(), kind, command.message);
  auto valid = Module::validate(engine_, *source.bytes);
  if (!valid) return compare_error(valid.error(), kind, command.message);
  return "expected " + std::string(kind_name(kind)) + ": " + command.message +
         ", but the module was accepted";
}

Result<std::vector<Value>> ScriptRunner::perform(const wat::Action& action) {
  auto instance = find_instance(action.module);
  if (!instance) return fail(std::move(instance.error()));
  if (action.kind == wat::Action::Kind::invoke) return invoke(*instance, action);
  auto global = instance->global(action.field);
  if (!global) return fail(std::move(global.error()));
  auto value = global->get();
  if (!value) return fail(std::move(value.error()));
  return std::vector<Value>{std::move(*value)};
}

Result<std::vector<Value>> ScriptRunner::invoke(const Instance& instance, const wat::Action& action) {
  auto func = instance.func(action.field);
  if (!func) return fail(std::move(func.error()));
  std::vector<Value> arguments;
  for (const wat::Argument& argument : action.arguments) {
    auto value = argument_value(argument);
    if (!value) return fail(std::move(value.error()));
    arguments.push_back(*value);
  }
  return func->call(arguments);
}

Result<Value> ScriptRunner::argument_value(const wat::Argument& argument) {
  if (const auto* value = std::get_if<Value>(&argument)) return *value;
  const auto& host = std::get<wat::HostRef>(argument);
  auto known = host_refs_.find(host.number);
  if (known != host_refs_.end()) return Value(host.type, known->second);
  auto ref = store_.make_externref(HostNumber{host.number});
  if (!ref) return fail(std::move(ref.error()));
  host_refs_.emplace(host.number, *ref);
  return Value(host.type, *ref);
}

Result<Instance> ScriptRunner::find_instance(const std::optional<std::string>& name) const {
  if (!name) {
    if (!last_instance_) return fail(usage("no module instance"));
    return *last_instance_;
  }
  auto found = instances_.find(*name);
  if (found == instances_.end()) return fail(usage("unknown module instance $" + *name));
  return found->second;
}

Result<Instance> ScriptRunner::instantiate(const Module& module) {
  return linker_.instantiate(store_, module);
}

void ScriptRunner::remember(const std::optional<std::string>& name, const Instance& instance) {
  last_instance_ = instance;
  if (name) instances_.insert_or_assign(*name, instance);
}

} // namespace skerry::spec
