// The guests of the matrix of limits: each does one kind of work until it is stopped.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace skerry::test::limits {

/// What a guest needs besides its module.
enum class Around : uint8_t {
  engine, ///< nothing; it exports `run`
  start,  ///< it runs while it is instantiated
  host,   ///< a host function `env.host`
  wasi,   ///< WASI, with an empty pipe as input and a full one as output
  plugin, ///< the plugin host; see tests/limits/plugin_matrix_test.cpp
};

struct Guest {
  std::string_view name;
  Around around = Around::engine;
  std::string (*text)() = nullptr; // in the text format
  bool waits = false;              // time for the system, not for the guest's own work
};

inline std::string repeat(size_t count, std::string_view text) {
  std::string all;
  all.reserve(count * text.size());
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

/// docs/security.md promises that at most this many instructions run after the last paid one.
inline constexpr uint64_t most_unpaid = 1'100;

/// Four instructions with a visible effect.
inline constexpr std::string_view step = "(global.set $steps (i32.add (global.get $steps) (i32.const 1))) ";
inline constexpr uint64_t step_cost = 4;

inline std::string module_of(std::string_view fields, std::string_view imports = {}) {
  return "(module " + std::string(imports) + "(global $steps (export \"steps\") (mut i32) (i32.const 0)) " +
         std::string(fields) + ")";
}
inline std::string running(std::string_view body, std::string_view fields = {},
                           std::string_view imports = {}) {
  return module_of(std::string(fields) + "(func $run (export \"run\") " + std::string(body) + ")", imports);
}
inline std::string forever(std::string_view body, std::string_view fields = {},
                           std::string_view imports = {}) {
  return running("(loop " + std::string(body) + "(br 0))", fields, imports);
}
/// A function that nests `$n` calls and does this in each.
inline std::string recursion(std::string_view afterwards) {
  return "(func $down (param $n i32) " + std::string(step) +
         "(if (local.get $n) (then (call $down (i32.sub (local.get $n) (i32.const 1))))) " +
         std::string(afterwards) + ") ";
}

/// Functions that take long to translate and call each other; the last one traps.
inline std::string long_functions(size_t functions, size_t steps) {
  std::string text;
  for (size_t i = 0; i < functions; ++i)
    text += "(func $f" + std::to_string(i) + " (if (global.get $never) (then " + repeat(steps, step) + ")) " +
            (i + 1 < functions ? "(call $f" + std::to_string(i + 1) + ")" : "unreachable") + ") ";
  return running("(call $f0)", "(global $never i32 (i32.const 0)) " + text);
}

inline constexpr std::string_view wasi_imports = R"(
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32))))";
/// A memory with one vector of 4,096 bytes at 16, and at 64 a subscription to a clock, in an hour.
inline constexpr std::string_view wasi_memory = R"((memory (export "memory") 4)
  (data (i32.const 16) "\00\10\00\00\00\10\00\00") (data (i32.const 80) "\01\00\00\00\00\00\00\00")
  (data (i32.const 88) "\00\a0\b8\30\46\03\00\00"))";

inline std::string wasi_loop(std::string_view body) { return forever(body, wasi_memory, wasi_imports); }

inline constexpr std::string_view tables = "(table $t 1000000 funcref) (elem declare func $run) ";

/// In the order of the matrix's rows.
inline constexpr std::array all_guests = {
    Guest{"straight line", Around::engine, [] { return running(repeat(100'000, step)); }},
    Guest{"forward branches", Around::engine,
          [] {
            return running(repeat(80'000, std::string(step) + "(block (br_if 0 (global.get $steps)) " +
                                              std::string(step) + ")"));
          }},
    Guest{"loop", Around::engine, [] { return forever(step); }},
    Guest{"recursion down", Around::engine,
          [] { return forever("(call $down (i32.const 20000))", recursion("")); }},
    Guest{"unwinding", Around::engine,
          [] { return running("(call $down (i32.const 5000))", recursion(repeat(400, step))); }},
    Guest{"tail calls", Around::engine,
          [] {
            return running("(return_call $a)",
                           "(func $a " + std::string(step) + "(return_call $b)) (func $b (return_call $a)) ");
          }},
    Guest{"calls through a table", Around::engine,
          [] {
            return forever("(call_indirect $c (i32.const 0))",
                           "(table $c funcref (elem $leaf)) (func $leaf " + std::string(step) + ") ");
          }},
    Guest{"large frames", Around::engine,
          [] {
            return forever("(call $leaf)",
                           "(func $leaf (local " + repeat(40'000, "i64 ") + ") " + std::string(step) + ") ");
          }},
    Guest{"translation of a giant body", Around::engine,
          [] {
            return forever("(call $giant)",
                           "(func $giant (if (global.get $steps) (then " + repeat(100'000, step) + "))) ");
          }},
    Guest{"translation of many functions", Around::engine, [] { return long_functions(300, 300); }},
    Guest{"backtrace", Around::engine, [] { return long_functions(40, 4'000); }},
    Guest{"start function", Around::start,
          [] {
            return module_of("(func $run (export \"run\")) (func $s (loop " + std::string(step) +
                             "(br 0))) (start $s)");
          }},
    Guest{"memory.fill", Around::engine,
          [] {
            return forever("(memory.fill (i32.const 0) (i32.const 1) (i32.const 50000000))", "(memory 800)");
          }},
    Guest{"memory.copy", Around::engine,
          [] {
            return forever("(memory.copy (i32.const 1) (i32.const 0) (i32.const 50000000))", "(memory 800)");
          }},
    Guest{"memory.grow", Around::engine,
          [] { return forever("(drop (memory.grow (i32.const 1)))", "(memory 1)"); }},
    Guest{
        "table.fill", Around::engine,
        [] { return forever("(table.fill $t (i32.const 0) (ref.func $run) (i32.const 1000000))", tables); }},
    Guest{
        "table.copy", Around::engine,
        [] { return forever("(table.copy $t $t (i32.const 1) (i32.const 0) (i32.const 999999))", tables); }},
    Guest{"table.grow", Around::engine,
          [] {
            return forever("(drop (table.grow $t (ref.func $run) (i32.const 500000)))",
                           "(table $t 1 funcref) (elem declare func $run)");
          }},
    Guest{"host function", Around::host,
          [] { return forever("(call $host)", "", "(import \"env\" \"host\" (func $host))"); }},
    Guest{"WASI call", Around::wasi,
          [] { return wasi_loop("(drop (call $clock (i32.const 1) (i64.const 1) (i32.const 0)))"); }},
    Guest{"WASI call that moves bytes", Around::wasi,
          [] { return wasi_loop("(drop (call $random (i32.const 4096) (i32.const 200000)))"); }},
    Guest{"blocking read", Around::wasi,
          [] {
            return wasi_loop("(drop (call $read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 8)))");
          },
          true},
    Guest{"blocking write", Around::wasi,
          [] {
            return wasi_loop("(drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 8)))");
          },
          true},
    Guest{"sleep", Around::wasi,
          [] {
            return wasi_loop(
                "(drop (call $poll (i32.const 64) (i32.const 128) (i32.const 1) (i32.const 8)))");
          },
          true},
    Guest{"plugin call", Around::plugin},
    Guest{"plugin init", Around::plugin},
    Guest{"plugin reload", Around::plugin},
    Guest{"instance reset", Around::plugin},
};

} // namespace skerry::test::limits
