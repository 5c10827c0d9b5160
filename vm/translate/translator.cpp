#include "vm/translate/translator.hpp"

#include "vm/translate/emitter.hpp"
#include "vm/translate/lowering.hpp"

#include <algorithm>
#include <cstddef>
#include <memory_resource>

namespace skerry::vm {

namespace {

Result<Code> translate_once(const Module& module, uint32_t defined_index, SideTable* side_table) {
  // Enough for most functions; the heap has the rest.
  alignas(std::max_align_t) std::byte first[size_t{16} << 10];
  std::pmr::monotonic_buffer_resource arena(first, sizeof first);
  const Layout layout(module);
  auto function = Lowering(module, layout, defined_index, arena).run();
  if (!function) return fail(std::move(function.error()));
  const std::pmr::vector<Pin> pins = assign_registers(*function);
  return emit_code(*function, pins, *module.engine->handlers, side_table);
}

} // namespace

Result<const Code*> translate(const Module& module, uint32_t defined_index, WorkMeter& meter) {
  if (const Code* code = module.code.find(defined_index)) return code;
  if (!meter.spend(1)) return fail(meter.take_error());
  auto code = translate_once(module, defined_index, nullptr);
  if (!code) return fail(std::move(code.error()));
  if (!meter.take_to_keep(code->size)) return fail(meter.take_error());
  return module.code.publish(defined_index, std::move(*code), meter.store_budget());
}

Result<void> locate(const Module& module, uint32_t defined_index, std::span<const uint32_t> code_offsets,
                    std::span<CodeLocation> locations, WorkMeter& meter) {
  if (!meter.spend(1)) return fail(meter.take_error());
  SideTable table;
  if (auto code = translate_once(module, defined_index, &table); !code) return fail(std::move(code.error()));
  for (size_t i = 0; i < code_offsets.size(); ++i) {
    const auto after =
        std::upper_bound(table.entries.begin(), table.entries.end(), code_offsets[i],
                         [](uint32_t offset, const auto& entry) { return offset < entry.code_offset; });
    if (after == table.entries.begin()) continue;
    const SideTable::Entry& entry = *std::prev(after);
    locations[i] = {entry.module_offset, entry.pending_fuel};
  }
  return {};
}

} // namespace skerry::vm
