// Reading whole files: which kinds are refused, and what a read returns while others write.
#include "host/support/file_bytes.hpp"

#include "host/support/as_text.hpp"
#include "tests/host/support/eventually.hpp"
#include "tests/host/support/plugin_fixture.hpp"
#include "tests/support/temp_dir.hpp"
#include "vm/platform/owned_fd.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <thread>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;
using skerry::test::TempDir;

namespace {

/// A path of each kind of file that is not a module or manifest, and how its refusal names the kind.
struct OtherKinds {
  OtherKinds() {
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strncpy(address.sun_path, (dir / "socket").c_str(), sizeof(address.sun_path) - 1);
    socket = OwnedFd(::socket(AF_UNIX, SOCK_STREAM, 0));
    REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    std::filesystem::create_symlink("fifo", dir / "link");
  }
  std::vector<std::pair<std::filesystem::path, std::string>> all() const {
    return {{dir / "fifo", " is a FIFO, not a regular file"},
            {dir / "link", " is a FIFO, not a regular file"},
            {dir.path(), " is a directory, not a regular file"},
            {"/dev/zero", " is a device, not a regular file"},
            {"/dev/null", " is a device, not a regular file"},
            {dir / "socket", " is a socket, not a regular file"}};
  }

  TempDir dir;
  OwnedFd socket;
};

void write_text(const std::filesystem::path& file, std::string_view text) {
  std::ofstream(file, std::ios::binary) << text;
}

} // namespace

TEST_CASE("only regular files are read as a whole, and no other file is waited for") {
  const OtherKinds kinds;
  for (const auto& [path, problem] : kinds.all()) {
    const auto bytes = read_file(path, 100);
    REQUIRE_FALSE(bytes);
    CHECK(bytes.error().message == path.string() + problem);
    CHECK_FALSE(bytes.error().too_large);
  }
  write_text(kinds.dir / "file", "abc");
  std::filesystem::create_symlink("file", kinds.dir / "good");
  CHECK(as_text(read_file(kinds.dir / "good", 3).value()) == "abc");
  CHECK(read_file(kinds.dir / "good", 2).error().too_large);
  CHECK(read_file(kinds.dir / "none", 2).error().message.ends_with(": No such file or directory"));
}

TEST_CASE_METHOD(PluginFixture, "a FIFO, device or directory as manifest or module is refused at once") {
  const OtherKinds kinds;
  for (const auto& [path, problem] : kinds.all()) {
    Manifest m = manifest();
    m.wasm_path = path;
    const PluginError module_error = manager.load(m).error();
    CHECK(module_error.code == "io");
    CHECK(module_error.message.ends_with(problem));
    const PluginError manifest_error = manager.load(path).error();
    CHECK(manifest_error.code == "io");
    CHECK(manifest_error.message.ends_with(problem));
  }
}

TEST_CASE("a pipe is read to its end where pipes are allowed") {
  const OtherKinds kinds;
  std::thread writer([&] { write_text(kinds.dir / "fifo", "from a pipe"); });
  const auto bytes = read_file_or_pipe(kinds.dir / "fifo", 100);
  writer.join();
  REQUIRE(bytes);
  CHECK(as_text(*bytes) == "from a pipe");
  CHECK(read_file_or_pipe("/dev/zero", 100).error().too_large);
}

TEST_CASE("a writer that renames as fast as it can never makes a reader see an empty or mixed file") {
  const TempDir dir;
  const auto path = dir / "file";
  constexpr int kinds = 7, enough = 500;
  const auto content = [](int i) {
    return std::string(1000 + static_cast<size_t>(i % kinds) * 1000, static_cast<char>('a' + i % kinds));
  };
  write_text(path, content(0));
  std::atomic<bool> stop = false;
  std::atomic<int> renames = 0;
  std::thread writer([&] {
    for (int i = 1; !stop; ++i, ++renames) {
      write_text(dir / "new", content(i));
      std::filesystem::rename(dir / "new", path);
    }
  });
  int reads = 0, wrong = 0;
  for (const auto end = std::chrono::steady_clock::now() + longest_wait;
       (renames < enough || reads < enough) && std::chrono::steady_clock::now() < end; ++reads) {
    const auto bytes = read_file(path, 1 << 20);
    if (!bytes) {
      FAIL_CHECK(bytes.error().message); // a rename is not a change of the file that is being read
      break;
    }
    const std::string_view text = as_text(*bytes);
    wrong += text.empty() || text != content(text[0] - 'a');
  }
  stop = true;
  writer.join();
  CHECK(wrong == 0);
  CHECK(reads >= enough);
  CHECK(renames >= enough);
}
