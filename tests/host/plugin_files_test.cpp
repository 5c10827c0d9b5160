// Granted folders as guests see them: what can be opened, how, and how many files at once.
#include "tests/host/support/plugin_fixture.hpp"

#include <filesystem>
#include <fstream>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;

namespace {

/// Opens the path in its input below the first granted folder, to read, or after a leading `w` to write (and
/// create). Returns the answer of fs_check for "/data/" and that path, and the errno. The files stay open.
std::string opener() {
  std::string text =
      guest("(data (i32.const 64) \"/data/\")" + execute(R"((local $write i32) (local $errno i32)
    (local.set $write (i32.eq (i32.load8_u (local.get $p)) (i32.const 119)))
    (local.set $p (i32.add (local.get $p) (i32.const 1)))
    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
    (local.set $errno (call $path_open (i32.const 3) (i32.const 1) (local.get $p) (local.get $n)
      (local.get $write) (select (i64.const 0x40) (i64.const 0x2) (local.get $write)) (i64.const 0) (i32.const 0)
      (i32.const 8)))
    (memory.copy (i32.const 70) (local.get $p) (local.get $n))
    (i32.store8 (i32.const 16) (i32.add (i32.const 48)
      (call $fs_check (i32.const 64) (i32.add (local.get $n) (i32.const 6)))))
    (i32.store8 (i32.const 17) (i32.const 58))
    (i32.store8 (i32.const 18) (i32.add (i32.const 48) (i32.div_u (local.get $errno) (i32.const 10))))
    (i32.store8 (i32.const 19) (i32.add (i32.const 48) (i32.rem_u (local.get $errno) (i32.const 10))))
    (call $pack (i32.const 16) (i32.const 4)))"));
  return text.insert(text.find("(import"),
                     R"((import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32))))");
}

struct FilesFixture : PluginFixture {
  FilesFixture() {
    std::filesystem::create_directory(data);
    std::ofstream(data / "file") << "x";
    std::ofstream(folder / "secret") << "s";
  }
  Manifest granted(PathMode mode = PathMode::read_only) const {
    auto m = manifest();
    m.capabilities.allow_file_system = true;
    m.capabilities.allowed_paths.push_back({data.string(), "/data", mode});
    return m;
  }
  const std::filesystem::path data = folder / "data";
};

} // namespace

TEST_CASE_METHOD(FilesFixture, "files that fs_check denies cannot be opened: the check is not advisory",
                 "[exec]") {
  auto plugin = load(opener(), granted());
  CHECK(result_of(plugin->call("rfile")) == "1:00");
  CHECK(result_of(plugin->call("r../secret")) == "0:63"); // perm: the path may not leave the folder
  CHECK(result_of(plugin->call("r../data/file")) == "0:63");
  CHECK(result_of(plugin->call("rnone/../../data/file")) == "0:44"); // noent
  CHECK(result_of(plugin->call("r/etc/passwd")) ==
        "1:63"); // "/data//etc/passwd" lies in /data, "/etc/passwd" not
}

TEST_CASE_METHOD(FilesFixture, "symbolic links do not lead out of a granted folder", "[exec]") {
  std::filesystem::create_symlink("../secret", data / "up");
  std::filesystem::create_symlink(folder / "secret", data / "absolute");
  std::filesystem::create_directory_symlink("..", data / "parent");
  std::filesystem::create_symlink("file", data / "inside");
  auto plugin = load(opener(), granted());
  for (const char* path : {"rup", "rabsolute", "rparent/secret"}) {
    INFO(path);
    CHECK(result_of(plugin->call(path)) == "0:63");
  }
  CHECK(result_of(plugin->call("rinside")) == "1:00");
}

TEST_CASE_METHOD(FilesFixture,
                 "a folder has its own name in the guest, and is read-only unless granted to write",
                 "[exec]") {
  auto reader = load(opener(), granted());
  CHECK(result_of(reader->call("rfile")) == "1:00");
  CHECK(result_of(reader->call("wfile")) == "1:69"); // rofs
  CHECK(result_of(reader->call("wnew")) == "1:69");
  auto m = granted(PathMode::read_write);
  m.meta.name = "writer";
  CHECK(result_of(load(opener(), m)->call("wnew")) == "1:00");
  CHECK(std::filesystem::exists(data / "new"));
}

TEST_CASE_METHOD(FilesFixture, "open files are limited: maxOpenFiles", "[exec]") {
  auto m = granted();
  m.capabilities.max_open_files = 3;
  m.pool.state = StateMode::keep;
  auto plugin = load(opener(), m);
  for (int i = 0; i < 3; ++i) CHECK(result_of(plugin->call("rfile")) == "1:00");
  CHECK(result_of(plugin->call("rfile")) == "1:33"); // mfile
}

TEST_CASE_METHOD(FilesFixture, "files that a call left open are closed before the next", "[exec]") {
  auto m = granted();
  m.capabilities.max_open_files = 1;
  auto plugin = load(opener(), m);
  for (int i = 0; i < 5; ++i) CHECK(result_of(plugin->call("rfile")) == "1:00");
}
