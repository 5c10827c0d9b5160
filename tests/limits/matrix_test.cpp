// Tests every limit against every kind of work of a guest. The cells are generated from the guests: one test
// for each limit and guest. Time is counted in checks of the deadline, so no cell depends on its speed.
#include "skerry/budget.hpp"
#include "skerry/wasi/wasi.hpp"
#include "tests/limits/blocking_pipes.hpp"
#include "tests/limits/guests.hpp"
#include "tests/limits/plugin_cells.hpp"
#include "tests/support/heap_meter.hpp"
#include "tests/support/wasm.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

using namespace skerry;
using namespace skerry::test;
using namespace skerry::test::limits;

namespace {

/// Instructions between two checks of the deadline, and the cost of the longest piece of a bulk operation.
constexpr uint32_t slice = 4'096;
constexpr uint64_t longest_piece = 65'536;

constexpr uint64_t fuel_given = 300'000;
constexpr uint64_t budget_bytes = 2 << 20;
/// Memory of a store and a call that is not charged to the budget: the value stack and small blocks.
constexpr uint64_t uncharged_bytes = 3 << 20;
/// The check that ends the call, and how many more may follow it: the host call's own, and the backtrace's
/// first.
constexpr uint64_t last_look = 5, looks_after = 3;

/// A clock that advances with each check.
struct CountingClock {
  const Store* store = nullptr;
  std::optional<InterruptHandle> interrupts_at_last_look;
  uint64_t looks = 0, used_before = 0, longest_gap = 0;

  static Store::Clock::time_point at_look(uint64_t look) {
    return Store::Clock::time_point{} + std::chrono::hours(look);
  }
  Store::Clock::time_point operator()() {
    ++looks;
    if (store != nullptr) {
      longest_gap = std::max(longest_gap, store->fuel_used() - used_before);
      used_before = store->fuel_used();
    }
    if (interrupts_at_last_look && looks == last_look) interrupts_at_last_look->interrupt();
    return at_look(looks);
  }
};

/// A guest that runs until a limit ends it.
class Cell {
public:
  explicit Cell(const Guest& guest, bool counts_looks = true)
      : engine_(config(counts_looks)), module_(compile(engine_, guest.text())), linker_(engine_) {
    linker_.define("env", "host", [] {});
    if (guest.around == Around::wasi) {
      wasi::Config streams;
      streams.stdin_stream = wasi::BorrowedFd{pipes_.input()};
      streams.stdout_stream = wasi::BorrowedFd{pipes_.output()};
      context_.emplace(must(wasi::Context::create(std::move(streams))));
      wasi::add_to_linker(linker_, *context_);
    }
    StoreLimits limits;
    limits.stack_bytes = uint64_t{64} << 20; // fuel or time, not the stack, ends a recursion here
    store_.emplace(engine_, limits);
    clock.store = &*store_;
  }

  Store& store() { return *store_; }
  ErrorCode run() {
    auto instance = linker_.instantiate(*store_, module_);
    if (!instance) return instance.error().code();
    instance_ = *instance;
    const Result<void> result = must(instance_->func<void()>("run"))();
    return result ? ErrorCode::none : result.error().code();
  }
  uint64_t steps() const {
    return instance_ ? static_cast<uint32_t>(must(must(instance_->global("steps")).get()).as_i32()) : 0;
  }

  CountingClock clock;

private:
  Config config(bool counts_looks) {
    Config config = test_config();
    if (test_mode() == "default" || test_mode() == "no_fusion") config.fuel_slice = slice;
    if (counts_looks) config.clock = [this] { return clock(); };
    return config;
  }

  BlockingPipes pipes_;
  std::optional<wasi::Context> context_;
  Engine engine_;
  Module module_;
  Linker linker_;
  std::optional<Store> store_;
  std::optional<Instance> instance_;
};

void with_fuel(const Guest& guest) {
  Cell cell(guest, false);
  cell.store().set_fuel(fuel_given);
  // A waiting guest uses no fuel.
  if (guest.waits) cell.store().set_deadline(Store::Clock::now() + std::chrono::milliseconds(20));
  const ErrorCode code = cell.run();
  INFO("ended with " << code_name(code) << ", " << cell.store().fuel_used() << " used, " << cell.steps()
                     << " steps");
  if (guest.waits)
    CHECK(code == ErrorCode::deadline_exceeded);
  else if (guest.name == "backtrace" || guest.name == "translation of many functions")
    CHECK(code == ErrorCode::unreachable);
  else
    CHECK(code == ErrorCode::out_of_fuel);
  CHECK(cell.store().fuel_used() <= fuel_given);
  CHECK(cell.steps() * step_cost <= fuel_given + most_unpaid);
}

/// The work after the check that ends the call is bounded, and so is the work between two checks.
void check_looks(Cell& cell, ErrorCode code, ErrorCode expected) {
  INFO("ended with " << code_name(code) << " after " << cell.clock.looks << " looks, at most "
                     << cell.clock.longest_gap << " instructions between two");
  CHECK(code == expected);
  CHECK(cell.clock.looks >= last_look);
  CHECK(cell.clock.looks <= last_look + looks_after);
  CHECK(cell.clock.longest_gap <= slice + longest_piece + most_unpaid);
}

void with_deadline(const Guest& guest) {
  Cell cell(guest, !guest.waits);
  cell.store().set_deadline(guest.waits ? Store::Clock::now() + std::chrono::milliseconds(20)
                                        : CountingClock::at_look(last_look));
  const ErrorCode code = cell.run();
  if (guest.waits)
    CHECK(code == ErrorCode::deadline_exceeded);
  else
    check_looks(cell, code, ErrorCode::deadline_exceeded);
}

void with_interrupt(const Guest& guest) {
  Cell cell(guest, !guest.waits);
  InterruptHandle handle = cell.store().interrupt_handle();
  if (!guest.waits) {
    cell.store().set_deadline(CountingClock::at_look(1'000'000));
    cell.clock.interrupts_at_last_look = handle;
    check_looks(cell, cell.run(), ErrorCode::interrupted);
    return;
  }
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20)); // lets the guest wait; nothing depends on it
    handle.interrupt();
  });
  const ErrorCode code = cell.run();
  other.join();
  CHECK(code == ErrorCode::interrupted);
}

void with_budget(const Guest& guest) {
  const auto budget = std::make_shared<ByteBudget>(budget_bytes);
  {
    Cell cell(guest, false);
    cell.store().set_budget(budget);
    cell.store().set_fuel(fuel_given);
    if (guest.waits) cell.store().set_deadline(Store::Clock::now() + std::chrono::milliseconds(20));
    ErrorCode code = ErrorCode::none;
    const uint64_t peak = heap::peak_of([&] { code = cell.run(); });
    INFO("ended with " << code_name(code) << ", heap " << peak << " bytes");
    CHECK(code != ErrorCode::none);
    CHECK(budget->used() <= budget_bytes);
    CHECK(peak <= budget_bytes + uncharged_bytes);
  }
  CHECK(budget->used() == 0);
}

struct Column {
  const char* name;
  void (*run)(const Guest& guest);
  PluginCell plugin;
};
constexpr std::array columns = {
    Column{"fuel", with_fuel, plugin_with_fuel},
    Column{"deadline", with_deadline, plugin_with_deadline},
    Column{"interrupt", with_interrupt, plugin_with_caller_timeout},
    Column{"byte budget", with_budget, plugin_with_budget},
};

template <size_t index> void cell() {
  constexpr const Column& column = columns[index % columns.size()];
  constexpr const Guest& guest = all_guests[index / columns.size()];
  INFO(column.name << ": " << guest.name);
  if (guest.around == Around::plugin)
    column.plugin(guest.name);
  else
    column.run(guest);
}

template <size_t index> size_t add_cell() {
  const std::string name = std::string(columns[index % columns.size()].name) + ": " +
                           std::string(all_guests[index / columns.size()].name);
  REGISTER_TEST_CASE(&cell<index>, name, "[matrix]");
  return 1;
}
template <size_t... indexes> size_t add_cells(std::index_sequence<indexes...>) {
  return (add_cell<indexes>() + ...);
}
const size_t cell_count = add_cells(std::make_index_sequence<all_guests.size() * columns.size()>{});

} // namespace

TEST_CASE("the matrix of limits has all its cells") { CHECK(cell_count >= 60); }
