// Loading checks the deadline whatever it is working on, and ends when the deadline has passed.
#include "tests/catch.hpp"
#include "tests/hostile/amplification.hpp"
#include "tests/support/heap.hpp"

#include "skerry/module.hpp"
#include "skerry/wat.hpp"
#include "vm/module/engine_data.hpp"

#include <memory>
#include <string_view>

namespace skerry::test {

namespace {

constexpr double deadline_scale = 0.05;
#if defined(SKERRY_TEST_SANITIZED) || !defined(NDEBUG)
constexpr size_t take_every = 8; // these builds take a minute for all shapes
#else
constexpr size_t take_every = 1;
#endif
constexpr size_t bytes_per_look = 262'144; // a branch table is one instruction
using Clock = std::chrono::steady_clock;

/// A clock that stands still for a number of readings and is then past every deadline.
struct CountedClock {
  uint64_t expires_after = ~uint64_t{0};
  uint64_t looks = 0;
  Clock::time_point operator()() {
    return ++looks > expires_after ? Clock::time_point::max() : Clock::time_point();
  }
};

Result<Module> compile(const Amplification& shape, const std::vector<std::byte>& bytes, CountedClock& clock) {
  Config config;
  config.clock = [&] { return clock(); };
  if (shape.all_features) config.features = Features::all();
  const Engine engine(config);
  return Module::compile(engine, bytes, {.deadline = Clock::time_point() + std::chrono::hours(1)});
}

std::string_view text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class F> void for_each_shape(bool is_text, F&& check) {
  size_t number = 0;
  for (const Amplification& shape : amplifications()) {
    if (shape.is_text != is_text || number++ % take_every != 0) continue;
    INFO(shape.name);
    check(shape, shape.make(deadline_scale));
  }
}

} // namespace

TEST_CASE("loading checks the deadline often and ends soon after it") {
  for_each_shape(false, [](const Amplification& shape, const std::vector<std::byte>& bytes) {
    CountedClock whole;
    const auto outcome = compile(shape, bytes, whole);
    const bool was_refused = !outcome && outcome.error().kind() != ErrorKind::trap;
    INFO(whole.looks << " looks, " << bytes.size() << " bytes");
    CHECK((was_refused || shape.is_skipped || whole.looks >= bytes.size() / bytes_per_look));
    for (const uint64_t part : {uint64_t{0}, whole.looks / 2, whole.looks - 1}) {
      CountedClock clock{part};
      const auto ended = compile(shape, bytes, clock);
      REQUIRE_FALSE(ended.has_value());
      CHECK(ended.error().code() == ErrorCode::deadline_exceeded);
      CHECK(clock.looks <= part + 2);
    }
  });
}

TEST_CASE("a module that may take more memory to load than allowed is refused") {
  const Engine engine;
  const std::vector<std::byte> bytes = amplifications().front().make(0.01);
  REQUIRE(Module::compile(engine, bytes, {.max_bytes = 4 * bytes.size()}).has_value());
  for (const uint64_t allowed : {uint64_t{0}, uint64_t{4 * bytes.size() - 4}}) {
    const auto refused = Module::compile(engine, bytes, {.max_bytes = allowed});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind() == ErrorKind::limit);
    CHECK(refused.error().message().find("max_bytes") != std::string::npos);
    CHECK(refused.error().limit() == ExceededLimit{LimitId::max_bytes, 4 * bytes.size(), allowed});
    CHECK_FALSE(Module::validate(engine, bytes, {.max_bytes = allowed}).has_value());
  }
}

TEST_CASE("memory that loading needs besides the module is charged to the engine's budget") {
  std::string blocks = "(module (func ", types = "(module (rec ";
  for (int i = 0; i < 20'000; ++i) blocks += "block ", types += "(type (struct))";
  for (int i = 0; i < 20'000; ++i) blocks += "end ";
  Config config;
  config.features.with(Feature::gc);
  for (const std::string& text : {blocks + "))", types + "))"}) {
    const std::vector<std::byte> bytes = *wat::to_binary(text);
    config.engine_budget = 100'000;
    const Engine poor(config);
    const auto refused = Module::compile(poor, bytes);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind() == ErrorKind::limit);
    CHECK(refused.error().message().starts_with("engine_budget limit exceeded: "));
    CHECK(poor.data()->work_budget.used() == 0);
    CHECK(Module::compile(poor, *wat::to_binary("(module (func))")).has_value());
    config.engine_budget = 10'000'000;
    const Engine rich(config);
    CHECK(Module::compile(rich, bytes).has_value());
    CHECK(rich.data()->work_budget.used() == 0);
  }
}

TEST_CASE("no more than one large recursion group is held") {
  constexpr int types = 20'000, groups = 16;
  std::string group = "(rec ";
  for (int i = 0; i < types; ++i) group += "(type (struct))";
  Config config;
  config.features.with(Feature::gc);
  const Engine engine(config);
  const auto peak = [&](int count) {
    std::string text = "(module ";
    for (int i = 0; i < count; ++i) text += group + ")";
    const std::vector<std::byte> bytes = *wat::to_binary(text + ")");
    return heap::peak_of([&] { CHECK(Module::validate(engine, bytes).has_value()); });
  };
  const size_t pointers = size_t{types} * (groups - 1) * sizeof(void*); // the module's list of types
  CHECK(peak(groups) < peak(1) + pointers + types * size_t{16});
}

TEST_CASE("a text that may take more memory to read than allowed is refused") {
  const std::string text = "(module " + std::string(1'000, ' ') + ")";
  CHECK(wat::to_binary(text, {.max_bytes = 4 * text.size()}).has_value());
  const auto refused = wat::to_binary(text, {.max_bytes = 4 * text.size() - 4});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind() == ErrorKind::limit);
  CHECK(refused.error().message().find("max_bytes") != std::string::npos);
  CHECK(refused.error().limit() == ExceededLimit{LimitId::max_bytes, 4 * text.size(), 4 * text.size() - 4});
  const auto cut = wat::to_text(*wat::to_binary(text), {.max_bytes = 3});
  REQUIRE_FALSE(cut.has_value());
  CHECK(cut.error().limit() == ExceededLimit{LimitId::max_bytes, 4, 3});
}

TEST_CASE("reading and printing text end soon after the deadline") {
  const Clock::time_point past = Clock::time_point::min();
  for_each_shape(true, [&](const Amplification&, const std::vector<std::byte>& text) {
    const auto ended = wat::to_binary(text_of(text), {.deadline = past});
    REQUIRE_FALSE(ended.has_value());
    CHECK(ended.error().code() == ErrorCode::deadline_exceeded);
  });
  for_each_shape(false, [&](const Amplification&, const std::vector<std::byte>& bytes) {
    const auto ended = wat::to_text(bytes, {.deadline = past});
    REQUIRE_FALSE(ended.has_value());
    CHECK(ended.error().code() == ErrorCode::deadline_exceeded);
  });
  CHECK(wat::to_binary("(module)", {.deadline = Clock::now() + std::chrono::hours(1)}).has_value());
}

TEST_CASE("a deadline ends the printing of a long text") {
  const std::vector<std::byte> bytes =
      *wat::to_binary("(module (memory 1) (data \"" + std::string(1 << 20, 'x') + "\"))");
  uint64_t printed = 0;
  const auto deadline = Clock::now() + std::chrono::milliseconds(20);
  const auto slow = [&](std::string_view text) {
    printed += text.size();
    while (Clock::now() < deadline) {
    } // the first piece takes all the time there is
    return true;
  };
  const auto ended = wat::to_text(bytes, slow, {.deadline = deadline});
  REQUIRE_FALSE(ended.has_value());
  CHECK(ended.error().code() == ErrorCode::deadline_exceeded);
  CHECK(printed < bytes.size());
}

} // namespace skerry::test
