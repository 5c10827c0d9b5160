// Guests of the benchmarks, in the text format.
#pragma once

#include <string>
#include <string_view>

namespace skerry::bench {

/// A plugin with this `execute` body (parameters $p and $n, result i64), after these imports.
inline std::string guest(std::string_view body, std::string_view imports = {}, std::string_view fields = {}) {
  return "(module " + std::string(imports) + R"( (memory (export "memory") 32)
    (func (export "allocate") (param i32) (result i32) (i32.const 1024))
    (func (export "deallocate") (param i32 i32))
    (func (export "execute") (param $p i32) (param $n i32) (result i64) )" +
         std::string(body) + ")" + std::string(fields) + ")";
}

inline std::string empty() { return guest("(i64.const 0)"); }

/// Writes to as many pages of 4 KiB as its input has bytes.
inline std::string dirties_pages() {
  return guest(R"((loop $l
    (i32.store (i32.add (i32.const 65536) (i32.shl (local.get $n) (i32.const 12))) (local.get $n))
    (br_if $l (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))
    (i64.const 0))");
}

inline std::string spins() { return guest("(loop (br 0)) (i64.const 0)"); }
inline std::string spins_at_start() {
  return guest("(i64.const 0)", "", "(func $s (loop (br 0))) (start $s)");
}

/// Sleeps an hour in poll_oneoff.
inline std::string sleeps() {
  return guest(
      R"((i32.store (i32.const 16) (i32.const 1)) (i64.store (i32.const 24) (i64.const 3600000000000))
    (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128))) (i64.const 0))",
      R"((import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32))))");
}

/// Reads from the file "pipe" in its folder.
inline std::string reads() {
  return guest(
      R"((drop (call $open (i32.const 3) (i32.const 0) (i32.const 200) (i32.const 4) (i32.const 0) (i64.const 2)
      (i64.const 0) (i32.const 0) (i32.const 8)))
    (i32.store (i32.const 16) (i32.const 512)) (i32.store (i32.const 20) (i32.const 64))
    (drop (call $read (i32.load (i32.const 8)) (i32.const 16) (i32.const 1) (i32.const 24)))
    (loop (br 0)) (i64.const 0))",
      R"((import "wasi_snapshot_preview1" "path_open"
      (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32))))",
      R"((data (i32.const 200) "pipe"))");
}

/// Requests the URL in its input.
inline std::string asks() {
  return guest("(drop (call $http (local.get $p) (local.get $n))) (loop (br 0)) (i64.const 0)",
               R"((import "env" "http_request" (func $http (param i32 i32) (result i32))))");
}

} // namespace skerry::bench
