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

TraceOutput::~TraceOutput() {
  if (is_complete_ && file_ != nullptr && std::fflush(file_.get()) != 0)
    complain(std::string("the end of the trace cannot be written: ") + std::strerror(errno), deadline_);
}

bool TraceOutput::put(const std::string& text) {
  if (file_ == nullptr) return write_stderr(text, deadline_);
  return std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size();
}

bool TraceOutput::write(std::string_view line) {
  if (left_ == 0) {
    put("the trace ends here: --trace-limit\n");
    return false;
  }
  --left_;
  if (put(std::string(line) + "\n")) return true;
  is_complete_ = false;
  complain("the trace ends: it cannot be written", deadline_);
  return false;
}

} // namespace skerry::host::cli
