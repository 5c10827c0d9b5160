// The requests of the plugin server and how each is answered. Internal.
#pragma once

#include "host/server/call_queue.hpp"
#include "host/server/http/http_server.hpp"
#include "host/server/lane.hpp"
#include "host/server/server_log.hpp"
#include "host/server/token.hpp"
#include "skerry/host/manager.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace skerry::host::server {

/// Which requests a listener answers.
enum class Audience : uint8_t {
  everyone,  ///< all of them
  callers,   ///< calls of plugins
  operators, ///< all but calls: health, metrics, and changes of plugins
};

/// Answers requests with the plugins of a manager. Slow work runs on threads, never on the event loop:
/// calls, changes of plugins, and reports each have their own, so that none of them can delay the others.
class PluginApi {
public:
  /// All arguments must outlive the object.
  PluginApi(Manager& manager, HttpServer& http, const Token& token, ServerLog& log, uint32_t call_threads);
  ~PluginApi();
  PluginApi(const PluginApi&) = delete;
  PluginApi& operator=(const PluginApi&) = delete;

  /// The handler for a listener with this audience. It lives as long as this object.
  RequestHandler& handler(Audience audience);
  /// Must be called now and then on the thread of the event loop.
  void end_late_calls() { calls_.end_late_calls(); }
  /// Runs `task` where changes of plugins run.
  void run_change(Lane::Task task) { changes_.run(std::move(task)); }
  /// Loads a plugin and logs it.
  [[nodiscard]] Expected<void> load_file(const std::filesystem::path& manifest);

private:
  class Handler;
  struct Route;
  struct Match;
  static const Route routes[];

  Match match(const RequestHead& head, Audience audience) const;
  std::optional<Response> refuse(const RequestHead& head, Audience audience) const;
  std::optional<Response> refuse_access(const RequestHead& head, const Route& route) const;
  void handle(Request request, RequestHandler::Respond respond, Audience audience);

  void execute(const std::shared_ptr<Request>& request, const std::string& name,
               RequestHandler::Respond respond);
  Response health(const Request& request, const std::string& name);
  Response metrics(const Request& request, const std::string& name);
  Response list(const Request& request, const std::string& name);
  Response load(const Request& request, const std::string& name);
  Response reload(const Request& request, const std::string& name);
  Response rollback(const Request& request, const std::string& name);
  Response unload(const Request& request, const std::string& name);

  Manager& manager_;
  HttpServer& http_;
  const Token& token_;
  ServerLog& log_;
  std::vector<std::unique_ptr<Handler>> handlers_;
  CallQueue calls_;
  Lane changes_;
  Lane reports_; // lists and metrics
};

} // namespace skerry::host::server
