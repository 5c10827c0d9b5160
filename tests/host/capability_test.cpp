#include "skerry/host/capability.hpp"

#include "tests/catch.hpp"

#include <string>

using namespace skerry::host;
using namespace std::string_literals;

namespace {

HostRule rule(std::string_view text) {
  auto parsed = HostRule::parse(text);
  REQUIRE(parsed);
  return *parsed;
}

Capabilities files(std::string guest) {
  Capabilities c;
  c.allow_file_system = true;
  c.allowed_paths.push_back({"/host", std::move(guest), PathMode::read_only});
  return c;
}

} // namespace

TEST_CASE("nothing is granted by default") {
  Capabilities none;
  CHECK_FALSE(check_path(none, "/"));
  CHECK_FALSE(check_host(none, "example.com", 443));
  CHECK_FALSE(none.allow_env);
}

TEST_CASE("both the switch and the list are needed, and the decision names the missing one") {
  Capabilities c;
  c.allowed_paths.push_back({"/srv", "/srv", PathMode::read_only});
  CHECK(check_path(c, "/srv/a").missing == "capabilities.allowFileSystem");
  c.allow_file_system = true;
  CHECK(check_path(c, "/srv/a").granted);
  CHECK(check_path(c, "/srv/a").missing.empty());
  CHECK(check_path(c, "/etc").missing == "capabilities.allowedPaths");

  c.allowed_hosts.push_back(rule("example.com"));
  CHECK(check_host(c, "example.com", 80).missing == "capabilities.allowNetwork");
  c.allow_network = true;
  CHECK(check_host(c, "example.com", 80).granted);
  CHECK(check_host(c, "example.org", 80).missing == "capabilities.allowedHosts");
}

TEST_CASE("an empty host or path list grants nothing, not everything") {
  Capabilities c;
  c.allow_file_system = c.allow_network = c.allow_env = true;
  CHECK(check_path(c, "/").missing == "capabilities.allowedPaths");
  CHECK(check_host(c, "example.com", 443).missing == "capabilities.allowedHosts");
}

TEST_CASE("/data does not grant /database") {
  Capabilities c = files("/data");
  CHECK(check_path(c, "/data"));
  CHECK(check_path(c, "/data/"));
  CHECK(check_path(c, "/data/x/y"));
  CHECK(check_path(c, "//data/./x"));
  CHECK_FALSE(check_path(c, "/database"));
  CHECK_FALSE(check_path(c, "/dat"));
  CHECK_FALSE(check_path(c, "data/x"));
}

TEST_CASE(".. does not leave a granted folder") {
  Capabilities c = files("/data");
  CHECK(check_path(c, "/data/x/../y"));
  CHECK_FALSE(check_path(c, "/data/../etc/passwd"));
  CHECK_FALSE(check_path(c, "/data/x/../../etc"));
  CHECK_FALSE(check_path(c, "/../data"));
  CHECK_FALSE(check_path(c, "/data/../data/x")); // the sandbox refuses to leave the folder, even for a moment
  CHECK_FALSE(check_path(c, "/x/../data/y"));
  CHECK(path_in_grant(c.allowed_paths[0], "/data/./x//../y") == "x/../y");
  CHECK(path_in_grant(c.allowed_paths[0], "//data/") == ".");
  CHECK_FALSE(check_path(c, "/data\0/x"s));
  CHECK_FALSE(check_path(c, ""));
}

TEST_CASE("a granted root grants everything below it, and nothing relative") {
  CHECK(check_path(files("/"), "/a/b"));
  CHECK_FALSE(check_path(files("/"), "a"));
  CHECK(check_path(files("."), "a"));
  CHECK_FALSE(check_path(files("."), "/a"));
}

TEST_CASE("guest paths are normalized") {
  CHECK(normalize_guest_path("/a//b/./c/") == "/a/b/c");
  CHECK(normalize_guest_path("a/../b") == "b");
  CHECK(normalize_guest_path("./") == ".");
  CHECK(normalize_guest_path("/") == "/");
  CHECK_FALSE(normalize_guest_path(""));
  CHECK_FALSE(normalize_guest_path("a/../.."));
}

TEST_CASE("host rules: exact names, without regard to case and the root's dot") {
  CHECK(rule("api.example.com").matches("API.Example.COM.", 443));
  CHECK(rule("API.example.com.").matches("api.example.com", 1));
  CHECK_FALSE(rule("api.example.com").matches("api.example.com.evil.org", 443));
  CHECK_FALSE(rule("example.com").matches("api.example.com", 443));
  CHECK_FALSE(rule("example.com").matches("example.com\0.evil.org"s, 443));
}

TEST_CASE("host rules: a wildcard needs the dot and at least one label") {
  HostRule wild = rule("*.example.org");
  CHECK(wild.matches("a.example.org", 443));
  CHECK(wild.matches("a.b.EXAMPLE.org.", 443));
  CHECK_FALSE(wild.matches("example.org", 443));
  CHECK_FALSE(wild.matches("evilexample.org", 443));
  CHECK_FALSE(wild.matches(".example.org", 443));
  CHECK_FALSE(wild.matches("a.example.org.evil.net", 443));
}

TEST_CASE("host rules: ports") {
  CHECK(rule("*.example.org:443").matches("a.example.org", 443));
  CHECK_FALSE(rule("*.example.org:443").matches("a.example.org", 80));
  CHECK(rule("10.0.0.7:8080").matches("10.0.0.7", 8080));
  CHECK(rule("example.com").matches("example.com", 1));
}

TEST_CASE("host rules: addresses in any spelling") {
  CHECK(rule("2001:db8::1").matches("2001:0DB8:0:0:0:0:0:1", 443));
  CHECK(rule("[2001:db8::1]:443").matches("[2001:db8::1]", 443));
  CHECK_FALSE(rule("[2001:db8::1]:443").matches("2001:db8::1", 80));
  CHECK(rule("10.0.0.7").matches("::ffff:10.0.0.7", 1));
  CHECK_FALSE(rule("10.0.0.7").matches("10.0.0.70", 1));
}

TEST_CASE("host rules: international names count by their A-label form alone") {
  CHECK(rule("xn--bcher-kva.example").matches("XN--bcher-kva.EXAMPLE.", 443));
  CHECK_FALSE(rule("xn--bcher-kva.example")
                  .matches("b\xc3\xbc"
                           "cher.example",
                           443));
  CHECK_FALSE(rule("*.example")
                  .matches("b\xc3\xbc"
                           "cher.example",
                           443));
}

TEST_CASE("host rules that make no sense are refused") {
  for (const char* text : {"", "*", "*.", "a.*.b", "exa mple.com", "http://example.com", "example.com:0",
                           "example.com:70000", "example.com:x", "2130706433", "0x7f.1", "127.1", "-a.com",
                           "bücher.example", "a..b", "[::1", "a/b"}) {
    INFO(text);
    CHECK_FALSE(HostRule::parse(text));
  }
}
