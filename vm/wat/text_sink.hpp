// Passes printed text on in pieces, up to a limit.
#pragma once

#include "skerry/wat.hpp"
#include "vm/module/load_watch.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace skerry::vm::wat {

/// Loops that print must check is_open(), because a few bytes of a module can stand for any amount of text.
class TextSink {
public:
  TextSink(const skerry::wat::TextWriter& write, uint64_t limit, LoadWatch& watch)
      : write_(write), watch_(watch), left_(limit), limit_(limit) {}

  TextSink& operator+=(std::string_view text) {
    if (text.size() > left_) is_open_ = false;
    if (!is_open_) return *this;
    left_ -= text.size();
    buffer_ += text;
    if (buffer_.size() >= piece_bytes) flush();
    return *this;
  }
  /// Returns false if the limit is reached or the writer has refused a piece.
  bool is_open() const { return is_open_; }
  Result<void> finish() {
    if (is_open_) flush();
    if (watch_.error()) return fail(*watch_.error());
    if (is_open_) return {};
    if (was_refused_) return fail(Error(ErrorKind::io, ErrorCode::none, "the text could not be written"));
    return fail(Error(ErrorKind::limit, ErrorCode::limit_exceeded,
                      "the module has more than " + std::to_string(limit_) +
                          " bytes of text, which is the limit (ToTextOptions::max_bytes, --max-text)"));
  }

private:
  static constexpr size_t piece_bytes = 65'536;
  void flush() {
    was_refused_ = !write_(buffer_);
    is_open_ = !was_refused_ && watch_.spend(buffer_.size());
    buffer_.clear();
  }

  const skerry::wat::TextWriter& write_;
  LoadWatch& watch_;
  std::string buffer_;
  uint64_t left_, limit_;
  bool is_open_ = true, was_refused_ = false;
};

} // namespace skerry::vm::wat
