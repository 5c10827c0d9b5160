#include "vm/translate/emit/side_table_builder.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace skerry::vm {

std::shared_ptr<const SideTable> SideTableBuilder::build() const {
  std::unique_ptr<SideTable::Range[]> ranges(new (std::nothrow) SideTable::Range[ranges_.size()]);
  if (ranges == nullptr) return nullptr;
  SideTable::Range* next = ranges.get();
  for (uint32_t i = 0; i < ranges_.chunk_count(); ++i) next = std::ranges::copy(ranges_.chunk(i), next).out;
  return std::make_shared<SideTable>(std::move(ranges), ranges_.size());
}

} // namespace skerry::vm
