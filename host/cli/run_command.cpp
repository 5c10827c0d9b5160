// skerry run: runs a program with WASI, or calls one function of a module.
#include "host/cli/commands.hpp"
#include "host/cli/load.hpp"
#include "host/cli/output.hpp"
#include "host/cli/trace.hpp"
#include "host/cli/units.hpp"
#include "host/cli/values.hpp"
#include "host/cli/wasi_options.hpp"
#include "host/support/fail.hpp"
#include "skerry/linker.hpp"
#include "skerry/printable.hpp"

#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace skerry::host::cli {

namespace {

struct RunOptions {
  WasiOptions wasi;
  std::string invoke;
  uint64_t fuel = Store::unlimited_fuel;
  std::string timeout;
  std::string max_memory = "4GiB";
  std::string max_stack = "64MiB";
  UnknownImports unknown_imports = UnknownImports::error;
  bool stats = false;
  TraceOptions trace;
  std::vector<std::string> words; // the file, then the guest's arguments
};

/// Returns the deadline of the whole command, which includes loading the module and running the guest.
Deadline deadline_of(const RunOptions& options) {
  if (options.timeout.empty()) return no_deadline;
  return std::chrono::steady_clock::now() + *parse_duration(options.timeout);
}

/// How long after the deadline the command may continue, to print why the run ended.
constexpr auto grace = std::chrono::milliseconds(50);

StoreLimits store_limits(const RunOptions& options) {
  StoreLimits limits;
  limits.memory_bytes = *parse_size(options.max_memory);
  limits.stack_bytes = *parse_size(options.max_stack);
  return limits;
}

/// Returns the names of the first exported functions, such as "add, sub, mul". Empty if there are no exported
/// functions.
std::string exported_functions(const Module& module) {
  std::vector<std::string> names;
  for (const ExportInfo& item : module.exports())
    if (item.kind() == ExternKind::func) names.push_back(printable(item.name));
  return printable_list(names);
}

Error cannot_print(Deadline deadline) {
  if (std::chrono::steady_clock::now() >= deadline)
    return Error::trap(ErrorCode::deadline_exceeded).with_detail(": while writing to standard output");
  return Error(ErrorKind::io, ErrorCode::none, "cannot write to standard output");
}

Result<std::vector<Value>> parse_arguments(const FuncType& type, const std::string& name,
                                           std::span<const std::string> words) {
  if (words.size() != type.params.size()) {
    return fail(misused("function \"" + name + "\" has type " + to_string(type) + ": it takes " +
                        std::to_string(type.params.size()) + " arguments, not " +
                        std::to_string(words.size())));
  }
  std::vector<Value> values;
  for (size_t i = 0; i < words.size(); ++i) {
    auto value = parse_value(type.params[i], words[i]);
    if (!value) {
      return fail(misused("argument " + std::to_string(i + 1) + " of " + in_quotes(name) + ": " +
                          in_quotes(words[i]) + " is not a value of type " + to_string(type.params[i])));
    }
    values.push_back(*value);
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

/// Calls an exported function with `words` as its arguments, and prints its results, one per line.
Result<void> invoke(const Instance& instance, const std::string& name, std::span<const std::string> words,
                    Deadline deadline) {
  auto function = instance.func(name);
  if (!function) {
    std::string names = exported_functions(instance.module());
    return fail(std::move(function.error().with_detail(names.empty() ? "" : "; available: " + names)));
  }
  auto arguments = parse_arguments(function->type(), name, words);
  if (!arguments) return fail(std::move(arguments.error()));
  auto results = function->call(*arguments);
  if (!results) return fail(std::move(results.error()));
  std::string lines;
  for (const Value& value : *results) lines += print_value(value) + "\n";
  if (!write_stdout(lines, deadline)) return fail(cannot_print(deadline));
  return {};
}

/// With --invoke, calls `_initialize` if the module exports it, and then the function that --invoke names.
/// Without --invoke, calls `_start`. If the module does not export `_start`, calls `_initialize` if the
/// module exports it, and prints which functions --invoke could call. (In WASI, commands export `_start`
/// and reactors export `_initialize`.)
Result<void> run_instance(const Instance& instance, const RunOptions& options, Deadline deadline) {
  const Module& module = instance.module();
  if (options.invoke.empty() && module.find_export("_start")) return call_no_arguments(instance, "_start");
  if (module.find_export("_initialize")) {
    if (auto ready = call_no_arguments(instance, "_initialize"); !ready) return ready;
  }
  if (!options.invoke.empty())
    return invoke(instance, options.invoke, std::span(options.words).subspan(1), deadline);
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

Result<void> instantiate_and_run(Linker& linker, Store& store, const Module& module,
                                 const RunOptions& options, Deadline deadline) {
  auto instance = linker.instantiate(store, module);
  if (!instance) return fail(std::move(instance.error()));
  return run_instance(*instance, options, deadline);
}

/// Returns the program's arguments. With --invoke, the words after the file are arguments of the function
/// instead, so the program gets only its name.
std::vector<std::string> guest_arguments(const RunOptions& options) {
  return options.invoke.empty() ? options.words : std::vector{options.words.front()};
}

Result<Config> engine_config(const RunOptions& options, Deadline deadline) {
  Config config;
  if (options.trace.file.empty()) return config;
  auto output = TraceOutput::open(options.trace, deadline);
  if (!output) return fail(std::move(output.error()));
  config.trace = [output = std::move(*output)](std::string_view line) { return output->write(line); };
  config.fuel_slice = 256; // traced instructions are slow, so deadlines are checked more often
  return config;
}

Result<void> run_program(const RunOptions& options, Deadline deadline) {
  auto start = std::chrono::steady_clock::now();
  auto config = engine_config(options, deadline);
  if (!config) return fail(std::move(config.error()));
  const Engine engine(*config);
  auto module = load_module(engine, options.words.front(), deadline);
  if (!module) return fail(std::move(module.error()));
  auto setup = WasiSetup::create(options.wasi, guest_arguments(options), deadline);
  if (!setup) return fail(std::move(setup.error()));
  auto context = wasi::Context::create(setup->config());
  if (!context) return fail(std::move(context.error()));
  Linker linker(engine);
  wasi::add_to_linker(linker, *context);
  linker.set_unknown_imports(options.unknown_imports);
  Store store(engine, store_limits(options));
  store.set_fuel(options.fuel);
  if (deadline != no_deadline) store.set_deadline(deadline);
  auto done = instantiate_and_run(linker, store, *module, options, deadline);
  if (!setup->print_captured(deadline) && done) done = fail(cannot_print(deadline));
  if (options.stats) print_stats(store, std::chrono::steady_clock::now() - start, deadline);
  return done;
}

/// Returns a line that names the option to use after this error; empty for errors without such an option.
std::string hint(const Error& error) {
  if (error.kind() == ErrorKind::unlinkable) {
    return "--unknown-imports=trap or =default runs it without the missing functions\n";
  }
  switch (error.code()) {
  case ErrorCode::call_stack_exhausted: return "--max-stack SIZE allows deeper recursion\n";
  case ErrorCode::out_of_fuel: return "--fuel N allows more instructions\n";
  case ErrorCode::deadline_exceeded: return "--timeout DURATION allows more time\n";
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

int run(const RunOptions& options) {
  const Deadline deadline = deadline_of(options);
  auto done = run_program(options, deadline);
  if (done) return 0;
  const Error& error = done.error();
  if (error.code() != ErrorCode::exit) {
    const Deadline last = deadline == no_deadline ? no_deadline : deadline + grace;
    complain_about(options.words.front(), error, last);
    write_stderr(hint(error), last);
  }
  return exit_status(error);
}

/// Takes the words that are not options: the file and the guest's arguments. Options of skerry come before
/// the file; everything after the file belongs to the guest, even if it looks like an option.
void take_words(const CLI::App& command, RunOptions& options) {
  options.words = command.remaining();
  if (!options.words.empty() && options.words.front() == "--") options.words.erase(options.words.begin());
  if (options.words.empty()) throw CLI::RequiredError("FILE");
  if (options.words.front().starts_with('-')) throw CLI::ExtrasError({options.words.front()});
}

void add_trace_options(CLI::App& command, TraceOptions& options) {
  const auto plain_is_stderr = [](const std::string& file) { return file == "true" ? "-" : file; };
  CLI::Option* trace =
      command
          .add_flag(
              "--trace", options.file,
              "Write each instruction before it runs, with its operands, to stderr or to FILE; very slow")
          ->transform(plain_is_stderr)
          ->option_text("[=FILE]");
  command
      .add_option("--trace-limit", options.limit, "Write this many instructions at most (default: no limit)")
      ->needs(trace)
      ->option_text("N");
}

void add_options(CLI::App& command, RunOptions& options) {
  const std::map<std::string, UnknownImports> what{{"trap", UnknownImports::trap},
                                                   {"default", UnknownImports::return_zeros}};
  add_wasi_options(command, options.wasi);
  command
      .add_option("--invoke", options.invoke,
                  "Call this exported function instead of _start, print its results")
      ->type_name("FUNCTION");
  command.add_option("--fuel", options.fuel, "Stop after this many instructions (default: no limit)")
      ->type_name("N");
  command
      .add_option("--timeout", options.timeout, "Stop after this time, e.g. 500ms or 2s (default: no limit)")
      ->check(duration_validator())
      ->type_name("DURATION");
  command
      .add_option("--max-memory", options.max_memory, "Limit of linear memory, e.g. 32MiB (default: 4GiB)")
      ->check(size_validator())
      ->type_name("SIZE");
  command.add_option("--max-stack", options.max_stack, "Limit of the call stack, e.g. 1MiB (default: 64MiB)")
      ->check(size_validator())
      ->type_name("SIZE");
  command
      .add_option("--unknown-imports", options.unknown_imports,
                  "Make undefined functions trap when called, or return zeros (default: an error)")
      ->transform(CLI::CheckedTransformer(what).description(""))
      ->type_name("trap|default");
  command.add_flag("--stats", options.stats, "Print instructions, time and memory to stderr at the end");
  add_trace_options(command, options.trace);
}

} // namespace

void add_run_command(CLI::App& app, int& status) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Run a program (WASI), or one function of a module");
  command->formatter(usage_formatter("FILE.wasm|FILE.wat [ARGUMENTS…]"));
  add_options(*command, *options);
  command->prefix_command();
  command->footer(
      "Options come before the file; arguments after it go to the guest. The guest sees only folders and\n"
      "variables that are granted. The exit status is the guest's, or 134 after a trap.\n\n"
      "Examples:\n"
      "  skerry run hello.wasm one two\n"
      "  skerry run --dir ./data::/data:ro --env LANG=C tool.wasm /data/in.txt\n"
      "  skerry run --invoke add math.wasm 2 3\n"
      "  skerry run --timeout 2s --fuel 1000000000 --max-memory 64MiB untrusted.wasm");
  command->callback([command, options, &status] {
    take_words(*command, *options);
    status = run(*options);
  });
}

} // namespace skerry::host::cli
