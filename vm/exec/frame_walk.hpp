// FramePosition: one frame of the running activation, and the walk from it to its callers.
#pragma once

#include "vm/runtime/store.hpp"

#include <cstddef>
#include <cstdint>

namespace skerry::vm {

/// Threaded code of one word: the return address of the outermost function.
const std::byte* exit_code();
/// Threaded code of one word: the return address of a function that another instance called.
const std::byte* foreign_return_code();

/// Returns the function whose stub is at `pc`.
FuncInstance* function_of_stub(const std::byte* pc);

/// A frame of a wasm function. It is valid as long as its code and the value stack do not move.
struct FramePosition {
  const std::byte* pc;
  uint64_t* frame;
  ModuleInstance* instance;
  bool is_return_address = false; // pc is after the running instruction

  /// The innermost frame of the activation that was saved last.
  explicit FramePosition(const Store& store)
      : pc(store.run.pc), frame(store.run.frame), instance(store.run.instance) {}

  /// Returns whether the function has been entered but not yet translated.
  bool is_in_stub() const;
  /// Returns the running code; null in a stub.
  const Code* code() const;
  /// Returns an offset in code() that belongs to the running instruction. code() must not be null.
  uint32_t code_offset() const;
  /// Returns Error::no_func if the function is unknown.
  uint32_t func_index() const;
  /// Returns the number of slots from the frame's start that may be in use.
  uint32_t used_slots() const;
  /// Moves to the caller. Returns false at the outermost function.
  bool to_caller();

private:
  uint32_t link_slot() const;
  void leave(const uint64_t* return_address_and_distance);
};

} // namespace skerry::vm
