// Errors as JSON, for programs that start `skerry`.
#pragma once

#include "skerry/error.hpp"

#include <string>

namespace skerry::host::cli {

/// Returns {"error":{…}} on one line without a newline. The members are in docs/cli.md. `file` is the module
/// that the error is about, and `hint` an option that may help; both may be empty.
std::string error_json(const std::string& file, const Error& error, const std::string& hint = {});

} // namespace skerry::host::cli
