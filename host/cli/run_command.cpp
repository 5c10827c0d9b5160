// skerry run: runs a program with WASI, or calls one function of a module.
#include "host/cli/commands.hpp"
#include "host/cli/error_json.hpp"
#include "host/cli/help.hpp"
#include "host/cli/load.hpp"
#include "host/cli/output.hpp"
#include "host/cli/run_options.hpp"
#include "host/cli/style.hpp"
#include "host/cli/values.hpp"
#include "host/platform/standard_streams.hpp"
#include "host/support/fail.hpp"
#include "skerry/linker.hpp"
#include "skerry/printable.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace skerry::host::cli {

namespace {

/// Returns the deadline of the whole command, which includes loading the module and running the guest.
Deadline deadline_of(const RunOptions& options) {
  return options.timeout ? std::chrono::steady_clock::now() + *options.timeout : no_deadline;
}

/// How long after the deadline the command may continue, to print why the run ended.
constexpr auto grace = std::chrono::milliseconds(50);

StoreLimits store_limits(const RunOptions& options) {
  StoreLimits limits;
  limits.memory_bytes = options.max_memory.value_or(uint64_t{4} << 30);
  limits.stack_bytes = options.max_stack.value_or(uint64_t{64} << 20);
  return limits;
}

/// Returns the names of the first exported functions, such as "add, sub, mul". Empty if there are no exported
/// functions.
std::string exported_functions(const Module& module) {
  std::vector<std::string> names;
  for (const ExportInfo& item : module.exports())
    if (item.kind() == ExternKind::func)
      names.push_back(item.name.empty() || item.name.contains(' ') || item.name.contains(',')
                          ? in_quotes(item.name)
                          : printable(item.name));
  return printable_list(names);
}

/// Returns the error for output that could not be written. If the reader has closed the pipe, which is how
/// readers say that they have enough, the command ends without a message.
Error cannot_print(const wasi::OutputProblem& problem, Deadline deadline) {
  if (problem.is_closed) return Error::exit(failure);
  if (std::chrono::steady_clock::now() >= deadline)
    return Error::trap(ErrorCode::deadline_exceeded).with_detail(": while writing to standard output");
  return Error(ErrorKind::io, ErrorCode::none, "cannot write to standard output: " + problem.reason);
}

/// Says that an argument looks like an option of skerry; empty if none does.
std::string about_option_after_file(const RunOptions& options) {
  const std::string name = option_after_file(options);
  return name.empty() ? name : "; " + name + " stands after the file: did you mean it for skerry?";
}

Result<std::vector<Value>> parse_arguments(const FuncType& type, const RunOptions& options) {
  const auto words = std::span(options.words).subspan(1);
  const std::string name = in_quotes(*options.invoke);
  if (words.size() != type.params.size()) {
    return fail(misused("function " + name + " has type " + to_string(type) + ": it takes " +
                        std::to_string(type.params.size()) + " arguments, not " +
                        std::to_string(words.size()) + about_option_after_file(options)));
  }
  std::vector<Value> values;
  for (size_t i = 0; i < words.size(); ++i) {
    auto value = parse_value(type.params[i], words[i]);
    if (!value) {
      return fail(misused("argument " + std::to_string(i + 1) + " of " + name + ": " + in_quotes(words[i]) +
                          " is not a value of type " + to_string(type.params[i]) + ", which is " +
                          std::string(value_forms(type.params[i])) + about_option_after_file(options)));
    }
    values.push_back(std::move(*value));
  }
  return values;
}

Result<void> call_no_arguments(const Instance& instance, std::string_view name) {
  auto function = instance.func(name);
  if (!function) return fail(std::move(function.error()));
  auto done = function->call({});
  if (!done) return fail(std::move(done.error()));
  return {};
}

/// Calls the function that --invoke names, and prints its results, one per line.
Result<void> invoke(const Instance& instance, const RunOptions& options, Deadline deadline) {
  auto function = instance.func(*options.invoke);
  if (!function) {
    std::string names = exported_functions(instance.module());
    return fail(std::move(function.error().with_detail(names.empty() ? "" : "; available: " + names)));
  }
  auto arguments = parse_arguments(function->type(), options);
  if (!arguments) return fail(std::move(arguments.error()));
  auto results = function->call(*arguments);
  if (!results) return fail(std::move(results.error()));
  std::string lines;
  for (const Value& value : *results) lines += print_value(value) + "\n";
  if (const auto problem = write_stdout(lines, deadline)) return fail(cannot_print(*problem, deadline));
  return {};
}

/// With --invoke, calls `_initialize` if the module exports it, and then the function that --invoke names.
/// Without --invoke, calls `_start`. If the module does not export `_start`, calls `_initialize` if the
/// module exports it, and prints which functions --invoke could call. (In WASI, commands export `_start`
/// and reactors export `_initialize`.)
Result<void> run_instance(const Instance& instance, const RunOptions& options, Deadline deadline) {
  const Module& module = instance.module();
  if (!options.invoke && module.find_export("_start")) return call_no_arguments(instance, "_start");
  if (module.find_export("_initialize")) {
    if (auto ready = call_no_arguments(instance, "_initialize"); !ready) return ready;
  }
  if (options.invoke) return invoke(instance, options, deadline);
  if (std::string names = exported_functions(module); !names.empty()) {
    complain("no _start to run; --invoke calls one of: " + names, deadline);
  }
  return {};
}

void print_stats(const Store& store, std::chrono::nanoseconds elapsed, Deadline deadline) {
  double seconds = std::chrono::duration<double>(elapsed).count();
  StoreUsage usage = store.usage();
  write_stderr("instructions: " + std::to_string(store.fuel_used()) + "\n" +
                   "seconds:      " + std::to_string(seconds) + "\n" +
                   "memory:       " + std::to_string(usage.peak_memory_bytes) + " bytes at most\n",
               deadline);
}

/// Returns whether the module can be instantiated without its missing imports, because all are functions.
bool misses_only_functions(const Error& error, const Linker& linker, const Module& module) {
  if (error.message().find("incompatible import type: ") != std::string::npos) return false;
  const std::vector<MissingImport> missing = linker.missing(module);
  const auto is_function = [](const MissingImport& import) {
    return std::holds_alternative<FuncType>(import.type);
  };
  return !missing.empty() && std::ranges::all_of(missing, is_function);
}

/// Returns the program's arguments, of which the first is its name. With --invoke, the words after the file
/// are arguments of the function instead, so the program gets only its name.
std::vector<std::string> guest_arguments(const RunOptions& options) {
  std::vector<std::string> arguments = options.words;
  if (options.invoke) arguments.resize(1);
  arguments.front() = options.argv0.value_or(std::filesystem::path(arguments.front()).filename().string());
  return arguments;
}

Config engine_config(const std::shared_ptr<TraceOutput>& trace) {
  Config config;
  if (trace == nullptr) return config;
  config.trace = [trace](std::string_view line) { return trace->write(line); };
  config.fuel_slice = 256; // traced instructions are slow, so deadlines are checked more often
  return config;
}

/// True if the program cannot see its arguments.
bool ignores_arguments(const Module& module) {
  for (const ImportInfo& import : module.imports())
    if (import.name == "args_get") return false;
  return true;
}

/// Refuses options of skerry after the file if the program cannot be meant: the limit or the grant would be
/// missing without a word.
Result<void> check_arguments(const RunOptions& options, const Module& module) {
  if (options.invoke || !options.preloads.empty() || !ignores_arguments(module)) return {};
  const std::string name = option_after_file(options);
  if (name.empty()) return {};
  return fail(misused(name +
                      " stands after the file: did you mean it for skerry? Its options come before the "
                      "file, and this program reads no arguments"));
}

/// Instantiates a module of --preload. Modules that are instantiated later can import its exports.
Result<void> preload(Linker& linker, Store& store, const std::string& name, const Module& module) {
  auto instance = linker.instantiate(store, module);
  if (!instance) return fail(std::move(instance.error()));
  if (module.find_export("_initialize"))
    if (auto ready = call_no_arguments(*instance, "_initialize"); !ready) return ready;
  linker.define_instance(name, *instance);
  return {};
}

/// One run. `about()` is the file that an error is about.
class Run {
public:
  Run(const RunOptions& options, Deadline deadline, const std::shared_ptr<TraceOutput>& trace)
      : options_(options), deadline_(deadline), engine_(engine_config(trace)), about_(options.words.front()) {
  }

  const std::string& about() const { return about_; }
  /// True if only missing functions made the run fail.
  bool can_run_without_imports() const { return can_run_without_imports_; }

  Result<void> run() {
    const auto start = std::chrono::steady_clock::now();
    auto module = load_module(engine_, about_, deadline_);
    if (!module) return fail(std::move(module.error()));
    if (auto checked = check_arguments(options_, *module); !checked) return checked;
    auto setup = WasiSetup::create(options_.wasi, guest_arguments(options_), deadline_);
    if (!setup) return fail(std::move(setup.error()));
    Store store(engine_, store_limits(options_));
    store.set_fuel(options_.fuel);
    if (deadline_ != no_deadline) store.set_deadline(deadline_);
    auto done = run_with(setup->config(), store, *module);
    const auto problem = setup->print_captured(deadline_);
    if (problem && has_succeeded(done)) done = fail(cannot_print(*problem, deadline_));
    if (options_.stats) print_stats(store, std::chrono::steady_clock::now() - start, deadline_);
    return done;
  }

private:
  static bool has_succeeded(const Result<void>& done) { return done || done.error().exit_status() == 0; }

  Result<void> run_with(const wasi::Config& config, Store& store, const Module& module) {
    auto context = wasi::Context::create(config);
    if (!context) return fail(std::move(context.error()));
    Linker linker(engine_);
    wasi::add_to_linker(linker, *context);
    linker.set_unknown_imports(options_.unknown_imports);
    if (auto done = preload_all(linker, store); !done) return done;
    auto instance = linker.instantiate(store, module);
    if (!instance) {
      can_run_without_imports_ = misses_only_functions(instance.error(), linker, module);
      return fail(std::move(instance.error()));
    }
    return run_instance(*instance, options_, deadline_);
  }

  Result<void> preload_all(Linker& linker, Store& store) {
    for (const std::string& text : options_.preloads) {
      const size_t equals = text.find('=');
      about_ = text.substr(equals + 1);
      auto module = load_module(engine_, about_, deadline_);
      if (!module) return fail(std::move(module.error()));
      if (auto done = preload(linker, store, text.substr(0, equals), *module); !done) return done;
    }
    about_ = options_.words.front();
    return {};
  }

  const RunOptions& options_;
  Deadline deadline_;
  Engine engine_;
  std::string about_;
  bool can_run_without_imports_ = false;
};

/// Returns a text that names the option to use after this error; empty for errors without such an option.
std::string hint(const Error& error, bool can_run_without_imports) {
  if (can_run_without_imports)
    return "--unknown-imports=trap or =default runs it without the missing functions";
  switch (error.code()) {
  case ErrorCode::call_stack_exhausted: return "--max-stack SIZE allows deeper recursion";
  case ErrorCode::out_of_fuel: return "--fuel N allows more instructions";
  case ErrorCode::deadline_exceeded: return "--timeout TIME allows more time";
  default: return "";
  }
}

bool is_trap(const Error& error) {
  return error.kind() == ErrorKind::trap || error.kind() == ErrorKind::exhaustion ||
         error.kind() == ErrorKind::exception || error.kind() == ErrorKind::host;
}

int exit_status(const Error& error) {
  if (error.code() == ErrorCode::exit) return error.exit_status().value_or(failure);
  return is_trap(error) ? trap_status : error.kind() == ErrorKind::usage ? usage_error : failure;
}

/// Prints an error about a file, unless it is the program's exit. Returns the exit status.
int report(const RunOptions& options, const std::string& file, const Error& error, Deadline deadline,
           bool can_run_without_imports = false) {
  const Deadline last = deadline == no_deadline ? no_deadline : deadline + grace;
  if (error.code() == ErrorCode::exit) return exit_status(error);
  if (options.json) {
    write_stderr(error_json(shown_name(file), error, hint(error, can_run_without_imports)) + "\n", last);
  } else {
    complain_about(file, error, last);
    if (const std::string help = hint(error, can_run_without_imports); !help.empty())
      write_stderr(styled(Style::note, help, has_colours(platform::standard_error)) + "\n", last);
  }
  return exit_status(error);
}

Result<std::shared_ptr<TraceOutput>> open_trace(const RunOptions& options, Deadline deadline) {
  if (options.trace.file.empty()) return std::shared_ptr<TraceOutput>();
  return TraceOutput::open(options.trace, deadline);
}

int run(const RunOptions& options) {
  const Deadline deadline = deadline_of(options);
  auto trace = open_trace(options, deadline);
  if (!trace) return report(options, options.trace.file, trace.error(), deadline);
  Run run(options, deadline, *trace);
  const auto done = run.run();
  const int status =
      done ? 0 : report(options, run.about(), done.error(), deadline, run.can_run_without_imports());
  if (*trace == nullptr) return status;
  const auto written = (*trace)->finish();
  const int trace_status = written ? 0 : report(options, run.about(), written.error(), deadline);
  return status != 0 ? status : trace_status;
}

} // namespace

void add_run_command(CLI::App& app, int& status) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Run a program (WASI), or one function of a module");
  command->formatter(
      help_formatter(has_colours(platform::standard_output), " [OPTIONS] FILE [ARGUMENTS...]"));
  add_run_options(*command, *options);
  command->prefix_command();
  command->footer("FILE is binary or text, - standard input. Options go before it, the guest's "
                  "arguments after it. The exit status is the guest's, or 134 after a trap.\n\n"
                  "Examples:\n"
                  "  skerry run --dir ./data::/data:ro --env LANG=C tool.wasm /data/in.txt\n"
                  "  skerry run --invoke add math.wasm 2 3\n"
                  "  skerry run --timeout 2s --fuel 1e9 --max-memory 64MiB untrusted.wasm");
  command->callback([command, options, &status] {
    take_words(*command, *options);
    status = run(*options);
  });
}

} // namespace skerry::host::cli
