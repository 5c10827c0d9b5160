#include "vm/module/resolve.hpp"

#include "skerry/printable.hpp"
#include "vm/base/address.hpp"
#include "vm/module/binary_decoder.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/rec_group.hpp"
#include "vm/module/type_registry.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

/// A function that finds an error stores the error in `error_` and returns false. Its callers then also
/// return false, so the first error ends the work.
class Resolver {
public:
  Resolver(Module& module, LoadWatch& watch)
      : module_(module), watch_(watch), registry_(module.engine->types) {}

  Result<void> resolve();

private:
  bool intern_types();
  bool add_group(RecGroup& group);
  bool intern_waiting();
  bool rename_references(RecGroup& group);
  bool rename_supertypes(RecGroup& group);
  bool resolve_value_types();
  bool resolve_value_type(ValType& type, uint64_t offset);
  bool index_exports();
  bool index_export(uint32_t i, uint64_t hash);

  uint64_t at(SectionId section) const { return module_.offset_of(section); }
  bool fail(uint64_t offset, std::string message, ErrorKind kind = ErrorKind::invalid);
  bool unknown_type(uint64_t offset, uint64_t index, uint64_t count);

  Module& module_;
  LoadWatch& watch_;
  TypeRegistry& registry_;
  // Groups that have been read and that are interned together. They do not refer to types of each other, so
  // they can be interned in one call.
  std::array<RecGroup, TypeRegistry::groups_at_once> waiting_;
  size_t waiting_count_ = 0;
  std::vector<uint8_t> depths_; // of the types of the current group
  std::optional<Error> error_;
};

Result<void> Resolver::resolve() {
  const bool is_resolved = intern_types() && resolve_value_types() && index_exports();
  if (watch_.error()) return skerry::fail(*watch_.error());
  if (!is_resolved) return skerry::fail(std::move(*error_));
  return {};
}

// ---- Types (spec §3.2)

/// Returns whether the group refers to any types by index, including its own types.
bool names_types(const RecGroup& group) {
  return !group.refs.empty() || std::ranges::any_of(group.types, [](const RecGroup::Type& type) {
    return type.supertype != RecGroup::no_type;
  }) || std::ranges::any_of(group.fields, [](const PackedField& field) {
    return is_concrete(field.storage());
  });
}

/// Reads the type section a second time, because the decoder has only checked it, and interns the types.
bool Resolver::intern_types() {
  if (module_.type_count == 0) return true;
  ByteReader reader(module_.bytes.subspan(to_size(at(SectionId::type))), at(SectionId::type));
  const uint32_t groups = reader.leb_u32();
  module_.types.reserve(module_.type_count);
  registry_.expect(groups);
  bool ok = true;
  for (uint32_t i = 0; i < groups && ok; ++i) {
    // Before a group of several types is decoded, the waiting groups are interned, so that this group uses
    // the first slot of waiting_. Slots keep their memory, so only the first one takes that of a large group.
    if (reader.peek() == RecGroup::code) ok = intern_waiting();
    RecGroup& group = waiting_[waiting_count_];
    const uint64_t start = reader.offset();
    decode_rec_group(reader, module_.engine->config, watch_, group);
    // Interning takes as long as reading ten times as many bytes of code.
    ok = ok && watch_.spend(10 * (reader.offset() - start)) && reader.ok() && add_group(group);
  }
  ok = ok && intern_waiting();
  registry_.settle();
  return ok;
}

/// Interns `group` now, or leaves it in waiting_ to be interned together with other groups. `group` must be
/// the first unused slot of waiting_.
bool Resolver::add_group(RecGroup& group) {
  if (!names_types(group)) return ++waiting_count_ < waiting_.size() || intern_waiting();
  const size_t position = waiting_count_;
  if (!intern_waiting()) return false; // the types that `group` refers to now have ids
  if (!rename_references(group) || !rename_supertypes(group)) return false;
  std::swap(waiting_[0], waiting_[position]);
  waiting_count_ = 1;
  return intern_waiting();
}

bool Resolver::intern_waiting() {
  const auto interned =
      registry_.intern(std::span(waiting_).first(std::exchange(waiting_count_, 0)), module_.types);
  if (!interned) error_ = Error(interned.error()).with_offset(at(SectionId::type));
  return interned.has_value();
}

/// Replaces type indices by ids, or by positions in the group, as TypeRegistry::intern expects.
bool Resolver::rename_references(RecGroup& group) {
  const auto first = static_cast<uint32_t>(module_.types.size());
  const uint32_t end = first + group.size();
  const auto rename = [&](ValType& type) {
    const auto index = static_cast<uint32_t>(type.heap());
    if (index >= end) return unknown_type(at(SectionId::type), index, end);
    if (index < first)
      type = ValType::ref(static_cast<HeapType>(module_.type(index).id()), type.is_nullable());
    else
      type = ValType::from_bits((index - first) << 8 | type.kind() | TypeRegistry::inside_kind);
    return true;
  };
  for (ValType& ref : group.refs)
    if (!rename(ref)) return false;
  for (PackedField& field : group.fields) {
    FieldType renamed = field.get();
    if (!is_concrete(renamed.storage)) continue;
    if (!rename(renamed.storage)) return false;
    field = PackedField(renamed);
  }
  return true;
}

bool Resolver::rename_supertypes(RecGroup& group) {
  constexpr uint32_t deepest = 255; // a canonical type stores its depth in a byte
  const auto first = static_cast<uint32_t>(module_.types.size());
  depths_.assign(group.size(), 0);
  for (uint32_t i = 0; i < group.size(); ++i) {
    uint32_t& super = group.types[i].supertype;
    if (super == RecGroup::no_type) continue;
    if (super >= first + i) return unknown_type(at(SectionId::type), super, first + i);
    const uint32_t depth = 1 + (super >= first ? depths_[super - first] : module_.type(super).depth());
    if (depth > std::min(module_.engine->config.module_limits.subtype_depth, deepest))
      return fail(at(SectionId::type), "sub type hierarchy too deep: type " + std::to_string(first + i),
                  ErrorKind::limit);
    depths_[i] = static_cast<uint8_t>(depth);
    super = super >= first ? (super - first) | TypeRegistry::inside_bit : module_.type(super).id();
  }
  return true;
}

// ---- Items that refer to types

bool Resolver::resolve_value_types() {
  const auto offset = [&](SectionId section, bool is_import) {
    return at(is_import ? SectionId::import : section);
  };
  for (size_t i = 0; i < module_.tables.size(); ++i)
    if (!resolve_value_type(module_.tables[i].type.element,
                            offset(SectionId::table, i < module_.imported_tables)))
      return false;
  for (size_t i = 0; i < module_.globals.size(); ++i)
    if (!resolve_value_type(module_.globals[i].type.value,
                            offset(SectionId::global, i < module_.imported_globals)))
      return false;
  for (ElemSegment& segment : module_.elem_segments)
    if (!resolve_value_type(segment.type, at(SectionId::elem))) return false;
  return true;
}

bool Resolver::resolve_value_type(ValType& type, uint64_t offset) {
  if (!is_concrete(type)) return true;
  const auto index = static_cast<uint32_t>(type.heap());
  if (index >= module_.types.size()) return unknown_type(offset, index, module_.types.size());
  type = ValType::ref(static_cast<HeapType>(module_.type(index).id()), type.is_nullable());
  return true;
}

// ---- Exports, whose names must be unique (spec §3.5.13)

/// Hashes and prefetches several names at once, because an index of a million names does not fit in the
/// processor's caches.
bool Resolver::index_exports() {
  constexpr uint32_t at_once = 32;
  std::array<uint64_t, at_once> hashes;
  const auto count = static_cast<uint32_t>(module_.exports.size());
  module_.exports_by_name.reserve(count);
  for (uint32_t first = 0; first < count; first += at_once) {
    const uint32_t end = std::min(first + at_once, count);
    for (uint32_t i = first; i < end; ++i) {
      hashes[i - first] = registry_.keyed_hash()(module_.exports[i].name);
      module_.exports_by_name.expect(hashes[i - first]);
    }
    for (uint32_t i = first; i < end; ++i)
      if (!index_export(i, hashes[i - first])) return false;
  }
  return true;
}

bool Resolver::index_export(uint32_t i, uint64_t hash) {
  constexpr uint64_t item_bytes = 32; // indexing a name takes as long as reading this many bytes of code
  const std::string_view name = module_.exports[i].name;
  if (!watch_.spend(name.size() + item_bytes)) return false;
  const auto is_named = [&](uint32_t index) { return module_.exports[index].name == name; };
  return module_.exports_by_name.insert(hash, i, is_named) == i ||
         fail(entry_offset(module_, SectionId::export_, i), "duplicate export name " + in_quotes(name));
}

// ---- Errors

bool Resolver::fail(uint64_t offset, std::string message, ErrorKind kind) {
  error_ = Error::at(kind, offset, std::move(message));
  return false;
}

bool Resolver::unknown_type(uint64_t offset, uint64_t index, uint64_t count) {
  return fail(offset, "unknown type " + std::to_string(index) + ": there are " + std::to_string(count));
}

} // namespace

Result<void> resolve_module(Module& module, LoadWatch& watch) { return Resolver(module, watch).resolve(); }

} // namespace skerry::vm
