// Translated code of a module's functions: who owns it, how threads publish and find it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace skerry::vm {

/// Threaded code of one function. Never moves and is never freed before its module. All instances of the
/// module share it, so it names nothing of an instance but by offset (see vm/runtime/instance.hpp).
struct Code {
  uint32_t func_index = 0;
  uint32_t frame_slots = 0; // frame size: parameters, link, locals, operands
  uint32_t link_slot = 0;   // where the link (return address, frame distance) is
  uint32_t size = 0;        // bytes of `bytes`
  std::unique_ptr<std::byte[]> bytes;
};

/// Thread-safe. One slot per defined function.
class CodeStore {
public:
  CodeStore() = default;
  void resize(size_t functions) { slots_ = std::vector<std::atomic<const Code*>>(functions); }
  /// Null when nobody has translated the function yet.
  const Code* find(size_t defined_index) const noexcept {
    return slots_[defined_index].load(std::memory_order_acquire);
  }
  /// Publishes; when another thread was faster, its code wins and is returned.
  const Code* publish(size_t defined_index, Code code);
  /// The function whose code contains `pc`, or null. For backtraces.
  const Code* containing(const std::byte* pc) const;
  uint64_t code_bytes() const;

private:
  std::vector<std::atomic<const Code*>> slots_;
  mutable std::mutex mutex_;
  std::deque<Code> owned_; // grows at its end: none ever moves
  /// The first of owned_. Those behind have not been asked for since they were published: keeping the order
  /// then would take as long as translating a small function.
  mutable std::map<const std::byte*, const Code*> by_start_;
  uint64_t bytes_ = 0;
};

} // namespace skerry::vm
