// Memory runs out while modules are read: hostile ones, valid ones, and texts.
#include "tests/catch.hpp"
#include "tests/hostile/modules.hpp"
#include "tests/out_of_memory/sweep.hpp"

#include "skerry/linker.hpp"
#include "skerry/module.hpp"
#include "skerry/store.hpp"
#include "skerry/wast.hpp"
#include "skerry/wat.hpp"

#include <algorithm>
#include <optional>

namespace skerry::test {

namespace {

Config everything() {
  Config config;
  config.features = Features::all();
  return config;
}

/// Compiles a module and, if it needs no imports, instantiates it.
class Loading {
public:
  Loading(const HostileModule& module, const std::vector<std::byte>& bytes)
      : expected_(module), bytes_(bytes), engine_(module.all_features ? everything() : Config{}),
        store_(engine_), linker_(engine_) {}

  void attempt() {
    auto module = Module::compile(engine_, bytes_);
    if (!module) {
      error_.emplace(std::move(module.error()));
      return;
    }
    compiled_ = true;
    if (!module->imports().empty()) return;
    if (auto instance = linker_.instantiate(store_, *module); !instance)
      error_.emplace(std::move(instance.error()));
  }

  void check(bool may_fail) {
    if (error_ && !(may_fail && says_out_of_memory(*error_))) {
      INFO(error_->describe());
      if (compiled_)
        CHECK(expected_.refused_by_store);
      else
        CHECK(expected_.compile_error == error_->kind());
    }
    auto module = Module::compile(engine_, small_module());
    REQUIRE(module);
    if (module->imports().empty()) CHECK(linker_.instantiate(store_, *module));
  }

private:
  const HostileModule& expected_;
  const std::vector<std::byte>& bytes_;
  Engine engine_;
  Store store_;
  Linker linker_;
  bool compiled_ = false;
  std::optional<Error> error_;
};

/// Large modules, whose runs are expensive, get fewer runs.
uint64_t runs_for(size_t bytes) { return std::clamp<uint64_t>(2'000'000 / (bytes + 1), 4, 30); }

class TextToBinary {
public:
  explicit TextToBinary(std::string_view text) : text_(text) {}
  void attempt() {
    if (auto bytes = wat::to_binary(text_); !bytes) error_.emplace(std::move(bytes.error()));
  }
  void check(bool may_fail) const {
    if (error_) CHECK((may_fail && says_out_of_memory(*error_)));
    CHECK(wat::to_binary(text_));
  }

private:
  std::string_view text_;
  std::optional<Error> error_;
};

class BinaryToText {
public:
  explicit BinaryToText(const std::vector<std::byte>& bytes) : bytes_(bytes) {}
  void attempt() {
    if (auto text = wat::to_text(bytes_); !text) error_.emplace(std::move(text.error()));
  }
  void check(bool may_fail) const {
    if (error_) CHECK((may_fail && says_out_of_memory(*error_)));
    CHECK(wat::to_text(bytes_));
  }

private:
  const std::vector<std::byte>& bytes_;
  std::optional<Error> error_;
};

/// Returns commands, not a Result: without memory for even one of them it throws.
class Script {
public:
  explicit Script(std::string_view text) : text_(text) {}
  void attempt() {
    try {
      commands_ = wat::parse_script(text_);
    } catch (const std::bad_alloc&) {
    }
  }
  void check(bool may_fail) const {
    if (!may_fail) CHECK(commands_.size() == 3);
    for (const wat::Command& command : commands_)
      if (command.error) CHECK(says_out_of_memory(*command.error));
  }

private:
  std::string_view text_;
  std::vector<wat::Command> commands_;
};

constexpr std::string_view text = R"((module $m
  (type $pair (func (param i32 i64) (result i64 i32)))
  (import "env" "f" (func $f (type $pair)))
  (memory $memory 1 2) (table $table 4 funcref) (global $g (mut i32) (i32.const 7))
  (func $long_name_of_a_function_for_the_heap (export "run") (param $x i32) (result i32) (local $y i64)
    (block $out (result i32)
      (loop $again
        (br_if $again (i32.eqz (local.get $x)))
        (br_table $out $out (i32.const 1) (local.get $x)))
      (if (result i32) (local.get $x) (then (i32.const 1)) (else (call_indirect (result i32) (i32.const 0))))))
  (elem (i32.const 0) $f $f) (data (i32.const 0) "some bytes that are longer than a short string")))";

} // namespace

TEST_CASE("memory that runs out while a hostile module is loaded is an error") {
  for (const HostileModule& module : hostile_modules()) {
    DYNAMIC_SECTION(module.name) {
      const std::vector<std::byte> bytes = module.make();
      sweep<Loading>(runs_for(bytes.size()), module, bytes);
    }
  }
}

TEST_CASE("memory that runs out while a valid module is loaded is an error") {
  const HostileModule small{"small", &small_module, std::nullopt, ""};
  sweep<Loading>(300, small, small_module());
}

TEST_CASE("memory that runs out while text becomes a module is an error") { sweep<TextToBinary>(300, text); }

TEST_CASE("memory that runs out while a module becomes text is an error") {
  const auto bytes = wat::to_binary(text);
  REQUIRE(bytes);
  sweep<BinaryToText>(300, *bytes);
}

TEST_CASE("memory that runs out while a script is read is a broken command") {
  sweep<Script>(200, std::string_view(R"(
    (module (func (export "long enough for the heap, and more") (result i32) (i32.const 1)))
    (assert_return (invoke "long enough for the heap, and more") (i32.const 1))
    (assert_malformed (module quote "(module binary, but not really") "unexpected token"))"));
}

} // namespace skerry::test
