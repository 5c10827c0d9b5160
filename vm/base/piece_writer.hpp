// PieceWriter: passes text on in pieces, so that the whole text is never in memory at once.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace skerry::vm {

class PieceWriter {
public:
  /// PieceWriter calls `write` with each piece. `write` returns false to refuse all further text.
  explicit PieceWriter(std::function<bool(std::string_view)> write) : write_(std::move(write)) {}

  PieceWriter& operator+=(std::string_view text) {
    if (!is_open_) return *this;
    buffer_ += text;
    if (buffer_.size() >= piece_bytes) flush();
    return *this;
  }
  /// Ignores all text from now on.
  void close() { is_open_ = false; }
  /// Returns false after close() and after `write` has refused a piece.
  bool is_open() const { return is_open_; }
  /// Writes the last piece. Returns false if a piece was refused or close() was called.
  bool finish() {
    if (is_open_) flush();
    return is_open_;
  }

private:
  static constexpr size_t piece_bytes = 65'536;
  void flush() {
    is_open_ = write_(buffer_);
    buffer_.clear();
  }

  std::function<bool(std::string_view)> write_;
  std::string buffer_;
  bool is_open_ = true;
};

} // namespace skerry::vm
