// Outgoing connections through libcurl.
#include "host/net/network.hpp"

#include "host/net/curl/handles.hpp"
#include "host/net/curl/route.hpp"
#include "host/platform/addresses.hpp"
#include "host/platform/sockets.hpp"
#include "host/support/ascii.hpp"
#include "skerry/out_of_memory.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <optional>
#include <thread>

namespace skerry::host {

namespace {

constexpr int most_redirects = 5;
constexpr size_t longest_url = 8192;

/// Initializes libcurl once, before any thread uses it. The call is thread-safe since libcurl 7.84.
bool start_curl() {
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return started;
}

/// The limits and the outcome of one HTTP request, redirects included, or of one call of Network::dial.
/// libcurl passes the Exchange to our callbacks.
struct Exchange {
  const Capabilities* capabilities = nullptr;
  HttpResponse* response = nullptr;
  std::string unix_socket; // that the connection is made to, or empty
  uint64_t bytes_left = 0;
  bool address_denied = false;
  bool too_large = false;
  bool out_of_memory = false; // perform then throws, because no exception may pass through libcurl
};

/// Calls `store` for `size` received bytes if the limit allows them. Returns the value that libcurl's
/// callbacks must return: `size`, or 0 to end the transfer.
template <class F> size_t keep_received(Exchange& exchange, size_t size, F&& store) noexcept {
  if (size > exchange.bytes_left) {
    exchange.too_large = true;
    return 0;
  }
  exchange.bytes_left -= size;
  return unless_out_of_memory(
      [&] {
        store();
        return size;
      },
      [&]() -> size_t {
        exchange.out_of_memory = true;
        return 0;
      });
}

/// libcurl calls this function before it connects, and passes the resolved address. A private address is
/// refused unless the manifest allows private addresses.
curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& exchange = *static_cast<Exchange*>(user);
  if (!exchange.capabilities->allow_private_addresses &&
      is_private_address(platform::address_bytes(&address->addr))) {
    exchange.address_denied = true;
    return CURL_SOCKET_BAD;
  }
  return platform::make_socket(address->family, address->socktype, address->protocol).release();
}

size_t receive_body(char* data, size_t, size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  return keep_received(exchange, size, [&] { exchange.response->body.append(data, size); });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  size_t first = text.find_first_not_of(blank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

size_t receive_header(char* data, size_t, size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  std::string_view line(data, size);
  size_t colon = line.find(':');
  auto& headers = exchange.response->headers;
  return keep_received(exchange, size, [&] {
    if (line.starts_with("HTTP/")) // a status line: a new response begins, after interim ones
      headers.clear();
    else if (colon != line.npos)
      headers.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
  });
}

NetworkStatus status_of(CURLcode code, const Exchange& exchange) {
  if (exchange.address_denied) return NetworkStatus::denied;
  if (exchange.too_large) return NetworkStatus::too_large;
  switch (code) {
  case CURLE_OK: return NetworkStatus::ok;
  case CURLE_OPERATION_TIMEDOUT: return NetworkStatus::timeout;
  case CURLE_COULDNT_CONNECT:
  case CURLE_SEND_ERROR:
  case CURLE_RECV_ERROR:
  case CURLE_GOT_NOTHING:
  case CURLE_PARTIAL_FILE: return NetworkStatus::unreachable;
  case CURLE_URL_MALFORMAT:
  case CURLE_UNSUPPORTED_PROTOCOL: return NetworkStatus::bad_request;
  default: return NetworkStatus::failed;
  }
}

/// Waits for an event, at most as long as `time`. libcurl can wait only for whole milliseconds. If `time` is
/// shorter than one millisecond, the thread therefore sleeps instead.
void wait(CURLM* multi, Patience::Clock::duration time) {
  auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  if (whole > 0)
    (void)curl_multi_poll(multi, nullptr, 0, static_cast<int>(std::min<int64_t>(whole, 3'600'000)), nullptr);
  else
    std::this_thread::sleep_for(time);
}

/// Runs the transfer until it ends or `patience` is over.
NetworkStatus perform(CURL* easy, const Exchange& exchange, Patience& patience) {
  Multi multi(curl_multi_init());
  if (!multi || curl_multi_add_handle(multi.get(), easy) != CURLM_OK) return NetworkStatus::failed;
  NetworkStatus status = NetworkStatus::timeout;
  for (int running = 1; running != 0;) {
    if (curl_multi_perform(multi.get(), &running) != CURLM_OK) {
      status = NetworkStatus::failed;
      break;
    }
    if (running == 0) break;
    if (patience.is_over()) break;
    wait(multi.get(), patience.longest_wait());
  }
  int queued = 0;
  if (const CURLMsg* done = curl_multi_info_read(multi.get(), &queued); done != nullptr)
    status = status_of(done->data.result, exchange);
  (void)curl_multi_remove_handle(multi.get(), easy);
  if (exchange.out_of_memory) throw std::bad_alloc();
  return status;
}

template <class Value> void set(CURL* easy, CURLoption option, Value value) {
  (void)curl_easy_setopt(easy, option, value);
}

/// Makes a handle with the options that all connections share. The handle refers to `exchange` and `route`.
Easy connection(Exchange& exchange, const Route& route) {
  if (!start_curl()) return nullptr;
  Easy easy(curl_easy_init());
  if (!easy) return nullptr;
  CURL* handle = easy.get();
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_PROXY, ""); // no proxy, even if the environment names one
  set(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_RESOLVE, route.addresses.get());
  set(handle, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(handle, CURLOPT_OPENSOCKETDATA, &exchange);
  set(handle, CURLOPT_WRITEFUNCTION, &receive_body);
  set(handle, CURLOPT_WRITEDATA, &exchange);
  set(handle, CURLOPT_HEADERFUNCTION, &receive_header);
  set(handle, CURLOPT_HEADERDATA, &exchange);
  return easy;
}

std::string url_part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
  return text;
}

/// True if the URL has the part, even an empty one.
bool has_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  const bool found = curl_url_get(url, part, &text, 0) == CURLUE_OK;
  curl_free(text);
  return found;
}

/// Returns nothing for URLs that the host does not request, such as those of other schemes.
std::optional<Target> target_of(CURLU* url) {
  Target target{url_part(url, CURLUPART_SCHEME), url_part(url, CURLUPART_HOST), 0};
  std::string port = url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (port.empty() || target.host.empty()) return std::nullopt;
  if (target.scheme != "http" && target.scheme != "https") return std::nullopt;
  if (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD))
    return std::nullopt; // belong in a header
  target.port = static_cast<uint16_t>(std::stoul(port));
  return target;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower_case(x) == lower_case(y); });
}

bool is_token(std::string_view text) {
  constexpr std::string_view more = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (lower_case(c) >= 'a' && lower_case(c) <= 'z') || (c >= '0' && c <= '9') ||
           more.find(c) != more.npos;
  });
}

/// True for headers that a guest may set. A guest may not set headers that name the server or delimit the
/// message, because the plugin host itself determines these headers.
bool is_allowed_header(std::string_view name, std::string_view value) {
  constexpr std::array<std::string_view, 9> ours{"host",       "content-length", "transfer-encoding",
                                                 "connection", "keep-alive",     "upgrade",
                                                 "te",         "trailer",        "expect"};
  if (!is_token(name) || value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos) return false;
  return std::none_of(ours.begin(), ours.end(), [&](std::string_view our) { return same_name(our, name); }) &&
         !(name.size() > 6 && same_name(name.substr(0, 6), "proxy-"));
}

bool is_allowed_method(std::string_view method) {
  constexpr std::array<std::string_view, 7> methods{"GET",   "HEAD",   "POST",   "PUT",
                                                    "PATCH", "DELETE", "OPTIONS"};
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

bool is_well_formed(const HttpRequest& request) {
  return is_allowed_method(request.method) && request.url.size() <= longest_url &&
         request.url.find('\0') == request.url.npos &&
         std::all_of(request.headers.begin(), request.headers.end(),
                     [](const auto& header) { return is_allowed_header(header.first, header.second); });
}

List header_list(const HttpRequest& request) {
  List list;
  for (const auto& [name, value] : request.headers) append(list, name + (value.empty() ? ";" : ": " + value));
  append(list, "Expect:");
  return list;
}

NetworkStatus ask(const HttpRequest& request, const Route& route, Exchange& exchange, Patience& patience) {
  Easy easy = connection(exchange, route);
  if (!easy) return NetworkStatus::failed;
  CURL* handle = easy.get();
  set(handle, CURLOPT_URL, request.url.c_str());
  if (!exchange.unix_socket.empty()) set(handle, CURLOPT_UNIX_SOCKET_PATH, exchange.unix_socket.c_str());
  List headers = header_list(request);
  set(handle, CURLOPT_HTTPHEADER, headers.get());
  if (request.method == "HEAD") {
    set(handle, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET" || !request.body.empty()) {
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(handle, CURLOPT_POSTFIELDS, request.body.c_str());
    set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  NetworkStatus status = perform(handle, exchange, patience);
  long http_status = 0;
  (void)curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &http_status);
  exchange.response->status = static_cast<int>(http_status);
  return status;
}

std::string location_of(const HttpResponse& response) {
  if (response.status < 301 || response.status > 308 || response.status == 304) return {};
  for (const auto& [name, value] : response.headers)
    if (same_name(name, "location")) return value;
  return {};
}

/// Changes `request` to the request that follows a redirect with `status` (RFC 9110 §15.4). `elsewhere` is
/// true if the scheme, host or port changes; the request then loses its credentials.
void redirect(HttpRequest& request, int status, bool elsewhere) {
  const auto drop = [&](std::string_view header) {
    std::erase_if(request.headers, [&](const auto& item) { return same_name(item.first, header); });
  };
  if (status == 303 || (status < 303 && request.method == "POST")) {
    if (request.method != "HEAD") request.method = "GET";
    request.body.clear();
    drop("content-type");
  }
  if (elsewhere) {
    drop("authorization");
    drop("cookie");
  }
}

/// The status of a dial, which has no separate one for a peer that does not answer.
NetworkStatus dialled(NetworkStatus status) {
  return status == NetworkStatus::timeout ? NetworkStatus::unreachable : status;
}

} // namespace

NetworkStatus Network::http(const HttpRequest& asked, HttpResponse& response, Patience patience) const {
  if (!is_well_formed(asked)) return NetworkStatus::bad_request;
  HttpRequest request = asked;
  Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), 0) != CURLUE_OK)
    return NetworkStatus::bad_request;
  std::optional<Target> before;
  Exchange exchange{&capabilities_, &response, unix_socket_, capabilities_.max_http_response_bytes()};
  for (int hop = 0; hop <= most_redirects; ++hop) {
    auto target = target_of(url.get());
    if (!target) return hop == 0 ? NetworkStatus::bad_request : NetworkStatus::denied;
    if (!check_host(capabilities_, target->host, target->port)) return NetworkStatus::denied;
    if (hop > 0) redirect(request, response.status, *target != *before);
    before = target;
    request.url = url_part(url.get(), CURLUPART_URL);
    response = {};
    const Route route = find_route(*target, patience, name_servers_);
    if (route.status != NetworkStatus::ok) return route.status;
    NetworkStatus status = ask(request, route, exchange, patience);
    std::string location = status == NetworkStatus::ok ? location_of(response) : "";
    if (location.empty()) return status;
    if (location.size() > longest_url ||
        curl_url_set(url.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK)
      return NetworkStatus::failed;
  }
  return NetworkStatus::failed;
}

NetworkStatus Network::dial(std::string_view host, uint16_t port, Patience patience) const {
  if (!check_host(capabilities_, host, port)) return NetworkStatus::denied;
  bool bare_v6 = host.find(':') != host.npos && !host.starts_with('[');
  std::string address = bare_v6 ? "[" + std::string(host) + "]" : std::string(host);
  Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_SCHEME, "http", 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_HOST, address.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_PORT, std::to_string(port).c_str(), 0) != CURLUE_OK)
    return NetworkStatus::failed;
  const auto target = target_of(url.get());
  if (!target) return NetworkStatus::failed;
  const Route route = find_route(*target, patience, name_servers_);
  if (route.status != NetworkStatus::ok) return dialled(route.status);
  HttpResponse none;
  Exchange exchange{&capabilities_, &none, unix_socket_, 0};
  Easy easy = connection(exchange, route);
  if (!easy) return NetworkStatus::failed;
  set(easy.get(), CURLOPT_CURLU, url.get());
  set(easy.get(), CURLOPT_CONNECT_ONLY, 1L);
  return dialled(perform(easy.get(), exchange, patience));
}

} // namespace skerry::host
