// LogSink: lines stay lines, a full stream never holds a caller up, and every lost line is counted.
#include "host/support/log_sink.hpp"

#include "host/support/json.hpp"
#include "tests/host/support/eventually.hpp"
#include "tests/host/support/pipe.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <thread>
#include <vector>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;
using Format = LogSink::Format;

namespace {

auto later() { return LogSink::Clock::now() + longest_wait; }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

} // namespace

TEST_CASE("a log line is written at once, and is one line") {
  Pipe pipe;
  LogSink sink(pipe.write_end.get());
  sink.line("skerry: loaded: p");
  CHECK(pipe.read_some() == "skerry: loaded: p\n");
  sink.line("a\nskerry: stopped\x1b[2J\x7f\xff");
  CHECK(pipe.read_some() == "a\\u{a}skerry: stopped\\u{1b}[2J\\u{7f}\\xff\n");
  sink.line("");
  CHECK(pipe.read_some() == "\n");
  CHECK(sink.dropped() == 0);
}

TEST_CASE("a log line that is too long is cut, or dropped if it is JSON") {
  Pipe pipe;
  const std::string longer(LogSink::longest_line + 1, 'x');
  std::thread reader;
  std::string text;
  {
    LogSink sink(pipe.write_end.get());
    reader = std::thread([&] {
      while (!text.ends_with("end\n")) text += pipe.read_some();
    });
    sink.line(longer);
    sink.line("end");
    REQUIRE(sink.flush(later()));
    reader.join();
    CHECK(sink.dropped() == 0);
  }
  const auto lines = lines_of(text);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].size() <= LogSink::longest_line);
  CHECK(lines[0].ends_with(" bytes more)"));

  LogSink json(pipe.write_end.get(), Format::json);
  json.line("\"" + longer + "\"");
  CHECK(json.dropped() == 1);
  json.line("{}");
  REQUIRE(json.flush(later()));
  CHECK(pipe.read_some() == "{\"event\":\"log lines dropped\",\"count\":1}\n{}\n");
}

TEST_CASE("a full stream holds no caller up; queued lines follow in order, and dropped ones are reported") {
  Pipe pipe;
  const size_t filled = pipe.fill();
  LogSink sink(pipe.write_end.get(), Format::text, 100);
  const std::string text = "a line of 20 bytes ."; // 21 with its newline
  for (int i = 0; i < 4; ++i) sink.line(text);
  CHECK(sink.dropped() == 0);
  for (int i = 0; i < 17; ++i) sink.line(text);
  CHECK(sink.dropped() == 17);
  CHECK_FALSE(sink.flush(LogSink::Clock::now()));
  std::string got;
  while (!got.ends_with("dropped\n")) got += pipe.read_some(); // told although no line follows
  got.erase(0, filled);
  CHECK(got == text + "\n" + text + "\n" + text + "\n" + text + "\nskerry: 17 log lines were dropped\n");
  REQUIRE(sink.flush(later()));
  sink.line("next");
  CHECK(pipe.read_some() == "next\n");
}

TEST_CASE("one dropped log line, and what JSON says") {
  for (const Format format : {Format::text, Format::json}) {
    Pipe pipe;
    const size_t filled = pipe.fill();
    LogSink sink(pipe.write_end.get(), format, 4);
    sink.line("{}");
    sink.line("{}"); // 3 + 3 bytes
    CHECK(sink.dropped() == 1);
    std::string got;
    while (got.size() < filled + 10 || !got.ends_with("\n")) got += pipe.read_some();
    got.erase(0, filled);
    if (format == Format::text)
      CHECK(got == "{}\nskerry: 1 log line was dropped\n");
    else
      CHECK(got == "{}\n{\"event\":\"log lines dropped\",\"count\":1}\n");
  }
}

TEST_CASE("the end of a log sink waits for a reader, but not for ever") {
  Pipe slow;
  const size_t filled = slow.fill();
  std::string got;
  std::thread reader;
  {
    LogSink sink(slow.write_end.get());
    sink.line("last words");
    reader = std::thread([&] {
      while (got.size() < filled || !got.ends_with("\n")) got += slow.read_some();
    });
  }
  reader.join();
  CHECK(got.substr(filled) == "last words\n");

  Pipe stuck;
  stuck.fill();
  const auto start = LogSink::Clock::now();
  {
    LogSink sink(stuck.write_end.get());
    sink.line("nobody reads this");
  }
  CHECK(LogSink::Clock::now() - start < longest_wait);
}

TEST_CASE("a closed stream loses lines, which are counted") {
  Pipe pipe;
  LogSink sink(pipe.write_end.get());
  pipe.read_end = {};
  for (int i = 0; i < 100; ++i) sink.line("x");
  REQUIRE(sink.flush(later()));
  CHECK(sink.dropped() == 100);
  LogSink nowhere(-1);
  nowhere.line("x");
  REQUIRE(nowhere.flush(later()));
  CHECK(nowhere.dropped() == 1);
}

TEST_CASE("many threads write whole log lines, and the count of lost lines is exact") {
  constexpr int threads = 4, each = 3000;
  for (const size_t capacity : {size_t{1} << 20, size_t{300}}) {
    Pipe pipe;
    LogSink sink(pipe.write_end.get(), Format::text, capacity);
    std::string got;
    std::thread reader([&] {
      for (std::string piece = pipe.read_some(); !piece.empty(); piece = pipe.read_some()) got += piece;
    });
    std::vector<std::thread> writers;
    for (int t = 0; t < threads; ++t)
      writers.emplace_back([&, t] {
        for (int i = 0; i < each; ++i)
          sink.line(std::to_string(t) + " " + std::to_string(i) + " " + std::string(100, '-'));
      });
    for (std::thread& writer : writers) writer.join();
    REQUIRE(sink.flush(later()));
    pipe.write_end = {};
    reader.join();
    std::map<int, int> last;
    uint64_t written = 0, told = 0;
    for (const std::string& line : lines_of(got)) {
      std::istringstream in(line);
      if (line.starts_with("skerry: ")) {
        uint64_t count = 0;
        in.ignore(8) >> count;
        told += count;
        continue;
      }
      int thread = -1, number = -1;
      std::string dashes;
      in >> thread >> number >> dashes;
      CHECK(dashes == std::string(100, '-'));
      CHECK((!last.contains(thread) || last[thread] < number)); // in the order of their writes
      last[thread] = number;
      ++written;
    }
    CHECK(written + sink.dropped() == threads * each);
    CHECK(told == sink.dropped());
    if (capacity > threads * each * 110) CHECK(sink.dropped() == 0);
  }
}
