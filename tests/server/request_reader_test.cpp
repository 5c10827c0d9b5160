// RequestReader: the rules of RFC 9112, bytes in pieces, and the budget. tests/host/serve has the same rules
// over connections.
#include "host/server/http/request_reader.hpp"
#include "tests/catch.hpp"
#include "tests/server/support/reading.hpp"

#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

using namespace skerry;
using namespace skerry::host::server;
using namespace skerry::host::server::test;

namespace {

using Text = std::string_view;

constexpr std::array requests = {
    Text("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n"),
    Text("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"),
    Text("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n"),
    Text("\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n"),
    Text("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
         "chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: u\r\n\r\n"
         "GET /b HTTP/1.1\r\nHost: x\r\n\r\n"),
    Text("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    Text("GET / HTTP/1.0\r\n\r\n"),
    Text("GET http://x/a?b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    Text("POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\nExpect: 100-continue\r\nContent-Length: "
         "1\r\n\r\na"),
    Text("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3x\r\n\r\nabc"),
    Text("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
    Text("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    Text("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"),
    Text("GET / HTTP/1.1\r\n\r\n"),
    Text("GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n"),
    Text("GET / HTTP/1.1\r\nHost : x\r\n\r\n"),
    Text("GET / HTTP/1.1\r\nHost: a b\r\nA B: c\r\n\r\n"), // refused, and then malformed
    Text("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\nContent-Length: 3x\r\n\r\n"),
    Text("GET / HTTP/1.1\nHost: x\n\n"),
    Text("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
    Text("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"),
    Text("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc"),
    Text("\x16\x03\x01\x02 hello"),
    Text("GET / HTTP/2.0\r\nHost: x\r\n\r\n"),
};

std::string chunked(std::string_view chunks) {
  return "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(chunks);
}
std::string with_length(const std::string& length, std::string_view body = "") {
  return "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n" + std::string(body);
}

constexpr Text head_line = "POST / ?  auth none\n";
bool accepts(const std::string& transcript, std::string_view body) {
  return transcript == std::string(head_line) + "body \"" + std::string(body) + "\" stays\n";
}
/// True if the last line of the transcript is a refusal with this status.
bool refuses(const std::string& transcript, int status) {
  return transcript.contains("refused " + std::to_string(status) + " ");
}

} // namespace

TEST_CASE("requests in pieces are read as requests at once") {
  for (const Text bytes : requests) {
    const std::string expected = read_at_once(bytes);
    INFO(bytes << "\nis read as\n" << expected);
    REQUIRE_FALSE(expected.empty());
    for (size_t size = 1; size <= bytes.size(); ++size)
      REQUIRE(read_in_pieces(bytes, {}, [size] { return size; }) == expected);
  }
}

TEST_CASE("any cut of a request into two pieces is the same request") {
  for (const Text bytes : requests) {
    const std::string expected = read_at_once(bytes);
    for (size_t cut = 1; cut < bytes.size(); ++cut) {
      size_t next = cut;
      INFO(bytes << " cut at " << cut);
      REQUIRE(read_in_pieces(bytes, {}, [&] { return std::exchange(next, SIZE_MAX); }) == expected);
    }
  }
}

TEST_CASE("pipelined requests are read in their order") {
  std::string bytes, expected;
  for (int i = 0; i < 50; ++i) {
    const std::string body = "body" + std::to_string(i);
    bytes += i % 2 == 0 ? with_length(std::to_string(body.size()), body)
                        : chunked("1\r\nb\r\n" + std::to_string(body.size() - 1) + "\r\n" + body.substr(1) +
                                  "\r\n0\r\n\r\n");
    expected += std::string(head_line) + "body \"" + body + "\" stays\n";
  }
  CHECK(read_at_once(bytes) == expected);
  CHECK(read_in_pieces(bytes, {}, [] { return 7; }) == expected);
}

TEST_CASE("the parts of a head") {
  CHECK(read_at_once(requests[0]) == "GET /a ? b=c auth none\nbody \"\" stays\n");
  CHECK(read_at_once(requests[6]) == "GET / ?  auth none\nbody \"\" closes\n");
  CHECK(read_at_once(requests[7]) == "GET /a ? b auth none\nbody \"\" closes\n");
  CHECK(read_at_once(requests[8]) == "POST / ?  auth Bearer t\nbody \"a\" stays\n");
}

TEST_CASE("the limit on the body is exact, with both ways of saying its length") {
  const ReaderLimits limits{.head = {}, .body_bytes = 10};
  CHECK(accepts(read_at_once(with_length("10", "0123456789"), limits), "0123456789"));
  CHECK(refuses(read_at_once(with_length("11"), limits), 413));
  CHECK(refuses(read_at_once(with_length("18446744073709551615"), limits), 413));
  CHECK(accepts(read_at_once(chunked("a\r\n0123456789\r\n0\r\n\r\n"), limits), "0123456789"));
  CHECK(accepts(read_at_once(chunked("5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"), limits), "0123456789"));
  CHECK(refuses(read_at_once(chunked("b\r\n"), limits), 413)); // before the chunk has arrived
  CHECK(refuses(read_at_once(chunked("5\r\n01234\r\n6\r\n"), limits), 413));
  CHECK(refuses(read_at_once(chunked("5\r\n01234\r\nffffffffffffffff\r\n"), limits), 413));
}

TEST_CASE("the limits on the head have their own statuses") {
  const ReaderLimits limits{.head = {.line_bytes = 30, .fields_bytes = 60, .fields = 2}, .body_bytes = 10};
  const std::string line = "GET /aaaaaaaaaaaaaaa HTTP/1.1";
  CHECK_FALSE(read_at_once(line + "a\r\nHost: x\r\n\r\n", limits).contains("414"));
  CHECK(refuses(read_at_once(line + "aa\r\n", limits), 414));
  CHECK(refuses(read_at_once(line + "\r\nA: " + std::string(60, 'b'), limits), 431));
  CHECK(refuses(read_at_once(line + "\r\nHost: x\r\nA: b\r\nC: d\r\n", limits), 431));
}

TEST_CASE("the reader keeps no more than its budget") {
  const auto budget = budget_of(100'000);
  {
    Transcript transcript({}, budget);
    transcript.feed(with_length("200000"));
    for (int i = 0; i < 200; ++i) transcript.feed(std::string(1000, 'a'));
    CHECK(refuses(transcript.text(), 503));
    CHECK(budget->used() <= 100'000);
    CHECK(budget->used() > 50'000);
  }
  CHECK(budget->used() == 0);
}

TEST_CASE("a reader without a budget refuses a large request") {
  const auto budget = budget_of(0);
  Transcript transcript({}, budget);
  transcript.feed(with_length("100000", std::string(100'000, 'a')));
  CHECK(refuses(transcript.text(), 503));
  CHECK(budget->used() == 0);
}

TEST_CASE("a request gives its bytes back when it is destroyed, and an idle reader holds none") {
  const auto budget = budget_of(1 << 20);
  RequestReader reader({}, budget);
  const std::string body(20'000, 'a');
  std::string_view left = body;
  const std::string head = with_length("20000");
  std::memcpy(reader.space().data(), head.data(), head.size());
  reader.arrived(head.size());
  REQUIRE(*reader.advance() == RequestReader::Step::head);
  while (*reader.advance() == RequestReader::Step::need_more) {
    const size_t size = std::min(reader.space().size(), left.size());
    REQUIRE(size > 0);
    std::memcpy(reader.space().data(), left.data(), size);
    reader.arrived(size);
    left.remove_prefix(size);
  }
  {
    const Request request = reader.take();
    CHECK(request.body == body);
    CHECK(reader.is_idle());
    CHECK(budget->used() >= body.size());
  }
  CHECK(budget->used() == 0);
}

TEST_CASE("small requests are read although the budget is used up") {
  const auto budget = budget_of(0);
  Transcript transcript({}, budget);
  transcript.feed(with_length("3", "abc"));
  CHECK(accepts(transcript.text(), "abc"));
}

TEST_CASE("the unfinished parts of a chunked body are limited") {
  const std::string long_line = chunked("3;" + std::string(100'000, 'a'));
  CHECK(refuses(read_at_once(long_line), 400));
  CHECK(refuses(read_in_pieces(long_line, {}, [] { return 100; }), 400));
  std::string trailer = chunked("0\r\n");
  for (int i = 0; i < 10'000; ++i) trailer += "A: b\r\n";
  CHECK(refuses(read_at_once(trailer), 400));
}
