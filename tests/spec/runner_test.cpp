// Tests the runner itself: it detects wrong assertions, passes right ones, and reports other errors.
#include "spec-tests/report.hpp"
#include "spec-tests/suite_runner.hpp"
#include "tests/catch.hpp"
#include "tests/support/test_config.hpp"

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace skerry;
using Kind = wat::Command::Kind;

namespace {

const std::string fixtures = std::string(SKERRY_TEST_DATA) + "/../../spec-tests/fixtures/";

spec::SuiteOptions options() {
  spec::SuiteOptions result;
  result.config = test::test_config();
  return result;
}

spec::FileReport run(const std::string& path, const spec::SuiteOptions& how = options()) {
  return spec::run_suite({path}, how, [](const spec::FileReport&) {}).at(0);
}

/// A script in a temporary folder.
class Script {
public:
  explicit Script(const std::string& text) {
    std::filesystem::create_directories(folder_);
    std::ofstream(path()) << text;
  }
  ~Script() { std::filesystem::remove_all(folder_); }
  std::string path() const { return folder_ + "/script.wast"; }
  std::string folder() const { return folder_; }
  void add(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
  }

private:
  std::string folder_ =
      std::filesystem::temp_directory_path() / ("skerry-runner-test-" + std::to_string(::getpid()));
};

size_t lines_with(const std::string& path, const std::string& prefix) {
  std::ifstream file(path);
  size_t count = 0;
  for (std::string line; std::getline(file, line);) count += line.starts_with(prefix);
  return count;
}

} // namespace

TEST_CASE("each wrong assertion fails", "[exec]") {
  const std::string path = fixtures + "must_fail.wast";
  const spec::FileReport report = run(path);
  for (const spec::Failure& failure : report.failures) INFO(failure.line << " " << failure.message);
  CHECK(report.tallies.total().passed == 0);
  CHECK(report.tallies.total().failed == lines_with(path, "(assert_"));
  CHECK(report.failures.size() == lines_with(path, "(assert_"));
}

TEST_CASE("each right assertion passes", "[exec]") {
  const std::string path = fixtures + "must_pass.wast";
  const spec::FileReport report = run(path);
  INFO(spec::failures_text(report));
  CHECK(report.failures.empty());
  CHECK(report.tallies.total().passed == lines_with(path, "(assert_"));
}

TEST_CASE("other commands fail too") {
  const spec::FileReport report = run(fixtures + "broken_modules.wast");
  REQUIRE(report.failures.size() == 7);
  const char* kinds[] = {"module", "action", "module", "register", "module", "syntax", "assert_return"};
  for (size_t i = 0; i < 7; ++i) {
    CHECK(report.failures[i].line == i + 2);
    CHECK(report.failures[i].kind == kinds[i]);
  }
}

TEST_CASE("a failure names the expected and the actual result") {
  const Script script("(module (func (export \"f\") (result i32) (i32.const 3)))\n"
                      "(assert_return (invoke \"f\") (i32.const 4))\n");
  const spec::FileReport report = run(script.path());
  CHECK(spec::failures_text(report) ==
        script.path() + ":2: assert_return: invoke \"f\": expected [i32:4 0x00000004], got "
                        "[i32:3 0x00000003]\n");
}

TEST_CASE("a single line is run") {
  spec::SuiteOptions how = options();
  how.line = 2;
  const Script script("(module)\n(assert_invalid (module (func (i32.const 0))) \"type "
                      "mismatch\")\n(assert_trap (module) \"x\")\n");
  const spec::FileReport report = run(script.path(), how);
  CHECK(report.tallies.total() == spec::Tally{1, 0, 0});
}

TEST_CASE("known failures are skipped, and reported when they pass") {
  const Script script("(module)\n(assert_trap (module) \"x\")\n(assert_trap (module) \"x\")\n"
                      "(assert_invalid (module (func (i32.const 0))) \"type mismatch\")\n");
  script.add("skips.txt", "# comment\n\nscript.wast:2 because\nscript.wast:4 because\n");
  script.add("counts.txt", "skerry passed 0 skipped 1\n");
  spec::SuiteOptions how = options();
  how.expectations = *spec::Expectations::load(script.folder());
  const spec::FileReport report = run(script.path(), how);
  CHECK(report.tallies.total() == spec::Tally{0, 2, 1});
  REQUIRE(report.failures.size() == 2);
  CHECK(report.failures[0].line == 3);
  CHECK(report.failures[1].line == 4);
  CHECK(report.failures[1].message == "passes, but is on the skip list");
}

namespace {

// A module that needs garbage collection, and commands that depend on it.
constexpr const char* script_with_gc = R"((module $gc (type (struct)) (func (export "f")))
(assert_return (invoke "f"))
(assert_return (invoke $gc "f"))
(assert_trap (invoke "f") "unreachable")
(register "gc" $gc)
(module (import "gc" "f" (func)))
(invoke "f")
(assert_invalid (module (type (struct)) (func i32.const 1)) "type mismatch")
(assert_unlinkable (module (import "gc" "f" (func))) "unknown import")
(module (func (export "g") (result i32) (i32.const 7)))
(assert_return (invoke "g") (i32.const 7))
(assert_return (invoke "f"))
)";

} // namespace

TEST_CASE("commands that need a feature are skipped by its name, all others run", "[exec]") {
  const Script script(script_with_gc);
  for (const bool isolate : {true, false}) {
    spec::SuiteOptions how = options();
    how.isolate = isolate;
    const spec::FileReport report = run(script.path(), how);
    CHECK(report.skips == std::map<std::string, uint32_t>{{"needs gc", 8}});
    CHECK(report.tallies.total() == spec::Tally{2, 1, 4}); // modules and actions are not counted
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].line == 12); // "f" of the last module, which was not refused
    CHECK(spec::totals_text({report}).find("skipped: needs gc: 8 commands\n") != std::string::npos);
    CHECK(spec::file_text(report).ends_with("1 failed, 4 skipped; skipped: needs gc: 8\n"));
  }
}

TEST_CASE("a module that replaces a refused one is used", "[exec]") {
  const Script script("(module $m (type (struct)))\n(module $m (func (export \"f\")))\n"
                      "(assert_return (invoke $m \"f\"))\n(assert_return (invoke \"f\"))\n");
  const spec::FileReport report = run(script.path());
  INFO(spec::failures_text(report));
  CHECK(report.tallies.total() == spec::Tally{2, 0, 0});
}

TEST_CASE("commands of other engines, and what depends on components, are skipped", "[exec]") {
  const Script script("(module)\n(component (core module))\n(wait $t)\n(assert_return (invoke \"f\"))\n"
                      "(assert_malformed (component quote \"\") \"x\")\n");
  const spec::FileReport report = run(script.path());
  INFO(spec::failures_text(report));
  CHECK(report.failures.empty());
  CHECK(report.tallies.total() == spec::Tally{0, 0, 3});
  CHECK(report.skips ==
        std::map<std::string, uint32_t>{{"needs component-model", 3}, {"unknown command wait", 1}});
}

TEST_CASE("foreign scripts: other messages, and modules that are imported by name", "[exec]") {
  const Script script("(module $a (func (export \"f\") unreachable))\n"
                      "(module (import \"a\" \"f\" (func $f)) (export \"f\" (func $f)))\n"
                      "(assert_trap (invoke \"f\") \"wasm trap: unreachable\")\n"
                      "(assert_malformed (module (func i32.const 1)) \"not quoted\")\n"
                      "(assert_trap (module) \"still compared\")\n");
  spec::SuiteOptions how = options();
  CHECK(run(script.path(), how).tallies.total().passed == 0);
  how.foreign = true;
  const spec::FileReport report = run(script.path(), how);
  INFO(spec::failures_text(report));
  CHECK(report.tallies.total() == spec::Tally{2, 1, 0});
  CHECK(report.failures.at(0).line == 5);
}

TEST_CASE("expectations: invalid lines are refused") {
  const Script script("");
  script.add("skips.txt", "script.wast:2\n"); // no reason
  CHECK_FALSE(spec::Expectations::load(script.folder()).has_value());
  script.add("skips.txt", "script.wast:x because\n");
  CHECK_FALSE(spec::Expectations::load(script.folder()).has_value());
  script.add("skips.txt", "");
  script.add("counts.txt", "core passed many skipped 0\n");
  CHECK_FALSE(spec::Expectations::load(script.folder()).has_value());
}

TEST_CASE("expectations: exact counts") {
  const Script script("");
  script.add("counts.txt", "core passed 3 skipped 1\ncore/simd passed 5 skipped 0\n");
  const spec::Expectations expectations = *spec::Expectations::load(script.folder());
  const auto report = [](std::string path, uint32_t passed, uint32_t skipped) {
    spec::FileReport result;
    result.path = std::move(path);
    result.tallies[Kind::assert_return] = {passed, 0, skipped};
    return result;
  };
  CHECK(expectations.check_counts({report("/x/core/a.wast", 2, 0), report("/x/core/b.wast", 1, 1)}).empty());
  CHECK(expectations.check_counts({report("/x/core/a.wast", 2, 1)}).size() == 1);
  CHECK(expectations.check_counts({report("/x/core/a.wast", 4, 1)}).size() == 1);
  CHECK(expectations.check_counts({report("/x/hardcore/a.wast", 4, 1)}).empty());
}

TEST_CASE("a file that hangs is killed, and the next file runs", "[exec]") {
  const Script script("(module (func (export \"f\") (loop (br 0))))\n(assert_return (invoke \"f\"))\n");
  script.add("z.wast", "(assert_invalid (module (func (i32.const 0))) \"type mismatch\")");
  spec::SuiteOptions how = options();
  how.timeout = std::chrono::seconds(1);
  auto reports =
      spec::run_suite({script.path(), script.folder() + "/z.wast"}, how, [](const spec::FileReport&) {});
  REQUIRE(reports.size() == 2);
  CHECK(reports[0].crashed);
  REQUIRE(reports[0].failures.size() == 1);
  CHECK(reports[0].failures[0].kind == "timeout");
  CHECK(reports[0].failures[0].line == 2);
  CHECK(reports[1].tallies.total().passed == 1);
}

TEST_CASE("files are found in folders, sorted") {
  const Script script("");
  script.add("b.wast", "");
  script.add("a.txt", "");
  auto files = *spec::find_scripts({script.folder(), script.path()}, "");
  CHECK(files == std::vector{script.folder() + "/b.wast", script.path()});
  CHECK(spec::find_scripts({script.folder()}, "b.w")->size() == 1);
  CHECK_FALSE(spec::find_scripts({script.folder() + "/nowhere"}, "").has_value());
}

TEST_CASE("JSON") {
  spec::FileReport report;
  report.path = "a\"b";
  report.tallies[Kind::assert_trap] = {1, 1, 0};
  report.failures.push_back({3, "assert_trap", "x\ny"});
  report.skips["needs gc"] = 2;
  CHECK(
      spec::file_json(report) ==
      R"({"file":"a\"b","passed":1,"failed":1,"skipped":0,"kinds":{"assert_trap":)"
      R"({"passed":1,"failed":1,"skipped":0}},"skips":{"needs gc":2},"failures":[{"line":3,"kind":"assert_trap",)"
      R"("message":"x\\u{a}y"}]})"
      "\n");
  CHECK(spec::totals_json({report}, {"p"}) ==
        R"({"files":1,"passed":1,"failed":1,"skipped":0,"kinds":{"assert_trap":)"
        R"({"passed":1,"failed":1,"skipped":0}},"skips":{"needs gc":2},"problems":["p"]})"
        "\n");
}
