// Implements PluginServer with the library cpp-httplib. No other file includes the library.
#include "host/cli/plugin/httplib/plugin_server.hpp"

#include "host/cli/output.hpp"
#include "host/support/fail.hpp"
#include "host/support/json.hpp"
#include "skerry/printable.hpp"

#include <httplib.h>

#include <atomic>

namespace skerry::host::cli {

namespace {

constexpr const char* json_type = "application/json";
constexpr const char* prometheus_type = "text/plain; version=0.0.4; charset=utf-8";

void answer(httplib::Response& response, int status, const std::string& body, const char* type = json_type) {
  response.status = status;
  response.set_content(body, type);
}

void answer(httplib::Response& response, const PluginError& error) {
  answer(response, http_status(error), to_json(error) + "\n");
}

void answer_error(httplib::Response& response, PluginErrorCode code, std::string_view message) {
  answer(response, make_error("", Phase::call, code, message));
}

/// Compares two texts. The time for the comparison does not depend on how many characters are equal, because
/// otherwise an attacker could measure the time and guess the secret piece by piece.
bool is_same_secret(std::string_view given, std::string_view secret) {
  unsigned char difference = given.size() == secret.size() ? 0 : 1;
  for (size_t i = 0; i < given.size(); ++i)
    difference |= static_cast<unsigned char>(given[i] ^ secret[i % secret.size()]);
  return difference == 0;
}

} // namespace

struct PluginServer::Impl {
  explicit Impl(ServeConfig given) : config(std::move(given)), manager(manager_options()) { set_up(); }

  ManagerOptions manager_options();
  void set_up();
  void log_reload(const ReloadEvent& event);
  void log(std::string_view event, std::string_view text, const PluginError* error = nullptr) const;
  bool is_operator(const httplib::Request& request, httplib::Response& response) const;
  void execute(const httplib::Request& request, httplib::Response& response);
  void list(httplib::Response& response) const;
  void load(const httplib::Request& request, httplib::Response& response);
  void reload(const httplib::Request& request, httplib::Response& response);
  void rollback(const std::string& name, httplib::Response& response);
  void unload(const std::string& name, httplib::Response& response);
  Expected<void> load_file(const std::filesystem::path& file);

  const ServeConfig config;
  Manager manager;
  httplib::Server server;
  std::atomic<bool> stopping = false;
};

ManagerOptions PluginServer::Impl::manager_options() {
  ManagerOptions options;
  options.max_instances = config.max_instances;
  options.on_reload = [this](const ReloadEvent& event) { log_reload(event); };
  return options;
}

void PluginServer::Impl::set_up() {
  using Request = httplib::Request;
  using Response = httplib::Response;
  const auto seconds = config.timeout.count() / 1000;
  const auto microseconds = config.timeout.count() % 1000 * 1000;
  server.new_task_queue = [threads = config.threads] { return new httplib::ThreadPool(threads); };
  server.set_payload_max_length(config.max_request_bytes);
  server.set_read_timeout(seconds, microseconds);
  server.set_write_timeout(seconds, microseconds);
  server.set_keep_alive_timeout(std::max<time_t>(seconds, 1));
  server.set_tcp_nodelay(true);

  server.Post(R"(/plugins/([^/]+)/execute)", [this](const Request& q, Response& r) { execute(q, r); });
  server.Get("/plugins", [this](const Request&, Response& r) { list(r); });
  server.Get("/metrics", [this](const Request&, Response& r) {
    answer(r, 200, to_prometheus(manager.metrics()), prometheus_type);
  });
  server.Get("/healthz", [this](const Request&, Response& r) {
    answer(r, stopping ? 503 : 200, stopping ? "stopping\n" : "ok\n", "text/plain");
  });
  server.Post("/plugins", [this](const Request& q, Response& r) {
    if (is_operator(q, r)) load(q, r);
  });
  server.Post(R"(/plugins/([^/]+)/reload)", [this](const Request& q, Response& r) {
    if (is_operator(q, r)) reload(q, r);
  });
  server.Post(R"(/plugins/([^/]+)/rollback)", [this](const Request& q, Response& r) {
    if (is_operator(q, r)) rollback(q.matches[1], r);
  });
  server.Delete(R"(/plugins/([^/]+))", [this](const Request& q, Response& r) {
    if (is_operator(q, r)) unload(q.matches[1], r);
  });
  server.set_error_handler([](const Request&, Response& r) {
    if (!r.body.empty()) return;
    if (r.status == 413)
      return answer_error(r, PluginErrorCode::limit_input, "the request is larger than maxRequestKB");
    const int status = r.status; // kept, because several statuses of the library have one code
    answer_error(r, status == 404 ? PluginErrorCode::not_found : PluginErrorCode::request, "no such address");
    r.status = status;
  });
}

/// Logs one line: "skerry: event: text", or the same as JSON.
void PluginServer::Impl::log(std::string_view event, std::string_view text, const PluginError* error) const {
  if (!config.json_log) {
    const std::string why =
        error != nullptr ? ": " + std::string(code_text(error->code)) + ": " + error->message : "";
    write_stderr("skerry: " + std::string(event) + ": " + printable(text, 1000) +
                 printable(why, longest_printed_message) + "\n");
    return;
  }
  OrderedJson line{{"event", event}, {"text", text}};
  if (error != nullptr) line["error"] = Json::parse(to_json(*error))["error"];
  write_stderr(dump_json(line) + "\n");
}

/// Logs a step of a reload. In the JSON format, logs every step. In the text format, logs only failed steps
/// and swaps, because only these concern an operator.
void PluginServer::Impl::log_reload(const ReloadEvent& event) {
  if (config.json_log) {
    write_stderr(dump_json(OrderedJson{{"event", "reload"}, {"reload", OrderedJson::parse(to_json(event))}}) +
                 "\n");
    return;
  }
  const std::string text = event.plugin + " " + event.version + " (" +
                           std::string(reload_trigger_name(event.trigger)) + ", xxh3-128:" + event.hash + ")";
  const bool goes_back =
      event.trigger == ReloadTrigger::rollback || event.trigger == ReloadTrigger::error_rate;
  if (event.outcome == ReloadOutcome::failed)
    log("not reloaded", text, event.error ? &*event.error : nullptr);
  else if (event.step == ReloadStep::swap)
    log(goes_back ? "rolled back" : "reloaded", text);
}

bool PluginServer::Impl::is_operator(const httplib::Request& request, httplib::Response& response) const {
  constexpr std::string_view scheme = "Bearer ";
  const std::string given = request.get_header_value("Authorization");
  if (config.token.empty()) {
    answer_error(response, PluginErrorCode::forbidden,
                 "the configuration has no token, so plugins cannot be changed");
    return false;
  }
  if (given.starts_with(scheme) &&
      is_same_secret(std::string_view(given).substr(scheme.size()), config.token))
    return true;
  response.set_header("WWW-Authenticate", "Bearer");
  answer_error(response, PluginErrorCode::unauthorized, "the request needs the operator's token");
  return false;
}

void PluginServer::Impl::execute(const httplib::Request& request, httplib::Response& response) {
  auto result = manager.call(std::string(request.matches[1]), request.body);
  if (result) return answer(response, 200, *result);
  log("call failed", result.error().plugin, &result.error());
  if (may_retry(result.error().code)) response.set_header("Retry-After", "1");
  answer(response, result.error());
}

void PluginServer::Impl::list(httplib::Response& response) const {
  OrderedJson plugins = OrderedJson::array();
  for (const PluginMetrics& metrics : manager.metrics()) {
    auto plugin = manager.get(metrics.plugin);
    if (!plugin) continue;
    auto meta = parse_json((*plugin)->meta());
    plugins.push_back({{"name", metrics.plugin},
                       {"meta", meta ? OrderedJson::parse(meta->dump()) : OrderedJson()},
                       {"metrics", OrderedJson::parse(to_json(metrics))}});
  }
  answer(response, 200, dump_json(OrderedJson{{"plugins", std::move(plugins)}}) + "\n");
}

Expected<void> PluginServer::Impl::load_file(const std::filesystem::path& file) {
  auto plugin = manager.load(file);
  if (!plugin) return fail(std::move(plugin.error()));
  log("loaded", (*plugin)->name());
  return {};
}

/// Loads a plugin. The request is `{"manifest": "path"}`.
void PluginServer::Impl::load(const httplib::Request& request, httplib::Response& response) {
  auto json = parse_json(request.body);
  if (!json || !json->is_object() || !json->contains("manifest") || !(*json)["manifest"].is_string())
    return answer_error(response, PluginErrorCode::request,
                        "the body must be {\"manifest\": \"path of a manifest\"}");
  auto done = load_file((*json)["manifest"].get<std::string>());
  if (done) return answer(response, 201, "{\"loaded\":true}\n");
  log("not loaded", (*json)["manifest"].get<std::string>(), &done.error());
  answer(response, done.error());
}

/// Reloads a plugin. `?force=true` reloads it even if it is unchanged or known to be bad.
void PluginServer::Impl::reload(const httplib::Request& request, httplib::Response& response) {
  ReloadOptions options;
  options.force = request.get_param_value("force") == "true";
  auto done = manager.reload(std::string(request.matches[1]), options);
  if (!done) return answer(response, done.error());
  const bool swapped = *done == ReloadResult::swapped;
  answer(response, 200, swapped ? "{\"reloaded\":true}\n" : "{\"reloaded\":false,\"unchanged\":true}\n");
}

void PluginServer::Impl::rollback(const std::string& name, httplib::Response& response) {
  auto done = manager.rollback(name);
  if (!done) return answer(response, done.error());
  answer(response, 200, "{\"rolled_back\":true}\n");
}

void PluginServer::Impl::unload(const std::string& name, httplib::Response& response) {
  auto done = manager.unload(name);
  if (!done && done.error().code == PluginErrorCode::not_found) return answer(response, done.error());
  log("unloaded", name, done ? nullptr : &done.error());
  answer(response, 200, "{\"unloaded\":true}\n");
}

PluginServer::PluginServer(ServeConfig config) : impl_(std::make_unique<Impl>(std::move(config))) {}
PluginServer::~PluginServer() = default;

Expected<void> PluginServer::load_plugins() {
  for (const std::filesystem::path& file : impl_->config.manifests)
    if (auto done = impl_->load_file(file); !done) return done;
  return {};
}

bool PluginServer::bind() {
  const ServeConfig& config = impl_->config;
  int port = config.port;
  bool bound = false;
  if (port == 0) {
    port = impl_->server.bind_to_any_port(config.host);
    bound = port > 0;
  } else {
    bound = impl_->server.bind_to_port(config.host, port);
  }
  if (bound)
    impl_->log("listening", "http://" + config.host + ":" + std::to_string(port));
  else
    impl_->log("cannot listen", config.host + ":" + std::to_string(port));
  return bound;
}

void PluginServer::serve() {
  (void)impl_->server.listen_after_bind();
  impl_->log("stopped", "all requests are answered");
}

void PluginServer::stop() {
  impl_->stopping = true;
  impl_->server.stop();
}

} // namespace skerry::host::cli
