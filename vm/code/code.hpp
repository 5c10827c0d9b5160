// Translated code of a module's functions: who owns it, how threads publish and find it.
#pragma once

#include "skerry/budget.hpp"

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
///
/// Code is shared by all stores that run the module, and stays as long as the module. So the budget of the
/// store that had a function translated pays for it until the module goes, whatever becomes of that store.
class CodeStore {
public:
  CodeStore() = default;
  ~CodeStore();
  CodeStore(const CodeStore&) = delete;
  CodeStore& operator=(const CodeStore&) = delete;
  void resize(size_t functions) { slots_ = std::vector<std::atomic<const Code*>>(functions); }
  /// Null when nobody has translated the function yet.
  const Code* find(size_t defined_index) const noexcept {
    return slots_[defined_index].load(std::memory_order_acquire);
  }
  /// Publishes. `payer`, which may be null, has paid code.size bytes and gets them back when this goes; when
  /// another thread was faster, at once: its code wins and is returned.
  const Code* publish(size_t defined_index, Code code, const std::shared_ptr<ByteBudget>& payer);
  /// The function whose code contains `pc`, or null. For backtraces.
  const Code* containing(const std::byte* pc) const;
  uint64_t code_bytes() const;

private:
  struct Payer {
    std::shared_ptr<ByteBudget> budget;
    uint64_t bytes = 0;
  };

  std::vector<std::atomic<const Code*>> slots_;
  mutable std::mutex mutex_;
  std::deque<Code> owned_; // grows at its end: none ever moves
  /// The first of owned_. Those behind have not been asked for since they were published: keeping the order
  /// then would take as long as translating a small function.
  mutable std::map<const std::byte*, const Code*> by_start_;
  uint64_t bytes_ = 0;
  std::vector<Payer> payers_; // one for functions in a row that one budget paid: few, where stores share it
};

} // namespace skerry::vm
