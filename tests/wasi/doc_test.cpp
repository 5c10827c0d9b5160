// Checks that docs/wasi.md lists the functions of wasi/functions.def.
#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <algorithm>
#include <sstream>

namespace skerry::test {

namespace {

struct Row {
  std::string name, parameters, errors;
  bool operator==(const Row&) const = default;
};

// "(i32 fd, i64 offset)" → "fd, offset"
std::string parameter_names(const std::string& parameters) {
  std::istringstream words(parameters.substr(1, parameters.size() - 2));
  std::string names;
  for (std::string type, name; words >> type >> name;) names += (names.empty() ? "" : " ") + name;
  return names;
}

std::vector<Row> table() {
  std::vector<Row> rows;
#define SKERRY_WASI(family, name, parameters, errors)                                                        \
  rows.push_back({#name, parameter_names(#parameters), errors});
#include "wasi/functions.def"
#undef SKERRY_WASI
  return rows;
}

std::vector<Row> documented() {
  std::istringstream lines(read_file(fs::path(SKERRY_TEST_DATA) / "../../docs/wasi.md"));
  std::vector<Row> rows;
  const auto trim = [](std::string text) {
    std::erase(text, '`');
    text.erase(0, text.find_first_not_of(' '));
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  };
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| function |")) inside = true;
    if (!inside || !line.starts_with("| `")) continue;
    std::istringstream cells(line.substr(1));
    std::string name, parameters, errors;
    std::getline(std::getline(std::getline(cells, name, '|'), parameters, '|'), errors, '|');
    rows.push_back({trim(name), trim(parameters), trim(errors)});
  }
  return rows;
}

// The names in the last column of the table about C libraries.
std::vector<std::string> documented_tests() {
  std::istringstream lines(read_file(fs::path(SKERRY_TEST_DATA) / "../../docs/wasi.md"));
  std::vector<std::string> names;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| allowed answer |"))
      inside = true;
    else if (!line.starts_with("|"))
      inside = false;
    const size_t end = line.rfind("` |"), begin = end == line.npos ? end : line.rfind('`', end - 1);
    if (inside && end != line.npos)
      names.push_back(line.substr(begin + 1, end - begin - 1));
    else if (inside && !line.starts_with("| allowed") && !line.starts_with("|---"))
      names.push_back(line);
  }
  return names;
}

std::string all_tests() {
  std::string text;
  for (const auto& file : fs::directory_iterator(SKERRY_TEST_DATA))
    if (file.path().extension() == ".cpp") text += read_file(file.path());
  return text;
}

} // namespace

TEST_CASE("documentation: the tests of what C libraries rely on exist") {
  const auto names = documented_tests();
  const auto tests = all_tests();
  CHECK(names.size() > 10);
  for (const auto& name : names) {
    INFO(name);
    CHECK(tests.find("TEST_CASE(\"" + name + "\")") != tests.npos);
  }
}

TEST_CASE("documentation: the table of functions is the real one") {
  const auto expected = table(), found = documented();
  CHECK(expected.size() == 46);
  REQUIRE(found.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    INFO(expected[i].name);
    CHECK(found[i].name == expected[i].name);
    CHECK(found[i].parameters == expected[i].parameters);
    CHECK(found[i].errors == expected[i].errors);
  }
}

} // namespace skerry::test
