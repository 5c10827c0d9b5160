// Config::trace: what the lines say, and that a traced run is otherwise like any other.
#include "tests/support/wasm.hpp"
#include "vm/code/handler.hpp"

#include <array>
#include <string>
#include <vector>

using namespace skerry;
using namespace skerry::test;

namespace {

constexpr bool traces_all_registers = vm::int_registers == 3 && vm::vector_registers == 2;

/// Collects the lines of a run.
struct Traced {
  std::vector<std::string> lines;
  size_t most = 10'000;

  Config config() {
    Config config = test_config();
    config.trace = [this](std::string_view line) {
      lines.emplace_back(line);
      return lines.size() < most;
    };
    return config;
  }
  std::string text() const {
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    return all;
  }
};

constexpr std::string_view traced_sum =
    R"((module (func $sum (export "sum") (param $n i32) (result i32) (local $sum i32)
  (loop $next
    (local.set $sum (i32.add (local.get $sum) (local.get $n)))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
  (local.get $sum))))";

/// The result or error of a run, and the fuel that it used.
std::string traced_outcome(const Config& config, std::string_view text, int32_t argument, uint64_t fuel) {
  Fixture f(config);
  f.store.set_fuel(fuel);
  f.linker.define("env", "host", [](int32_t x) -> Result<int32_t> {
    if (x == 3) return fail(Error(ErrorKind::host, ErrorCode::none, "three"));
    return x * 2;
  });
  const auto result = f.instantiate(text).func("run").value().call(std::array{Value(argument)});
  const std::string used = std::to_string(f.store.fuel_used());
  return (result ? std::to_string(result->front().as_i32()) : result.error().describe()) + ", " + used;
}

constexpr std::string_view traced_guest = R"((module
  (import "env" "host" (func $host (param i32) (result i32)))
  (memory 1)
  (table funcref (elem $fac $fill))
  (type $one (func (param i32) (result i32)))
  (func $fac (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.mul (local.get 0) (call $fac (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 1))))
  (func $fill (param i32) (result i32)
    (memory.fill (i32.const 0) (i32.const 7) (i32.shl (local.get 0) (i32.const 12)))
    (i32.load (i32.shl (local.get 0) (i32.const 3))))
  (func (export "run") (param i32) (result i32) (local f64 i32)
    (loop $l
      (local.set 1 (f64.add (local.get 1) (f64.convert_i32_s (local.get 2))))
      (local.set 2 (i32.add (local.get 2) (i32.const 1)))
      (br_if $l (i32.lt_s (local.get 2) (local.get 0))))
    (i32.div_s
      (i32.add (call_indirect (type $one) (local.get 0) (i32.and (local.get 0) (i32.const 1)))
               (call $host (local.get 0)))
      (i32.sub (local.get 0) (i32.const 5))))))";

} // namespace

TEST_CASE("a trace has a line for each instruction, with its operands", "[exec]") {
  Traced traced;
  Fixture f(traced.config());
  CHECK(must(f.instantiate(traced_sum).func("sum").value().call(std::array{Value(int32_t{3})}))[0].as_i32() ==
        6);
  REQUIRE(!traced.lines.empty());
  CHECK(traced.lines.front() == "func[0] <sum> 000021  enter first=[3] count=1");
  CHECK(traced.lines.back().starts_with("func[0] <sum> 000039  return"));
  CHECK(traced.lines.back().ends_with("=6"));
  if (!traces_all_registers) return;
  CHECK(traced.text() == R"(func[0] <sum> 000021  enter first=[3] count=1
func[0] <sum> 000024  r2 = move [0]  ; [0]=3
func[0] <sum> 000024  r1 = move 0
func[0] <sum> 00002a  r1 = i32.add r1, r2  ; r1=0 r2=3
func[0] <sum> 000034  count_branch i32.ne r2, 0 step=-1 -> 00002a charge=9  ; r2=3
func[0] <sum> 00002a  r1 = i32.add r1, r2  ; r1=3 r2=2
func[0] <sum> 000034  count_branch i32.ne r2, 0 step=-1 -> 00002a charge=9  ; r2=2
func[0] <sum> 00002a  r1 = i32.add r1, r2  ; r1=5 r2=1
func[0] <sum> 000034  count_branch i32.ne r2, 0 step=-1 -> 00002a charge=9  ; r2=1
func[0] <sum> 000039  return r1 link=[1] charge=10  ; r1=6
)");
}

TEST_CASE("the last line of a trace is the instruction that trapped", "[exec]") {
  Traced traced;
  Fixture f(traced.config());
  const Instance instance = f.instantiate(R"((module
    (func $inner (param i32 f64) (drop (i32.div_u (i32.const 7) (local.get 0))))
    (func $outer (export "outer") (call $inner (i32.const 0) (f64.const 0.5)) unreachable)))");
  const Error error = error_of(instance.func("outer").value().call({}));
  REQUIRE(traced.lines.size() >= 2);
  const std::string& last = traced.lines.back();
  CHECK(last.starts_with("func[0] <inner> "));
  CHECK(last.find("i32.div_u") != std::string::npos);
  CHECK(last.find("=0") != std::string::npos);
  bool calls = false;
  for (const std::string& line : traced.lines)
    calls |= line.starts_with("func[1] <outer> ") && line.find("func[0] <inner>") != std::string::npos &&
             line.ends_with("=0.5") && line.find("=0 [") != std::string::npos;
  CHECK(calls);
  CHECK(error.code() == ErrorCode::integer_divide_by_zero);
}

TEST_CASE("a trace ends when its function wants no more, and the call continues", "[exec]") {
  Traced traced;
  traced.most = 2;
  Fixture f(traced.config());
  CHECK(
      must(f.instantiate(traced_sum).func("sum").value().call(std::array{Value(int32_t{100})}))[0].as_i32() ==
      5050);
  CHECK(traced.lines.size() == 2);
}

TEST_CASE("results, fuel and errors are the same with and without a trace", "[exec]") {
  for (int32_t argument = -1; argument < 20; ++argument)
    for (const uint64_t fuel : {uint64_t{10}, uint64_t{60}, uint64_t{100}, uint64_t{1'000'000}}) {
      Traced traced;
      CHECK(traced_outcome(traced.config(), traced_guest, argument, fuel) ==
            traced_outcome(test_config(), traced_guest, argument, fuel));
    }
}

TEST_CASE("a trace goes through instances and host functions", "[exec]") {
  Traced traced;
  Fixture f(traced.config());
  const Instance callee = f.instantiate(R"((module $callee
    (func $double (export "double") (param i64) (result i64) (i64.shl (local.get 0) (i64.const 1)))))");
  f.linker.define_instance("callee", callee);
  const Instance caller = f.instantiate(R"((module $caller
    (import "callee" "double" (func $double (param i64) (result i64)))
    (func $run (export "run") (result i64) (i64.add (call $double (i64.const -21)) (i64.const 0)))))");
  CHECK(must(caller.func("run").value().call({}))[0].as_i64() == -42);
  const std::string text = traced.text();
  const size_t call = text.find("call_import"), inside = text.find("func[0] <double> "),
               back = text.rfind("func[1] <run> ");
  CHECK(call < inside);
  CHECK(inside < back);
  CHECK(text.find("=-21") != std::string::npos);
  CHECK(text.find("=-42") != std::string::npos);
}
