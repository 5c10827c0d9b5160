#include "host/net/network.hpp"

#include "tests/catch.hpp"
#include "tests/host/support/local_server.hpp"
#include "tests/host/support/name_server.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstdlib>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;
using std::chrono::milliseconds;

namespace {

bool is_private(const char* text) {
  std::array<char, 16> bytes;
  const bool v6 = std::string_view(text).find(':') != std::string_view::npos;
  REQUIRE(inet_pton(v6 ? AF_INET6 : AF_INET, text, bytes.data()) == 1);
  return is_private_address({bytes.data(), v6 ? size_t{16} : size_t{4}});
}

Network::Clock::time_point soon() { return Network::Clock::now() + milliseconds(5000); }

Capabilities local(std::initializer_list<const char*> hosts, bool private_addresses = true) {
  Capabilities c;
  c.allow_network = true;
  c.allow_private_addresses = private_addresses;
  for (const char* host : hosts) c.allowed_hosts.push_back(*HostRule::parse(host));
  return c;
}

} // namespace

TEST_CASE("private, loopback, link-local and metadata addresses, plain and wrapped") {
  for (const char* address : {"127.0.0.1",
                              "127.255.255.255",
                              "10.1.2.3",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.1.1",
                              "169.254.169.254",
                              "100.100.100.200",
                              "0.0.0.0",
                              "192.0.0.192",
                              "224.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fe80::1",
                              "fc00::1",
                              "fd00:ec2::254",
                              "ff02::1",
                              "::ffff:127.0.0.1",
                              "::ffff:169.254.169.254",
                              "64:ff9b::a00:1",
                              "2002:7f00:1::",
                              "::127.0.0.1",
                              "2001:db8::1",
                              "2001::1",
                              "fec0::1"}) {
    INFO(address);
    CHECK(is_private(address));
  }
  for (const char* address :
       {"8.8.8.8", "172.15.0.1", "172.32.0.1", "192.167.1.1", "169.253.1.1", "100.63.0.1", "100.128.0.1",
        "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::", "2a00:1450::1"}) {
    INFO(address);
    CHECK_FALSE(is_private(address));
  }
}

TEST_CASE("dialling: reached, denied by the list, denied by the address, unreachable, failed") {
  LocalServer server([](const std::string&) { return std::string(); });
  const auto granted = local({"127.0.0.1", "localhost", "nowhere.invalid"});
  CHECK(Network(granted).dial("127.0.0.1", server.port(), soon()) == NetworkStatus::ok);
  CHECK(Network(granted).dial("LOCALHOST", server.port(), soon()) == NetworkStatus::ok);
  CHECK(Network(granted).dial("127.0.0.2", server.port(), soon()) == NetworkStatus::denied);
  CHECK(Network(local({"127.0.0.1"}, false)).dial("127.0.0.1", server.port(), soon()) ==
        NetworkStatus::denied);
  CHECK(Network(local({"localhost"}, false)).dial("localhost", server.port(), soon()) ==
        NetworkStatus::denied);
  CHECK(Network(granted).dial("127.0.0.1", closed_port(), soon()) == NetworkStatus::unreachable);
  const dns::NameServer names([](const dns::Question& question) {
    return std::vector<std::string>{dns::answer(question, {}, dns::no_such_name)};
  });
  CHECK(Network(granted, {names.text()}).dial("nowhere.invalid", 80, soon()) == NetworkStatus::failed);
  CHECK(Network(Capabilities()).dial("127.0.0.1", server.port(), soon()) == NetworkStatus::denied);
}

TEST_CASE("a name is judged by the address that is connected to, not by an earlier lookup") {
  LocalServer server([](const std::string&) { return http_answer("200 OK", "secret"); });
  const auto granted =
      local({"localhost", "ip6-localhost"}, false); // the name is allowed, its address is not
  HttpResponse response;
  const std::string url = "http://localhost:" + std::to_string(server.port()) + "/";
  CHECK(Network(granted).http({"GET", url, {}, ""}, response, soon()) == NetworkStatus::denied);
  CHECK(Network(granted).dial("localhost", server.port(), soon()) == NetworkStatus::denied);
  CHECK(server.requests() == 0);
}

TEST_CASE("a dial without an answer ends at the deadline") {
  const FullListener listener;
  const auto granted = local({"127.0.0.1"});
  const auto start = Network::Clock::now();
  CHECK(Network(granted).dial("127.0.0.1", listener.port(), start + milliseconds(100)) ==
        NetworkStatus::unreachable);
  CHECK(Network::Clock::now() - start >= milliseconds(100));
  CHECK(Network::Clock::now() - start < milliseconds(1000));
}

TEST_CASE("an interrupt ends the wait for a silent peer") {
  LocalServer silent([](const std::string&) { return std::string(); }, LocalServer::Manner::silent);
  int looks = 0;
  HostWatch watch;
  watch.self = &looks;
  watch.check = [](void* self) -> Result<void> {
    if (++*static_cast<int*>(self) < 3) return {};
    return fail(Error::trap(ErrorCode::interrupted));
  };
  HostMeter meter(watch);
  HttpResponse response;
  const auto granted = local({"127.0.0.1"});
  CHECK(Network(granted).http({"GET", silent.url("/"), {}, ""}, response, meter) == NetworkStatus::timeout);
  REQUIRE(meter.stop);
  CHECK(meter.stop->code() == ErrorCode::interrupted);
  CHECK(looks == 3);
}

TEST_CASE("a request and its answer") {
  LocalServer server([](const std::string& request) {
    CHECK(request.starts_with("POST /path?q=1 HTTP/1.1\r\n"));
    CHECK(request.find("X-Test: yes\r\n") != request.npos);
    CHECK(request.ends_with("\r\n\r\nhello"));
    return http_answer("200 OK", "world", "X-Answer: 42\r\n");
  });
  const auto granted = local({"127.0.0.1"});
  HttpResponse response;
  const HttpRequest request{"POST", server.url("/path?q=1"), {{"X-Test", "yes"}}, "hello"};
  REQUIRE(Network(granted).http(request, response, soon()) == NetworkStatus::ok);
  CHECK(response.status == 200);
  CHECK(response.body == "world");
  bool found = false;
  for (const auto& [name, value] : response.headers) found |= name == "X-Answer" && value == "42";
  CHECK(found);
}

TEST_CASE("each redirect is checked like a separate request") {
  LocalServer elsewhere([](const std::string& request) {
    CHECK(request.find("Authorization") == request.npos); // applied only to the first one
    CHECK(request.starts_with("GET "));
    return http_answer("200 OK", "there");
  });
  LocalServer server([&](const std::string&) {
    return http_answer("302 Found", "", "Location: " + elsewhere.url("/x") + "\r\n");
  });
  const HttpRequest request{"POST", server.url("/"), {{"Authorization", "secret"}}, "body"};
  HttpResponse response;
  const std::string first = "127.0.0.1:" + std::to_string(server.port());
  CHECK(Network(local({first.c_str()})).http(request, response, soon()) == NetworkStatus::denied);
  REQUIRE(Network(local({"127.0.0.1"})).http(request, response, soon()) == NetworkStatus::ok);
  CHECK(response.body == "there");
}

TEST_CASE("redirects to other schemes and endless redirects are refused") {
  const auto granted = local({"127.0.0.1"});
  HttpResponse response;
  for (const char* target : {"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/"}) {
    LocalServer server([&](const std::string&) {
      return http_answer("302 Found", "", "Location: " + std::string(target) + "\r\n");
    });
    INFO(target);
    const auto status = Network(granted).http({"GET", server.url("/"), {}, ""}, response, soon());
    CHECK((status == NetworkStatus::denied || status == NetworkStatus::failed));
  }
  LocalServer loop([](const std::string&) { return http_answer("302 Found", "", "Location: /again\r\n"); });
  CHECK(Network(granted).http({"GET", loop.url("/"), {}, ""}, response, soon()) == NetworkStatus::failed);
  CHECK(loop.requests() == 6);
}

TEST_CASE("responses beyond the limit and endless headers are cut off") {
  auto granted = local({"127.0.0.1"});
  granted.max_http_response_kb = 1;
  HttpResponse response;
  LocalServer large([](const std::string&) { return http_answer("200 OK", std::string(5000, 'x')); });
  CHECK(Network(granted).http({"GET", large.url("/"), {}, ""}, response, soon()) == NetworkStatus::too_large);
  LocalServer headers([](const std::string&) {
    return http_answer("200 OK", "", "X-Long: " + std::string(5000, 'x') + "\r\n");
  });
  CHECK(Network(granted).http({"GET", headers.url("/"), {}, ""}, response, soon()) ==
        NetworkStatus::too_large);
}

TEST_CASE("a silent peer is abandoned at the deadline") {
  LocalServer server([](const std::string&) { return std::string("stuck"); }, LocalServer::Manner::silent);
  HttpResponse response;
  const auto start = Network::Clock::now();
  const auto granted = local({"127.0.0.1"});
  CHECK(Network(granted).http({"GET", server.url("/"), {}, ""}, response, start + milliseconds(100)) ==
        NetworkStatus::timeout);
  CHECK(Network::Clock::now() - start >= milliseconds(100));
  CHECK(Network::Clock::now() - start < milliseconds(1000));
}

TEST_CASE("requests that are never allowed") {
  const auto granted = local({"127.0.0.1"});
  HttpResponse response;
  const auto status = [&](const HttpRequest& request) {
    return Network(granted).http(request, response, soon());
  };
  const std::string url = "http://127.0.0.1:1/";
  CHECK(status({"GET", "file:///etc/passwd", {}, ""}) == NetworkStatus::bad_request);
  CHECK(status({"GET", "nonsense", {}, ""}) != NetworkStatus::ok);
  CHECK(status({"CONNECT", url, {}, ""}) == NetworkStatus::bad_request);
  CHECK(status({"GET /x HTTP/1.1\r\nHost: b\r\n", url, {}, ""}) == NetworkStatus::bad_request);
  CHECK(status({"GET", url, {{"X", "a\r\nY: b"}}, ""}) == NetworkStatus::bad_request);
  CHECK(status({"GET", url, {{"X\r\nY", "a"}}, ""}) == NetworkStatus::bad_request);
  CHECK(status({"GET", url, {{"Host", "other"}}, ""}) == NetworkStatus::bad_request);
  CHECK(status({"GET", url, {{"Proxy-Authorization", "x"}}, ""}) == NetworkStatus::bad_request);
  for (const char* credentials : {"user:pw", "user", "user:", ":pw", ":"})
    CHECK(status({"GET", "http://" + std::string(credentials) + "@127.0.0.1:1/", {}, ""}) ==
          NetworkStatus::bad_request);
  CHECK(status({"GET", "http://127.0.0.2:1/", {}, ""}) == NetworkStatus::denied);
  CHECK(status({"GET", "http://127.0.0.1@127.0.0.2:1/", {}, ""}) == NetworkStatus::bad_request);
}

TEST_CASE("a proxy in the environment is not used") {
  LocalServer proxy([](const std::string&) { return http_answer("200 OK", "from the proxy"); });
  LocalServer server([](const std::string&) { return http_answer("200 OK", "from the server"); });
  setenv("http_proxy", ("http://127.0.0.1:" + std::to_string(proxy.port())).c_str(), 1);
  HttpResponse response;
  const auto granted = local({"127.0.0.1"});
  CHECK(Network(granted).http({"GET", server.url("/"), {}, ""}, response, soon()) == NetworkStatus::ok);
  unsetenv("http_proxy");
  CHECK(response.body == "from the server");
  CHECK(proxy.requests() == 0);
}
