// Feeds a RequestReader with the bytes of a connection, in pieces. Used by tests and by a fuzz target.
#pragma once

#include "host/server/http/request_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace skerry::host::server::test {

inline std::string described(const RequestHead& head) {
  return head.method + " " + head.path + " ? " + head.query + " auth " + head.authorization.value_or("none");
}

/// The steps that a reader takes on a connection, one line for each.
class Transcript {
public:
  Transcript(const ReaderLimits& limits, std::shared_ptr<ByteBudget> budget)
      : reader_(limits, std::move(budget)) {}

  /// Gives the reader these bytes. Does nothing after a refusal, because the server then closes the
  /// connection.
  void feed(std::string_view bytes) {
    while (!bytes.empty() && !refused_) {
      const std::span<char> space = reader_.space();
      if (space.empty()) return refuse(out_of_budget());
      const size_t size = std::min(space.size(), bytes.size());
      std::memcpy(space.data(), bytes.data(), size);
      bytes.remove_prefix(size);
      reader_.arrived(size);
      read_on();
    }
  }

  const std::string& text() const noexcept { return text_; }
  bool is_idle() { return !refused_ && reader_.is_idle(); }

private:
  void refuse(const Refusal& why) {
    refused_ = true;
    text_ += "refused " + std::to_string(why.status) + " " + why.message + "\n";
  }
  void read_on() {
    for (;;) {
      const auto step = reader_.advance();
      if (!step) return refuse(step.error());
      if (*step == RequestReader::Step::need_more) return;
      if (*step == RequestReader::Step::head)
        text_ += described(reader_.head()) + "\n";
      else
        end_request();
    }
  }
  void end_request() {
    const bool stays = reader_.keep_alive() != KeepAlive::no;
    text_ += "body \"" + reader_.take().body + (stays ? "\" stays\n" : "\" closes\n");
  }

  RequestReader reader_;
  bool refused_ = false;
  std::string text_;
};

inline std::shared_ptr<ByteBudget> budget_of(uint64_t bytes) { return std::make_shared<ByteBudget>(bytes); }

/// The transcript of `bytes` in pieces, whose sizes `piece` chooses.
inline std::string read_in_pieces(std::string_view bytes, const ReaderLimits& limits,
                                  const std::function<size_t()>& piece) {
  Transcript transcript(limits, budget_of(uint64_t{1} << 30));
  while (!bytes.empty()) {
    const size_t size = std::clamp<size_t>(piece(), 1, bytes.size());
    transcript.feed(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return transcript.text();
}

inline std::string read_at_once(std::string_view bytes, const ReaderLimits& limits = {}) {
  return read_in_pieces(bytes, limits, [] { return SIZE_MAX; });
}

} // namespace skerry::host::server::test
