// Plugins written in the text format, in their own folder, loaded by a manager that keeps their output.
#pragma once

#include "skerry/host/manager.hpp"
#include "skerry/wat.hpp"
#include "tests/catch.hpp"
#include "tests/support/test_config.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace skerry::host::test {

/// A guest with a memory, an allocator that never reuses memory, `$pack` and, after them, `fields`.
inline std::string guest(std::string_view fields) {
  return R"((module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "env" "fs_check" (func $fs_check (param i32 i32) (result i32)))
    (import "env" "net_dial" (func $net_dial (param i32 i32 i32) (result i32)))
    (memory (export "memory") 2)
    (global $top (mut i32) (i32.const 4096))
    (func $allocate (export "allocate") (param $n i32) (result i32)
      (global.get $top)
      (global.set $top (i32.add (global.get $top) (local.get $n)))
      (if (i32.gt_u (global.get $top) (i32.shl (memory.size) (i32.const 16)))
        (then (drop (memory.grow (i32.add (i32.shr_u (local.get $n) (i32.const 16)) (i32.const 1)))))))
    (func $deallocate (export "deallocate") (param i32 i32))
    (func $pack (param $p i32) (param $n i32) (result i64)
      (i64.or (i64.shl (i64.extend_i32_u (local.get $p)) (i64.const 32)) (i64.extend_i32_u (local.get $n))))
    (func $print (param $p i32) (param $n i32)
      (i32.store (i32.const 0) (local.get $p))
      (i32.store (i32.const 4) (local.get $n))
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))" +
         std::string(fields) + ")";
}

/// `execute` that returns its input.
inline constexpr std::string_view echo =
    R"((func (export "execute") (param i32 i32) (result i64) (call $pack (local.get 0) (local.get 1))))";

/// `execute` with this body; parameters $p and $n, result i64.
inline std::string execute(std::string_view body) {
  return "(func $execute (export \"execute\") (param $p i32) (param $n i32) (result i64) " +
         std::string(body) + ")";
}

/// `execute` that returns the i32 result of `body` as one digit.
inline std::string execute_digit(std::string_view body) {
  return execute("(i32.store8 (i32.const 16) (i32.add (i32.const 48) " + std::string(body) +
                 ")) (call $pack (i32.const 16) (i32.const 1))");
}

class PluginFixture {
public:
  PluginFixture() : manager(options()) {
    std::string name = (std::filesystem::temp_directory_path() / "skerry-plugin-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder = name;
  }
  ~PluginFixture() {
    manager.close();
    std::filesystem::remove_all(folder);
  }
  PluginFixture(const PluginFixture&) = delete;
  PluginFixture& operator=(const PluginFixture&) = delete;

  /// A manifest for a file that does not exist yet; enough time for slow builds.
  Manifest manifest(const std::string& name = "p") const {
    Manifest m;
    m.meta = {name, "1.2.3", "", ""};
    m.wasm_path = folder / (name + ".wasm");
    m.timeout = std::chrono::seconds(20);
    m.capabilities.max_memory_mb = 1;
    return m;
  }

  void write(const Manifest& m, std::span<const std::byte> bytes) const {
    std::ofstream(m.wasm_path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }

  static std::vector<std::byte> assemble(std::string_view wat) {
    auto bytes = wat::to_binary(wat);
    if (!bytes) FAIL(bytes.error().describe());
    return *bytes;
  }

  Expected<PluginHandle> try_load(std::string_view wat, const Manifest& m) {
    write(m, assemble(wat));
    return manager.load(m);
  }
  Expected<PluginHandle> try_load(std::string_view wat) { return try_load(wat, manifest()); }

  PluginHandle load(std::string_view wat, const Manifest& m) {
    auto plugin = try_load(wat, m);
    if (!plugin) FAIL(describe(plugin.error()));
    return *plugin;
  }
  PluginHandle load(std::string_view wat) { return load(wat, manifest()); }

  PluginError load_error(std::string_view wat, const Manifest& m) {
    auto plugin = try_load(wat, m);
    REQUIRE_FALSE(plugin);
    return plugin.error();
  }
  PluginError load_error(std::string_view wat) { return load_error(wat, manifest()); }

  std::filesystem::path folder;
  std::string printed;
  std::function<void(std::string_view)> on_print; // while the guest waits

private:
  std::mutex printing_; // of several guests at once

public:
  Manager manager;

private:
  ManagerOptions options() {
    ManagerOptions o;
    o.engine = skerry::test::test_config();
    o.max_module_bytes = 1 << 20;
    o.guest_output = [this](std::string_view, std::span<const std::byte> bytes) {
      const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      {
        const std::lock_guard lock(printing_);
        printed.append(text);
      }
      if (on_print) on_print(text);
    };
    return o;
  }
};

inline std::string result_of(const Expected<std::string>& result) {
  if (!result) FAIL(describe(result.error()));
  return *result;
}

inline PluginError error_of(const Expected<std::string>& result) {
  if (result) FAIL("unexpected result: " << *result);
  return result.error();
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

} // namespace skerry::host::test
