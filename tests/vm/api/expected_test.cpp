#include "skerry/expected.hpp"

#include "skerry/error.hpp"
#include "tests/catch.hpp"

#include <expected>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

using namespace skerry;

namespace {

/// Counts its living objects, and throws when it is copied if asked to.
struct Counted {
  explicit Counted(int given) : number(given) { ++alive; }
  Counted(const Counted& other) : number(other.number) {
    if (throws) throw std::runtime_error("copied");
    ++alive;
  }
  // NOLINTNEXTLINE(performance-move-constructor-init): moving may throw, as copying does
  Counted(Counted&& other) noexcept(false) : Counted(static_cast<const Counted&>(other)) {}
  Counted& operator=(const Counted&) = default;
  Counted& operator=(Counted&&) = default;
  ~Counted() { --alive; }
  bool operator==(const Counted&) const = default;
  int number;
  static inline int alive = 0;
  static inline bool throws = false;
};

/// An error that owns memory.
struct Owner {
  explicit Owner(int given) : number(std::make_unique<int>(given)) {}
  std::unique_ptr<int> number;
};

using Numbers = Expected<int, std::string>;
using Success = Expected<void, std::string>;

Numbers half(int number) {
  if (number % 2 != 0) return Unexpected("odd");
  return number / 2;
}

} // namespace

TEST_CASE("an Expected holds a value or an error") {
  const Numbers value = half(8), error = half(7);
  REQUIRE(value);
  CHECK(*value == 4);
  CHECK(value.value() == 4);
  CHECK(value.value_or(1) == 4);
  CHECK(value.error_or("none") == "none");
  REQUIRE_FALSE(error.has_value());
  CHECK(error.error() == "odd");
  CHECK(error.value_or(1) == 1);
  CHECK(error.error_or("none") == "odd");
  CHECK(Numbers() == 0);
  CHECK(Expected<std::string, int>(std::in_place, 3u, 'x')->size() == 3);
  CHECK(Expected<int, std::string>(unexpect, 3u, 'x').error() == "xxx");
}

TEST_CASE("value() of an error throws it") {
  const auto error_of = [](const auto& expected) {
    try {
      (void)expected.value();
    } catch (const BadExpectedAccess<std::string>& thrown) {
      return thrown.error();
    }
    return std::string("nothing thrown");
  };
  CHECK(error_of(half(7)) == "odd");
  CHECK(error_of(Success(unexpect, "bad")) == "bad");
  CHECK(error_of(Success()) == "nothing thrown");
}

TEST_CASE("Expecteds compare with each other, with values and with errors") {
  // In parentheses: with clang 14, Catch cannot decompose these comparisons.
  CHECK((half(8) == half(8)));
  CHECK((half(8) != half(6)));
  CHECK((half(7) == half(5)));
  CHECK((half(8) != half(7)));
  CHECK(half(8) == 4L);
  CHECK(half(7) != 4);
  CHECK(half(7) == Unexpected(std::string("odd")));
  CHECK(half(8) != Unexpected(std::string("odd")));
  CHECK(Success() == Success());
  CHECK(Success(unexpect, "a") != Success(unexpect, "b"));
  CHECK(Success(unexpect, "a") == Unexpected(std::string("a")));
}

TEST_CASE("steps on an Expected run as long as there is a value") {
  const auto text = [](int number) { return std::to_string(number); };
  CHECK(half(8).transform(text) == std::string("4"));
  CHECK(half(7).transform(text) == Unexpected(std::string("odd")));
  CHECK(half(8).and_then(half).and_then(half) == 1);
  CHECK(half(2).and_then(half) == Unexpected(std::string("odd")));
  CHECK(half(7).or_else([](const std::string& e) -> Numbers { return static_cast<int>(e.size()); }) == 3);
  CHECK(half(7).transform_error([](const std::string& e) { return e.size(); }).error() == 3);
  CHECK(half(8).transform_error([](const std::string& e) { return e.size(); }) == 4);
  int calls = 0;
  const Success done = Success().and_then([&] { return ++calls, Success(); }).transform([&] { ++calls; });
  CHECK(done);
  CHECK(Success(unexpect, "no").and_then([&] { return ++calls, Success(); }).error() == "no");
  CHECK(half(8).transform([](int) {}) == Success());
  CHECK(Success().transform([] { return 5; }) == 5);
  CHECK(calls == 2);
}

TEST_CASE("an Expected of a type that only moves, moves") {
  using Pointer = Expected<std::unique_ptr<int>, Owner>;
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<Pointer>);
  STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<Pointer>);
  Pointer a(std::make_unique<int>(3)), b(unexpect, 4);
  std::swap(a, b);
  CHECK(*a.error().number == 4);
  CHECK(**b == 3);
  a = std::move(b);
  CHECK(**a == 3);
  const Expected<int, Owner> number = std::move(a).transform([](std::unique_ptr<int> p) { return *p; });
  CHECK(*number == 3);
}

TEST_CASE("an Expected destroys what it held, once") {
  {
    Expected<Counted, Owner> a(std::in_place, 1);
    Expected<Counted, Owner> b(unexpect, 2);
    CHECK(Counted::alive == 1);
    b = std::move(a);
    CHECK(Counted::alive == 2);
    CHECK(b->number == 1);
    b = Unexpected(Owner(5));
    CHECK(Counted::alive == 1);
    CHECK(*b.error().number == 5);
    b = Counted(7);
    CHECK(b->number == 7);
    auto& itself = b;
    b = std::move(itself);
    CHECK(b.has_value());
    CHECK(Counted::alive == 2);
  }
  CHECK(Counted::alive == 0);
}

TEST_CASE("an assignment that throws leaves the old error") {
  Expected<Counted, Owner> from(std::in_place, 1), to(unexpect, 2);
  Counted::throws = true;
  CHECK_THROWS_AS(to = std::move(from), std::runtime_error);
  Counted::throws = false;
  REQUIRE_FALSE(to);
  CHECK(*to.error().number == 2);
}

TEST_CASE("emplace replaces value and error") {
  Expected<int, std::string> number(unexpect, "a text that is longer than a short string");
  CHECK(number.emplace(3) == 3);
  CHECK(number == 3);
  Success success(unexpect, "a text that is longer than a short string");
  success.emplace();
  CHECK(success);
}

TEST_CASE("Expecteds of other types convert") {
  const Expected<short, const char*> narrow(short{3}), bad(unexpect, "text");
  CHECK(Numbers(narrow) == 3);
  CHECK(Numbers(bad).error() == "text");
  const Expected<bool, std::string> no(false);
  Expected<bool, std::string> copy(no);
  CHECK_FALSE(*copy);
  copy = true;
  CHECK(*copy);
  CHECK_FALSE(*no);
  CHECK_FALSE(std::is_convertible_v<Expected<std::unique_ptr<int>, int>, Expected<int, int>>);
  CHECK(Success(Expected<void, const char*>(unexpect, "text")).error() == "text");
}

#if defined(__cpp_lib_expected)
TEST_CASE("an Expected converts to and from the one of C++23") {
  const std::expected<int, std::string> good = half(8), bad = half(7);
  CHECK(good == 4);
  CHECK(bad.error() == "odd");
  const Numbers back = bad;
  CHECK(back.error() == "odd");
  const Numbers from_unexpected = std::unexpected(std::string("u"));
  CHECK(from_unexpected.error() == "u");
  const std::expected<void, std::string> success = Success();
  CHECK(success);
  CHECK(Success(std::expected<void, std::string>(std::unexpect, "v")).error() == "v");
  const std::unexpected<std::string> given = Unexpected<std::string>("w");
  CHECK(given.error() == "w");
}

TEST_CASE("an Expected is as large and as trivial as the one of C++23") {
  STATIC_REQUIRE(sizeof(Result<int32_t>) == sizeof(std::expected<int32_t, Error>));
  STATIC_REQUIRE(sizeof(Result<void>) == sizeof(std::expected<void, Error>));
  STATIC_REQUIRE(sizeof(Numbers) == sizeof(std::expected<int, std::string>));
  STATIC_REQUIRE(std::is_trivially_copyable_v<Expected<int, char>>);
}
#endif

TEST_CASE("an Expected can be moved without exceptions and used in constants") {
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Numbers>);
  constexpr Expected<int, int> constant = Expected<int, int>(5).transform([](int n) { return n + 1; });
  STATIC_REQUIRE(constant == 6);
}
