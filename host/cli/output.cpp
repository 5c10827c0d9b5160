#include "host/cli/output.hpp"

#include "host/cli/style.hpp"
#include "host/platform/standard_streams.hpp"
#include "skerry/printable.hpp"

#include <string>

namespace skerry::host::cli {

namespace {

std::string prefix() { return styled(Style::error, "skerry:", has_colours(platform::standard_error)) + " "; }

} // namespace

std::optional<wasi::OutputProblem> write_stdout(std::string_view text, Deadline deadline) {
  return wasi::write_all_before(deadline, platform::standard_output, text);
}
std::optional<wasi::OutputProblem> write_stderr(std::string_view text, Deadline deadline) {
  return wasi::write_all_before(deadline, platform::standard_error, text);
}

bool print(std::string_view text) {
  const auto problem = write_stdout(text);
  if (problem && !problem->is_closed) complain("cannot write to standard output: " + problem->reason);
  return !problem;
}

void complain(std::string_view message, Deadline deadline) {
  write_stderr(prefix() + printable(message, longest_printed_message) + "\n", deadline);
}

void complain_in_lines(std::string_view message, Deadline deadline) {
  std::string lines = prefix() + printable_lines(message);
  if (!lines.ends_with('\n')) lines += '\n';
  write_stderr(lines, deadline);
}

} // namespace skerry::host::cli
