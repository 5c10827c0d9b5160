// The interface of objects that answer the requests of a listener. Internal.
#pragma once

#include "host/server/http/request.hpp"

#include <functional>
#include <optional>

namespace skerry::host::server {

/// Answers requests. Both functions run on the thread of the event loop, so they must not wait.
class RequestHandler {
public:
  /// Sends the response. Thread-safe. Must be called once.
  using Respond = std::function<void(Response response)>;

  RequestHandler() = default;
  RequestHandler(const RequestHandler&) = delete;
  RequestHandler& operator=(const RequestHandler&) = delete;
  virtual ~RequestHandler() = default;

  /// Refuses a request before its body is read. Returns nothing if `handle` should receive the request.
  virtual std::optional<Response> refuse(const RequestHead& head) = 0;
  /// Answers a request, now or later and on any thread.
  virtual void handle(Request request, Respond respond) = 0;
};

} // namespace skerry::host::server
