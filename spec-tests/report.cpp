#include "spec-tests/report.hpp"

#include "skerry/printable.hpp"
#include "vm/base/hex.hpp"

#include <string_view>

namespace skerry::spec {

namespace {

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\', out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      vm::append_hex(out, byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string tally_json(const Tally& tally) {
  return "\"passed\":" + std::to_string(tally.passed) + ",\"failed\":" + std::to_string(tally.failed) +
         ",\"skipped\":" + std::to_string(tally.skipped);
}

std::string_view kind_name_at(size_t i) { return wat::command_name(static_cast<wat::Command::Kind>(i)); }

std::string kinds_json(const Tallies& tallies) {
  std::string out;
  for (size_t i = 0; i < command_kinds; ++i) {
    if (tallies.by_kind[i] == Tally{}) continue;
    out +=
        (out.empty() ? "" : ",") + json_string(kind_name_at(i)) + ":{" + tally_json(tallies.by_kind[i]) + "}";
  }
  return "\"kinds\":{" + out + "}";
}

std::string tally_text(const Tally& tally) {
  return std::to_string(tally.passed) + " passed, " + std::to_string(tally.failed) + " failed, " +
         std::to_string(tally.skipped) + " skipped";
}

std::string skips_json(const std::map<std::string, uint32_t>& skips) {
  std::string out;
  for (const auto& [reason, count] : skips)
    out += (out.empty() ? "" : ",") + json_string(reason) + ":" + std::to_string(count);
  return "\"skips\":{" + out + "}";
}

std::map<std::string, uint32_t> all_skips(const std::vector<FileReport>& reports) {
  std::map<std::string, uint32_t> all;
  for (const FileReport& report : reports)
    for (const auto& [reason, count] : report.skips) all[reason] += count;
  return all;
}

Tallies sum_of(const std::vector<FileReport>& reports) {
  Tallies sum;
  for (const FileReport& report : reports) sum += report.tallies;
  return sum;
}

} // namespace

std::string failures_text(const FileReport& report) {
  std::string out;
  for (const Failure& failure : report.failures)
    out += printable(report.path) + ":" + std::to_string(failure.line) + ": " + failure.kind + ": " +
           printable(failure.message, longest_printed_message) + "\n";
  return out;
}

std::string file_text(const FileReport& report) {
  std::string out = printable(report.path) + ": " + tally_text(report.tallies.total());
  for (const auto& [reason, count] : report.skips)
    out += "; skipped: " + printable(reason) + ": " + std::to_string(count);
  return out + "\n";
}

std::string totals_text(const std::vector<FileReport>& reports) {
  Tallies sum = sum_of(reports);
  std::string out;
  for (size_t i = 0; i < command_kinds; ++i) {
    if (sum.by_kind[i] == Tally{}) continue;
    std::string name(kind_name_at(i));
    name.resize(24, ' ');
    out += name + tally_text(sum.by_kind[i]) + "\n";
  }
  for (const auto& [reason, count] : all_skips(reports))
    out += "skipped: " + printable(reason) + ": " + std::to_string(count) + " commands\n";
  return out + std::to_string(reports.size()) + " files: " + tally_text(sum.total()) + "\n";
}

std::string file_json(const FileReport& report) {
  std::string failures;
  for (const Failure& failure : report.failures)
    failures += (failures.empty() ? "" : ",") + ("{\"line\":" + std::to_string(failure.line)) +
                ",\"kind\":" + json_string(failure.kind) +
                ",\"message\":" + json_string(printable(failure.message, longest_printed_message)) + "}";
  return "{\"file\":" + json_string(printable(report.path)) + "," + tally_json(report.tallies.total()) + "," +
         kinds_json(report.tallies) + "," + skips_json(report.skips) + ",\"failures\":[" + failures + "]}\n";
}

std::string totals_json(const std::vector<FileReport>& reports, const std::vector<std::string>& problems) {
  Tallies sum = sum_of(reports);
  std::string texts;
  for (const std::string& problem : problems) texts += (texts.empty() ? "" : ",") + json_string(problem);
  return "{\"files\":" + std::to_string(reports.size()) + "," + tally_json(sum.total()) + "," +
         kinds_json(sum) + "," + skips_json(all_skips(reports)) + ",\"problems\":[" + texts + "]}\n";
}

} // namespace skerry::spec
