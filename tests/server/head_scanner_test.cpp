// HeadScanner: where a head ends, and each limit at the limit and one above.
#include "host/server/http/head_scanner.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

using namespace skerry::host::server;

namespace {

constexpr HeadLimits small{.line_bytes = 20, .fields_bytes = 40, .fields = 3};

struct Scanned {
  size_t size = 0; // of the head; 0 while its end is missing
  std::optional<HeadProblem> problem;
  size_t looked_at = 0; // the bytes that had arrived
  bool operator==(const Scanned&) const = default;
};

/// Scans a head whose bytes arrive in pieces of `step` bytes, until the scanner decides.
Scanned scan_in_steps(std::string_view head, size_t step, const HeadLimits& limits = small) {
  HeadScanner scanner(limits);
  for (size_t arrived = 0; arrived < head.size();) {
    arrived = std::min(arrived + step, head.size());
    const auto size = scanner.scan(head.substr(0, arrived));
    if (!size) return {0, size.error(), arrived};
    if (*size != 0) return {*size, std::nullopt, arrived};
  }
  return {0, std::nullopt, head.size()};
}

Scanned scan_all(std::string_view head) { return scan_in_steps(head, head.size()); }

std::string line_of(size_t size) { return std::string(size, 'L') + "\r\n"; }
std::string field_of(size_t size) { return "A:" + std::string(size - 4, 'v') + "\r\n"; } // with its CRLF

} // namespace

TEST_CASE("a head ends at its empty line") {
  CHECK(scan_all("GET / HTTP/1.1\r\n\r\n").size == 18);
  CHECK(scan_all("GET / HTTP/1.1\r\nA:b\r\n\r\nbody\r\n\r\n").size == 23);
  CHECK(scan_all("GET / HTTP/1.1\r\nA:b\r\n\r").size == 0);
  CHECK(scan_all("").size == 0);
}

TEST_CASE("the limit on the request line is exact") {
  CHECK(scan_all(line_of(20) + "\r\n").size == 24);
  CHECK(scan_all(line_of(21) + "\r\n").problem == HeadProblem::long_line);
  CHECK_FALSE(scan_all(std::string(20, 'L')).problem);
  CHECK_FALSE(scan_all(std::string(20, 'L') + "\r").problem);
  CHECK(scan_all(std::string(21, 'L')).problem == HeadProblem::long_line); // before its end has arrived
}

TEST_CASE("the limit on the fields is exact, and does not include the line") {
  CHECK(scan_all(line_of(20) + field_of(20) + field_of(20) + "\r\n").size == 64);
  CHECK(scan_all(line_of(1) + field_of(20) + field_of(21) + "\r\n").problem == HeadProblem::large_fields);
  CHECK(scan_all(line_of(1) + field_of(20) + std::string(21, 'v')).problem == HeadProblem::large_fields);
}

TEST_CASE("the limit on the number of fields is exact") {
  CHECK(scan_all(line_of(1) + "A:\r\nB:\r\nC:\r\n\r\n").size == 17);
  CHECK(scan_all(line_of(1) + "A:\r\nB:\r\nC:\r\nD:\r\n").problem == HeadProblem::too_many_fields);
}

TEST_CASE("line ends are CRLF, and fields have one line") {
  CHECK(scan_all("GET / HTTP/1.1\n").problem == HeadProblem::bare_newline);
  CHECK(scan_all(line_of(1) + "A:b\nC:d\r\n").problem == HeadProblem::bare_newline);
  CHECK(scan_all(line_of(1) + "\n").problem == HeadProblem::bare_newline);
  CHECK(scan_all(line_of(1) + "A:b\r\n c\r\n").problem == HeadProblem::folded_field);
  CHECK(scan_all(line_of(1) + "\tc\r\n").problem == HeadProblem::folded_field);
}

TEST_CASE("heads in pieces are scanned as heads at once") {
  const std::string heads[] = {line_of(20) + "\r\n",
                               line_of(3) + field_of(20) + field_of(20) + "\r\nmore",
                               line_of(21) + "\r\n",
                               line_of(1) + field_of(41) + "\r\n",
                               line_of(1) + "A:\r\nB:\r\nC:\r\nD:\r\n\r\n",
                               line_of(1) + "A:b\nC:d\r\n\r\n",
                               line_of(1) + "A:b\r\n c\r\n\r\n"};
  for (const std::string& head : heads) {
    for (size_t step = 1; step <= head.size(); ++step) {
      INFO(head << " in steps of " << step);
      const Scanned found = scan_in_steps(head, step);
      CHECK(found.size == scan_all(head).size);
      CHECK(found.problem == scan_all(head).problem);
    }
  }
}

TEST_CASE("a head without an end is refused one byte above the limit") {
  CHECK(scan_in_steps(std::string(1000, 'L'), 1).looked_at == 21);
  CHECK(scan_in_steps(line_of(1) + std::string(1000, 'v'), 1).looked_at == 3 + 41);
}
