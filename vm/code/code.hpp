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

/// The threaded code of one function. Code never moves and is freed only with its module. All instances of
/// the module share the code, so the code addresses parts of an instance by their offset in the
/// ModuleInstance (see vm/runtime/instance.hpp).
struct Code {
  uint32_t func_index = 0;
  uint32_t frame_slots = 0; // frame size: parameters, link, locals, operands
  uint32_t link_slot = 0;   // first slot of the link (return address, frame distance)
  uint32_t size = 0;        // size of `bytes`
  std::unique_ptr<std::byte[]> bytes;
};

/// Holds the code of a module's functions: one slot for each function that the module defines. Thread-safe.
///
/// All stores that run the module share the code, which lives as long as the module. A function is translated
/// when a store first calls it. The budget of that store pays for the code until the module is freed, even if
/// the store is freed first.
class CodeStore {
public:
  CodeStore() = default;
  ~CodeStore();
  CodeStore(const CodeStore&) = delete;
  CodeStore& operator=(const CodeStore&) = delete;
  void resize(size_t functions) { slots_ = std::vector<std::atomic<const Code*>>(functions); }
  /// Returns the function's code, or null if the function has not been translated yet.
  const Code* find(size_t defined_index) const noexcept {
    return slots_[defined_index].load(std::memory_order_acquire);
  }
  /// Publishes `code` as the translation of a function, and returns the published code. `payer`, which may be
  /// null, must already have paid code.size bytes; the destructor of this CodeStore gives them back. If
  /// another thread has already published a translation of the function, publish() drops `code`, gives the
  /// bytes back to `payer` at once, and returns the other thread's translation.
  const Code* publish(size_t defined_index, Code code, const std::shared_ptr<ByteBudget>& payer);
  /// Returns the function's side table if keep() has stored one, else null.
  std::shared_ptr<const SideTable> side_table(size_t defined_index) const;
  /// Stores the side table of a function if `payer` can pay for the table's bytes, or if `payer` is null. The
  /// destructor of this CodeStore gives the bytes back to `payer`. If another thread has already stored a
  /// table of the function, stores nothing and returns that table. Otherwise returns `table`, even if `payer`
  /// cannot pay.
  std::shared_ptr<const SideTable> keep(size_t defined_index, std::shared_ptr<const SideTable> table,
                                        const std::shared_ptr<ByteBudget>& payer);
  /// Returns the code that contains the address `pc`, or null. For backtraces.
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
  /// Maps the start addresses of code to elements of owned_. containing() first adds the elements published
  /// since its last call. publish() does not add them, because an insertion would take as long as the
  /// translation of a small function.
  mutable std::map<const std::byte*, const Code*> by_start_;
  std::map<size_t, std::shared_ptr<const SideTable>> side_tables_; // by function; only some functions
  uint64_t bytes_ = 0;
  std::vector<Payer> payers_; // consecutive payments from one budget share an entry
};

} // namespace skerry::vm
