// Names of the network: what slow, hostile and broken name servers can do. These tests need c-ares, because
// only it can ask the test's name servers.
#include "host/net/resolver.hpp"

#include "host/net/network.hpp"

#include "tests/catch.hpp"
#include "tests/host/support/local_server.hpp"
#include "tests/host/support/name_server.hpp"

#include <set>
#include <thread>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

using Texts = std::vector<std::string>;

/// Longer than ctest lets a test run: a request that waits for this deadline fails the test.
Network::Clock::time_point much_later() { return Network::Clock::now() + seconds(1000); }

/// Makes a lookup wait for one second before it asks the next name server.
Network::Clock::time_point later() { return Network::Clock::now() + seconds(6); }

Texts look_up(const std::string& name, const std::string& servers,
              Network::Clock::time_point deadline = later()) {
  Patience patience(deadline);
  return addresses_of(name, patience, {servers});
}

/// Returns the result of a lookup if a name server answers like this.
Texts look_up_at(const dns::NameServer::Answers& answers) {
  const dns::NameServer server(answers);
  return look_up("service.test", server.text());
}

Capabilities grants(bool private_addresses = true) {
  Capabilities c;
  c.allow_network = true;
  c.allow_private_addresses = private_addresses;
  c.allowed_hosts = {*HostRule::parse("*.test")};
  return c;
}

NetworkStatus get(const std::string& url, const std::string& servers, HttpResponse& response,
                  Patience patience = much_later(), bool private_addresses = true) {
  const Capabilities granted = grants(private_addresses);
  return Network(granted, {servers}).http({"GET", url, {}, ""}, response, patience);
}

std::string url_of(const LocalServer& server, const std::string& name = "a.service.test") {
  return "http://" + name + ":" + std::to_string(server.port()) + "/";
}

} // namespace

TEST_CASE("a name is asked for once, and its address is connected to") {
  LocalServer web([](const std::string& request) {
    CHECK(request.find("Host: a.service.test:") != request.npos);
    return http_answer("200 OK", "found");
  });
  const dns::NameServer names(dns::always({dns::address("127.0.0.1")}));
  HttpResponse response;
  REQUIRE(get(url_of(web), names.text(), response) == NetworkStatus::ok);
  CHECK(response.body == "found");
  CHECK(names.questions() == 2); // for IPv4 and for IPv6
  const auto granted = grants();
  CHECK(Network(granted, {names.text()}).dial("a.service.test", web.port(), much_later()) ==
        NetworkStatus::ok);
}

TEST_CASE("a silent name server ends a request and a dial at the deadline") {
  const auto by_udp_only = [](const dns::Question& question) {
    return question.by_tcp ? Texts() : Texts{dns::answer(question, {}, dns::truncated)};
  };
  for (const dns::NameServer::Answers& answers : {dns::NameServer::Answers(dns::silence), {by_udp_only}}) {
    const dns::NameServer names(answers);
    const auto start = Network::Clock::now();
    HttpResponse response;
    CHECK(get("http://a.service.test/", names.text(), response, start + milliseconds(300)) ==
          NetworkStatus::timeout);
    CHECK(Network::Clock::now() >= start + milliseconds(300));
    CHECK(Network::Clock::now() < start + seconds(4)); // the system's resolver waits for 5 s at least
    CHECK(names.questions() > 2);                      // more than one for each type of address
    const auto granted = grants();
    const auto again = Network::Clock::now();
    CHECK(Network(granted, {names.text()}).dial("a.service.test", 80, again + milliseconds(100)) ==
          NetworkStatus::unreachable);
    CHECK(Network::Clock::now() < again + seconds(4));
  }
}

TEST_CASE("an interrupt ends a lookup") {
  const dns::NameServer names(dns::silence);
  int checks = 0;
  HostWatch watch;
  watch.self = &checks;
  watch.check = [](void* self) -> Result<void> {
    if (++*static_cast<int*>(self) < 3) return {};
    return fail(Error::trap(ErrorCode::interrupted));
  };
  HostMeter meter(watch); // without a deadline
  HttpResponse response;
  CHECK(get("http://a.service.test/", names.text(), response, meter) == NetworkStatus::timeout);
  REQUIRE(meter.stop);
  CHECK(meter.stop->code() == ErrorCode::interrupted);
  CHECK(checks == 3);
}

TEST_CASE("another name server answers in time if the first ones are silent") {
  const dns::NameServer first(dns::silence), second(dns::silence);
  const dns::NameServer third(dns::always({dns::address("192.0.2.7")}));
  const std::string servers = first.text() + "," + second.text() + "," + third.text();
  CHECK(look_up("service.test", servers) == Texts{"192.0.2.7"});
  CHECK(first.questions() > 0);
  CHECK(second.questions() > 0);
}

TEST_CASE("another name server answers if nothing listens at the first one's port") {
  const dns::NameServer second(dns::always({dns::address("192.0.2.7")}));
  const std::string first = "127.0.0.1:" + std::to_string(closed_port());
  CHECK(look_up("service.test", first + "," + second.text()) == Texts{"192.0.2.7"});
  CHECK(look_up("service.test", first).empty());
}

TEST_CASE("a question is repeated, and a late answer to it counts") {
  CHECK(look_up_at([](const dns::Question& question) -> Texts {
          if (question.count < 2) return {};
          return {dns::ipv4_answer(question, {dns::address("192.0.2.7")})};
        }) == Texts{"192.0.2.7"});
}

TEST_CASE("names that do not exist and name servers that fail end at once") {
  for (const uint16_t code : {dns::no_such_name, dns::server_failure, dns::refused, dns::no_error}) {
    INFO(code);
    const dns::NameServer names(
        [&](const dns::Question& question) { return Texts{dns::answer(question, {}, code)}; });
    HttpResponse response;
    CHECK(get("http://a.service.test/", names.text(), response) == NetworkStatus::failed);
    const auto granted = grants();
    CHECK(Network(granted, {names.text()}).dial("a.service.test", 80, much_later()) == NetworkStatus::failed);
    CHECK(names.questions() > 0);
  }
}

TEST_CASE("a name that no name server can be asked for has no address") {
  const dns::NameServer names(dns::always({dns::address("127.0.0.1")}));
  CHECK(look_up(std::string(64, 'a') + ".test", names.text()).empty());
  CHECK(look_up("a..test", names.text()).empty());
  CHECK(names.questions() == 0);
}

TEST_CASE("garbage and answers to other questions are not taken for an answer") {
  const auto forgeries = [](const dns::Question& question) {
    dns::Question other_id = question, other_name = question;
    other_id.id[0] = static_cast<char>(~question.id[0]);
    other_name.text = dns::labels("other.test") + question.text.substr(question.text.size() - 4);
    return Texts{dns::ipv4_answer(other_id, {dns::address("198.51.100.1")}),
                 dns::ipv4_answer(other_name, {dns::address("198.51.100.2")})};
  };
  const dns::NameServer hostile([&](const dns::Question& question) {
    Texts all{"", "garbage", std::string(600, '\xff'), question.id};
    for (const std::string& forgery : forgeries(question)) all.push_back(forgery);
    return all;
  });
  CHECK(look_up("service.test", hostile.text(), Network::Clock::now() + milliseconds(300)).empty());
  CHECK(hostile.questions() > 0);
  CHECK(look_up_at([&](const dns::Question& question) {
          Texts all = forgeries(question);
          all.push_back(dns::ipv4_answer(question, {dns::address("192.0.2.7")}));
          return all;
        }) == Texts{"192.0.2.7"});
}

TEST_CASE("malformed records give no address") {
  const std::string good = dns::address("192.0.2.7");
  const Texts malformed[] = {
      {good.substr(0, good.size() - 1)},        // ends in the address
      {dns::record(dns::a, "\x7f")},            // an address of one byte
      {dns::record(dns::cname, "\xc0\x0c")},    // an alias of itself
      {dns::record(dns::cname, "\xc0\xff\xff")} // a pointer to outside the message
  };
  for (const Texts& records : malformed) {
    INFO(&records - malformed);
    CHECK(look_up_at(dns::always(records)).empty());
  }
}

TEST_CASE("aliases lead to addresses, and circles of aliases to none") {
  const std::string owner = dns::labels("service.test"), other = dns::labels("other.test");
  const std::string there = dns::record(dns::cname, other, owner);
  const std::string back = dns::record(dns::cname, owner, other);
  const std::string bytes("\xc0\x00\x02\x07", 4);
  CHECK(look_up_at(dns::always({there, dns::record(dns::a, bytes, other)})) == Texts{"192.0.2.7"});
  CHECK(look_up_at(dns::always({there, back})).empty());
}

TEST_CASE("a question over TCP is repeated") {
  CHECK(look_up_at([](const dns::Question& question) {
          if (!question.by_tcp) return Texts{dns::answer(question, {}, dns::truncated)};
          if (question.count < 4) return Texts(); // the second one over TCP
          return Texts{dns::ipv4_answer(question, {dns::address("192.0.2.7")})};
        }) == Texts{"192.0.2.7"});
}

TEST_CASE("a truncated answer is asked for again over TCP") {
  const auto answers = [](const dns::Question& question) {
    if (!question.by_tcp) return Texts{dns::answer(question, {}, dns::truncated)};
    return Texts{dns::ipv4_answer(question, {dns::address("192.0.2.7")})};
  };
  CHECK(look_up_at(answers) == Texts{"192.0.2.7"});
  CHECK(look_up_at([](const dns::Question& question) {
          return Texts{dns::answer(question, {}, dns::truncated)}; // over TCP as well
        }).empty());
}

TEST_CASE("a name with as many addresses as a message holds gives 32") {
  Texts records;
  for (int i = 0; i < 4000; ++i)
    records.push_back(
        dns::address(("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1)).c_str()));
  const auto found = look_up_at([&](const dns::Question& question) {
    if (!question.by_tcp) return Texts{dns::answer(question, {}, dns::truncated)};
    return Texts{dns::ipv4_answer(question, records)};
  });
  CHECK(found.size() == most_addresses);
  CHECK(std::set<std::string>(found.begin(), found.end()).size() == most_addresses);
}

TEST_CASE("IPv6 addresses of a name are found beside IPv4 ones") {
  const auto found = look_up_at([](const dns::Question& question) {
    return Texts{dns::answer(
        question, {question.type == dns::aaaa ? dns::address("2001:db8::7") : dns::address("192.0.2.7")})};
  });
  CHECK(std::set<std::string>(found.begin(), found.end()) ==
        std::set<std::string>{"2001:db8::7", "192.0.2.7"});
  CHECK(look_up_at([](const dns::Question& question) {
          return Texts{dns::answer(question, question.type == dns::aaaa ? Texts{dns::address("2001:db8::7")}
                                                                        : Texts())};
        }) == Texts{"2001:db8::7"});
}

TEST_CASE("a name with a private address is refused, whatever other addresses it has") {
  LocalServer web([](const std::string&) { return http_answer("200 OK", "secret"); });
  for (const char* address : {"127.0.0.1", "::1", "::ffff:127.0.0.1"}) {
    INFO(address);
    const dns::NameServer names([&](const dns::Question& question) {
      const std::string found = dns::address(address);
      const bool v6 = question.type == dns::aaaa;
      return Texts{dns::answer(question, v6 == (std::string_view(address).find(':') != std::string_view::npos)
                                             ? Texts{found}
                                             : Texts())};
    });
    HttpResponse response;
    CHECK(get(url_of(web), names.text(), response, much_later(), false) == NetworkStatus::denied);
    const auto granted = grants(false);
    CHECK(Network(granted, {names.text()}).dial("a.service.test", web.port(), much_later()) ==
          NetworkStatus::denied);
  }
  CHECK(web.requests() == 0);
}

TEST_CASE("the next address of a name is tried if one refuses the connection") {
  LocalServer web([](const std::string&) { return http_answer("200 OK", "found"); });
  const dns::NameServer names(dns::always({dns::address("127.0.0.9"), dns::address("127.0.0.1")}));
  HttpResponse response;
  CHECK(get(url_of(web), names.text(), response) == NetworkStatus::ok); // listens at 127.0.0.1 only
  CHECK(response.body == "found");
}

TEST_CASE("the name in a redirect is looked up and judged like that of a request") {
  LocalServer web([](const std::string& request) {
    const size_t host = request.find("Host: a.service.test:");
    if (host == request.npos) return http_answer("200 OK", "there");
    const std::string port = request.substr(host + 21, request.find("\r\n", host) - host - 21);
    return http_answer("302 Found", "", "Location: http://b.service.test:" + port + "/\r\n");
  });
  const auto answers = [](bool both) {
    return [both](const dns::Question& question) {
      if (both || question.name == "a.service.test")
        return Texts{dns::ipv4_answer(question, {dns::address("127.0.0.1")})};
      return Texts{dns::answer(question, {}, dns::no_such_name)};
    };
  };
  HttpResponse response;
  const dns::NameServer both(answers(true)), first(answers(false));
  CHECK(get(url_of(web), both.text(), response) == NetworkStatus::ok);
  CHECK(response.body == "there");
  CHECK(get(url_of(web), first.text(), response) == NetworkStatus::failed);
}

TEST_CASE("the file of hosts is read before name servers are asked") {
  const dns::NameServer names(dns::always({dns::address("192.0.2.7")}));
  const auto found = look_up("localhost", names.text());
  CHECK(std::find(found.begin(), found.end(), "127.0.0.1") != found.end());
  CHECK(names.questions() == 0);
}

TEST_CASE("threads look up names at once") {
  const dns::NameServer names(dns::always({dns::address("192.0.2.7")}));
  std::vector<std::thread> threads;
  std::atomic<int> found = 0;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round)
        found += look_up("service.test", names.text()) == Texts{"192.0.2.7"};
    });
  for (auto& thread : threads) thread.join();
  CHECK(found == 8 * 20);
}
