// Does the work of the json-transformer plugin in other ways in which programs run foreign code on JSON.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::bench {

/// Takes a request and returns the answer; all of them return the same bytes.
using Transform = std::function<std::string(std::string_view request)>;

/// The plugin's C source as a native shared object: no isolation at all.
Transform in_shared_object(const std::string& library);
/// The same through a Unix socket, in its own process.
Transform in_process(const std::string& library);
/// Lua 5.4 and QuickJS in this process, one interpreter for all calls; null if the library is not installed.
std::optional<Transform> in_lua(const std::string& script);
std::optional<Transform> in_quickjs(const std::string& script);

} // namespace skerry::bench
