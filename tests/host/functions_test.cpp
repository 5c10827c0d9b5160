// host/guest/functions.def is what is linked, what import_need says, and what the SDK's header declares.
#include "host/guest/host_functions.hpp"
#include "host/guest/import_need.hpp"
#include "skerry/wat.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

using namespace skerry;
using namespace skerry::host;

namespace {

struct Row {
  std::string name;
  size_t parameters;
  bool has_result, is_always;
  std::string errors;
};

std::vector<Row> rows() {
  const auto count = [](std::string_view parameters) {
    return static_cast<size_t>(std::ranges::count(parameters, ',')) + 1;
  };
  std::vector<Row> all;
#define SKERRY_HOST_GRANT(...)
#define SKERRY_HOST_ERROR(...)
#define SKERRY_HOST_FUNCTION(name, parameters, result, grant, presence, errors, answer)                      \
  all.push_back({#name, count(#parameters), std::string_view(#result) != "void",                             \
                 std::string_view(#presence) == "always", errors});
#include "host/guest/functions.def"
#undef SKERRY_HOST_GRANT
#undef SKERRY_HOST_ERROR
#undef SKERRY_HOST_FUNCTION
  return all;
}

std::map<std::string, int> error_numbers() {
  return {
#define SKERRY_HOST_GRANT(...)
#define SKERRY_HOST_ERROR(name, number, meaning) {#name, number},
#define SKERRY_HOST_FUNCTION(...)
#include "host/guest/functions.def"
#undef SKERRY_HOST_GRANT
#undef SKERRY_HOST_ERROR
#undef SKERRY_HOST_FUNCTION
  };
}

/// A module that imports the function with the type of its row.
std::string importing(const Row& row) {
  std::string type = "(param";
  for (size_t i = 0; i < row.parameters; ++i) type += " i32";
  type += row.has_result ? ") (result i32)" : ")";
  return "(module (import \"env\" \"" + row.name + "\" (func " + type + ")))";
}

bool is_linked(const Row& row, const Manifest& manifest) {
  const Engine engine;
  Linker linker(engine);
  PluginServices services;
  services.store = std::make_shared<KeyValueStore>(manifest.capabilities, std::make_shared<ByteBudget>(1000));
  define_host_functions(linker, manifest, services);
  const auto module = Module::compile(engine, *wat::to_binary(importing(row)));
  REQUIRE(module);
  Store store(engine);
  return linker.missing(*module).empty() && linker.instantiate(store, *module);
}

Manifest with_all_grants() {
  Manifest m;
  m.config.emplace();
  m.capabilities.allow_key_value = m.capabilities.allow_file_system = m.capabilities.allow_network = true;
  m.capabilities.allowed_paths.push_back({"/srv", "/srv", PathMode::read_only});
  m.capabilities.allowed_hosts.push_back(*HostRule::parse("example.com"));
  return m;
}

std::string sdk_header() {
  std::ifstream file(std::filesystem::path(SKERRY_TEST_DATA) / "../../examples/plugins/sdk/skerry_plugin.h");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

template <class F> void for_each_match(const std::string& text, const char* pattern, F&& take) {
  const std::regex regex(pattern);
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match) take(*match);
}

} // namespace

TEST_CASE("host functions: each row is linked with its type, and only with its grant") {
  const Manifest all = with_all_grants(), nothing;
  CHECK(rows().size() == 11);
  for (const Row& row : rows()) {
    INFO(row.name);
    CHECK(is_linked(row, all));
    CHECK(is_linked(row, nothing) == row.is_always);
    const ImportNeed need = import_need("env", row.name);
    CHECK(need.provider == Provider::host);
    if (!row.is_always) CHECK_FALSE(need.capabilities.empty());
  }
  CHECK(import_need("env", "none").provider == Provider::none);
  CHECK(import_need("env", "emscripten_notify_memory_growth").provider == Provider::wasi);
  CHECK(import_need("wasi_snapshot_preview1", "fd_writ").provider == Provider::none);
  CHECK(import_need("wasi_unstable", "path_open").provider == Provider::wasi);
  CHECK_FALSE(import_need("wasi_unstable", "path_open").capabilities.empty());
}

TEST_CASE("host functions: the rows name errors that exist") {
  const auto numbers = error_numbers();
  std::set<int> used;
  for (const auto& [name, number] : numbers) {
    CHECK(number < 0);
    CHECK(used.insert(number).second);
  }
  for (const Row& row : rows()) {
    INFO(row.name);
    std::istringstream words(row.errors);
    for (std::string word; words >> word;) CHECK(numbers.contains(word));
    CHECK(row.is_always == row.errors.empty());
  }
}

TEST_CASE("host functions: the SDK's header declares what the rows say") {
  const std::string header = sdk_header();
  REQUIRE_FALSE(header.empty());
  std::map<std::string, std::pair<bool, size_t>> declared; // has a result, parameters
  for_each_match(header, R"(SKERRY_IMPORT\((\w+)\)\s+(\w+) skerry_\w+\(([^)]*)\);)", [&](const auto& match) {
    const std::string parameters = match[3];
    declared[match[1]] = {match[2] != "void", static_cast<size_t>(std::ranges::count(parameters, ',')) + 1};
  });
  for (const Row& row : rows()) {
    INFO(row.name);
    if (row.name == "fs_check" || row.name == "net_dial") { // for those there are better ones
      CHECK_FALSE(declared.contains(row.name));
      continue;
    }
    REQUIRE(declared.contains(row.name));
    CHECK(declared[row.name] == std::pair(row.has_result, row.parameters));
    declared.erase(row.name);
  }
  CHECK(declared.empty());

  std::map<std::string, int> named;
  for_each_match(header, R"(SKERRY_([A-Z_]+) = (-\d+))", [&](const auto& match) {
    std::string name = match[1];
    std::ranges::transform(name, name.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
    named[name] = std::stoi(match[2]);
  });
  CHECK(named == error_numbers());
}
