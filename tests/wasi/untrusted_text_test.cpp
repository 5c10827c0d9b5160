// Text from a WASI configuration, in the errors about it.
#include "skerry/wasi/wasi.hpp"
#include "tests/support/hostile_text.hpp"

using namespace skerry;
using skerry::test::harm_in;
using skerry::test::hostile_texts;

namespace {

void check_refused(const wasi::Config& config) {
  const auto context = wasi::Context::create(config);
  REQUIRE_FALSE(context);
  INFO(context.error().message().substr(0, 500));
  CHECK(harm_in(context.error().message(), 2000).empty());
}

} // namespace

TEST_CASE("names of variables and folders in errors are printable and short") {
  for (const std::string& text : hostile_texts()) {
    wasi::Config name, value, folder, guest;
    name.env.emplace_back(text + "=", "value");
    check_refused(name);
    value.env.emplace_back(text.substr(0, text.find('\0')), std::string(1, '\0'));
    check_refused(value);
    folder.preopens.push_back({.host = "/nonexistent/" + text, .guest = "/d"});
    check_refused(folder);
    guest.preopens.push_back({.host = "/", .guest = text + '\0'});
    check_refused(guest);
  }
}
