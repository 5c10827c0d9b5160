// WASI preview 1 for programs run by Skerry
// (https://github.com/WebAssembly/WASI/tree/wasi-0.1/preview1/docs.md).
#pragma once

#include "skerry/host_meter.hpp"
#include "skerry/linker.hpp"
#include "skerry/wasi/config.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

namespace skerry::wasi {

struct State;

/// Everything that one program can reach: its arguments, streams and open files. A context belongs to one
/// store and may be used by one thread at a time. Movable. The destructor closes everything that the program
/// left open.
class Context {
public:
  /// Opens the preopened directories. Errors: usage for an argument, variable or guest path with a NUL byte,
  /// for an invalid variable name or guest path, and for limits that are too low; io for a directory that
  /// cannot be opened, or for a resolver that the kernel does not support.
  static Result<Context> create(Config config);
  Context(Context&&) noexcept;
  Context& operator=(Context&&) noexcept;
  ~Context();

  const Config& config() const noexcept;
  /// How many descriptors are open, including streams and preopens.
  uint32_t open_descriptors() const noexcept;
  /// Returns true if `path`, relative to Config::preopens[preopen], exists. Resolves the path as the
  /// program's path functions do, so it reads nothing outside the directory. If the last name of the path is
  /// a symbolic link, returns true even if the target of the link does not exist. Returns false for an
  /// invalid path. If the time or fuel is used up, sets meter.stop and returns false.
  bool exists(size_t preopen, std::string_view path, HostMeter& meter) const;
  /// Returns true if the program's path functions refuse `path`, relative to Config::preopens[preopen],
  /// because the path or a symbolic link in it leads out of the directory. Returns true for an invalid path,
  /// and false for a path that does not exist. If the time or fuel is used up, sets meter.stop.
  bool leads_outside(size_t preopen, std::string_view path, HostMeter& meter) const;
  /// Resets the context for the next program, or for the next call with fresh state. Closes everything that
  /// the program opened, and restores what `create` provided: the streams, the preopens, and stdin from its
  /// beginning. Captured output stays. Throws std::bad_alloc if memory runs out; the context must not be used
  /// until a later reset has succeeded.
  void reset();

  State& state() noexcept { return *state_; }

private:
  explicit Context(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

/// A function that returns the context for a call. If the function returns null, the call fails with a host
/// error. With a ContextOf, one linker serves many instances.
using ContextOf = std::function<Context*(Caller&)>;

/// Defines all WASI functions in module `wasi_snapshot_preview1`, and also in module `wasi_unstable` with
/// the layouts of that older snapshot. The context must outlive every instance made with this linker, but
/// the object `context` may be moved afterwards, because the functions refer to its State, which stays in
/// place. The functions work on the memory that Caller::memory returns, end at the store's deadline, obey
/// interrupts, and charge their work to the store's fuel (docs/wasi.md lists the prices). `proc_exit` ends
/// the program with Error::exit.
///
/// Also serves the signatures of older versions of Emscripten, in which each i64 is split into two i32, and
/// defines functions of other modules by which programs notify their host and which need no answer, such as
/// `env` `emscripten_notify_memory_growth` (docs/wasi.md, "Emscripten"). Later definitions replace them.
void add_to_linker(Linker& linker, Context& context);
void add_to_linker(Linker& linker, ContextOf context_of);
/// Returns true if add_to_linker defines a function with this name.
bool defines(std::string_view module, std::string_view name) noexcept;

} // namespace skerry::wasi
