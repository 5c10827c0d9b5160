// FramePosition: one frame of the running activation, and the walk from this frame to the frames of its
// callers.
#pragma once

#include "vm/runtime/store.hpp"

#include <cstddef>
#include <cstdint>

namespace skerry::vm {

/// Returns the return address of the outermost function. The code there is one word, the handler that ends
/// the activation.
const std::byte* exit_code();
/// Returns the return address of functions that another instance has called. The code there is one word, the
/// handler that returns to the calling instance.
const std::byte* foreign_return_code();

/// Returns the function whose FuncInstance::stub is at `pc`.
FuncInstance* function_of_stub(const std::byte* pc);

/// A frame of a wasm function. The position is valid until the value stack moves or the frame is left.
struct FramePosition {
  const std::byte* pc;
  uint64_t* frame;
  ModuleInstance* instance;
  bool is_return_address = false; // pc is after the running call

  /// Describes the innermost frame of the activation whose state is in store.run.
  explicit FramePosition(const Store& store)
      : pc(store.run.pc), frame(store.run.frame), instance(store.run.instance) {}

  /// Returns whether the frame's function has been entered but not translated yet. pc is then at
  /// FuncInstance::stub.
  bool is_in_stub() const;
  /// Returns the code that the frame runs, or null if is_in_stub().
  const Code* code() const;
  /// Returns an offset in code() that is inside the running instruction. code() must not be null.
  uint32_t code_offset() const;
  /// Returns the function's index in its module, or Error::no_func if the function is unknown.
  uint32_t func_index() const;
  /// Returns the number of slots from the frame's start that may be in use.
  uint32_t used_slots() const;
  /// Moves to the frame of the caller. Returns false if this was the outermost frame.
  bool to_caller();

private:
  uint32_t link_slot() const;
  void leave(const uint64_t* return_address_and_distance);
};

} // namespace skerry::vm
