#include "host/cli/output.hpp"

#include "host/platform/standard_streams.hpp"
#include "skerry/printable.hpp"
#include "skerry/wasi/host_output.hpp"

#include <string>

namespace skerry::host::cli {

bool write_stdout(std::string_view text, Deadline deadline) {
  return wasi::write_before(deadline, platform::standard_output, text);
}
bool write_stderr(std::string_view text, Deadline deadline) {
  return wasi::write_before(deadline, platform::standard_error, text);
}

void complain(std::string_view message, Deadline deadline) {
  write_stderr("skerry: " + printable(message, longest_printed_message) + "\n", deadline);
}

void complain_in_lines(std::string_view message, Deadline deadline) {
  std::string lines = "skerry: " + printable_lines(message);
  if (!lines.ends_with('\n')) lines += '\n';
  write_stderr(lines, deadline);
}

} // namespace skerry::host::cli
