// Prints a run for a terminal and as JSON.
#pragma once

#include "spec-tests/tally.hpp"

#include <string>
#include <vector>

namespace skerry::spec {

/// One line per failure: `FILE:LINE: KIND: message`.
std::string failures_text(const FileReport& report);
/// `FILE: N passed, N failed, N skipped; skipped: REASON: N`. The number after a reason also counts commands
/// other than assertions.
std::string file_text(const FileReport& report);
/// A table by kind of command, the reasons for which commands were skipped, and sums.
std::string totals_text(const std::vector<FileReport>& reports);

/// {"file","passed","failed","skipped","kinds":{KIND:{"passed","failed","skipped"}},"skips":{REASON:count},
/// "failures":[{"line","kind","message"}]}, on one line.
std::string file_json(const FileReport& report);
/// Like file_json for all files together, without "file" and "failures". Also has "files", the number of
/// files, and "problems", a list of texts such as unexpected counts.
std::string totals_json(const std::vector<FileReport>& reports, const std::vector<std::string>& problems);

} // namespace skerry::spec
