// Context: checks the configuration, opens the directories that it names, and fills the descriptor table.
#include "skerry/printable.hpp"
#include "skerry/wasi/wasi.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/base/utf8.hpp"
#include "wasi/path_text.hpp"
#include "wasi/platform/errno_message.hpp"
#include "wasi/platform/open.hpp"
#include "wasi/state.hpp"

#include <algorithm>
#include <utility>

namespace skerry::wasi {

namespace {

constexpr Rights input_rights = rights::all & ~rights::mutating;
constexpr Rights output_rights = (rights::all & ~rights::mutating & ~rights::fd_read) | rights::fd_write;

Unexpected<Error> usage(std::string message) {
  return fail(Error(ErrorKind::usage, ErrorCode::none, std::move(message)));
}

Unexpected<Error> io(std::string message) {
  return fail(Error(ErrorKind::io, ErrorCode::none, std::move(message)));
}

bool has_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

Result<void> check(const Config& config) {
  for (const auto& argument : config.args) {
    if (has_nul(argument)) return usage("WASI argument contains a NUL byte");
  }
  for (const auto& [name, value] : config.env) {
    if (name.empty() || name.find('=') != std::string::npos || has_nul(name)) {
      return usage("not a name of an environment variable: " + in_quotes(name));
    }
    if (has_nul(value))
      return usage("value of environment variable " + in_quotes(name) + " contains a NUL byte");
  }
  for (const auto& preopen : config.preopens) {
    if (preopen.guest.empty() || has_nul(preopen.guest) || !vm::is_utf8(preopen.guest)) {
      return usage("not a guest path: " + in_quotes(preopen.guest));
    }
  }
  if (config.determinism && config.determinism->nanoseconds_per_instruction == 0) {
    return usage("a deterministic clock needs at least 1 ns per instruction");
  }
  const size_t given = 3 + config.preopens.size() + config.sockets.size();
  if (given > config.limits.open_descriptors) {
    return usage("limit of " + std::to_string(config.limits.open_descriptors) +
                 " open descriptors is below the " + std::to_string(given) +
                 " that are given to the program");
  }
  return {};
}

Result<HostFd> open_preopen(const Preopen& preopen) {
  auto opened = has_nul(preopen.host) ? refuse(Errno::inval) : platform::open_directory(preopen.host);
  if (opened) return HostFd::owned(std::move(*opened));
  return io("cannot open directory " + printable(preopen.host, 1000) + ": " +
            platform::message_of(opened.error()));
}

Descriptor stream(Resource resource, Rights base) {
  Descriptor made;
  made.resource = std::move(resource);
  made.base = base & rights::stream;
  made.is_stream = true;
  return made;
}

// Returns a descriptor for the stream `fd` of the embedding process. If the embedding process has closed
// `fd`, the program's reads report the end at once, and its writes fail with `badf`.
Descriptor host_stream(int fd, Rights base) {
  auto made = describe(HostFd::borrowed(fd), base, rights::none, 0);
  if (made) return std::move(*made);
  return stream(ByteSource{std::make_shared<const std::string>()}, base);
}

bool has_callback(const Input& from) {
  const auto* function = std::get_if<InputCallback>(&from);
  return function != nullptr && *function;
}

Descriptor input(const Input& from, const std::shared_ptr<const std::string>& data) {
  if (std::holds_alternative<Inherit>(from)) return host_stream(0, input_rights);
  if (const auto* fd = std::get_if<BorrowedFd>(&from)) return host_stream(fd->host_fd, input_rights);
  if (has_callback(from)) {
    return stream(std::make_shared<const InputCallback>(std::get<InputCallback>(from)), input_rights);
  }
  return stream(ByteSource{data}, input_rights);
}

OutputCallback callback(const Output& to) {
  if (const auto* function = std::get_if<OutputCallback>(&to); function && *function) return *function;
  if (const auto* buffer = std::get_if<std::shared_ptr<OutputBuffer>>(&to); buffer && *buffer) {
    return [shared = *buffer](std::span<const std::byte> bytes) { return shared->write(bytes); };
  }
  return [](std::span<const std::byte> bytes) { return bytes.size(); };
}

Descriptor output(const Output& to, int own_fd) {
  if (std::holds_alternative<Inherit>(to)) return host_stream(own_fd, output_rights);
  if (const auto* fd = std::get_if<BorrowedFd>(&to)) return host_stream(fd->host_fd, output_rights);
  return stream(std::make_shared<const OutputCallback>(callback(to)), output_rights);
}

// A read-only directory passes on the rights to write files, which path_open then refuses with `rofs`.
// wasi-libc asks only for rights that the directory passes on: without these, it would open a file for
// writing "successfully", and the first write would fail.
Descriptor directory(const Preopen& preopen, const HostFd& opened) {
  Descriptor made;
  const Rights allowed =
      preopen.mode == PreopenMode::read_only ? rights::all & ~rights::mutating : rights::all;
  made.resource = HostFd::borrowed(opened.get());
  made.type = Filetype::directory;
  made.base = allowed & rights::directory;
  made.inheriting = allowed | rights::writing;
  made.read_only = preopen.mode == PreopenMode::read_only;
  if (preopen.mode == PreopenMode::read_write) made.quota = preopen.quota;
  made.preopen_name = preopen.guest;
  return made;
}

// Inserts the streams, preopens and sockets. `insert` cannot fail, because check() has compared the number of
// descriptors with the limit.
void fill_table(State& state) {
  const Config& config = state.config;
  state.fds.clear();
  state.run.reset();
  if (config.determinism) state.run.emplace(*config.determinism);
  (void)state.fds.insert(input(config.stdin_stream, state.stdin_data));
  (void)state.fds.insert(output(config.stdout_stream, 1));
  (void)state.fds.insert(output(config.stderr_stream, 2));
  for (size_t i = 0; i < config.preopens.size(); ++i) {
    (void)state.fds.insert(directory(config.preopens[i], state.preopens[i]));
  }
  for (const auto& socket : config.sockets) (void)state.fds.insert(host_stream(socket.host_fd, rights::all));
}

Result<void> open_all(State& state) {
  auto resolver = PathResolver::create(state.config.resolver);
  if (!resolver) return io("this kernel has no openat2");
  state.resolver = *resolver;
  for (const auto& preopen : state.config.preopens) {
    auto opened = open_preopen(preopen);
    if (!opened) return fail(std::move(opened.error()));
    state.preopens.push_back(std::move(*opened));
  }
  for (const auto& [name, value] : state.config.env) state.environment.push_back(name + "=" + value);
  auto* bytes = std::get_if<Bytes>(&state.config.stdin_stream);
  state.stdin_data = std::make_shared<const std::string>(bytes ? std::move(bytes->data) : std::string());
  fill_table(state);
  return {};
}

} // namespace

std::string OutputBuffer::take() noexcept {
  dropped_ = 0;
  return std::exchange(text_, {});
}

size_t OutputBuffer::write(std::span<const std::byte> bytes) {
  const size_t fits = std::min(bytes.size(), limit_ - std::min(limit_, text_.size()));
  text_.append(reinterpret_cast<const char*>(bytes.data()), fits);
  dropped_ += bytes.size() - fits;
  return overflow_ == Overflow::discard ? bytes.size() : fits;
}

Context::Context(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Context::Context(Context&&) noexcept = default;
Context& Context::operator=(Context&&) noexcept = default;
Context::~Context() = default;

Result<Context> Context::create(Config config) {
  return catching_out_of_memory("making a WASI context", [&]() -> Result<Context> {
    if (auto checked = check(config); !checked) return fail(std::move(checked.error()));
    auto state = std::make_unique<State>(std::move(config));
    if (auto opened = open_all(*state); !opened) return fail(std::move(opened.error()));
    return Context(std::move(state));
  });
}

const Config& Context::config() const noexcept { return state_->config; }
uint32_t Context::open_descriptors() const noexcept { return state_->fds.open_count(); }

namespace {

/// Finds the place of a path that the host asks about. Errors: those of PathResolver::place; also perm for an
/// invalid path.
Expected<Place> place_in(const State& state, size_t preopen, std::string_view path, HostMeter& meter,
                         bool follow) {
  if (preopen >= state.preopens.size()) return Unexpected(Errno::perm);
  const uint32_t most = state.config.limits.path_bytes;
  if (meter.spend_bytes(std::min<uint64_t>(path.size(), most))) return Unexpected(Errno::intr);
  const auto parsed = parse_path(std::as_bytes(std::span(path)), most);
  if (!parsed) return Unexpected(Errno::perm);
  return state.resolver.place(meter, state.preopens[preopen].get(), *parsed, follow);
}

} // namespace

bool Context::exists(size_t preopen, std::string_view path, HostMeter& meter) const {
  const auto place = place_in(*state_, preopen, path, meter, false);
  return place && platform::status_at(place->directory.get(), place->name);
}

bool Context::leads_outside(size_t preopen, std::string_view path, HostMeter& meter) const {
  const auto place = place_in(*state_, preopen, path, meter, true);
  return !place && place.error() == Errno::perm;
}

void Context::reset() { fill_table(*state_); }

} // namespace skerry::wasi
