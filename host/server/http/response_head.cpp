#include "host/server/http/response_head.hpp"

#include "host/server/http/boost.hpp"

namespace skerry::host::server {

std::string response_head(const Response& response, std::string_view date, KeepAlive keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(response.status)));
  head += "\r\nDate: ";
  head += date;
  head += "\r\nContent-Type: ";
  head += response.content_type;
  head += "\r\nContent-Length: " + std::to_string(response.body.size());
  for (const auto& [name, value] : response.fields) head += std::string("\r\n") + name + ": " + value;
  if (keep_alive == KeepAlive::no) head += "\r\nConnection: close";
  if (keep_alive == KeepAlive::announced) head += "\r\nConnection: keep-alive";
  head += "\r\n\r\n";
  return head;
}

} // namespace skerry::host::server
