// TextSink: passes printed text in pieces to a writer, up to a limit.
#pragma once

#include "skerry/wat.hpp"
#include "vm/base/limit_error.hpp"
#include "vm/base/piece_writer.hpp"
#include "vm/module/load_watch.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace skerry::vm::wat {

/// Loops that print must check is_open(), because a few bytes of a module can stand for a text of any length.
class TextSink {
public:
  TextSink(const skerry::wat::TextWriter& write, uint64_t limit, LoadWatch& watch)
      : write_(write), watch_(watch), pieces_([this](std::string_view piece) { return pass_on(piece); }),
        left_(limit), limit_(limit) {}
  TextSink(const TextSink&) = delete;
  TextSink& operator=(const TextSink&) = delete;

  TextSink& operator+=(std::string_view text) {
    if (text.size() > left_) pieces_.close();
    if (!is_open()) return *this;
    left_ -= text.size();
    pieces_ += text;
    return *this;
  }
  /// Returns false after the limit was exceeded, the watch expired or the writer refused a piece.
  bool is_open() const { return pieces_.is_open(); }
  Result<void> finish() {
    const bool is_complete = pieces_.finish();
    if (watch_.error()) return fail(*watch_.error());
    if (is_complete) return {};
    if (was_refused_) return fail(Error(ErrorKind::io, ErrorCode::none, "the text could not be written"));
    return fail(max_bytes_error("the module has more than " + std::to_string(limit_) +
                                    " bytes of text, which is the limit (ToTextOptions::max_bytes, "
                                    "--max-text)",
                                limit_ + 1, limit_));
  }

private:
  bool pass_on(std::string_view piece) {
    was_refused_ = !write_(piece);
    return !was_refused_ && watch_.spend(piece.size());
  }

  const skerry::wat::TextWriter& write_;
  LoadWatch& watch_;
  PieceWriter pieces_;
  uint64_t left_, limit_;
  bool was_refused_ = false;
};

} // namespace skerry::vm::wat
