#include "vm/module/type_registry.hpp"

#include <random>

namespace skerry::vm {

namespace {

bool is_concrete(ValType type) { return type.is_ref() && static_cast<int32_t>(type.heap()) >= 0; }
uint32_t type_index(ValType type) { return static_cast<uint32_t>(type.heap()); }

/// Writes a recursion group as words, so that equal groups give equal words: types of the group are named by
/// their position in it, others by canonical id.
class GroupEncoder {
public:
  /// Without `types`, type indices are canonical ids already.
  explicit GroupEncoder(std::span<const SubType> types = {}, uint32_t first = SubType::no_type)
      : types_(types), first_(first) {}

  void put(const SubType& type) {
    put_word(static_cast<uint32_t>(type.kind) | (type.is_final ? 0x100 : 0));
    put_word(type.supertype == SubType::no_type ? 0 : 1);
    if (type.supertype != SubType::no_type) put_type_index(type.supertype);
    put_types(type.func.params);
    put_types(type.func.results);
    put_word(static_cast<uint32_t>(type.fields.size()));
    for (const FieldType& field : type.fields) put_word(field.is_mutable), put_type(field.storage);
  }
  const std::u32string& words() const { return words_; }

private:
  void put_word(uint32_t word) { words_ += static_cast<char32_t>(word); }
  void put_type_index(uint32_t index) {
    const bool is_inside = index >= first_;
    put_word(is_inside);
    put_word(is_inside ? index - first_ : types_.empty() ? index : types_[index].id);
  }
  void put_type(ValType type) {
    if (!is_concrete(type)) return put_word(type.bits());
    put_word(type.kind());
    put_type_index(type_index(type));
  }
  void put_types(const std::vector<ValType>& types) {
    put_word(static_cast<uint32_t>(types.size()));
    for (ValType type : types) put_type(type);
  }

  std::span<const SubType> types_;
  uint32_t first_;
  std::u32string words_;
};

/// A copy in which types of the group have the ids from `base` on, those before it their own.
CanonicalType canonical(std::span<const SubType> types, uint32_t first, uint32_t index, TypeId base) {
  const auto id_of = [&](uint32_t type) { return type >= first ? base + (type - first) : types[type].id; };
  const auto rename = [&](ValType& type) {
    if (is_concrete(type))
      type = ValType::ref(static_cast<HeapType>(id_of(type_index(type))), type.is_nullable());
  };
  const SubType& type = types[index];
  CanonicalType result;
  result.kind = type.kind;
  result.is_final = type.is_final;
  result.func = type.func;
  result.fields = type.fields;
  for (ValType& param : result.func.params) rename(param);
  for (ValType& value : result.func.results) rename(value);
  for (FieldType& field : result.fields) rename(field.storage);
  if (type.supertype != SubType::no_type) result.supertype = id_of(type.supertype);
  return result;
}

HeapType abstract_of(CompositeKind kind) {
  switch (kind) {
  case CompositeKind::func: return HeapType::func;
  case CompositeKind::struct_: return HeapType::struct_;
  case CompositeKind::array: return HeapType::array;
  }
  return HeapType::any;
}

/// The least type of the hierarchy that `heap`, an abstract type, is in.
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

} // namespace

Result<TypeId> TypeRegistry::intern(std::span<const SubType> types, uint32_t first, uint32_t count) {
  GroupEncoder encoder(types, first);
  for (uint32_t i = 0; i < count; ++i) encoder.put(types[first + i]);

  const std::lock_guard lock(mutex_);
  if (const auto found = ids_.find(encoder.words()); found != ids_.end()) return found->second;
  if (count > max_types - count_) return fail(full());
  const TypeId base = count_;
  for (uint32_t i = 0; i < count; ++i) publish(base + i, canonical(types, first, first + i, base));
  count_ += count;
  ids_.emplace(encoder.words(), base);
  return base;
}

Result<TypeId> TypeRegistry::intern(const FuncType& type) {
  GroupEncoder encoder;
  SubType sub_type;
  sub_type.func = type;
  encoder.put(sub_type);

  const std::lock_guard lock(mutex_);
  if (const auto found = ids_.find(encoder.words()); found != ids_.end()) return found->second;
  if (count_ == max_types) return fail(full());
  CanonicalType canonical_type;
  canonical_type.func = type;
  publish(count_, std::move(canonical_type));
  ids_.emplace(encoder.words(), count_);
  return count_++;
}

TypeRegistry::Hash::Hash() {
  std::random_device random;
  const auto word = [&] { return uint64_t{random()} << 32 | random(); };
  seed_ = word();
  multiplier_ = word() | 1;
}

size_t TypeRegistry::Hash::operator()(const std::u32string& words) const {
  uint64_t hash = seed_;
  for (char32_t word : words) hash = std::rotl((hash ^ word) * multiplier_, 29);
  return hash * multiplier_ >> 16;
}

Error TypeRegistry::full() {
  return Error(ErrorKind::limit, ErrorCode::limit_exceeded,
               "too many types: an engine holds at most " + std::to_string(max_types) + " different ones");
}

void TypeRegistry::publish(TypeId id, CanonicalType type) {
  if (type.supertype != SubType::no_type) {
    const CanonicalType& super = (*this)[type.supertype];
    type.depth = super.depth + 1;
    type.display = super.display;
  }
  if (type.depth < type.display.size()) type.display[type.depth] = id;
  auto& chunk = chunks_[chunk_of(id)];
  if (!chunk) chunk = std::make_unique<CanonicalType[]>(size_t{1} << (first_chunk_bits + chunk_of(id)));
  chunk[index_in_chunk(id)] = std::move(type);
}

bool TypeRegistry::is_subtype(TypeId sub, TypeId super) const {
  if (sub == super) return true;
  const uint32_t depth = (*this)[super].depth;
  const CanonicalType* type = &(*this)[sub];
  if (depth < type->display.size()) return depth < type->depth && type->display[depth] == super;
  for (; type->depth > depth; type = &(*this)[sub]) sub = type->supertype;
  return sub == super;
}

bool TypeRegistry::matches(HeapType sub, HeapType super) const {
  if (sub == super) return true;
  const bool sub_is_concrete = static_cast<int32_t>(sub) >= 0;
  if (static_cast<int32_t>(super) >= 0) {
    if (sub_is_concrete) return is_subtype(static_cast<TypeId>(sub), static_cast<TypeId>(super));
    return sub == bottom_of(abstract_of((*this)[static_cast<TypeId>(super)].kind));
  }
  return abstract_matches(sub_is_concrete ? abstract_of((*this)[static_cast<TypeId>(sub)].kind) : sub, super);
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

ValType canonical(std::span<const SubType> types, ValType type) {
  if (!is_concrete(type)) return type;
  return ValType::ref(static_cast<HeapType>(types[type_index(type)].id), type.is_nullable());
}

} // namespace skerry::vm
