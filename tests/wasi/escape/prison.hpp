// The files inside and outside of a hostile program's directory.
#pragma once

#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <map>
#include <string>

namespace skerry::test {

inline constexpr std::string_view secret = "the secret outside";

// The program gets base/; it must not reach anything beside it.
struct Prison {
  TempDir temp;
  fs::path base = temp / "base";

  Prison() {
    fs::create_directories(base / "dir/nested");
    fs::create_directories(base / "empty");
    fs::create_directories(temp / "outside/dir");
    fs::create_directories(temp / "outside/empty");
    fs::create_directories(temp / "base-sibling"); // begins like base
    write_file(base / "file", "inside");
    write_file(base / "dir/nested/deep", "inside");
    write_file(temp / "outside/secret", secret);
    write_file(temp / "outside/dir/secret", secret);
    write_file(temp / "outside/dir/inner", secret);
    fs::create_symlink("secret", temp / "outside/link");
    write_file(temp / "base-sibling/secret", secret);
    add_links();
  }

  void add_links() {
    const auto link = [&](const fs::path& target, const std::string& name) {
      fs::create_symlink(target, base / name);
    };
    link("../outside/secret", "up");
    link("../outside", "up_dir");
    link("../outside/", "up_dir_slash");
    link("../outside/dir/.././", "up_dir_dots");
    link("..", "parent");
    link("../", "parent_slash");
    link("../base", "out_and_in");
    link("../base-sibling", "sibling");
    link(temp / "outside/secret", "absolute");
    link(temp / "outside", "absolute_dir");
    link(base / "file", "absolute_inside");
    link("/", "root");
    link("//", "root_slashes");
    link("up_dir", "chain1");
    link("chain1", "chain2");
    link("chain2/dir", "chain3");
    link("dir/../../outside", "through_dir");
    link("dir/nested/far", "to_far");
    link("../../../outside", "dir/nested/far");
    link("../outside/new", "dangling_out");
    link("../outside/new/", "dangling_out_slash");
    link((temp / "outside/new").string(), "dangling_absolute");
    link("loop", "loop");
    link("pong", "ping");
    link("ping", "pong");
    link("/proc/self/root", "proc_root");
    link("/proc/self/cwd", "proc_cwd");
  }

  using Snapshot = std::map<std::string, std::string>;

  // Everything outside base: names, types, contents, times, link counts.
  Snapshot outside() const { return snapshot(false); }
  Snapshot inside() const { return snapshot(true); }

private:
  Snapshot snapshot(bool inside) const {
    Snapshot seen;
    for (const auto& entry : fs::recursive_directory_iterator(temp.path())) {
      const auto name = entry.path().lexically_relative(temp.path());
      if ((*name.begin() == "base") != inside) continue;
      struct stat status{};
      REQUIRE(::lstat(entry.path().c_str(), &status) == 0);
      seen[name] = std::to_string(status.st_mode) + " " + std::to_string(status.st_nlink) + " " +
                   std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec) +
                   " " + (S_ISREG(status.st_mode) ? read_file(entry.path()) : "");
    }
    return seen;
  }
};

/// Swaps two names in one step.
inline int exchange(const fs::path& a, const fs::path& b) {
  return static_cast<int>(
      ::syscall(SYS_renameat2, AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE));
}

} // namespace skerry::test
