#include "host/server/http/head_scanner.hpp"

#include "host/support/fail.hpp"

namespace skerry::host::server {

namespace {

/// True for the printable characters of ASCII but the space. Beast checks the rest of the method.
bool may_begin_method(char first) { return first > ' ' && first < '\x7f'; }

} // namespace

bool HeadScanner::is_too_long(size_t line_bytes) const noexcept {
  if (is_request_line()) return line_bytes > limits_.line_bytes;
  return line_begin_ - fields_begin_ + line_bytes > limits_.fields_bytes;
}

HeadProblem HeadScanner::length_problem() const noexcept {
  return is_request_line() ? HeadProblem::long_line : HeadProblem::large_fields;
}

/// Checks a line, without its LF. Returns true if it is the empty line at the end of the head.
skerry::Expected<bool, HeadProblem> HeadScanner::end_line(std::string_view line) {
  if (!line.ends_with('\r')) return fail(HeadProblem::bare_newline);
  line.remove_suffix(1);
  if (is_too_long(line.size())) return fail(length_problem());
  if (is_request_line()) return false;
  if (line.empty()) return true;
  if (line.front() == ' ' || line.front() == '\t') return fail(HeadProblem::folded_field);
  if (++fields_ > limits_.fields) return fail(HeadProblem::too_many_fields);
  return false;
}

skerry::Expected<size_t, HeadProblem> HeadScanner::scan(std::string_view head) {
  if (!head.empty() && !may_begin_method(head.front())) return fail(HeadProblem::no_method);
  for (;;) {
    const size_t end = head.find('\n', at_);
    if (end == head.npos) {
      at_ = head.size();
      const size_t arrived = at_ - line_begin_;
      // A CR at the end may belong to the CRLF.
      if (is_too_long(arrived - (head.ends_with('\r') && arrived > 0 ? 1 : 0))) return fail(length_problem());
      return size_t{0};
    }
    auto is_last = end_line(head.substr(line_begin_, end - line_begin_));
    if (!is_last) return fail(is_last.error());
    at_ = end + 1;
    if (is_request_line()) fields_begin_ = at_;
    line_begin_ = at_;
    if (*is_last) return at_;
  }
}

} // namespace skerry::host::server
