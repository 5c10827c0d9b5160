// What the json-transformer plugin does, done by others: the ways in which programs let foreign code work on
// JSON.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::bench {

/// Takes a request, gives the answer; the same bytes for each of them.
using Transform = std::function<std::string(std::string_view request)>;

/// The plugin's C source as a native shared object: no isolation at all.
Transform in_shared_object(const std::string& library);
/// The same behind a Unix socket, in a process of its own.
Transform in_process(const std::string& library);
/// Lua 5.4 and QuickJS in this process, one interpreter for all calls; nothing where the library is not
/// installed.
std::optional<Transform> in_lua(const std::string& script);
std::optional<Transform> in_quickjs(const std::string& script);

} // namespace skerry::bench
