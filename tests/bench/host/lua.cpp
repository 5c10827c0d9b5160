// Lua 5.4 inside this process.
#include "tests/bench/host/transform.hpp"

#ifdef SKERRY_BENCH_LUA
#include <lua.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace skerry::bench {

std::optional<Transform> in_lua(const std::string& script) {
  const std::shared_ptr<lua_State> lua(luaL_newstate(), lua_close);
  luaL_openlibs(lua.get());
  if (luaL_dofile(lua.get(), script.c_str()) != LUA_OK) {
    std::fprintf(stderr, "bench: %s\n", lua_tostring(lua.get(), -1));
    std::exit(1);
  }
  return [lua](std::string_view request) {
    lua_State* const state = lua.get();
    lua_getglobal(state, "transform");
    lua_pushlstring(state, request.data(), request.size());
    if (lua_pcall(state, 1, 1, 0) != LUA_OK) std::abort();
    size_t size = 0;
    const char* const answer = lua_tolstring(state, -1, &size);
    std::string text(answer, size);
    lua_pop(state, 1);
    return text;
  };
}

} // namespace skerry::bench
#else
namespace skerry::bench {
std::optional<Transform> in_lua(const std::string&) { return std::nullopt; }
} // namespace skerry::bench
#endif
