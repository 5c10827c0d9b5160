#include "host/cli/plugin/operator_commands.hpp"

#include "host/cli/commands.hpp"
#include "host/cli/options.hpp"
#include "host/cli/output.hpp"
#include "host/net/network.hpp"
#include "host/server/server_config.hpp"
#include "host/support/fail.hpp"
#include "skerry/printable.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace skerry::host::cli {

namespace {

struct OperatorOptions {
  std::string config, server, plugin;
  std::optional<std::chrono::nanoseconds> timeout;
  bool force = false;
};

int report_failure(PluginErrorCode code, std::string_view message) {
  write_stderr(to_json(make_error("", Phase::call, code, message)) + "\n");
  return failure;
}

/// The address at which programs on this machine reach the server's listener for operators.
struct Destination {
  std::string authority;   ///< host and port of the URL
  std::string unix_socket; ///< the path of the socket, or empty
  const std::string& name() const noexcept { return unix_socket.empty() ? authority : unix_socket; }
};

/// The error is a text that says why the configuration does not tell the destination.
skerry::Expected<Destination, std::string> destination_of(const server::ServerConfig& config) {
  server::ListenAddress address{.path = {}, .host = config.host, .port = std::to_string(config.port)};
  if (!config.admin.empty()) address = *server::parse_listen_address(config.admin);
  if (!address.path.empty()) return Destination{"127.0.0.1:80", address.path};
  if (address.port == "0")
    return fail(std::string("port 0 is chosen when the server starts; name the port with --server"));
  if (address.host == "0.0.0.0") address.host = "127.0.0.1";
  if (address.host == "::") address.host = "::1";
  if (address.host.contains(':')) address.host = "[" + address.host + "]";
  return Destination{address.host + ":" + address.port, {}};
}

std::string_view words_for(NetworkStatus status) {
  switch (status) {
  case NetworkStatus::timeout: return "no answer within --timeout";
  case NetworkStatus::unreachable: return "no server listens there";
  default: return "the name cannot be resolved, or a different kind of server answers";
  }
}

/// Sends a POST request to the server and prints its answer; errors go to stderr.
int post(const OperatorOptions& options, const std::string& path) {
  if (!why_no_network().empty()) {
    complain(why_no_network());
    return usage_error;
  }
  auto config = server::read_server_config(options.config);
  if (!config) {
    write_stderr(to_json(config.error()) + "\n");
    return failure;
  }
  const auto known = options.server.empty() ? destination_of(*config) : Destination{options.server, {}};
  if (!known) return report_failure(PluginErrorCode::config, options.config + ": " + known.error());
  Capabilities grants;
  grants.allow_network = grants.allow_private_addresses = true;
  auto rule = HostRule::parse(known->authority);
  if (!rule) return report_failure(PluginErrorCode::config, "the server's address: " + rule.error());
  grants.allowed_hosts.push_back(std::move(*rule));
  HttpRequest request{
      .method = "POST", .url = "http://" + known->authority + path, .headers = {}, .body = {}};
  request.headers.emplace_back("Authorization", "Bearer " + config->token);
  HttpResponse response;
  const auto deadline = Network::Clock::now() + options.timeout.value_or(std::chrono::seconds(60));
  if (auto done = Network(grants, {}, known->unix_socket).http(request, response, deadline);
      done != NetworkStatus::ok)
    return report_failure(done == NetworkStatus::timeout ? PluginErrorCode::timeout
                                                         : PluginErrorCode::unreachable,
                          known->name() + ": " + std::string(words_for(done)));
  if (response.status == 200) return print(response.body) ? 0 : failure;
  while (response.body.ends_with('\n')) response.body.pop_back();
  write_stderr(printable(response.body, longest_printed_message) + "\n"); // one line, whatever answers there
  return failure;
}

CLI::App* add(CLI::App& plugin, const std::string& name, const std::string& what, OperatorOptions& options) {
  CLI::App* command = plugin.add_subcommand(name, what);
  add_with(*command, "NAME", {"The plugin's name", ""}, [&options](const std::string& text) {
    if (text.find_first_of("/?#% ") != text.npos)
      throw CLI::ValidationError("NAME", in_quotes(text) + " is not a plugin name");
    options.plugin = text;
  })->required();
  add_text(*command, "--config", options.config,
           {"The server's configuration: its address, and its token", "FILE.json"})
      ->required();
  add_text(*command, "--server", options.server,
           {"The server's address, if the configuration does not name it", "HOST:PORT"});
  add_duration(*command, "--timeout", options.timeout,
               {"How long to wait for the answer (default: 60s)", "TIME"});
  return command;
}

void add_reload(CLI::App& plugin, int& status) {
  auto options = std::make_shared<OperatorOptions>();
  CLI::App* command = add(plugin, "reload",
                          "Tell a running server to read a plugin's file again and swap versions", *options);
  command->add_flag("--force", options->force, "Reload even a file that is unchanged or known to be bad");
  command->footer(
      "The old version keeps serving unless every step of the reload succeeds (docs/hot-reload.md).\n\n"
      "Example:\n  skerry plugin reload --config plugins.json json-transformer");
  command->callback([options, &status] {
    status =
        post(*options, "/plugins/" + options->plugin + "/reload" + (options->force ? "?force=true" : ""));
  });
}

void add_rollback(CLI::App& plugin, int& status) {
  auto options = std::make_shared<OperatorOptions>();
  CLI::App* command =
      add(plugin, "rollback", "Tell a running server to restore a plugin's previous version", *options);
  command->footer("Example:\n  skerry plugin rollback --config plugins.json json-transformer");
  command->callback(
      [options, &status] { status = post(*options, "/plugins/" + options->plugin + "/rollback"); });
}

} // namespace

void add_operator_commands(CLI::App& plugin, int& status) {
  add_reload(plugin, status);
  add_rollback(plugin, status);
}

} // namespace skerry::host::cli
