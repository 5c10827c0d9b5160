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

/// Everything that one program can reach: its arguments, streams and open files. Belongs to one store, one
/// thread at a time. Movable. On destruction, closes what the program left open.
class Context {
public:
  /// Opens the preopened directories. Errors: usage for an argument, variable or guest path that contains a
  /// NUL (or a variable without a name), io for a directory that cannot be opened or a resolver that the
  /// kernel lacks.
  static Result<Context> create(Config config);
  Context(Context&&) noexcept;
  Context& operator=(Context&&) noexcept;
  ~Context();

  const Config& config() const noexcept;
  /// How many descriptors are open, including streams and preopens.
  uint32_t open_descriptors() const noexcept;
  /// Returns true if `path`, relative to Config::preopens[preopen], exists. The path is resolved as the
  /// program's own path functions resolve it, so nothing outside the folder is read; a link in the last place
  /// counts itself. Returns false also for an invalid path, and with meter.stop set if time or fuel is over.
  bool exists(size_t preopen, std::string_view path, HostMeter& meter) const;
  /// Resets the context for the next program, or for the next call with fresh state: closes everything that
  /// the program opened and restores what create provided: streams, preopens, all of stdin. Captured output
  /// stays. Throws std::bad_alloc if memory runs out; then it must be called again before the context is
  /// used.
  void reset();

  State& state() noexcept { return *state_; }

private:
  explicit Context(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

/// Finds the context of the caller; null makes the call a trap. Lets one linker serve many instances.
using ContextOf = std::function<Context*(Caller&)>;

/// Defines all functions as `wasi_snapshot_preview1` and, with that snapshot's own layouts, as
/// `wasi_unstable`. `context` must outlive every instance made with this linker; the Context object may be
/// moved afterwards. The functions work on the memory that Caller::memory returns, end at the store's
/// deadline, obey interrupts, and charge their work to the store's fuel (docs/wasi.md has the prices).
/// `proc_exit` returns Error::exit.
void add_to_linker(Linker& linker, Context& context);
void add_to_linker(Linker& linker, ContextOf context_of);

} // namespace skerry::wasi
