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

/// What one program can reach: its arguments, streams and open files. Belongs to one store, one thread at a
/// time. Movable. Closes what the program left open when it ends.
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
  /// How many descriptors are open, streams and preopens included.
  uint32_t open_descriptors() const noexcept;
  /// Is there something at `path`, which is relative to Config::preopens[preopen]? Found as the program's own
  /// path functions find it, so nothing outside the folder is looked at; a link in the last place counts
  /// itself. False also for what is no path, and with meter.stop set when there is no time or fuel left to
  /// look.
  bool exists(std::size_t preopen, std::string_view path, HostMeter& meter) const;
  /// Closes whatever the program opened and gives back what create gave: streams, preopens, all of stdin.
  /// Output that was captured stays. For the next program, or the next call with fresh state. Throws
  /// std::bad_alloc when memory runs out; then it must be called again before the context is used.
  void reset();

  State& state() noexcept { return *state_; }

private:
  explicit Context(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

/// Finds the context of who calls; null makes the call a trap. Lets one linker serve many instances.
using ContextOf = std::function<Context*(Caller&)>;

/// Defines all functions as `wasi_snapshot_preview1` and, with that snapshot's own layouts, as
/// `wasi_unstable`. `context` must outlive every instance made with this linker; moving the Context object
/// afterwards is allowed. The functions work on the memory that Caller::memory names, end at the store's
/// deadline, heed interrupts, and charge what they do to the store's fuel (docs/wasi.md has the prices).
/// `proc_exit` returns Error::exit.
void add_to_linker(Linker& linker, Context& context);
void add_to_linker(Linker& linker, ContextOf context_of);

} // namespace skerry::wasi
