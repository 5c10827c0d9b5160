// FramePosition: one frame of the running activation, and the way from it to its callers.
#pragma once

#include "vm/runtime/store.hpp"

#include <cstddef>
#include <cstdint>

namespace skerry::vm {

/// Threaded code of one word: where the outermost function returns to.
const std::byte* exit_code();
/// Threaded code of one word: where a function called from another instance returns to.
const std::byte* foreign_return_code();

/// The function whose stub `pc` is.
FuncInstance* function_of_stub(const std::byte* pc);

/// A frame of a wasm function. It is valid while its code and the value stack stay where they are.
struct FramePosition {
  const std::byte* pc;
  uint64_t* frame;
  ModuleInstance* instance;
  bool is_return_address = false; // pc is behind the instruction that runs

  /// The innermost frame of the activation that was saved last.
  explicit FramePosition(const Store& store)
      : pc(store.run.pc), frame(store.run.frame), instance(store.run.instance) {}

  /// Has the function been entered, but not been translated yet?
  bool is_in_stub() const;
  /// The code that runs; null in a stub.
  const Code* code() const;
  /// Offset of the instruction that runs in code(), which is not null.
  uint32_t code_offset() const;
  /// Error::no_func when it is not known.
  uint32_t func_index() const;
  /// Slots from the frame's start that may be in use.
  uint32_t used_slots() const;
  /// Goes to the caller; false at the outermost function.
  bool to_caller();

private:
  uint32_t link_slot() const;
  void leave(const uint64_t* return_address_and_distance);
};

} // namespace skerry::vm
