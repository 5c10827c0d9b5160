// Runs sequences of WASI calls with hostile paths twice, in two equal trees with the two ways of resolving
// paths. Both must give the same answers, and nothing outside the tree may change or be seen.
#include "fuzz/choices.hpp"
#include "fuzz/target.hpp"
#include "tests/wasi/program.hpp"

#include <sys/stat.h>

#include <array>
#include <map>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace skerry;
using skerry::fuzz::Choices;
using test::Errno;
using test::Program;

constexpr std::string_view secret = "the secret outside";
constexpr const char* words[] = {".",      "..",     "",     "..",   "file",     "dir", "nested",  "up",
                                 "up_dir", "inside", "loop", "a",    "b",        "c",   "outside", "secret",
                                 "base",   "slash",  "abs",  "deep", "dangling", "a",   "b",       "dir"};

// The program gets base/.
class Tree {
public:
  explicit Tree(wasi::PathResolverKind resolver) {
    fs::create_directories(base_ / "dir/nested");
    fs::create_directories(temp_ / "outside/dir");
    test::write_file(base_ / "file", "inside");
    test::write_file(base_ / "dir/nested/deep", "inside");
    test::write_file(temp_ / "outside/secret", secret);
    const auto link = [&](const fs::path& target, const char* name) {
      fs::create_symlink(target, base_ / name);
    };
    link("../outside/secret", "up");
    link("../outside", "up_dir");
    link("../outside/", "slash");
    link("dir/nested", "inside");
    link("loop", "loop");
    link("/", "abs");
    link("../outside/new", "dangling");
    before_ = outside();
    program_ = std::make_unique<Program>(test::with_root(base_, wasi::PreopenMode::read_write, resolver));
  }
  Program& program() { return *program_; }
  void check() const { FUZZ_CHECK(outside() == before_); }

private:
  std::map<std::string, std::string> outside() const {
    std::map<std::string, std::string> seen;
    for (const auto& entry : fs::directory_iterator(temp_.path())) {
      const bool is_base = entry.path().filename() == "base";
      add(seen, entry.path(), is_base);
      if (is_base) continue;
      for (const auto& inner : fs::recursive_directory_iterator(entry.path())) add(seen, inner.path(), false);
    }
    return seen;
  }
  static void add(std::map<std::string, std::string>& seen, const fs::path& path, bool only_name) {
    struct stat status{};
    FUZZ_CHECK(::lstat(path.c_str(), &status) == 0);
    std::string text = std::to_string(status.st_mode);
    if (!only_name) {
      text += " " + std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec) +
              " " + std::to_string(status.st_nlink);
    }
    if (S_ISREG(status.st_mode)) text += test::read_file(path);
    seen[path.string()] = text;
  }

  test::TempDir temp_;
  fs::path base_ = temp_ / "base";
  std::map<std::string, std::string> before_;
  std::unique_ptr<Program> program_;
};

std::string path_from(Choices& choices) {
  std::string path = choices.below(16) == 0 ? "/" : "";
  const uint32_t count = 1 + choices.below(6);
  for (uint32_t i = 0; i < count; ++i) {
    if (i > 0) path += '/';
    const uint32_t word = choices.below(std::size(words) + 1);
    if (word < std::size(words))
      path += words[word];
    else
      path += static_cast<char>(choices.byte());
  }
  if (choices.below(8) == 0) path += "/";
  return path;
}

struct Operation {
  uint32_t what = 0;
  uint32_t directory = 3, other_directory = 3;
  uint32_t lookup = 0, oflags = 0;
  uint64_t rights = 0;
  std::string path, other_path;
};

Operation operation_from(Choices& choices) {
  constexpr uint64_t rights[] = {test::read_rights, test::write_rights, test::rights::all};
  Operation made;
  made.what = choices.below(14);
  made.directory = choices.below(4) == 0 ? 3 + choices.below(5) : 3;
  made.other_directory = choices.below(4) == 0 ? 3 + choices.below(5) : 3;
  made.lookup = choices.below(2);
  made.oflags = choices.below(16);
  made.rights = rights[choices.below(3)];
  made.path = path_from(choices);
  made.other_path = path_from(choices);
  return made;
}

// Everything that the program learns: an errno, and the bytes that it read.
struct Answer {
  Errno error = Errno::success;
  std::string seen;
  bool operator==(const Answer&) const = default;
};

Answer open(Program& program, const Operation& op) {
  const auto opened =
      program.open(op.path, {.lookup = op.lookup, .oflags = op.oflags, .base = op.rights}, op.directory);
  Answer answer{opened.error, std::to_string(opened.fd)};
  if (opened.error == Errno::success) answer.seen += program.read(opened.fd, 64);
  return answer;
}

Answer describe(Program& program, const Operation& op) {
  Answer answer{program.filestat(op.path, op.lookup, op.directory), {}};
  // Compares no device, inode or times.
  if (answer.error == Errno::success) answer.seen = program.string_at(program.filestat_at + 16, 24);
  return answer;
}

Answer run(Program& program, const Operation& op) {
  using namespace test;
  switch (op.what) {
  case 0: return {program.on_path(abi::path_create_directory, op.path, op.directory), {}};
  case 1: return {program.on_path(abi::path_remove_directory, op.path, op.directory), {}};
  case 2: return {program.on_path(abi::path_unlink_file, op.path, op.directory), {}};
  case 3: return {program.rename(op.path, op.other_path, op.directory, op.other_directory), {}};
  case 4: return {program.link(op.path, op.other_path, op.lookup, op.directory, op.other_directory), {}};
  case 5:
  case 6: return {program.symlink(op.other_path, op.path, op.directory), {}};
  case 7: return {Errno::success, program.readlink(op.path, op.directory)};
  case 8: return describe(program, op);
  case 9: return {program.set_mtime(op.path, op.lookup, 1'000'000'000, op.directory), {}};
  case 10: return {program.call(abi::fd_close, op.directory == 3 ? 4 : op.directory), {}};
  default: return open(program, op);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Tree kernel(wasi::PathResolverKind::automatic), walk(wasi::PathResolverKind::component_wise);
  Choices choices(data, size);
  for (int i = 0; i < 40 && !choices.at_end(); ++i) {
    const Operation op = operation_from(choices);
    const Answer answers[] = {run(kernel.program(), op), run(walk.program(), op)};
    if (answers[0] != answers[1]) {
      std::fprintf(
          stderr,
          "operation %u of \"%s\" (and \"%s\") in %u, lookup %u, oflags %u: errno %d and %d\n%s\n%s\n",
          op.what, op.path.c_str(), op.other_path.c_str(), op.directory, op.lookup, op.oflags,
          static_cast<int>(answers[0].error), static_cast<int>(answers[1].error), answers[0].seen.c_str(),
          answers[1].seen.c_str());
    }
    FUZZ_CHECK(answers[0] == answers[1]);
    FUZZ_CHECK(answers[0].seen.find(secret) == std::string::npos);
  }
  kernel.check();
  walk.check();
  return 0;
}
