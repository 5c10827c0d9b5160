#include "host/server/plugin_server.hpp"

#include "host/platform/service_manager.hpp"
#include "host/platform/signals.hpp"
#include "host/platform/sockets.hpp"
#include "host/server/http/http_server.hpp"
#include "host/server/plugin_api.hpp"
#include "host/server/server_log.hpp"
#include "host/server/token.hpp"
#include "host/support/fail.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace skerry::host::server {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds late_call_interval{20};
constexpr uint32_t spare_descriptors = 256;      // for plugins' files, sockets and the listeners
constexpr std::string_view admin_name = "admin"; // FileDescriptorName= of the second listener in systemd

/// How many connections the process has descriptors for, but no more than the configuration allows.
uint32_t possible_connections(const ServerConfig& config) {
  const uint64_t descriptors = platform::raise_descriptor_limit();
  const uint64_t possible =
      descriptors > 2 * spare_descriptors ? descriptors - spare_descriptors : descriptors / 2;
  return static_cast<uint32_t>(std::min<uint64_t>(possible, config.max_connections));
}

HttpOptions http_options(const ServerConfig& config) {
  HttpOptions options;
  options.reader.body_bytes = config.max_request_bytes;
  options.head_timeout = config.head_timeout;
  options.request_timeout = config.timeout;
  options.idle_timeout = config.idle_timeout;
  options.max_connections = possible_connections(config);
  options.max_connections_per_address = config.max_connections_per_address;
  options.max_held_bytes = config.max_buffered_bytes;
  return options;
}

std::string in_url(const std::string& host) { return host.contains(':') ? "[" + host + "]" : host; }

} // namespace

struct PluginServer::Impl {
  Impl(ServerConfig given, std::filesystem::path from)
      : config(std::move(given)), file(std::move(from)), token(config.token), log(config.json_log),
        manager(manager_options()), http(http_options(config)),
        api(manager, http, token, log, config.threads) {}

  ManagerOptions manager_options();
  bool listen_on(const ListenAddress& address, std::string_view event, Audience audience);
  bool listen_everywhere(Audience audience);
  void take_passed(std::vector<platform::PassedSocket> sockets);
  void signalled(int signal);
  void stop_requested();
  void reload_all();
  void read_token();

  const ServerConfig config;
  const std::filesystem::path file;
  Token token;
  ServerLog log;
  Manager manager;
  HttpServer http;
  PluginApi api; // its threads use all of the above
  milliseconds drain_time{0};
  bool is_stopping = false;
};

ManagerOptions PluginServer::Impl::manager_options() {
  ManagerOptions options;
  options.max_instances = config.max_instances;
  options.on_reload = [this](const ReloadEvent& event) { log.reload(event); };
  options.guest_log = [this](std::string_view plugin, LogLevel level, std::string_view text) {
    log.guest(plugin, log_level_name(level), text);
  };
  return options;
}

// --- listening

bool PluginServer::Impl::listen_on(const ListenAddress& address, std::string_view event, Audience audience) {
  if (!address.path.empty()) {
    auto socket = platform::listen_on_path(address.path);
    if (!socket) {
      log.line("cannot listen", address.path + ": " + socket.error());
      return false;
    }
    http.listen(std::move(*socket), api.handler(audience), audience == Audience::operators);
    log.line(event, "unix:" + address.path);
    return true;
  }
  auto listener = platform::listen_on(address.host, address.port);
  if (!listener) {
    log.line("cannot listen", in_url(address.host) + ":" + address.port + ": " + listener.error());
    return false;
  }
  http.listen(std::move(listener->socket), api.handler(audience), audience == Audience::operators);
  log.line(event, "http://" + in_url(address.host) + ":" + std::to_string(listener->port));
  return true;
}

bool PluginServer::Impl::listen_everywhere(Audience audience) {
  if (!listen_on({.path = {}, .host = config.host, .port = std::to_string(config.port)}, "listening",
                 audience))
    return false;
  if (config.admin.empty()) return true;
  return listen_on(*parse_listen_address(config.admin), "listening for operators", Audience::operators);
}

/// The socket called "admin" becomes the listener of operators, and all others serve calls.
void PluginServer::Impl::take_passed(std::vector<platform::PassedSocket> sockets) {
  const auto is_admin = [](const platform::PassedSocket& one) { return one.name == admin_name; };
  const bool has_admin = std::ranges::any_of(sockets, is_admin) || !config.admin.empty();
  for (platform::PassedSocket& one : sockets) {
    const Audience audience = is_admin(one) ? Audience::operators
                              : has_admin   ? Audience::callers
                                            : Audience::everyone;
    http.listen(std::move(one.socket), api.handler(audience), audience == Audience::operators);
    log.line(is_admin(one) ? "listening for operators" : "listening",
             "the service manager's socket " + (one.name.empty() ? "without a name" : one.name));
  }
}

bool PluginServer::listen() {
  auto passed = platform::take_passed_sockets();
  if (passed.empty())
    return impl_->listen_everywhere(impl_->config.admin.empty() ? Audience::everyone : Audience::callers);
  const bool passed_admin =
      std::ranges::any_of(passed, [](const auto& one) { return one.name == admin_name; });
  impl_->take_passed(std::move(passed));
  if (passed_admin || impl_->config.admin.empty()) return true;
  return impl_->listen_on(*parse_listen_address(impl_->config.admin), "listening for operators",
                          Audience::operators);
}

// --- signals

void PluginServer::Impl::signalled(int signal) {
  const std::vector<int> reload_signals = platform::reload_signals();
  if (std::ranges::find(reload_signals, signal) != reload_signals.end())
    reload_all();
  else
    stop_requested();
}

void PluginServer::Impl::stop_requested() {
  if (std::exchange(is_stopping, true)) {
    log.line("stopped", "without waiting for running requests");
    log.flush();
    std::_Exit(EXIT_FAILURE);
  }
  platform::notify_service_manager("STOPPING=1");
  log.line("stopping", "the running requests are answered first");
  http.drain(drain_time);
}

void PluginServer::Impl::reload_all() {
  api.run_change([this] {
    platform::notify_service_manager(platform::reloading_state());
    read_token();
    for (const std::string& name : manager.names()) (void)manager.reload(name); // the events log what failed
    platform::notify_service_manager("READY=1");
  });
}

void PluginServer::Impl::read_token() {
  auto again = read_server_config(file);
  if (!again) return log.line("token not read", file.string(), &again.error());
  token.set(again->token);
  log.line("token read", file.string());
}

// --- serving

PluginServer::PluginServer(ServerConfig config, std::filesystem::path file)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(file))) {
  platform::ignore_broken_pipes();
  std::vector<int> signals = platform::stop_signals();
  for (const int signal : platform::reload_signals()) signals.push_back(signal);
  impl_->http.on_signals(signals, [impl = impl_.get()](int signal) { impl->signalled(signal); });
}
PluginServer::~PluginServer() = default;

Expected<void> PluginServer::load_plugins() {
  for (const std::filesystem::path& file : impl_->config.manifests) {
    if (auto done = impl_->api.load_file(file); !done) return done;
    impl_->http.poll_signals();
    if (impl_->is_stopping) break;
  }
  return {};
}

bool PluginServer::serve(milliseconds drain) {
  impl_->drain_time = drain;
  platform::notify_service_manager("READY=1");
  impl_->http.call_every(late_call_interval, [impl = impl_.get()] { impl->api.end_late_calls(); });
  if (!impl_->is_stopping) impl_->http.run();
  const bool answered = !impl_->http.is_unfinished();
  impl_->log.line("stopped", answered ? "all requests are answered" : "requests were left unanswered");
  if (answered) return true;
  // Calls are still running, and ending the server in order would wait for them.
  impl_->log.flush();
  std::_Exit(EXIT_FAILURE);
}

} // namespace skerry::host::server
