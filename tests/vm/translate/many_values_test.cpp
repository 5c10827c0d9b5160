// Calls, blocks and branches with so many values that the translator handles them as one entry. The tests
// remove some of them, add others, and cross the border of such an entry.
#include "tests/support/wasm.hpp"

#include <numeric>
#include <string>
#include <vector>

using namespace skerry;
using namespace skerry::test;

namespace {

constexpr int count = 18;

std::string repeat(int times, std::string_view text) {
  std::string all;
  for (int i = 0; i < times; ++i) all += std::string(text) + " ";
  return all;
}
std::string numbers(int first, int last) {
  std::string all;
  for (int i = first; i <= last; ++i) all += "i32.const " + std::to_string(i) + " ";
  return all;
}
/// a b → a + 3 b, until one is left.
std::string fold(int values) { return repeat(values - 1, "i32.const 3 i32.mul i32.add"); }
int32_t folded(std::vector<int32_t> values) {
  uint32_t sum = 0;
  for (; !values.empty(); values.pop_back()) sum = sum * 3 + static_cast<uint32_t>(values.back());
  return static_cast<int32_t>(sum);
}
std::vector<int32_t> sequence(int first, int last) {
  std::vector<int32_t> values(static_cast<size_t>(last - first + 1));
  std::iota(values.begin(), values.end(), first);
  return values;
}

/// The result of "f" for `argument`; $pass returns its `count` values, $make makes 1 … count.
int32_t run(const std::string& body, int32_t argument = 0) {
  const std::string types = repeat(count, "i32");
  std::string gets;
  for (int i = 0; i < count; ++i) gets += "local.get " + std::to_string(i) + " ";
  Fixture f;
  const Instance instance = f.instantiate(
      "(module (type $many (func (param " + types + ") (result " + types + "))) (type $made (func (result " +
      types + "))) (func $pass (type $many) " + gets + ") (func $make (type $made) " + numbers(1, count) +
      ") (func (export \"f\") (param i32) (result i32) (local i32 i64) " + body + "))");
  return must(must(instance.func<int32_t(int32_t)>("f"))(argument));
}

} // namespace

TEST_CASE("results of a call are arguments of the next", "[exec]") {
  CHECK(run("call $make call $pass call $pass " + fold(count)) == folded(sequence(1, count)));
  CHECK(run("i32.const 7 call $make call $pass " + fold(count + 1)) == [] {
    auto values = sequence(1, count);
    values.insert(values.begin(), 7);
    return folded(values);
  }());
}

TEST_CASE("some results are replaced, and the call takes old and new ones", "[exec]") {
  auto values = sequence(1, count - 2);
  values.insert(values.end(), {100, 101});
  CHECK(run("call $make drop drop i32.const 100 i32.const 101 call $pass " + fold(count)) == folded(values));
  // The results of two calls; the second call takes all its results and some of the first.
  CHECK(run("call $make call $make drop drop drop call $pass " + fold(2 * count - 3)) == [] {
    auto both = sequence(1, count), second = sequence(1, count - 3);
    both.insert(both.end(), second.begin(), second.end());
    return folded(both);
  }());
}

TEST_CASE("a block takes its parameters from the middle of many values", "[exec]") {
  auto values = sequence(1, count - 3);
  values.push_back(count - 2 + 3 * (count - 1 + 3 * count));
  CHECK(run("call $make (block (param i32 i32 i32) (result i32) " + fold(3) + ") " + fold(count - 2)) ==
        folded(values));
  CHECK(run("call $make (if (param i32 i32) (result i32) (local.get 0) (then i32.add) (else drop)) " +
                fold(count - 1),
            1) == [] {
    auto sums = sequence(1, count - 2);
    sums.push_back(2 * count - 1);
    return folded(sums);
  }());
}

TEST_CASE("blocks and ifs pass many values", "[exec]") {
  const int32_t expected = folded(sequence(1, count));
  CHECK(run(numbers(1, count) + "(block (type $many) (block (type $many))) " + fold(count)) == expected);
  const std::string body =
      numbers(1, count) + "local.get 0 (if (type $many) (then) (else drop i32.const 50)) ";
  CHECK(run(body + fold(count), 1) == expected);
  auto values = sequence(1, count - 1);
  values.push_back(50);
  CHECK(run(body + fold(count), 0) == folded(values));
}

TEST_CASE("branches with many values, in place and moved, taken and not", "[exec]") {
  for (const std::string under : {"", "i32.const 99 "}) {
    const std::string body = "(block (type $made) " + under + numbers(1, count) +
                             " local.get 0 i32.const 1 i32.eq br_if 0 drop i32.const 60 " +
                             "local.get 0 i32.const 2 i32.eq br_if 0 drop i32.const 70 br 0) " + fold(count);
    auto values = sequence(1, count);
    for (const auto& [argument, last] : {std::pair{1, count}, {2, 60}, {3, 70}}) {
      values.back() = last;
      CHECK(run(body, argument) == folded(values));
    }
  }
}

TEST_CASE("a loop with many parameters", "[exec]") {
  const std::string body = numbers(1, count) +
                           "(loop (type $many) i32.const 10 i32.add (local.tee 1 (i32.add (local.get 1) "
                           "(i32.const 1))) i32.const 3 i32.lt_u br_if 0) " +
                           fold(count);
  auto values = sequence(1, count);
  values.back() += 30;
  CHECK(run(body) == folded(values));
}

TEST_CASE("a branch table with many values", "[exec]") {
  const std::string body = "(block (type $made) i32.const 5 (block (type $made) i32.const 6 " +
                           numbers(1, count) + " local.get 0 br_table 0 1 0 1) drop i32.const 80 br 0) " +
                           fold(count);
  auto values = sequence(1, count);
  for (const auto& [argument, last] : {std::pair{0, 80}, {1, count}, {2, 80}, {3, count}, {9, count}}) {
    values.back() = last;
    CHECK(run(body, argument) == folded(values));
  }
}

TEST_CASE("single values of many: returned, converted, stored in locals", "[exec]") {
  CHECK(run("call $make return") == count);
  CHECK(run("call $make i64.extend_i32_u local.set 2 drop " + fold(count - 2) +
            " local.get 2 i32.wrap_i64 i32.add") == folded(sequence(1, count - 2)) + count);
  CHECK(run("call $make local.set 1 " + fold(count - 1) + " local.get 1 i32.add") ==
        folded(sequence(1, count - 1)) + count);
  CHECK(run("call $make local.get 0 select " + fold(count - 1), 0) == [] {
    auto values = sequence(1, count - 2);
    values.push_back(count);
    return folded(values);
  }());
}

TEST_CASE("a function returns many values from everywhere", "[exec]") {
  Fixture f;
  const std::string types = repeat(count, "i32");
  const Instance instance = f.instantiate(
      "(module (func $g (param i32) (result " + types + ") i32.const 9 " + numbers(1, count) +
      " local.get 0 br_if 0 drop i32.const 40 local.get 0 i32.eqz if (result i32) i32.const 41 else "
      "i32.const 42 "
      "end drop " +
      "return) (func (export \"f\") (param i32) (result i32) local.get 0 call $g " + fold(count) + "))");
  const auto function = must(instance.func<int32_t(int32_t)>("f"));
  auto values = sequence(1, count);
  CHECK(must(function(1)) == folded(values));
  values.back() = 40;
  CHECK(must(function(0)) == folded(values));
}

TEST_CASE("vectors among many values take two slots", "[exec]") {
  const std::string types = repeat(9, "v128 i32");
  const std::string add = "local.get 0 i32.add local.set 0 ";
  std::string make;
  for (int i = 1; i <= 9; ++i)
    make += "v128.const i32x4 " + std::to_string(i) + " 0 0 0 i32.const " + std::to_string(100 * i) + " ";
  Fixture f;
  const Instance instance = f.instantiate(
      "(module (type $t (func (result " + types + "))) (func $make (type $t) " + make +
      ") (func (export \"f\") (param i32) (result i32)" +
      "(block (type $t) i32.const 3 call $make local.get 0 br_if 0 br 0) " +
      repeat(8, add + "i32x4.extract_lane 0 " + add) + "(block (param v128 i32) (result v128) " + add +
      ") i32x4.extract_lane 0 " + add + " local.get 0))");
  const auto function = must(instance.func<int32_t(int32_t)>("f"));
  CHECK(must(function(1)) == 101 * 45 + 1);
  CHECK(must(function(0)) == 101 * 45);
}
