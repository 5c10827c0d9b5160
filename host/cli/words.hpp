// The words of a command line, before the library parses them.
#pragma once

#include "host/cli/cli11.hpp"

#include <string>
#include <vector>

namespace skerry::host::cli {

/// Rewrites short forms as the long ones that the commands of `app` take: "help run" as "run --help",
/// "version" as "--version", "FILE" as "run FILE", "--dir=" as "--dir" and an empty word. For a command that
/// hands its operands on, also removes the "--" that ends the options.
std::vector<std::string> plain_words(const CLI::App& app, std::vector<std::string> words);

} // namespace skerry::host::cli
