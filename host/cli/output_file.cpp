#include "host/cli/output_file.hpp"

#include "host/cli/output.hpp"
#include "skerry/printable.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace skerry::host::cli {

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  if (is_stdout()) return;
  file_.open(path_, std::ios::binary | std::ios::trunc);
  if (!file_) open_error_ = errno;
}

OutputFile::~OutputFile() {
  std::error_code error;
  const bool is_incomplete = !is_stdout() && open_error_ == 0 && !is_finished_;
  if (is_incomplete && std::filesystem::is_regular_file(path_, error)) std::filesystem::remove(path_, error);
}

bool OutputFile::refuse() {
  const int reason = open_error_ != 0 ? open_error_ : errno;
  if (!std::exchange(has_failed_, true))
    complain(printable(path_) + ": cannot be written: " + std::strerror(reason));
  return false;
}

bool OutputFile::write(std::string_view text) {
  if (is_stdout()) return print(text);
  return file_.write(text.data(), static_cast<std::streamsize>(text.size())) ? true : refuse();
}

bool OutputFile::finish() {
  if (is_stdout()) return true;
  is_finished_ = static_cast<bool>(file_.flush());
  return is_finished_ ? true : refuse();
}

} // namespace skerry::host::cli
