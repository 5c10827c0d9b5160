#include "skerry/host/plugin_types.hpp"

#include "tests/catch.hpp"

using namespace skerry::host;

TEST_CASE("headers are not dropped: a context keeps them, and parameters of every type") {
  PluginContext context{"r1", {{"h", "v"}}, {{"a", "[1,2]"}, {"b", "\"text\""}, {"c", "{\"d\":null}"}}};
  auto json = to_json(context);
  REQUIRE(json);
  CHECK(*json ==
        R"({"headers":{"h":"v"},"parameters":{"a":[1,2],"b":"text","c":{"d":null}},"request_id":"r1"})");
  context.parameters["bad"] = "text";
  CHECK(to_json(context).error().code == "json");
  CHECK(to_json(context).error().phase == Phase::call);
}

TEST_CASE("results") {
  auto result = parse_plugin_result(R"({"success": true, "data": {"a": 1}})");
  REQUIRE(result);
  CHECK(result->success);
  CHECK(result->data == R"({"a":1})");
  CHECK(result->error.empty());
  result = parse_plugin_result(R"({"success": false, "error": "no"})");
  REQUIRE(result);
  CHECK_FALSE(result->success);
  CHECK(result->error == "no");
  for (const char* text : {"", "[]", "{}", "{\"success\": 1}", "{\"success\": true", "nonsense"}) {
    INFO(text);
    auto bad = parse_plugin_result(text);
    REQUIRE_FALSE(bad);
    CHECK(bad.error().code == "json");
  }
}
