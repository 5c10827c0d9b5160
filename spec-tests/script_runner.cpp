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

bool is_refusal(const Error& error) { return error.code() == ErrorCode::unsupported; }

/// Other tools divide the errors of modules differently into malformed and invalid.
bool is_about_bytes(ErrorKind kind) { return kind == ErrorKind::malformed || kind == ErrorKind::invalid; }

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

ScriptRunner::Problem ScriptRunner::problem_of(const Error& error, const std::string& before) {
  return {before + error_text(error), is_refusal(error) ? "needs " + error.feature() : std::string()};
}

/// Returns nothing if the error has the expected kind and its message begins with the message in the script.
/// In foreign scripts, the kind is enough.
ScriptRunner::Outcome ScriptRunner::compare_error(const Error& error, ErrorKind kind,
                                                  const std::string& message) const {
  const bool any = options_.foreign;
  const bool is_kind = error.kind() == kind || (any && is_about_bytes(kind) && is_about_bytes(error.kind()));
  if (is_kind && (any || error.message().starts_with(message))) return std::nullopt;
  return problem_of(error, "expected " + std::string(kind_name(kind)) + ": " + message + ", got ");
}

/// Remembers a module that needs a feature which the engine does not have.
void ScriptRunner::refuse(const std::optional<std::string>& name, const Error& error) {
  if (!is_refusal(error)) return;
  last_refused_ = error;
  if (name) refused_.insert_or_assign(*name, error);
  if (name && options_.foreign) refused_registered_.insert_or_assign(*name, error);
}

/// Runs a command and counts its outcome: passed, failed or skipped. Modules, registrations and bare
/// actions are counted only if they fail.
void ScriptRunner::run_counted(const Command& command, Tallies& tallies) {
  observer_.before(command);
  Outcome problem = run_command(command);
  const bool must_fail = options_.skipped_lines.contains(command.line);
  if (problem && must_fail && problem->skipped.empty()) problem->skipped = "skip list";
  Tally& tally = tallies[command.kind];
  if (problem && !problem->skipped.empty()) {
    observer_.skipped(problem->skipped);
    if (is_assertion(command.kind) || command.kind == Command::Kind::unknown) ++tally.skipped;
  } else if (problem || must_fail) {
    ++tally.failed;
    std::string message = problem ? problem->text : "passes, but is on the skip list";
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
  case Command::Kind::unknown: return Problem{"unknown command", "unknown command " + command.message};
  case Command::Kind::broken: return problem_of(*command.error);
  }
  return Problem{"unknown command", ""};
}

ScriptRunner::Outcome ScriptRunner::run_module(const Command& command) {
  const wat::ScriptModule& source = *command.module;
  // Forget the older module first: if this command fails, later commands must not act on the older module.
  last_instance_.reset();
  last_module_.reset();
  last_refused_.reset();
  if (source.name) instances_.erase(*source.name), modules_.erase(*source.name), refused_.erase(*source.name);
  auto module = source.bytes ? Module::compile(engine_, *source.bytes) : fail(source.bytes.error());
  if (!module) return refuse(source.name, module.error()), problem_of(module.error());
  last_module_ = *module;
  if (source.name) modules_.insert_or_assign(*source.name, *module);
  if (source.is_definition) return std::nullopt;
  auto instance = instantiate(*module);
  if (!instance) return refuse(source.name, instance.error()), problem_of(instance.error());
  remember(source.name, *instance);
  return std::nullopt;
}

ScriptRunner::Outcome ScriptRunner::run_instance(const Command& command) {
  auto module = find_module(command.subject);
  auto instance = module ? instantiate(*module) : fail(std::move(module.error()));
  if (!instance) return refuse(command.name, instance.error()), problem_of(instance.error());
  remember(command.name, *instance);
  return std::nullopt;
}

ScriptRunner::Outcome ScriptRunner::run_register(const Command& command) {
  auto instance = find_instance(command.subject);
  if (!instance) {
    if (is_refusal(instance.error())) refused_registered_.insert_or_assign(command.message, instance.error());
    return problem_of(instance.error());
  }
  linker_.define_instance(command.message, *instance);
  refused_registered_.erase(command.message);
  return std::nullopt;
}

ScriptRunner::Outcome ScriptRunner::run_action(const Command& command) {
  auto values = perform(*command.action);
  if (!values) return problem_of(values.error(), wat::to_string(*command.action) + ": ");
  return std::nullopt;
}

ScriptRunner::Outcome ScriptRunner::run_assert_return(const Command& command) {
  auto values = perform(*command.action);
  std::string what = wat::to_string(*command.action) + ": expected " + list_text(command.results) + ", got ";
  if (!values) return problem_of(values.error(), what);
  bool same = values->size() == command.results.size();
  for (size_t i = 0; same && i < values->size(); ++i)
    same = matches(store_, (*values)[i], command.results[i]);
  if (same) return std::nullopt;
  return Problem{what + list_text(*values), ""};
}

ScriptRunner::Outcome ScriptRunner::expect_action_error(const Command& command, ErrorKind kind) {
  auto values = perform(*command.action);
  if (!values) {
    auto problem = compare_error(values.error(), kind, command.message);
    if (problem) problem->text = wat::to_string(*command.action) + ": " + problem->text;
    return problem;
  }
  return Problem{wat::to_string(*command.action) + ": expected " + std::string(kind_name(kind)) + ": " +
                     command.message + ", got " + list_text(*values),
                 ""};
}

ScriptRunner::Outcome ScriptRunner::expect_instantiation_error(const Command& command, ErrorKind kind) {
  const wat::ScriptModule& source = *command.module;
  if (!source.bytes) return problem_of(source.bytes.error());
  auto module = Module::compile(engine_, *source.bytes);
  if (!module) return compare_error(module.error(), kind, command.message);
  auto instance = linker_.instantiate(store_, *module);
  if (!instance && !compare_error(instance.error(), kind, command.message)) return std::nullopt;
  if (!instance) return compare_error(reason_of(instance.error(), *module), kind, command.message);
  return Problem{"expected " + std::string(kind_name(kind)) + ": " + command.message +
                     ", but the module was instantiated",
                 ""};
}

ScriptRunner::Outcome ScriptRunner::expect_compile_error(const Command& command, ErrorKind kind) {
  const wat::ScriptModule& source = *command.module;
  if (!source.bytes) return compare_error(source.bytes.error(), kind, command.message);
  auto valid = Module::validate(engine_, *source.bytes);
  if (!valid) return compare_error(valid.error(), kind, command.message);
  return Problem{"expected " + std::string(kind_name(kind)) + ": " + command.message +
                     ", but the module was accepted",
                 ""};
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

/// Returns the error for a module or instance that does not exist. If it does not exist because the module
/// was refused, returns the error of the refusal.
Error ScriptRunner::missing(const std::optional<std::string>& name, const char* what) const {
  const auto refused = name ? refused_.find(*name) : refused_.end();
  if (refused != refused_.end()) return refused->second;
  if (!name && last_refused_) return *last_refused_;
  return usage(name ? "unknown " + std::string(what) + " $" + *name : "no " + std::string(what));
}

Result<Module> ScriptRunner::find_module(const std::optional<std::string>& name) const {
  if (!name && last_module_) return *last_module_;
  const auto found = name ? modules_.find(*name) : modules_.end();
  if (found == modules_.end()) return fail(missing(name, "module"));
  return found->second;
}

Result<Instance> ScriptRunner::find_instance(const std::optional<std::string>& name) const {
  if (!name && last_instance_) return *last_instance_;
  const auto found = name ? instances_.find(*name) : instances_.end();
  if (found == instances_.end()) return fail(missing(name, "module instance"));
  return found->second;
}

Result<Instance> ScriptRunner::instantiate(const Module& module) {
  auto instance = linker_.instantiate(store_, module);
  if (!instance) return fail(reason_of(instance.error(), module));
  return instance;
}

/// Returns the reason for an error of instantiation: the error itself, or the refusal of a module whose
/// exports are missing.
Error ScriptRunner::reason_of(const Error& error, const Module& module) const {
  if (error.kind() != ErrorKind::unlinkable) return error;
  for (const MissingImport& import : linker_.missing(module))
    if (const auto refused = refused_registered_.find(import.module); refused != refused_registered_.end())
      return refused->second;
  return error;
}

void ScriptRunner::remember(const std::optional<std::string>& name, const Instance& instance) {
  last_instance_ = instance;
  last_refused_.reset();
  if (!name) return;
  instances_.insert_or_assign(*name, instance);
  refused_.erase(*name);
  if (!options_.foreign) return;
  linker_.define_instance(*name, instance);
  refused_registered_.erase(*name);
}

} // namespace skerry::spec
