// Loading takes at most 64 MB and four times the file's size in memory, for every file.
#include "tests/catch.hpp"
#include "tests/hostile/amplification.hpp"
#include "tests/support/heap.hpp"

#include "skerry/module.hpp"
#include "skerry/wat.hpp"

#include <string_view>

namespace skerry::test {

namespace {

#if defined(SKERRY_TEST_SANITIZED) || !defined(NDEBUG)
constexpr double scale = 0.02; // for slow builds
constexpr uint64_t most_printed = 512 << 10;
#else
constexpr double scale = 0.2;
constexpr uint64_t most_printed = 4 << 20;
#endif

size_t allowed(size_t file_bytes) { return (size_t{64} << 20) + 4 * file_bytes; }

/// The file's own bytes belong to the embedder and exist before.
void check_module(const Amplification& shape, const std::vector<std::byte>& bytes) {
  Config config;
  if (shape.all_features) config.features = Features::all();
  const Engine engine(config);
  const size_t before = heap::held;
  CHECK(bytes.size() + heap::peak_of([&] { static_cast<void>(Module::compile(engine, bytes)); }) <
        allowed(bytes.size()) + bytes.size());
  CHECK(bytes.size() + heap::peak_of([&] { static_cast<void>(Module::validate(engine, bytes)); }) <
        allowed(bytes.size()));
  CHECK(heap::held <= before + (1 << 20));
  uint64_t printed = 0;
  const auto count = [&](std::string_view text) { return printed += text.size(), true; };
  CHECK(bytes.size() + heap::peak_of([&] { static_cast<void>(wat::to_text(bytes, count, {most_printed})); }) <
        allowed(bytes.size()));
  CHECK(printed <= most_printed);
}

void check_text(const std::vector<std::byte>& bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  CHECK(bytes.size() + heap::peak_of([&] { static_cast<void>(wat::to_binary(text)); }) <
        allowed(bytes.size()));
}

} // namespace

namespace {

/// Several test cases share the shapes, so that each ends soon even with sanitizers.
constexpr size_t parts = 4;

void check_part(bool are_texts, size_t part) {
  size_t number = 0;
  for (const Amplification& shape : amplifications()) {
    if (number++ % parts != part || shape.is_text != are_texts) continue;
    INFO(shape.name);
    const std::vector<std::byte> bytes = shape.make(scale);
    if (shape.is_text)
      check_text(bytes);
    else
      check_module(shape, bytes);
  }
}

} // namespace

TEST_CASE("there are a hundred shapes") { CHECK(amplifications().size() >= 100); }

#define SKERRY_PART(part)                                                                                    \
  TEST_CASE("loading and printing a module stays within 64 MB and four times the file, part " #part) {       \
    check_part(false, part);                                                                                 \
  }                                                                                                          \
  TEST_CASE("parsing a text stays within 64 MB and four times the file, part " #part) {                      \
    check_part(true, part);                                                                                  \
  }
SKERRY_PART(0)
SKERRY_PART(1)
SKERRY_PART(2)
SKERRY_PART(3)
#undef SKERRY_PART

} // namespace skerry::test
