// OutputFile: the file that a command makes, or standard output.
#pragma once

#include <fstream>
#include <string>
#include <string_view>

namespace skerry::host::cli {

/// Opens a file to write it; "-" stands for standard output. A regular file that is opened but not finished
/// is removed, because an incomplete module is useless. If something fails, the reason is printed on standard
/// error, once.
class OutputFile {
public:
  explicit OutputFile(std::string path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Returns false if `text` could not be written.
  [[nodiscard]] bool write(std::string_view text);
  /// Keeps the file. Returns false if a part of it could not be written.
  [[nodiscard]] bool finish();

private:
  bool is_stdout() const { return path_ == "-"; }
  bool refuse();

  std::string path_;
  std::ofstream file_;
  int open_error_ = 0; // errno; 0: the file is open
  bool is_finished_ = false;
  bool has_failed_ = false;
};

} // namespace skerry::host::cli
