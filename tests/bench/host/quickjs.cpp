// QuickJS inside this process.
#include "tests/bench/host/transform.hpp"

#ifdef SKERRY_BENCH_QUICKJS
#include <quickjs.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

namespace skerry::bench {

namespace {

/// A context in which the script has run; its global object has the function `transform`.
struct Script {
  explicit Script(const std::string& file) : runtime(JS_NewRuntime()), context(JS_NewContext(runtime)) {
    std::ifstream in(file, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    const JSValue done = JS_Eval(context, text.c_str(), text.size(), file.c_str(), JS_EVAL_TYPE_GLOBAL);
    if (JS_IsException(done)) std::abort();
    JS_FreeValue(context, done);
    const JSValue global = JS_GetGlobalObject(context);
    transform = JS_GetPropertyStr(context, global, "transform");
    JS_FreeValue(context, global);
  }
  ~Script() {
    JS_FreeValue(context, transform);
    JS_FreeContext(context);
    JS_FreeRuntime(runtime);
  }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  std::string call(std::string_view request) const {
    JSValue argument = JS_NewStringLen(context, request.data(), request.size());
    const JSValue result = JS_Call(context, transform, JS_UNDEFINED, 1, &argument);
    JS_FreeValue(context, argument);
    size_t size = 0;
    const char* const answer = JS_ToCStringLen(context, &size, result);
    if (answer == nullptr) std::abort();
    std::string text(answer, size);
    JS_FreeCString(context, answer);
    JS_FreeValue(context, result);
    return text;
  }

  JSRuntime* runtime;
  JSContext* context;
  JSValue transform{};
};

} // namespace

std::optional<Transform> in_quickjs(const std::string& script) {
  return
      [loaded = std::make_shared<Script>(script)](std::string_view request) { return loaded->call(request); };
}

} // namespace skerry::bench
#else
namespace skerry::bench {
std::optional<Transform> in_quickjs(const std::string&) { return std::nullopt; }
} // namespace skerry::bench
#endif
