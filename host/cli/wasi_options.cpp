#include "host/cli/wasi_options.hpp"

#include "host/cli/listen.hpp"
#include "host/cli/options.hpp"
#include "host/cli/output.hpp"
#include "host/cli/units.hpp"
#include "host/platform/environment.hpp"
#include "host/platform/files.hpp"
#include "host/platform/standard_streams.hpp"
#include "host/support/fail.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

namespace skerry::host::cli {

namespace {

/// Parses HOST::GUEST, HOST::GUEST:ro or HOST::GUEST:rw. A HOST alone is also the guest's name of the folder.
wasi::Preopen parse_dir(const std::string& text) {
  wasi::Preopen preopen{text, text, wasi::PreopenMode::read_write};
  size_t colons = text.find("::");
  if (colons == text.npos) return preopen;
  preopen.host = text.substr(0, colons);
  preopen.guest = text.substr(colons + 2);
  if (preopen.guest.ends_with(":ro")) preopen.mode = wasi::PreopenMode::read_only;
  if (preopen.guest.ends_with(":ro") || preopen.guest.ends_with(":rw"))
    preopen.guest.resize(preopen.guest.size() - 3);
  return preopen;
}

/// Parses KEY=VALUE. For a KEY alone, takes the value from this process's environment; returns nothing if the
/// environment does not have the variable.
std::optional<std::pair<std::string, std::string>> parse_env(const std::string& text) {
  size_t equals = text.find('=');
  if (equals != text.npos) return std::pair(text.substr(0, equals), text.substr(equals + 1));
  const char* value = std::getenv(text.c_str());
  if (value == nullptr) return std::nullopt;
  return std::pair(text, std::string(value));
}

/// Chooses how WASI resolves paths. Tests set SKERRY_WASI_RESOLVER=fallback to check that both ways of
/// resolving give the same results.
wasi::PathResolverKind path_resolver() {
  const char* wanted = std::getenv("SKERRY_WASI_RESOLVER");
  const bool fallback = wanted != nullptr && std::string_view(wanted) == "fallback";
  return fallback ? wasi::PathResolverKind::component_wise : wasi::PathResolverKind::automatic;
}

/// The variables that the guest sees. --env replaces what --env-inherit brings.
std::vector<std::pair<std::string, std::string>> variables(const WasiOptions& options) {
  std::vector<std::pair<std::string, std::string>> all;
  if (options.env_inherit) all = platform::environment();
  for (const std::string& text : options.env) {
    const auto variable = parse_env(text);
    if (!variable) continue;
    std::erase_if(all, [&](const auto& other) { return other.first == variable->first; });
    all.push_back(*variable);
  }
  return all;
}

struct QuotaOption {
  std::string guest;
  uint64_t bytes = 0;
  uint64_t files = wasi::Quota::unlimited;
};

/// Parses GUEST=SIZE[,FILES].
std::optional<QuotaOption> parse_quota(const std::string& text) {
  const size_t equals = text.rfind('=');
  if (equals == text.npos || equals == 0) return std::nullopt;
  const size_t comma = text.find(',', equals);
  QuotaOption made{text.substr(0, equals)};
  const auto bytes = parse_size(text.substr(equals + 1, comma == text.npos ? comma : comma - equals - 1));
  const auto files = comma == text.npos ? std::optional(made.files) : parse_count(text.substr(comma + 1));
  if (!bytes || !files) return std::nullopt;
  made.bytes = *bytes;
  made.files = *files;
  return made;
}

constexpr const char* stream_names[] = {"--stdin", "--stdout", "--stderr"};

} // namespace

WasiSetup::WasiSetup(WasiSetup&& other) noexcept
    : config_(std::move(other.config_)), fds_(std::exchange(other.fds_, {})) {
  for (int i = 0; i < 3; ++i) captured_[i] = std::move(other.captured_[i]);
}

WasiSetup::~WasiSetup() = default;

Result<void> WasiSetup::open_stream(const std::string& text, int number) {
  const std::string_view kind = std::string_view(text).substr(0, text.find(':'));
  const std::string rest = kind.size() < text.size() ? text.substr(kind.size() + 1) : std::string();
  wasi::Output* output =
      number == platform::standard_output ? &config_.stdout_stream : &config_.stderr_stream;
  const auto set = [&](auto what) {
    if (number == platform::standard_input)
      config_.stdin_stream = what;
    else
      *output = what;
  };
  if (text == "null") {
    set(wasi::Null{});
    return {};
  }
  if (text == "inherit") {
    set(wasi::Inherit{});
    return {};
  }
  if (kind == "file" && !rest.empty()) {
    auto file = number == platform::standard_input ? platform::open_for_reading(rest)
                                                   : platform::open_for_writing(rest);
    if (!file)
      return fail(
          Error(ErrorKind::io, ErrorCode::none, "cannot open " + rest + ": " + file.error().message()));
    set(wasi::BorrowedFd{file->get()});
    fds_.push_back(std::move(*file));
    return {};
  }
  const auto limit =
      kind == "capture" && number != platform::standard_input ? parse_size(rest) : std::nullopt;
  if (!limit) {
    return fail(misused(std::string(stream_names[number]) + ": \"" + text +
                        "\" must be one of inherit, null, file:PATH" +
                        (number == platform::standard_input ? "" : ", capture:SIZE")));
  }
  captured_[number] = std::make_shared<wasi::OutputBuffer>(*limit);
  *output = captured_[number];
  return {};
}

Result<void> WasiSetup::add_quota(const std::string& text, Deadline deadline) {
  const auto look = [&]() -> Result<void> {
    if (std::chrono::steady_clock::now() < deadline) return {};
    return fail(Error::trap(ErrorCode::deadline_exceeded)
                    .with_detail(": while counting what the folder of --quota " + text + " holds"));
  };
  const auto wanted = parse_quota(text);
  if (!wanted)
    return fail(misused("--quota: \"" + text + "\" is not GUEST=SIZE[,FILES], e.g. /data=10MiB,1000"));
  for (wasi::Preopen& preopen : config_.preopens) {
    if (preopen.guest != wanted->guest) continue;
    preopen.quota = std::make_shared<wasi::Quota>(wanted->bytes, wanted->files);
    return preopen.quota->count(preopen.host, look);
  }
  return fail(misused("--quota: no --dir gives the guest a folder " + wanted->guest));
}

Result<WasiSetup> WasiSetup::create(const WasiOptions& options, std::vector<std::string> args,
                                    Deadline deadline) {
  WasiSetup made;
  wasi::Config& config = made.config_;
  config.args = std::move(args);
  config.env = variables(options);
  for (const std::string& text : options.dirs) config.preopens.push_back(parse_dir(text));
  for (const std::string& text : options.quotas) {
    if (auto added = made.add_quota(text, deadline); !added) return fail(std::move(added.error()));
  }
  const std::string* streams[] = {&options.stdin_from, &options.stdout_to, &options.stderr_to};
  for (int i = 0; i < 3; ++i) {
    if (auto opened = made.open_stream(*streams[i], i); !opened) return fail(std::move(opened.error()));
  }
  for (const std::string& address : options.listen) {
    auto listener = listen_on(address);
    if (!listener) return fail(std::move(listener.error()));
    config.sockets.push_back({listener->get()});
    made.fds_.push_back(std::move(*listener));
  }
  config.limits.open_descriptors = options.max_open_files;
  if (options.deterministic) config.determinism = wasi::Determinism{.seed = options.seed};
  config.resolver = path_resolver();
  return made;
}

std::optional<wasi::OutputProblem> WasiSetup::print_captured(Deadline deadline) const {
  std::optional<wasi::OutputProblem> problem;
  if (captured_[platform::standard_output])
    problem = write_stdout(captured_[platform::standard_output]->text(), deadline);
  if (problem) return problem;
  if (captured_[platform::standard_error])
    write_stderr(captured_[platform::standard_error]->text(), deadline);
  for (int i = platform::standard_output; i <= platform::standard_error; ++i) {
    if (captured_[i] && captured_[i]->dropped() != 0) {
      complain(std::string(stream_names[i]) + ": " + std::to_string(captured_[i]->dropped()) +
                   " more bytes were dropped",
               deadline);
    }
  }
  return std::nullopt;
}

void add_wasi_options(CLI::App& command, WasiOptions& options) {
  add_texts(command, "--dir", options.dirs,
            {"Let the guest use a folder; with :ro only read it", "HOST::GUEST[:ro]"});
  add_texts(command, "--quota", options.quotas,
            {"Limit what a folder may hold, or SIZE,FILES", "GUEST=SIZE"});
  add_texts(command, "--env", options.env, {"Set a variable, or pass on that of the host", "KEY[=VALUE]"});
  command.add_flag("--env-inherit", options.env_inherit, "Pass on all variables of the host");
  add_texts(command, "--listen", options.listen, {"Give the guest a listening socket", "HOST:PORT"});
  add_text(command, "--stdin", options.stdin_from, {"inherit (default), null or file:PATH", "FROM"});
  add_text(command, "--stdout", options.stdout_to,
           {"inherit (default), null, file:PATH or capture:SIZE", "TO"});
  add_text(command, "--stderr", options.stderr_to, {"Like --stdout", "TO"});
  add_count(command, "--max-open-files", options.max_open_files,
            {"Limit of open descriptors (default: 1024)", "N"}, {.least = 3, .most = 1U << 20});
  command.add_flag("--deterministic", options.deterministic,
                   "Make runs repeatable: computed time and chance");
  add_count(command, "--seed", options.seed, {"Seed of chance, with --deterministic (default: 0)", "N"});
}

} // namespace skerry::host::cli
