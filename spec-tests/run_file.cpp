#include "spec-tests/run_file.hpp"

#include "skerry/printable.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <new>
#include <utility>

namespace skerry::spec {

namespace {

// The child sends records with three fields: line, kind and message. The separators below cannot occur in a
// field, because every character of a field is printable.
// If the kind is `skip_record`, the message is the reason for which a command was skipped.
constexpr char field_end = '\x1f', record_end = '\x1e';
constexpr const char* skip_record = "skipped";

std::string read_standard_input() {
  std::string text;
  std::array<char, 65'536> piece;
  while (const size_t count = std::fread(piece.data(), 1, piece.size(), stdin))
    text.append(piece.data(), count);
  return text;
}

std::optional<std::string> read_file(const std::string& path) {
  if (path == "-") return read_standard_input();
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void run_script(const std::string& path, const ScriptOptions& options, ScriptObserver observer,
                Tallies& tallies) {
  auto text = read_file(path);
  if (!text) {
    ++tallies[wat::Command::Kind::broken].failed;
    return observer.failed({0, "io", "cannot read the file"});
  }
  ScriptRunner(options, std::move(observer)).run(wat::parse_script(*text), tallies);
}

} // namespace

FileReport run_file(const std::string& path, const ScriptOptions& options) {
  FileReport report;
  report.path = path;
  ScriptObserver observer{[](const wat::Command&) {},
                          [&](Failure failure) { report.failures.push_back(std::move(failure)); },
                          [&](const std::string& reason) { ++report.skips[reason]; }};
  run_script(path, options, std::move(observer), report.tallies);
  return report;
}

/// The memory that the child shares with this process. It outlives the child, so this process can read the
/// counts even if the child has crashed.
struct FileProcess::Shared {
  Tallies tallies;
  uint32_t line = 0; // the line of the command that is running
};

FileProcess::FileProcess(std::string path, const ScriptOptions& options, std::chrono::nanoseconds timeout)
    : deadline_(Clock::now() + timeout) {
  report_.path = std::move(path);
  if (const auto error = start(options)) end_badly("io", error.message());
}

std::error_code FileProcess::start(const ScriptOptions& options) {
  auto memory = platform::SharedMemory::make(sizeof(Shared));
  if (!memory) return memory.error();
  memory_ = std::move(*memory);
  shared_ = new (memory_.start()) Shared;
  auto child = platform::ChildProcess::start(
      [&](const platform::ChildProcess::Send& send) { run_in_child(send, options); });
  if (!child) return child.error();
  child_ = std::move(*child);
  return {};
}

void FileProcess::run_in_child(const platform::ChildProcess::Send& send, const ScriptOptions& options) {
  ScriptObserver observer;
  observer.before = [this](const wat::Command& command) { shared_->line = command.line; };
  observer.failed = [&](const Failure& failure) {
    send(std::to_string(failure.line) + field_end + failure.kind + field_end +
         printable(failure.message, longest_printed_message) + record_end);
  };
  observer.skipped = [&](const std::string& reason) {
    send(std::string("0") + field_end + skip_record + field_end + printable(reason) + record_end);
  };
  run_script(report_.path, options, std::move(observer), shared_->tallies);
}

bool FileProcess::poll() {
  if (!child_.has_child()) return true;
  if (!timed_out_ && Clock::now() >= deadline_) {
    timed_out_ = true;
    child_.kill();
  }
  if (child_.receive(received_)) {
    take_records();
    return false;
  }
  finish();
  return true;
}

void FileProcess::take_records() {
  size_t start = 0;
  for (size_t end; (end = received_.find(record_end, start)) != std::string::npos; start = end + 1)
    take_record(received_.substr(start, end - start));
  received_.erase(0, start);
}

void FileProcess::take_record(const std::string& record) {
  size_t kind = record.find(field_end) + 1;
  size_t message = record.find(field_end, kind) + 1;
  if (kind == 0 || message == 0) return;
  if (record.compare(kind, message - kind - 1, skip_record) == 0)
    return void(++report_.skips[record.substr(message)]);
  auto line = static_cast<uint32_t>(std::strtoul(record.c_str(), nullptr, 10));
  report_.failures.push_back({line, record.substr(kind, message - kind - 1), record.substr(message)});
}

void FileProcess::finish() {
  const auto trouble = child_.wait_for_end();
  report_.tallies = shared_->tallies;
  if (timed_out_) return end_badly("timeout", "killed at the time limit");
  if (trouble) end_badly("crash", *trouble);
}

void FileProcess::end_badly(const std::string& kind, const std::string& what) {
  report_.failures.push_back({shared_ != nullptr ? shared_->line : 0, kind, what});
  report_.crashed = true;
  ++report_.tallies[wat::Command::Kind::broken].failed;
}

} // namespace skerry::spec
