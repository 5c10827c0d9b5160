#include "vm/translate/translator.hpp"

#include "vm/translate/code_text.hpp"
#include "vm/translate/emit/emitter.hpp"
#include "vm/translate/ir_text.hpp"
#include "vm/translate/lower/body.hpp"
#include "vm/translate/operand_reads.hpp"

#include <cstddef>
#include <functional>
#include <new>
#include <optional>
#include <string>

namespace skerry::vm {

namespace {

/// The first memory of an Arena, on the C++ stack. It suffices for most functions. For larger functions the
/// arena also allocates blocks on the heap.
template <size_t bytes> struct FirstMemory {
  alignas(std::max_align_t) std::byte memory[bytes];
};

Result<IrFunction> lower(const Module& module, uint32_t defined_index, WorkMeter& meter, Arena& kept) {
  FirstMemory<size_t{8} << 10> first;
  Arena scratch(meter, first.memory);
  const Layout layout(module);
  return BodyLowering(module, layout, defined_index, kept, scratch).run();
}

/// Runs all stages except fusion. Frees the memory of each stage when the stage ends.
Result<Code> emit(const Module& module, uint32_t defined_index, WorkMeter& meter, PiecedCode& code,
                  const EmitObservers& observers) {
  FirstMemory<size_t{16} << 10> first;
  Arena arena(meter, first.memory);
  auto function = lower(module, defined_index, meter, arena);
  if (!function) return fail(std::move(function.error()));
  const std::pmr::vector<Pin> pins = assign_registers(*function);
  emit_code(*function, pins, *module.engine->handlers, code, observers);
  return Code{.func_index = function->func_index,
              .frame_slots = function->frame_slots,
              .link_slot = function->link_slot,
              .size = code.size(),
              .bytes = nullptr};
}

/// Allocates the memory for a function's code and charges it to the store's budget. The destructor gives the
/// charge back unless publish() was called.
class CodeMemory {
public:
  explicit CodeMemory(WorkMeter& meter) : meter_(meter) {}
  ~CodeMemory() {
    if (paid_ != 0) meter_.store_budget()->give_back(paid_);
  }
  CodeMemory(const CodeMemory&) = delete;
  CodeMemory& operator=(const CodeMemory&) = delete;

  std::unique_ptr<std::byte[]> allocate(uint32_t size) {
    if (!meter_.take_to_keep(size)) throw Stopped();
    if (meter_.store_budget()) paid_ = size;
    std::unique_ptr<std::byte[]> bytes(new (std::nothrow) std::byte[size]);
    if (bytes == nullptr) throw std::bad_alloc();
    return bytes;
  }
  const Code* publish(const CompiledModule& module, uint32_t defined_index, Code code) {
    const Code* published = module.code.publish(defined_index, std::move(code), meter_.store_budget());
    paid_ = 0;
    return published;
  }

private:
  WorkMeter& meter_;
  uint64_t paid_ = 0;
};

Result<const Code*> translate_new(const CompiledModule& compiled, uint32_t defined_index, WorkMeter& meter) {
  const Module& module = *compiled.module;
  FirstMemory<size_t{12} << 10> first;
  Arena arena(meter, first.memory);
  PiecedCode pieces(arena);
  auto code = emit(module, defined_index, meter, pieces, {});
  if (!code) return fail(std::move(code.error()));
  CodeMemory memory(meter);
  code->bytes = memory.allocate(code->size);
  pieces.put_together(code->bytes.get(), module.engine->handlers->sequences);
  return memory.publish(compiled, defined_index, std::move(*code));
}

Result<void> print_both(const Module& module, uint32_t defined_index, WorkMeter& meter,
                        const TextLines& write) {
  FirstMemory<size_t{16} << 10> first;
  Arena arena(meter, first.memory);
  auto function = lower(module, defined_index, meter, arena);
  if (!function) return fail(std::move(function.error()));
  const std::string frame = "frame of " + std::to_string(function->frame_slots) + " slots, link in [" +
                            std::to_string(function->link_slot) + "], operands from [" +
                            std::to_string(function->first_temp) + "]\n";
  if (!write("after lowering: " + frame) || !write_ir(*function, write)) return {};
  const std::pmr::vector<Pin> pins = assign_registers(*function);
  const std::string pinned = pins.empty() ? std::string() : ": locals " + pins_text(pins);
  if (write("after register assignment" + pinned + "\n")) write_ir(*function, write);
  return {};
}

/// Returns the index of the function that the operation calls, if the index is known before the code runs.
std::optional<uint32_t> callee_of(const Module& module, const Layout& layout, const Ir& ir) {
  switch (ir.operation) {
  case Operation::call:
  case Operation::return_call: {
    const uint32_t own = (ir.call.callee - layout.func(0)) / (layout.func(1) - layout.func(0));
    return module.imported_functions + own;
  }
  case Operation::call_import:
  case Operation::return_call_import: return ir.call.callee;
  default: return {};
  }
}

/// Translates the function without publishing the code, and passes the code and its listing to `use`.
template <class Use>
Result<void> with_listing(const Module& module, uint32_t defined_index, WorkMeter& meter, Use use) {
  FirstMemory<size_t{12} << 10> first;
  Arena arena(meter, first.memory);
  PiecedCode pieces(arena);
  Listing listing(arena);
  auto code = emit(module, defined_index, meter, pieces, {.listing = &listing});
  if (!code) return fail(std::move(code.error()));
  const size_t words = code->size / sizeof(layout::HandlerWord);
  auto* bytes = reinterpret_cast<std::byte*>(arena.make_room<layout::HandlerWord>(words));
  const SequenceTable* sequences = module.engine->handlers->sequences;
  pieces.put_together(bytes, sequences);
  use(*code, ListedCode{{bytes, code->size}, listing, sequences}, arena);
  return {};
}

/// Names the function that an operation calls, if the function is known before the code runs: ` func[3]
/// <name>`.
class CalleeName {
public:
  CalleeName(const Module& module, const FunctionName& name)
      : module_(module), layout_(module), name_(name) {}
  std::optional<uint32_t> index(const Ir& ir) const { return callee_of(module_, layout_, ir); }
  std::string operator()(const Ir& ir) const {
    const std::optional<uint32_t> callee = index(ir);
    return callee ? " func[" + std::to_string(*callee) + "]" + name_(*callee) : "";
  }

private:
  const Module& module_;
  const Layout layout_;
  const FunctionName& name_;
};

Result<void> print_whole_code(const Module& module, uint32_t defined_index, WorkMeter& meter,
                              const FunctionName& name, const TextLines& write) {
  const CalleeName callee(module, name);
  return with_listing(module, defined_index, meter,
                      [&](const Code& code, const ListedCode& listed, Arena& arena) {
                        if (write("code: " + std::to_string(code.size) + " bytes, frame of " +
                                  std::to_string(code.frame_slots) + " slots, link in [" +
                                  std::to_string(code.link_slot) + "]\n"))
                          write_code(listed, arena, std::cref(callee), write);
                      });
}

/// Returns the listed instruction that a jump to `code_offset` reaches. In profiled or traced code the jump
/// leads to the layout::Count in front of the instruction. A Count is not listed, so the first listed
/// instruction at or after the offset is the right one.
const ListedInstruction& instruction_at(const Listing& listing, uint32_t code_offset) {
  uint32_t low = 0, high = listing.size() - 1;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (listing[middle].at < code_offset)
      low = middle + 1;
    else
      high = middle;
  }
  return listing[low];
}

Result<void> explain_all(const Module& module, uint32_t defined_index, WorkMeter& meter,
                         const FunctionName& name, FunctionText& text) {
  const CalleeName callee(module, name);
  return with_listing(module, defined_index, meter, [&](const Code&, const ListedCode& listed, Arena&) {
    const Listing& listing = listed.listing;
    const auto target = [&](uint32_t to) { return hex(instruction_at(listing, to).ir.offset, 6); };
    for (uint32_t i = 0; i < listing.size(); ++i) {
      const ListedInstruction& one = listing[i];
      const std::optional<uint32_t> called = callee.index(one.ir);
      text.instructions.push_back({one.at, one.ir.offset,
                                   instruction_text(one, listed.bytes, std::cref(callee), target),
                                   operand_reads(one.ir, called ? &module.func_type(*called) : nullptr)});
    }
  });
}

Result<std::shared_ptr<const SideTable>> make_side_table(const CompiledModule& compiled,
                                                         uint32_t defined_index, WorkMeter& meter) {
  FirstMemory<size_t{12} << 10> first;
  Arena arena(meter, first.memory);
  PiecedCode pieces(arena);
  SideTableBuilder builder(arena);
  auto code = emit(*compiled.module, defined_index, meter, pieces, {.side_table = &builder});
  if (!code) return fail(std::move(code.error()));
  std::shared_ptr<const SideTable> table = builder.build();
  if (table == nullptr) throw std::bad_alloc();
  return compiled.code.keep(defined_index, std::move(table), meter.store_budget());
}

/// Returns the result of `work`. If the meter or the system refused memory or time during `work`, returns the
/// reason as an error.
template <class Work>
auto unless_stopped(const Module& module, uint32_t defined_index, WorkMeter& meter, Work work)
    -> decltype(work()) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    if (!meter.has_refused()) meter.refuse_memory();
  }
  Error why = meter.take_error();
  if (why.kind() == ErrorKind::limit)
    why.with_func(module.imported_functions + defined_index).with_offset(module.bodies[defined_index].offset);
  return fail(std::move(why));
}

} // namespace

Result<const Code*> translate(const CompiledModule& compiled, uint32_t defined_index, WorkMeter& meter) {
  if (const Code* code = compiled.code.find(defined_index)) return code;
  return unless_stopped(*compiled.module, defined_index, meter,
                        [&] { return translate_new(compiled, defined_index, meter); });
}

Result<void> print_ir(const Module& module, uint32_t defined_index, WorkMeter& meter,
                      const TextLines& write) {
  return unless_stopped(module, defined_index, meter,
                        [&] { return print_both(module, defined_index, meter, write); });
}

Result<void> print_code(const Module& module, uint32_t defined_index, WorkMeter& meter,
                        const FunctionName& name, const TextLines& write) {
  return unless_stopped(module, defined_index, meter,
                        [&] { return print_whole_code(module, defined_index, meter, name, write); });
}

Result<void> explain(const Module& module, uint32_t defined_index, WorkMeter& meter, const FunctionName& name,
                     FunctionText& text) {
  return unless_stopped(module, defined_index, meter,
                        [&] { return explain_all(module, defined_index, meter, name, text); });
}

Result<std::shared_ptr<const SideTable>> side_table(const CompiledModule& compiled, uint32_t defined_index,
                                                    WorkMeter& meter) {
  if (auto table = compiled.code.side_table(defined_index)) return table;
  return unless_stopped(*compiled.module, defined_index, meter,
                        [&] { return make_side_table(compiled, defined_index, meter); });
}

} // namespace skerry::vm
