// Modules for tests, written in the text format.
#pragma once

#include "skerry/engine.hpp"
#include "skerry/linker.hpp"
#include "skerry/module.hpp"
#include "skerry/store.hpp"
#include "skerry/wat.hpp"
#include "tests/catch.hpp"
#include "tests/support/test_config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace skerry::test {

/// Writes identifiers into the name section.
inline std::vector<std::byte> binary(std::string_view text) {
  auto bytes = wat::to_binary(text);
  if (!bytes) FAIL("text does not parse: " << bytes.error().describe());
  return std::move(*bytes);
}

/// The value of a result that must have one.
template <class T> T must(Result<T> result) {
  if (!result) FAIL("unexpected error: " << result.error().describe());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// The error of a result that must have one.
template <class T> Error error_of(Result<T> result) {
  if (result) FAIL("expected an error");
  return std::move(result.error());
}

inline Module compile(const Engine& engine, std::string_view text) {
  return must(Module::compile(engine, binary(text)));
}

/// The objects that most tests need: an engine in the mode of this run, a store and a linker.
struct Fixture {
  explicit Fixture(const Config& config = test_config(), const StoreLimits& limits = {})
      : engine(config), store(engine, limits), linker(engine) {}
  explicit Fixture(const StoreLimits& limits) : Fixture(test_config(), limits) {}

  Result<Instance> try_instantiate(std::string_view text) {
    return linker.instantiate(store, compile(engine, text));
  }
  Instance instantiate(std::string_view text) { return must(try_instantiate(text)); }

  Engine engine;
  Store store;
  Linker linker;
};

} // namespace skerry::test
