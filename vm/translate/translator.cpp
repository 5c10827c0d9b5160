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

Result<const Code*> translate(const Module& module, uint32_t defined_index) {
  if (const Code* code = module.code.find(defined_index)) return code;
  auto code = translate_once(module, defined_index, nullptr);
  if (!code) return fail(std::move(code.error()));
  return module.code.publish(defined_index, std::move(*code));
}

CodeLocation locate(const Module& module, uint32_t defined_index, uint32_t code_offset) {
  SideTable table;
  if (!translate_once(module, defined_index, &table)) return {};
  const auto after =
      std::upper_bound(table.entries.begin(), table.entries.end(), code_offset,
                       [](uint32_t offset, const auto& entry) { return offset < entry.code_offset; });
  if (after == table.entries.begin()) return {};
  const SideTable::Entry& entry = *std::prev(after);
  return {entry.module_offset, entry.pending_fuel};
}

} // namespace skerry::vm
