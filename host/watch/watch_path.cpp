#include "host/watch/watch_path.hpp"

#include <deque>

namespace skerry::host {

namespace {

constexpr int most_links = 40; // the kernel's limit

class Walk {
public:
  explicit Walk(const std::filesystem::path& file) {
    std::error_code ignored;
    prepend(file.is_absolute() ? file : std::filesystem::current_path(ignored) / file);
  }

  std::vector<PathStep> run() && {
    while (!left_.empty()) {
      std::filesystem::path name = std::move(left_.front());
      left_.pop_front();
      if (name.empty() || name == ".") continue;
      if (name == "..")
        at_ = at_.parent_path(); // at_ contains no links, so `..` leads to its parent
      else if (!enter(name))
        break;
    }
    return std::move(steps_);
  }

private:
  void prepend(const std::filesystem::path& path) {
    if (path.is_absolute()) at_ = "/";
    const auto parts = path.relative_path();
    left_.insert(left_.begin(), parts.begin(), parts.end());
  }

  /// Adds the entry `name` of the directory at_ to the steps. If the entry is a symbolic link, its target is
  /// walked next; otherwise the entry becomes at_. Returns false if the entry does not exist or there are too
  /// many symbolic links.
  bool enter(const std::filesystem::path& name) {
    steps_.push_back({at_, name.string()});
    std::error_code error;
    const auto status = std::filesystem::symlink_status(at_ / name, error);
    if (!std::filesystem::exists(status)) return false;
    if (status.type() != std::filesystem::file_type::symlink) {
      at_ /= name;
      return true;
    }
    const auto target = std::filesystem::read_symlink(at_ / name, error);
    if (error || ++links_ > most_links) return false;
    prepend(target);
    return true;
  }

  std::filesystem::path at_;
  std::deque<std::filesystem::path> left_;
  std::vector<PathStep> steps_;
  int links_ = 0;
};

} // namespace

std::vector<PathStep> path_steps(const std::filesystem::path& file) { return Walk(file).run(); }

} // namespace skerry::host
