// The translated code of a module's functions: its ownership, and how threads publish and find it.
#pragma once

#include "skerry/budget.hpp"
#include "vm/code/side_table.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace skerry::vm {

/// The threaded code of one function. It never moves and is freed only with its module. All instances of the
/// module share it, so it refers to parts of an instance only by offset (see vm/runtime/instance.hpp).
struct Code {
  uint32_t func_index = 0;
  uint32_t frame_slots = 0; // frame size: parameters, link, locals, operands
  uint32_t link_slot = 0;   // position of the link (return address, frame distance)
  uint32_t size = 0;        // size of `bytes`
  std::unique_ptr<std::byte[]> bytes;
};

/// Holds the code of all functions, in one slot per defined function. Thread-safe.
///
/// All stores that run the module share the code, and it lives as long as the module. The budget of the store
/// that caused a translation therefore pays for the code until the module is freed, even if that store is
/// freed first.
class CodeStore {
public:
  CodeStore() = default;
  ~CodeStore();
  CodeStore(const CodeStore&) = delete;
  CodeStore& operator=(const CodeStore&) = delete;
  void resize(size_t functions) { slots_ = std::vector<std::atomic<const Code*>>(functions); }
  /// Returns null if the function has not been translated yet.
  const Code* find(size_t defined_index) const noexcept {
    return slots_[defined_index].load(std::memory_order_acquire);
  }
  /// Publishes `code` and returns the published code. `payer`, which may be null, has paid code.size bytes
  /// and gets them back when this CodeStore is destroyed. If another thread has already published the
  /// function, that code is returned, and `payer` gets its bytes back at once.
  const Code* publish(size_t defined_index, Code code, const std::shared_ptr<ByteBudget>& payer);
  /// Returns the side table that is kept for a function, or null.
  std::shared_ptr<const SideTable> side_table(size_t defined_index) const;
  /// Keeps a side table if `payer`, which may be null, pays for its bytes. `payer` gets them back when this
  /// CodeStore is destroyed. Returns the table, or the one that another thread has made first.
  std::shared_ptr<const SideTable> keep(size_t defined_index, std::shared_ptr<const SideTable> table,
                                        const std::shared_ptr<ByteBudget>& payer);
  /// Returns the function whose code contains `pc`, or null. Backtraces use it.
  const Code* containing(const std::byte* pc) const;
  uint64_t code_bytes() const;

private:
  struct Payer {
    std::shared_ptr<ByteBudget> budget;
    uint64_t bytes = 0;
  };

  void expect_payment(const std::shared_ptr<ByteBudget>& payer);

  std::vector<std::atomic<const Code*>> slots_;
  mutable std::mutex mutex_;
  std::deque<Code> owned_; // grows only at its end, so that no element moves
  /// Indexes the first elements of owned_ by address. containing() adds the ones published since its last
  /// call: keeping the index sorted on each publish would take as long as translating a small function.
  mutable std::map<const std::byte*, const Code*> by_start_;
  std::map<size_t, std::shared_ptr<const SideTable>> side_tables_; // by function, of few functions
  uint64_t bytes_ = 0;
  std::vector<Payer> payers_; // one per series of payments from one budget; few if stores share one
};

} // namespace skerry::vm
