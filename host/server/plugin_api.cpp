#include "host/server/plugin_api.hpp"

#include "host/support/fail.hpp"
#include "host/support/json.hpp"

#include <algorithm>
#include <utility>

namespace skerry::host::server {

namespace {

constexpr const char* plain_text = "text/plain; charset=utf-8";
constexpr const char* prometheus_text = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view any_name = "*";
constexpr uint32_t change_threads =
    4; // a reload may take seconds; reloads of one plugin wait for one another

Response json_response(int status, std::string body) {
  return {.status = status, .body = std::move(body), .fields = {}};
}

std::string server_metrics(const HttpCounts& counts, uint64_t dropped_lines) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view type, std::string_view help, uint64_t value) {
    const std::string full = "skerry_server_" + std::string(name);
    text += "# HELP " + full + " " + std::string(help) + "\n# TYPE " + full + " " + std::string(type) + "\n" +
            full + " " + std::to_string(value) + "\n";
  };
  add("connections", "gauge", "Open connections of clients.", counts.connections);
  add("accepted_connections_total", "counter", "Connections that clients have opened.", counts.accepted);
  add("refused_connections_total", "counter", "Connections refused by a limit on connections.",
      counts.refused);
  add("evicted_connections_total", "counter",
      "Connections closed to make room: idle ones, and those of slow clients.", counts.evicted);
  add("held_bytes", "gauge", "Bytes of requests and responses held in memory.", counts.held_bytes);
  add("dropped_log_lines_total", "counter", "Log lines dropped because standard error was full.",
      dropped_lines);
  return text;
}

} // namespace

struct PluginApi::Route {
  enum class Access : uint8_t { anyone, operators };
  enum class Place : uint8_t { call, change, report, here };

  std::string_view method;
  std::vector<std::string_view> path; // any_name stands for the plugin's name
  Access access;
  Place place;
  Response (PluginApi::*answer)(const Request& request, const std::string& name);

  bool has_path(const std::vector<std::string>& segments) const {
    return std::ranges::equal(path, segments, [](std::string_view wanted, const std::string& given) {
      return wanted == any_name ? !given.empty() : wanted == given;
    });
  }
  bool is_for(Audience audience) const {
    return audience == Audience::everyone || (place == Place::call) == (audience == Audience::callers);
  }
};

const PluginApi::Route PluginApi::routes[] = {
    {"POST", {"plugins", any_name, "execute"}, Route::Access::anyone, Route::Place::call, nullptr},
    {"GET", {"plugins"}, Route::Access::anyone, Route::Place::report, &PluginApi::list},
    {"GET", {"metrics"}, Route::Access::anyone, Route::Place::report, &PluginApi::metrics},
    {"GET", {"healthz"}, Route::Access::anyone, Route::Place::here, &PluginApi::health},
    {"POST", {"plugins"}, Route::Access::operators, Route::Place::change, &PluginApi::load},
    {"POST",
     {"plugins", any_name, "reload"},
     Route::Access::operators,
     Route::Place::change,
     &PluginApi::reload},
    {"POST",
     {"plugins", any_name, "rollback"},
     Route::Access::operators,
     Route::Place::change,
     &PluginApi::rollback},
    {"DELETE", {"plugins", any_name}, Route::Access::operators, Route::Place::change, &PluginApi::unload},
};

/// The route of a request. Without a route, `allowed` has the methods that the path has, such as "GET, HEAD".
struct PluginApi::Match {
  const Route* route = nullptr;
  std::string name; // of the plugin
  std::string allowed;
};

class PluginApi::Handler : public RequestHandler {
public:
  Handler(PluginApi& api, Audience audience) : api_(api), audience_(audience) {}
  std::optional<Response> refuse(const RequestHead& head) override { return api_.refuse(head, audience_); }
  void handle(Request request, Respond respond) override {
    api_.handle(std::move(request), std::move(respond), audience_);
  }

private:
  PluginApi& api_;
  const Audience audience_;
};

PluginApi::PluginApi(Manager& manager, HttpServer& http, const Token& token, ServerLog& log,
                     uint32_t call_threads)
    : manager_(manager), http_(http), token_(token), log_(log), calls_(manager, call_threads),
      changes_(change_threads), reports_(1) {}
PluginApi::~PluginApi() = default;

RequestHandler& PluginApi::handler(Audience audience) {
  return *handlers_.emplace_back(std::make_unique<Handler>(*this, audience));
}

// --- finding what answers a request

PluginApi::Match PluginApi::match(const RequestHead& head, Audience audience) const {
  Match found;
  const auto segments = path_segments(head.path);
  if (!segments) return found;
  for (const Route& route : routes) {
    if (!route.is_for(audience) || !route.has_path(*segments)) continue;
    if (route.method == head.method || (route.method == "GET" && head.method == "HEAD")) {
      found.route = &route;
      if (segments->size() > 1) found.name = (*segments)[1];
      return found;
    }
    found.allowed += (found.allowed.empty() ? "" : ", ") + std::string(route.method);
    if (route.method == "GET") found.allowed += ", HEAD";
  }
  return found;
}

std::optional<Response> PluginApi::refuse(const RequestHead& head, Audience audience) const {
  const Match found = match(head, audience);
  if (found.route != nullptr) return refuse_access(head, *found.route);
  if (found.allowed.empty()) return error_response(404, PluginErrorCode::not_found, "no such address");
  Response response =
      error_response(405, PluginErrorCode::request, "this address accepts " + found.allowed + " only");
  response.fields.emplace_back("Allow", found.allowed);
  return response;
}

std::optional<Response> PluginApi::refuse_access(const RequestHead& head, const Route& route) const {
  if (route.place != Route::Place::here && route.place != Route::Place::report && http_.is_draining())
    return error_response(make_error("", Phase::call, PluginErrorCode::closed, "the server is stopping"));
  if (route.access == Route::Access::anyone) return std::nullopt;
  if (token_.is_empty())
    return error_response(403, PluginErrorCode::forbidden,
                          "the configuration has no token, so plugins cannot be changed");
  if (head.authorization && token_.permits(*head.authorization)) return std::nullopt;
  Response response =
      error_response(401, PluginErrorCode::unauthorized, "the request needs the operator's token");
  response.fields.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

void PluginApi::handle(Request request, RequestHandler::Respond respond, Audience audience) {
  const Match found = match(request.head, audience);
  const Route& route = *found.route;
  auto shared = std::make_shared<Request>(std::move(request));
  const auto answer = [this, shared, respond, name = found.name, made = route.answer] {
    respond((this->*made)(*shared, name));
  };
  switch (route.place) {
  case Route::Place::call: return execute(shared, found.name, std::move(respond));
  case Route::Place::change: return changes_.run(answer);
  case Route::Place::report: return reports_.run(answer);
  case Route::Place::here: return answer();
  }
}

// --- answering

void PluginApi::execute(const std::shared_ptr<Request>& request, const std::string& name,
                        RequestHandler::Respond respond) {
  if (!http_.make_room_for_answer()) return respond(response_of(out_of_budget()));
  auto plugin = manager_.get(name);
  if (!plugin) return respond(error_response(plugin.error()));
  calls_.call(std::move(*plugin), request->body,
              [this, request, answer = std::move(respond)](Expected<std::string> result) {
                if (result) return answer(json_response(200, std::move(*result)));
                if (blame(result.error().code) != Blame::caller)
                  log_.line("call failed", result.error().plugin, &result.error());
                answer(error_response(result.error()));
              });
}

Response PluginApi::health(const Request&, const std::string&) {
  const bool draining = http_.is_draining();
  return {.status = draining ? 503 : 200,
          .body = draining ? "draining\n" : "ok\n",
          .content_type = plain_text,
          .fields = {}};
}

Response PluginApi::metrics(const Request&, const std::string&) {
  return {.status = 200,
          .body = to_prometheus(manager_.metrics()) + server_metrics(http_.counts(), log_.dropped_lines()),
          .content_type = prometheus_text,
          .fields = {}};
}

Response PluginApi::list(const Request&, const std::string&) {
  OrderedJson plugins = OrderedJson::array();
  for (const PluginMetrics& metrics : manager_.metrics()) {
    auto plugin = manager_.get(metrics.plugin);
    if (!plugin) continue;
    auto meta = parse_json((*plugin)->meta());
    plugins.push_back({{"name", metrics.plugin},
                       {"meta", meta ? OrderedJson::parse(meta->dump()) : OrderedJson()},
                       {"metrics", OrderedJson::parse(to_json(metrics))}});
  }
  return json_response(200, dump_json(OrderedJson{{"plugins", std::move(plugins)}}) + "\n");
}

Expected<void> PluginApi::load_file(const std::filesystem::path& manifest) {
  auto plugin = manager_.load(manifest);
  if (!plugin) return fail(std::move(plugin.error()));
  log_.line("loaded", (*plugin)->name());
  return {};
}

/// Loads a plugin. The request is `{"manifest": "path"}`.
Response PluginApi::load(const Request& request, const std::string&) {
  auto json = parse_json(request.body);
  if (!json || !json->is_object() || !json->contains("manifest") || !(*json)["manifest"].is_string())
    return error_response(400, PluginErrorCode::request,
                          "the body must be {\"manifest\": \"path of a manifest\"}");
  const auto manifest = (*json)["manifest"].get<std::string>();
  auto done = load_file(manifest);
  if (done) return json_response(201, "{\"loaded\":true}\n");
  log_.line("not loaded", manifest, &done.error());
  return error_response(done.error());
}

/// Reloads a plugin. `?force=true` reloads it even if it is unchanged or known to be bad.
Response PluginApi::reload(const Request& request, const std::string& name) {
  ReloadOptions options;
  options.force = has_parameter(request.head.query, "force", "true");
  auto done = manager_.reload(name, options);
  if (!done) return error_response(done.error());
  const bool swapped = *done == ReloadResult::swapped;
  return json_response(200, swapped ? "{\"reloaded\":true}\n" : "{\"reloaded\":false,\"unchanged\":true}\n");
}

Response PluginApi::rollback(const Request&, const std::string& name) {
  auto done = manager_.rollback(name);
  return done ? json_response(200, "{\"rolled_back\":true}\n") : error_response(done.error());
}

Response PluginApi::unload(const Request&, const std::string& name) {
  auto done = manager_.unload(name);
  if (!done && done.error().code == PluginErrorCode::not_found) return error_response(done.error());
  log_.line("unloaded", name, done ? nullptr : &done.error());
  return json_response(200, "{\"unloaded\":true}\n");
}

} // namespace skerry::host::server
