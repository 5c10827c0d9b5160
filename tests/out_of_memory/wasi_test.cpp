// Memory runs out in WASI functions: the call ends with the error, no lock stays held, and the quota's counts
// are correct.
#include "tests/out_of_memory/sweep.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wasm.hpp"

#include "skerry/wasi/quota.hpp"
#include "skerry/wasi/wasi.hpp"

#include <fstream>
#include <memory>
#include <optional>
#include <string>

namespace skerry::test {

namespace {

/// Works in directory 3: makes and removes names, writes, reads, lists, polls. Ignores errnos, because names
/// may exist from the previous run.
constexpr std::string_view wasi_guest = R"((module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $rmdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_readlink"
    (func $readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename"
    (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get"
    (func $stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "a-name-that-is-longer-than-a-short-string")
  (data (i32.const 64) "a-directory-with-a-name-of-some-length/below")
  (data (i32.const 128) "another-name-that-is-longer-than-short")
  (func (export "run") (local $i i32)
    (drop (call $mkdir (i32.const 3) (i32.const 64) (i32.const 38)))
    (drop (call $mkdir (i32.const 3) (i32.const 64) (i32.const 44)))
    (drop (call $open (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 41) (i32.const 9)
      (i64.const 0x1fffffff) (i64.const 0) (i32.const 0) (i32.const 200)))
    (i32.store (i32.const 208) (i32.const 0)) (i32.store (i32.const 212) (i32.const 100))
    (i32.store (i32.const 216) (i32.const 64)) (i32.store (i32.const 220) (i32.const 30))
    (drop (call $write (i32.load (i32.const 200)) (i32.const 208) (i32.const 2) (i32.const 204)))
    (drop (call $read (i32.load (i32.const 200)) (i32.const 208) (i32.const 2) (i32.const 204)))
    (drop (call $close (i32.load (i32.const 200))))
    (drop (call $symlink (i32.const 0) (i32.const 41) (i32.const 3) (i32.const 128) (i32.const 38)))
    (drop (call $readlink (i32.const 3) (i32.const 128) (i32.const 38) (i32.const 1024) (i32.const 100)
      (i32.const 204)))
    (drop (call $stat (i32.const 3) (i32.const 1) (i32.const 128) (i32.const 38) (i32.const 1024)))
    (drop (call $readdir (i32.const 3) (i32.const 2048) (i32.const 4096) (i64.const 0) (i32.const 204)))
    (drop (call $rename (i32.const 3) (i32.const 0) (i32.const 41) (i32.const 3) (i32.const 64)
      (i32.const 44)))
    (drop (call $unlink (i32.const 3) (i32.const 128) (i32.const 38)))
    (drop (call $rename (i32.const 3) (i32.const 0) (i32.const 41) (i32.const 3) (i32.const 128)
      (i32.const 38)))
    (drop (call $unlink (i32.const 3) (i32.const 128) (i32.const 38)))
    (drop (call $rmdir (i32.const 3) (i32.const 64) (i32.const 44)))
    (drop (call $rmdir (i32.const 3) (i32.const 64) (i32.const 38)))
    (i32.store8 (i32.const 8200) (i32.const 0)) (i32.store (i32.const 8208) (i32.const 1))
    (drop (call $poll (i32.const 8192) (i32.const 10000) (i32.const 1) (i32.const 204))))))";

struct Variant {
  std::string_view name;
  bool is_deterministic;
  wasi::PathResolverKind resolver;
};

class Working {
public:
  explicit Working(const Variant& variant) : variant_(variant), module_(compile(engine_, wasi_guest)) {}

  void attempt() {
    try {
      run();
    } catch (const std::bad_alloc&) { // in the embedder's work: configurations, linkers, stores
    }
  }
  void check(bool may_fail) {
    if (error_) {
      INFO(error_->describe());
      CHECK((may_fail && says_out_of_memory(*error_)));
    }
    error_.reset();
    run();
    if (error_) FAIL(error_->describe());
    const auto counted = std::make_shared<wasi::Quota>(1'000'000, 1'000);
    REQUIRE(counted->count(folder_.path().string()));
    CHECK(quota_->files_used() == counted->files_used());
    CHECK(quota_->bytes_used() == counted->bytes_used());
  }

private:
  void run() {
    wasi::Config config;
    config.args = {"a program whose name is longer than a short string"};
    config.env = {{"NAME", "a value that is longer than a short string"}};
    config.resolver = variant_.resolver;
    if (variant_.is_deterministic) config.determinism.emplace();
    wasi::Preopen preopen;
    preopen.host = folder_.path().string();
    preopen.guest = "/";
    preopen.mode = wasi::PreopenMode::read_write;
    preopen.quota = quota_;
    config.preopens.push_back(std::move(preopen));
    auto context = wasi::Context::create(std::move(config));
    if (!context) return keep(std::move(context.error()));
    Store store(engine_);
    Linker linker(engine_);
    wasi::add_to_linker(linker, *context);
    auto instance = linker.instantiate(store, module_);
    if (!instance) return keep(std::move(instance.error()));
    auto function = instance->func("run");
    if (!function) return keep(std::move(function.error()));
    std::array<uint64_t, 1> none{};
    if (auto done = function->call_raw(none); !done) keep(std::move(done.error()));
    context->reset();
  }
  void keep(Error error) { error_.emplace(std::move(error)); }

  const Variant& variant_;
  TempDir folder_;
  Engine engine_{test_config()};
  Module module_;
  std::shared_ptr<wasi::Quota> quota_ = std::make_shared<wasi::Quota>(1'000'000, 1'000);
  std::optional<Error> error_;
};

class Counting {
public:
  Counting() {
    std::filesystem::create_directories(folder_ / "a/b/c");
    std::ofstream(folder_ / "a/file") << "some text";
    std::filesystem::create_hard_link(folder_ / "a/file", folder_ / "a/another");
    name_ = folder_.path().string();
  }
  void attempt() {
    if (auto done = quota_.count(name_); !done) error_.emplace(std::move(done.error()));
  }
  void check(bool may_fail) {
    if (error_) CHECK((may_fail && says_out_of_memory(*error_)));
    const uint64_t before = quota_.files_used();
    CHECK(before == (error_ ? 0 : 5));
    CHECK(quota_.count(name_));
    CHECK(quota_.files_used() == 5); // known files are not counted again
  }

private:
  TempDir folder_;
  std::string name_;
  wasi::Quota quota_{1'000'000, 1'000};
  std::optional<Error> error_;
};

} // namespace

TEST_CASE("memory that runs out in WASI functions ends the call, and the quota's counts stay correct") {
  using Kind = wasi::PathResolverKind;
  for (const Variant& variant : {Variant{"the kernel's paths", false, Kind::automatic},
                                 Variant{"walked paths", false, Kind::component_wise},
                                 Variant{"deterministic", true, Kind::automatic}}) {
    DYNAMIC_SECTION(variant.name) { sweep<Working>(120, variant); }
  }
}

TEST_CASE("memory that runs out while a directory is counted counts nothing") { sweep<Counting>(200); }

} // namespace skerry::test
