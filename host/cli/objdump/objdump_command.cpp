// skerry objdump: shows a module's sections, its instructions, and what the translator makes of them.
#include "host/cli/commands.hpp"
#include "host/cli/load.hpp"
#include "host/cli/objdump/section_printer.hpp"
#include "host/cli/options.hpp"
#include "host/cli/output.hpp"
#include "skerry/out_of_memory.hpp"
#include "skerry/printable.hpp"
#include "skerry/wat.hpp"
#include "vm/module/binary_decoder.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/translate/translator.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace skerry::host::cli {

namespace {

struct ObjdumpOptions {
  std::string file, function;
  std::optional<uint64_t> max_text;
  bool headers = false, details = false, disassemble = false, ir = false, code = false;

  bool asks_for_functions() const { return disassemble || ir || code; }
  bool asks_for_translation() const { return ir || code; }
};

/// Prints the requested parts of one file.
class Dump {
public:
  Dump(const ObjdumpOptions& options, std::vector<std::byte> bytes)
      : options_(options), bytes_(std::move(bytes)),
        out_(write_, options.max_text.value_or(wat::most_text(bytes_.size())), watch_) {}

  Result<void> run() {
    const Engine engine(config_with_everything());
    auto module = vm::decode_module(engine.data(), vm::ModuleBytes(std::span<const std::byte>(bytes_)));
    if (!module) return fail(std::move(module.error()));
    const objdump::FunctionNames names(**module);
    out_ += shown_name(options_.file) + ": file format wasm 0x1\n\n";
    objdump::SectionPrinter printer(**module, names, out_);
    if (options_.headers) printer.print_headers();
    if (options_.details) printer.print_details();
    if (options_.asks_for_functions())
      if (auto done = print_functions(engine, **module, names, printer); !done) return done;
    return out_.finish();
  }

private:
  static Config config_with_everything() {
    Config config;
    config.features = Features::all();
    return config;
  }

  Result<void> print_functions(const Engine& engine, const vm::Module& decoded,
                               const objdump::FunctionNames& names, objdump::SectionPrinter& printer) {
    std::optional<Module> valid;
    if (options_.asks_for_translation()) {
      auto compiled = Module::compile(engine, std::span<const std::byte>(bytes_));
      if (!compiled) return fail(std::move(compiled.error()));
      valid = std::move(*compiled);
    }
    uint32_t first = decoded.imported_functions;
    auto end = static_cast<uint32_t>(decoded.functions.size());
    if (!options_.function.empty()) {
      const std::optional<uint32_t> chosen = names.find(options_.function);
      if (!chosen) return fail(misused("the module has no function " + in_quotes(options_.function)));
      if (*chosen < first) return fail(misused("function " + in_quotes(options_.function) + " is imported"));
      first = *chosen;
      end = first + 1;
    }
    for (uint32_t function = first; function < end && out_.is_open(); ++function)
      if (auto done = print_function(valid, function, names, printer); !done) return done;
    return {};
  }

  Result<void> print_function(const std::optional<Module>& valid, uint32_t function,
                              const objdump::FunctionNames& names, objdump::SectionPrinter& printer) {
    if (options_.disassemble) printer.print_instructions(function);
    if (!valid) return {};
    if (!options_.disassemble)
      out_ += "func[" + std::to_string(function) + "]" + names.shown(function) + ":\n";
    const vm::Module& module = *valid->data()->module;
    const uint32_t defined_index = function - module.imported_functions;
    const auto write = [&](std::string_view text) {
      out_ += text;
      return out_.is_open();
    };
    const auto name = [&](uint32_t callee) { return names.shown(callee); };
    vm::WorkMeter meter(module.engine->work_budget);
    if (options_.ir)
      if (auto done = vm::print_ir(module, defined_index, meter, write); !done) return done;
    if (options_.code)
      if (auto done = vm::print_code(module, defined_index, meter, name, write); !done) return done;
    out_ += "\n";
    return {};
  }

  const ObjdumpOptions& options_;
  std::vector<std::byte> bytes_;
  const wat::TextWriter write_ = [](std::string_view text) { return print(text); };
  vm::LoadWatch watch_; // has no deadline
  vm::wat::TextSink out_;
};

int run(ObjdumpOptions options) {
  if (!options.asks_for_functions() && !options.function.empty()) options.disassemble = true;
  if (!options.headers && !options.details && !options.asks_for_functions())
    options.headers = options.details = true;
  auto bytes = read_module_bytes(Engine(), options.file);
  if (!bytes) {
    complain_about(options.file, bytes.error());
    return failure;
  }
  auto done =
      catching_out_of_memory("printing a module", [&] { return Dump(options, std::move(*bytes)).run(); });
  if (done) return 0;
  if (done.error().kind() != ErrorKind::io) complain_about(options.file, done.error());
  return done.error().kind() == ErrorKind::usage ? usage_error : failure;
}

} // namespace

void add_objdump_command(CLI::App& app, int& status) {
  auto options = std::make_shared<ObjdumpOptions>();
  CLI::App* command = app.add_subcommand("objdump", "Show the sections and the code of a module");
  command->set_help_flag("--help", "Print this help"); // -h prints headers, as in other objdumps
  add_text(*command, "FILE", options->file, {"Module, binary or text; - is standard input", ""})->required();
  command->add_flag("-h,--headers", options->headers, "Where each section is, and how many entries it has");
  command->add_flag("-x,--details", options->details, "Contents of the sections: types, imports, exports …");
  command->add_flag("-d,--disassemble", options->disassemble, "Instructions of the functions");
  command->add_flag("--ir", options->ir,
                    "The translator's operations, after lowering and after register assignment");
  command->add_flag("--code", options->code, "The threaded code that runs");
  add_text(*command, "--function", options->function,
           {"Only this function, by index or name; implies -d unless a stage is chosen", "N|NAME"});
  add_size(*command, "--max-text", options->max_text,
           {"Limit of the text (default: 16MiB plus 64 times the file)", "SIZE"});
  command->footer("Without -d, --ir and --code, -h and -x apply. docs/architecture.md explains the "
                  "output (\"Reading threaded code\").\n\n"
                  "Example:\n  skerry objdump -d --code --function add add.wasm");
  command->callback([options, &status] { status = run(*options); });
}

} // namespace skerry::host::cli
