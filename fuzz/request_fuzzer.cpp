// Requests to the plugin server: any bytes are read as requests or refused, and it does not matter in which
// pieces they arrive. The first byte of the input chooses the pieces.
#include "fuzz/target.hpp"
#include "tests/server/support/reading.hpp"

#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace skerry::host::server;
using namespace skerry::host::server::test;

// Small, so that short inputs reach them.
constexpr ReaderLimits limits{.head = {.line_bytes = 100, .fields_bytes = 300, .fields = 8},
                              .body_bytes = 200};

/// The transcript without the reason of a refusal: of two faults, the one that arrives first is reported.
std::string decisions(const std::string& transcript) {
  constexpr std::string_view refusal = "\nrefused ";
  const std::string text = "\n" + transcript;
  const size_t last_line = text.rfind('\n', text.size() - 2); // each line ends with a newline
  return text.compare(last_line, refusal.size(), refusal) == 0 ? text.substr(0, last_line + refusal.size())
                                                               : text;
}

/// Everything that was kept must be given back, and never be more than the budget.
void check_budget(std::string_view bytes) {
  constexpr uint64_t most = 8000;
  const auto budget = budget_of(most);
  {
    Transcript transcript({}, budget); // large requests, because small ones are not charged
    transcript.feed(bytes);
    FUZZ_CHECK(budget->used() <= most);
    if (transcript.is_idle()) FUZZ_CHECK(budget->used() == 0);
  }
  FUZZ_CHECK(budget->used() == 0);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string at_once = decisions(read_at_once(bytes, limits));
  std::minstd_rand random(data[0] + 1U);
  const size_t longest = 1 + data[0] % 64;
  FUZZ_CHECK(decisions(read_in_pieces(bytes, limits, [&] { return 1 + random() % longest; })) == at_once);
  FUZZ_CHECK(decisions(read_in_pieces(bytes, limits, [] { return size_t{1}; })) == at_once);
  check_budget(bytes);
  return 0;
}
