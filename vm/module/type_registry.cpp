#include "vm/module/type_registry.hpp"

#include "vm/base/address.hpp"
#include "vm/base/limit_error.hpp"

#include <algorithm>
#include <new>
#include <string>

namespace skerry::vm {

static_assert(sizeof(CanonicalType) == 20 && sizeof(TypeGroup) == 12 && sizeof(RecGroup::Type) == 16,
              "a module may have a million types");

namespace {

constexpr uint32_t no_type = RecGroup::no_type;

HeapType abstract_of(CompositeKind kind) {
  switch (kind) {
  case CompositeKind::func: return HeapType::func;
  case CompositeKind::struct_: return HeapType::struct_;
  case CompositeKind::array: return HeapType::array;
  }
  return HeapType::any;
}

/// The bottom type of the hierarchy that the abstract heap type `heap` belongs to.
HeapType bottom_of(HeapType heap) {
  switch (heap) {
  case HeapType::func:
  case HeapType::nofunc: return HeapType::nofunc;
  case HeapType::extern_:
  case HeapType::noextern: return HeapType::noextern;
  case HeapType::exn:
  case HeapType::noexn: return HeapType::noexn;
  default: return HeapType::none;
  }
}

bool abstract_matches(HeapType sub, HeapType super) {
  if (sub == super || sub == bottom_of(super)) return true;
  const bool below_eq = sub == HeapType::i31 || sub == HeapType::struct_ || sub == HeapType::array;
  if (super == HeapType::eq) return below_eq;
  return super == HeapType::any && (below_eq || sub == HeapType::eq);
}

Error full(std::string why) { return {ErrorKind::limit, ErrorCode::limit_exceeded, std::move(why)}; }
Error unknown_type(TypeId id) {
  return {ErrorKind::usage, ErrorCode::none, "no module has a type " + std::to_string(id)};
}
Error out_of_memory() { return system_refused("the system refuses memory for types"); }

bool is_inside(ValType type) { return (type.kind() & TypeRegistry::inside_kind) != 0 && type.kind() < 0x70; }
bool is_named(ValType type) { return is_inside(type) || is_concrete(type); }
uint32_t heap_of(ValType type) { return static_cast<uint32_t>(static_cast<int32_t>(type.heap())); }

} // namespace

// ---- Memory of groups

/// Writes a group to its block of memory: first all types, then the variable data of each type.
class TypeGroupWriter {
public:
  /// Allocates the block for a group, without its content. Returns null if memory is short.
  static TypeGroup* allocate(const RecGroup& group) {
    uint64_t bytes = sizeof(TypeGroup) + group.types.size() * sizeof(CanonicalType);
    for (const RecGroup::Type& type : group.types) bytes += tail_bytes(type);
    void* block = ::operator new(to_size(bytes), std::nothrow);
    if (block == nullptr) return nullptr;
    auto* made = new (block) TypeGroup;
    made->size_ = group.size();
    for (uint32_t i = 0; i < made->size_; ++i) new (made->types() + i) CanonicalType;
    return made;
  }

  /// Writes the content of the types, which already have their ids.
  static void write(const RecGroup& group, TypeGroup& to) {
    auto* at = reinterpret_cast<std::byte*>(to.types() + to.size());
    RecGroupParts parts(group);
    for (uint32_t i = 0; parts.next(); ++i) {
      CanonicalType& type = to.types()[i];
      type.position_ = i;
      type.tail_ = static_cast<uint32_t>(at - reinterpret_cast<std::byte*>(&type));
      write_type(parts, type, to, at);
      at += tail_bytes(*parts.type);
    }
  }

private:
  static uint32_t tail_bytes(const RecGroup::Type& type) {
    const uint32_t refs = type.param_refs + type.result_refs;
    const uint32_t codes = type.params + type.results;
    const uint64_t bytes = (type.supertype == no_type ? 0 : 2 * sizeof(TypeId)) +
                           (refs == 0 ? 0 : sizeof(CanonicalType::RefCounts) + refs * sizeof(ValType)) +
                           codes + type.fields * sizeof(PackedField);
    return static_cast<uint32_t>((bytes + 3) / 4 * 4); // rounded up, because the next type's data must be
                                                       // aligned
  }

  static ValType renamed(ValType type, const TypeGroup& group) {
    if (!is_inside(type)) return type;
    const bool is_nullable = (type.kind() & ~TypeRegistry::inside_kind) == ValType::ref_null_;
    return ValType::ref(static_cast<HeapType>(group[heap_of(type)].id()), is_nullable);
  }

  static void write_type(const RecGroupParts& parts, CanonicalType& type, const TypeGroup& group,
                         std::byte* at) {
    const RecGroup::Type& from = *parts.type;
    const bool is_func = from.kind == CompositeKind::func;
    type.kind_ = from.kind;
    type.first_count_ = is_func ? from.params : from.fields;
    type.second_count_ = from.results;
    type.flags_ = from.is_final ? CanonicalType::flag_final : 0;
    if (from.supertype != no_type) {
      const bool inside = (from.supertype & TypeRegistry::inside_bit) != 0;
      const TypeId super = inside ? group[from.supertype & ~TypeRegistry::inside_bit].id() : from.supertype;
      type.depth_ = 1; // means that there is a supertype; link_supertype computes the depth
      at = put(at, super);
      at = put(at, super);
    }
    if (from.param_refs + from.result_refs > 0) {
      type.flags_ |= CanonicalType::flag_refs;
      at = put(at, CanonicalType::RefCounts{from.param_refs, from.result_refs});
      for (const TypeList* list : {&parts.params, &parts.results})
        for (const ValType value : *list)
          if (is_named(value)) at = put(at, renamed(value, group));
    }
    for (const TypeList* list : {&parts.params, &parts.results}) at = put_codes(at, *list);
    bool is_defaultable = true;
    for (const PackedField& field : parts.fields) {
      const FieldType actual{renamed(field.storage(), group), field.is_mutable()};
      is_defaultable &= actual.storage.is_defaultable();
      at = put(at, PackedField(actual));
    }
    if (is_defaultable) type.flags_ |= CanonicalType::flag_defaultable;
  }

  template <class T> static std::byte* put(std::byte* at, const T& value) {
    std::memcpy(at, &value, sizeof value);
    return at + sizeof value;
  }
  static std::byte* put_codes(std::byte* at, const TypeList& list) {
    return std::ranges::copy(std::as_bytes(list.codes()), at).out;
  }
};

// ---- Finding groups by their content

void TypeTable::put(uint32_t hash, uint32_t slot) {
  size_t at = first_slot(hash);
  while (slots_[at] != empty) at = (at + 1) & (capacity_ - 1);
  slots_[at] = slot;
}

void TypeTable::insert(uint32_t hash, TypeId id) {
  put(hash, tag(hash) << id_bits | id);
  ++used_, ++live_;
}

void TypeTable::erase(uint32_t hash, TypeId id) {
  size_t at = first_slot(hash);
  while (slots_[at] != (tag(hash) << id_bits | id)) at = (at + 1) & (capacity_ - 1);
  slots_[at] = erased;
  --live_;
}

void TypeTable::shrink(const TypeRegistry& registry) {
  constexpr size_t smallest = 64;
  if (live_ == 0) return clear();
  if (capacity_ <= smallest || live_ * 8 > capacity_) return;
  // If there is no memory for a smaller table, the table stays as it is.
  static_cast<void>(rebuild(std::bit_ceil(std::max(smallest, live_ * 2)), registry));
}

void TypeTable::clear() {
  slots_.reset();
  capacity_ = used_ = live_ = 0;
}

bool TypeTable::reserve(size_t more, const TypeRegistry& registry) {
  constexpr size_t smallest = 64;
  if ((used_ + more) * 8 <= capacity_ * 7) return true;
  return rebuild(std::bit_ceil(std::max(smallest, (live_ + more) * 8 / 7 + live_ / 2)), registry);
}

bool TypeTable::rebuild(size_t capacity, const TypeRegistry& registry) {
  std::unique_ptr<uint32_t[]> before(new (std::nothrow) uint32_t[capacity]);
  if (!before) return false;
  std::fill_n(before.get(), capacity, empty);
  std::swap(slots_, before);
  const size_t old_capacity = std::exchange(capacity_, capacity);
  used_ = live_;
  for (size_t i = 0; i < old_capacity; ++i)
    if (before[i] != empty && before[i] != erased)
      put(registry.group_of(before[i] & id_mask).hash_, before[i]);
  return true;
}

// ---- Interning

/// Every holder of a type keeps the engine alive, so the registry of an engine has no types left when it is
/// destroyed. Only tests of the registry alone leave types, which this destructor frees.
TypeRegistry::~TypeRegistry() {
  for (const Chunk& chunk : chunks_)
    for (uint32_t i = 0; i < chunk.touched; ++i) {
      const uintptr_t entry = chunk.entries[i];
      const auto* type = (entry & 1) == 0 ? reinterpret_cast<const CanonicalType*>(entry) : nullptr;
      if (type != nullptr && type->position() + 1 == TypeGroup::of(*type).size())
        ::operator delete(&TypeGroup::of(*type));
    }
}

uint32_t TypeRegistry::hash(const RecGroup& group) const {
  uint64_t hash = keyed_hash_.add(keyed_hash_.seed(), std::as_bytes(std::span(group.types)));
  hash = keyed_hash_.add(hash, std::as_bytes(std::span(group.codes)));
  if (!group.refs.empty()) hash = keyed_hash_.add(hash, std::as_bytes(std::span(group.refs)));
  if (!group.fields.empty()) hash = keyed_hash_.add(hash, std::as_bytes(std::span(group.fields)));
  return static_cast<uint32_t>(hash >> 32);
}

bool TypeRegistry::is_equal(const RecGroup& group, const TypeGroup& other) const {
  const auto same = [&](ValType a, ValType b) {
    if (!is_inside(a)) return a == b;
    const auto kind = static_cast<ValType::Kind>(a.kind() & ~inside_kind);
    return b == ValType::ref(static_cast<HeapType>(other[heap_of(a)].id()), kind == ValType::ref_null_);
  };
  const auto same_list = [&](const TypeList& a, const TypeList& b) {
    return a.has_codes_of(b) && (a.ref_count() == 0 || std::ranges::equal(a, b, same));
  };
  if (group.size() != other.size()) return false;
  RecGroupParts parts(group);
  for (uint32_t i = 0; parts.next(); ++i) {
    const RecGroup::Type& a = *parts.type;
    const CanonicalType& b = other[i];
    TypeId super = a.supertype;
    if (super != no_type && (super & inside_bit) != 0) super = other[super & ~inside_bit].id();
    const auto same_field = [&](const PackedField& x, const PackedField& y) {
      return x.is_mutable() == y.is_mutable() && same(x.storage(), y.storage());
    };
    if (a.kind != b.kind() || a.is_final != b.is_final() || super != b.supertype()) return false;
    if (a.kind == CompositeKind::func) {
      if (!same_list(parts.params, b.params()) || !same_list(parts.results, b.results())) return false;
    } else if (!std::ranges::equal(parts.fields, b.fields(), same_field)) {
      return false;
    }
  }
  return true;
}

TypeGroup* TypeRegistry::find(const RecGroup& group, uint32_t hash) const {
  const TypeId found = table_.find(hash, [&](TypeId id) {
    const TypeGroup& other = group_of(id);
    return other.hash_ == hash && is_equal(group, other);
  });
  return found == no_type_id ? nullptr : &group_of(found);
}

/// Prefetches the table slots of all groups first, because a table of a million groups does not fit in the
/// processor's caches.
Result<void> TypeRegistry::intern(std::span<const RecGroup> groups,
                                  std::vector<const CanonicalType*>& types) {
  std::array<uint32_t, groups_at_once> hashes;
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < groups.size(); ++i) table_.expect(hashes[i] = hash(groups[i]));
  for (size_t i = 0; i < groups.size(); ++i) {
    const auto interned = intern_locked(groups[i], hashes[i]);
    if (!interned) return fail(interned.error());
    for (uint32_t t = 0; t < groups[i].size(); ++t) types.push_back(&(**interned)[t]);
  }
  return {};
}

void TypeRegistry::expect(size_t groups) {
  const std::lock_guard lock(mutex_);
  static_cast<void>(table_.reserve(groups, *this));
}

void TypeRegistry::settle() {
  const std::lock_guard lock(mutex_);
  table_.shrink(*this);
}

Result<const TypeGroup*> TypeRegistry::intern_locked(const RecGroup& group, uint32_t hash) {
  TypeGroup* found = find(group, hash);
  if (found == nullptr) return add(group, hash);
  if (found->holders_ == no_type_id) return fail(full("a type is used too often"));
  ++found->holders_;
  return found;
}

Result<const TypeGroup*> TypeRegistry::add(const RecGroup& group, uint32_t hash) {
  if (group.size() > max_types - count_)
    return fail(
        full("too many types: an engine holds at most " + std::to_string(max_types) + " different ones"));
  if (!table_.reserve(1, *this)) return fail(out_of_memory());
  TypeGroup* made = TypeGroupWriter::allocate(group);
  if (made == nullptr) return fail(out_of_memory());
  made->hash_ = hash;
  if (!take_ids(*made)) {
    ::operator delete(made);
    return fail(out_of_memory());
  }
  TypeGroupWriter::write(group, *made);
  for (uint32_t i = 0; i < made->size(); ++i) link_supertype(made->types()[i]);
  for_each_reference(*made, [](TypeGroup& other) { ++other.holders_; });
  made->holders_ = 1;
  count_ += made->size();
  table_.insert(hash, (*made)[0].id());
  return made;
}

bool TypeRegistry::take_ids(TypeGroup& group) {
  for (uint32_t i = 0; i < group.size(); ++i) {
    CanonicalType& type = group.types()[i];
    type.id_ = take_id();
    if (type.id_ == no_type_id) {
      while (i-- > 0) free_id(group[i].id());
      return false;
    }
    chunks_[chunk_of(type.id_)].entries[index_in_chunk(type.id_)] = reinterpret_cast<uintptr_t>(&type);
  }
  return true;
}

/// Takes an id from a chunk that has a free id. Tries the chunk of id `count_` first, because chunks fill in
/// order as long as no id is freed.
TypeId TypeRegistry::take_id() {
  const unsigned likely = chunk_of(static_cast<TypeId>(count_));
  for (unsigned i = 0; i <= chunks_.size(); ++i) {
    const unsigned k = i == 0 ? likely : i - 1;
    Chunk& chunk = chunks_[k];
    const uint32_t size = 1u << (first_chunk_bits + k);
    if (chunk.used == size) continue;
    if (!chunk.entries) chunk.entries.reset(new (std::nothrow) uintptr_t[size]{});
    if (!chunk.entries) return no_type_id;
    uint32_t index = chunk.first_free;
    if (index == Chunk::none)
      index = chunk.touched++;
    else
      chunk.first_free = static_cast<uint32_t>(chunk.entries[index] >> 1);
    ++chunk.used;
    return first_of_chunk(k) + index;
  }
  return no_type_id;
}

void TypeRegistry::free_id(TypeId id) {
  Chunk& chunk = chunks_[chunk_of(id)];
  const auto index = static_cast<uint32_t>(index_in_chunk(id));
  chunk.entries[index] = uintptr_t{chunk.first_free} << 1 | 1;
  chunk.first_free = index;
  if (--chunk.used == 0) chunk = {};
}

bool TypeRegistry::is_live(TypeId id) const {
  if (id >= max_types) return false;
  const Chunk& chunk = chunks_[chunk_of(id)];
  const uintptr_t entry = chunk.entries ? chunk.entries[index_in_chunk(id)] : 0;
  return entry != 0 && (entry & 1) == 0;
}

/// Computes the depth and the far supertype of a type. The far supertypes are chosen as in a skew-binary
/// list, so that is_subtype reaches any depth in a logarithmic number of steps.
void TypeRegistry::link_supertype(CanonicalType& type) {
  if (type.depth_ == 0) return;
  const CanonicalType& super = (*this)[type.supertype()];
  type.depth_ = static_cast<uint8_t>(super.depth() + 1);
  if (super.depth() == 0) return;
  const CanonicalType& far = (*this)[super.far_supertype()];
  const uint32_t near_step = super.depth() - far.depth();
  const uint32_t far_step = far.depth() == 0 ? 0 : far.depth() - (*this)[far.far_supertype()].depth();
  if (near_step != far_step) return;
  const_cast<TypeId*>(type.at<TypeId>(0))[1] = far.far_supertype();
}

/// Calls `f` for each reference of `group` to a type of another group.
template <class F> void TypeRegistry::for_each_reference(const TypeGroup& group, F&& f) const {
  const auto refer = [&](TypeId id) {
    TypeGroup& other = group_of(id);
    if (&other != &group) f(other);
  };
  for (uint32_t i = 0; i < group.size(); ++i) {
    const CanonicalType& type = group[i];
    if (type.depth() > 0) refer(type.supertype());
    for (const PackedField& field : type.fields())
      if (is_concrete(field.storage())) refer(heap_of(field.storage()));
    if (!type.has_refs()) continue;
    for (uint32_t ref = 0; ref < type.param_refs() + type.result_refs(); ++ref)
      refer(heap_of(type.refs()[ref]));
  }
}

Result<TypeHold> TypeRegistry::intern(const FuncType& type) {
  constexpr size_t most = 0xffff;
  if (type.params.size() > most || type.results.size() > most)
    return fail(full("a function type has more than " + std::to_string(most) + " parameters or results"));
  RecGroup group;
  group.types.emplace_back();
  for (const ValType param : type.params) group.add(param, false);
  for (const ValType value : type.results) group.add(value, true);
  const std::lock_guard lock(mutex_);
  for (const ValType ref : group.refs)
    if (!is_live(heap_of(ref))) return fail(unknown_type(heap_of(ref)));
  const auto interned = intern_locked(group, hash(group));
  if (!interned) return fail(interned.error());
  return TypeHold(*this, (**interned)[0]);
}

TypeHold TypeRegistry::hold(const CanonicalType& type) {
  const std::lock_guard lock(mutex_);
  ++TypeGroup::of(type).holders_;
  return {*this, type};
}

Result<TypeHold> TypeRegistry::hold(TypeId id) {
  const std::lock_guard lock(mutex_);
  if (!is_live(id)) return fail(unknown_type(id));
  ++group_of(id).holders_;
  return TypeHold(*this, (*this)[id]);
}

// ---- Releasing

void TypeRegistry::drop_holder(TypeGroup& group) {
  if (--group.holders_ > 0) return;
  group.holders_ = no_type_id;
  const TypeId id = group[0].id();
  (last_dead_ == no_type_id ? first_dead_ : group_of(last_dead_).holders_) = id;
  last_dead_ = id;
  dead_types_ += group.size();
}

/// Frees the groups without holders. A group holds the groups that it refers to. If a freed group was the
/// last holder of another group, that group is also freed.
void TypeRegistry::bury() {
  for (TypeId id = first_dead_; id != no_type_id; id = group_of(id).holders_)
    for_each_reference(group_of(id), [&](TypeGroup& other) { drop_holder(other); });
  const bool all = dead_types_ == count_;
  if (all) table_.clear();
  for (TypeId id = first_dead_; id != no_type_id;) {
    TypeGroup& group = group_of(id);
    id = group.holders_;
    if (!all) table_.erase(group.hash_, group[0].id());
    for (uint32_t i = 0; i < group.size(); ++i) free_id(group[i].id());
    ::operator delete(&group);
  }
  count_ -= dead_types_;
  if (!all && dead_types_ > 0) table_.shrink(*this);
  first_dead_ = last_dead_ = no_type_id;
  dead_types_ = 0;
}

void TypeRegistry::release(const CanonicalType& type) {
  const std::lock_guard lock(mutex_);
  drop_holder(TypeGroup::of(type));
  bury();
}

void TypeRegistry::release(std::span<const CanonicalType* const> types) {
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < types.size();) {
    TypeGroup& group = TypeGroup::of(*types[i]);
    i += group.size();
    drop_holder(group);
  }
  bury();
}

// ---- Matching

bool TypeRegistry::is_subtype(TypeId sub, TypeId super) const {
  if (sub == super) return true;
  const uint32_t depth = (*this)[super].depth();
  const CanonicalType* type = &(*this)[sub];
  while (type->depth() > depth) {
    const CanonicalType& far = (*this)[type->far_supertype()];
    type = far.depth() >= depth ? &far : &(*this)[type->supertype()];
  }
  return type->id() == super;
}

bool TypeRegistry::matches(HeapType sub, HeapType super) const {
  if (sub == super) return true;
  const bool sub_is_concrete = static_cast<int32_t>(sub) >= 0;
  if (static_cast<int32_t>(super) >= 0) {
    if (sub_is_concrete) return is_subtype(static_cast<TypeId>(sub), static_cast<TypeId>(super));
    return sub == bottom_of(abstract_of((*this)[static_cast<TypeId>(super)].kind()));
  }
  return abstract_matches(sub_is_concrete ? abstract_of((*this)[static_cast<TypeId>(sub)].kind()) : sub,
                          super);
}

bool TypeRegistry::matches(ValType sub, ValType super) const {
  if (sub == super) return true;
  if (!sub.is_ref() || !super.is_ref()) return false;
  return (super.is_nullable() || !sub.is_nullable()) && matches(sub.heap(), super.heap());
}

size_t TypeRegistry::size() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

} // namespace skerry::vm
