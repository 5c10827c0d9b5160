#include "host/cli/trace.hpp"

#include "host/support/fail.hpp"
#include "skerry/printable.hpp"

#include <cerrno>
#include <cstring>

namespace skerry::host::cli {

Result<std::shared_ptr<TraceOutput>> TraceOutput::open(const TraceOptions& options, Deadline deadline) {
  std::shared_ptr<TraceOutput> output(new TraceOutput(options, deadline));
  if (options.file == "-") return output;
  output->file_.reset(std::fopen(options.file.c_str(), "we"));
  if (output->file_ == nullptr) {
    return fail(Error(ErrorKind::io, ErrorCode::none,
                      "cannot write the trace to " + in_quotes(options.file) + ": " + std::strerror(errno)));
  }
  return output;
}

std::string TraceOutput::put(const std::string& text) {
  if (file_ == nullptr) {
    const auto problem = write_stderr(text, deadline_);
    return problem ? problem->reason : "";
  }
  return std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size() ? "" : std::strerror(errno);
}

bool TraceOutput::write(std::string_view line) {
  if (left_ == 0) {
    problem_ = put("the trace ends here: --trace-limit\n");
    return false;
  }
  --left_;
  problem_ = put(std::string(line) + "\n");
  return problem_.empty();
}

Result<void> TraceOutput::finish() {
  if (problem_.empty() && file_ != nullptr && std::fflush(file_.get()) != 0) problem_ = std::strerror(errno);
  if (problem_.empty()) return {};
  return fail(Error(ErrorKind::io, ErrorCode::none, "the trace cannot be written: " + problem_));
}

} // namespace skerry::host::cli
