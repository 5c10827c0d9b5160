#include "vm/module/type_registry.hpp"

#include "tests/catch.hpp"

#include <thread>

using namespace skerry;
using vm::CompositeKind;
using vm::RecGroup;
using vm::TypeId;
using vm::TypeRegistry;

namespace {

ValType ref(uint32_t type) { return ValType::ref(static_cast<HeapType>(type), true); }
/// A reference to a type of the group that is being interned.
ValType inside(uint32_t position) {
  return ValType::from_bits(position << 8 | ValType::ref_null_ | TypeRegistry::inside_kind);
}
HeapType heap(TypeId id) { return static_cast<HeapType>(id); }

void add_func(RecGroup& group, const std::vector<ValType>& params) {
  group.types.emplace_back();
  for (const ValType param : params) {
    const bool is_inside = param.bits() % 256 == (ValType::ref_null_ | TypeRegistry::inside_kind);
    group.codes.push_back(is_inside ? vm::concrete_code : vm::code_of(param));
    ++group.types.back().params;
    if (group.codes.back() != vm::concrete_code) continue;
    group.refs.push_back(param);
    ++group.types.back().param_refs;
  }
}
RecGroup func(const std::vector<ValType>& params) {
  RecGroup group;
  add_func(group, params);
  return group;
}
RecGroup structure(const std::vector<vm::FieldType>& fields, uint32_t supertype = RecGroup::no_type) {
  RecGroup group;
  group.types.push_back({CompositeKind::struct_, false});
  group.types.back().supertype = supertype;
  group.types.back().fields = static_cast<uint16_t>(fields.size());
  for (const vm::FieldType& field : fields) group.fields.emplace_back(field);
  return group;
}

std::vector<const vm::CanonicalType*> types_of(TypeRegistry& registry, const RecGroup& group) {
  std::vector<const vm::CanonicalType*> types;
  REQUIRE(registry.intern(std::span(&group, 1), types).has_value());
  return types;
}
/// The group's first type.
const vm::CanonicalType& type_of(TypeRegistry& registry, const RecGroup& group) {
  return *types_of(registry, group).front();
}
TypeId intern(TypeRegistry& registry, const RecGroup& group) { return type_of(registry, group).id(); }

} // namespace

TEST_CASE("groups that are interned together are the same as those interned one by one") {
  TypeRegistry registry;
  const vm::TypeHold known = *registry.intern(FuncType{{i64}, {}});
  std::vector<RecGroup> groups;
  for (uint32_t i = 0; i < TypeRegistry::groups_at_once; ++i)
    groups.push_back(func(std::vector<ValType>(i / 2, i32))); // each twice
  groups.back() = func({i64});
  std::vector<const vm::CanonicalType*> types;
  REQUIRE(registry.intern(groups, types).has_value());
  REQUIRE(types.size() == groups.size());
  for (uint32_t i = 0; i + 2 < groups.size(); i += 2) CHECK(types[i] == types[i + 1]);
  CHECK(types.back() == &*known);
  CHECK(registry.size() == groups.size() / 2 + 1);
  registry.release(types);
  CHECK(registry.size() == 1);
}

TEST_CASE("equal types have equal ids, whatever their indices") {
  TypeRegistry registry;
  const TypeId a = intern(registry, func({i32})), b = intern(registry, func({ref(a)}));
  const TypeId c = intern(registry, func({i64}));
  CHECK(intern(registry, func({i64})) == c);
  CHECK(intern(registry, func({i32})) == a);
  CHECK(intern(registry, func({ref(a)})) == b);
  CHECK(intern(registry, func({ref(b)})) != b);
  CHECK((*registry.intern(FuncType{{i32}, {}}))->id() == a);
  CHECK(registry.size() == 4);
}

TEST_CASE("types of a recursion group are equal only as a group") {
  TypeRegistry registry;
  RecGroup pair;
  add_func(pair, {inside(1), i32, ref(0)});
  const TypeId other = intern(registry, func({}));
  pair.refs[1] = ref(other);
  add_func(pair, {inside(0)});
  const auto once = types_of(registry, pair);
  CHECK(types_of(registry, pair) == once);
  REQUIRE(once.size() == 2);
  CHECK(once[0]->params().to_vector() == std::vector{ref(once[1]->id()), i32, ref(other)});
  CHECK(once[1]->params().front() == ref(once[0]->id()));
  CHECK(intern(registry, func({inside(0)})) != once[1]->id());
}

TEST_CASE("types without holders are freed together with the types that they refer to") {
  TypeRegistry registry;
  const vm::CanonicalType& a = type_of(registry, func({i32}));
  const vm::CanonicalType& b = type_of(registry, func({ref(a.id())}));
  const vm::CanonicalType& c = type_of(registry, structure({{ref(b.id()), true}}));
  const TypeId id = a.id();
  registry.release(a);
  registry.release(b);
  CHECK(registry.size() == 3); // c refers to b, b to a
  CHECK(intern(registry, func({i32})) == id);
  registry.release(registry[id]);
  registry.release(c);
  CHECK(registry.size() == 0);
  CHECK(registry.hold(id).error().kind() == ErrorKind::usage);
  CHECK(registry.intern(FuncType{{ref(id)}, {}}).error().kind() == ErrorKind::usage);
}

TEST_CASE("a chain of types that refer to each other is freed without recursion") {
  TypeRegistry registry;
  const vm::CanonicalType* last = &type_of(registry, func({}));
  for (int i = 0; i < 100'000; ++i) {
    const vm::CanonicalType* next = &type_of(registry, func({ref(last->id())}));
    registry.release(*last);
    last = next;
  }
  CHECK(registry.size() == 100'001);
  registry.release(*last);
  CHECK(registry.size() == 0);
}

TEST_CASE("ids are used again, and mean the new type") {
  TypeRegistry registry;
  const vm::TypeHold kept = *registry.intern(FuncType{{f32}, {}});
  TypeId most = 0;
  for (uint32_t round = 0; round < 1000; ++round) {
    const vm::TypeHold hold = *registry.intern(FuncType{std::vector<ValType>(round, i32), {}});
    most = std::max(most, hold->id());
    CHECK(registry[hold->id()].params().size() == round);
    CHECK(registry[kept->id()].params().front() == f32);
  }
  CHECK(most == 1);
  CHECK(registry.size() == 1);
}

TEST_CASE("subtypes of any depth") {
  TypeRegistry registry;
  std::vector<TypeId> ids = {intern(registry, structure({}))};
  for (uint32_t i = 1; i < 200; ++i) ids.push_back(intern(registry, structure({}, ids.back())));
  ids.push_back(intern(registry, structure({{i32, false}}, ids[3])));
  for (uint32_t sub = 0; sub < 200; ++sub)
    for (uint32_t super = 0; super < 200; ++super)
      if (registry.is_subtype(ids[sub], ids[super]) != (super <= sub)) FAIL(sub << " <: " << super);
  CHECK(registry.is_subtype(ids[200], ids[3]));
  CHECK_FALSE(registry.is_subtype(ids[200], ids[4]));
  CHECK_FALSE(registry.is_subtype(ids[10], ids[200]));
}

TEST_CASE("matching of heap types") {
  TypeRegistry registry;
  const TypeId f = intern(registry, func({})), s = intern(registry, structure({}));
  const auto matches = [&](HeapType sub, HeapType super) { return registry.matches(sub, super); };
  CHECK(matches(HeapType::i31, HeapType::eq));
  CHECK(matches(HeapType::eq, HeapType::any));
  CHECK(matches(HeapType::none, HeapType::struct_));
  CHECK_FALSE(matches(HeapType::any, HeapType::eq));
  CHECK_FALSE(matches(HeapType::none, HeapType::func));
  CHECK_FALSE(matches(HeapType::func, HeapType::any));
  CHECK(matches(HeapType::nofunc, HeapType::func));
  CHECK(matches(HeapType::noextern, HeapType::extern_));
  CHECK(matches(HeapType::noexn, HeapType::exn));
  CHECK(matches(heap(f), HeapType::func));
  CHECK_FALSE(matches(heap(f), HeapType::any));
  CHECK(matches(heap(s), HeapType::struct_));
  CHECK(matches(heap(s), HeapType::eq));
  CHECK_FALSE(matches(heap(s), HeapType::array));
  CHECK(matches(HeapType::none, heap(s)));
  CHECK(matches(HeapType::nofunc, heap(f)));
  CHECK_FALSE(matches(HeapType::none, heap(f)));
  CHECK(registry.matches(ValType::ref(HeapType::i31, false), ValType::ref(HeapType::eq, true)));
  CHECK_FALSE(registry.matches(ValType::ref(HeapType::i31, true), ValType::ref(HeapType::i31, false)));
  CHECK_FALSE(registry.matches(i32, i64));
}

TEST_CASE("lists of types in a byte each") {
  const ValType concrete = ValType::ref(static_cast<HeapType>(70'000), false);
  const std::vector<ValType> types = {
      i32,       v128,     concrete, funcref, ValType::ref(HeapType::func, false),
      externref, ref(3),   f64,      i64,     ref(8'000'000),
      f32,       concrete, i32};
  RecGroup group;
  group.types.emplace_back();
  for (const ValType type : types) group.add(type, false);
  const vm::TypeList list(group.codes.data(), group.refs.data(), group.types[0].params,
                          group.types[0].param_refs);
  CHECK(list.to_vector() == types);
  for (uint32_t i = 0; i < types.size(); ++i) CHECK(list[i] == types[i]);
  CHECK(list.back() == i32);
  CHECK(list.without_last().back() == concrete);
  CHECK(list.slots() == types.size() + 1);
  CHECK(list.refs_in_last(2) == 1);
  CHECK(list.refs_in_last(12) == 4);
  CHECK(list.ends_with(vm::TypeList(types.back())));
  CHECK_FALSE(list.ends_with(vm::TypeList(concrete)));
  CHECK(list.without_last().ends_with(vm::TypeList(concrete)));
}

TEST_CASE("threads get the same ids and leave no types") {
  TypeRegistry registry;
  std::vector<std::vector<TypeId>> ids(4);
  std::vector<std::thread> threads;
  const vm::TypeHold first = *registry.intern(FuncType{{f64}, {}});
  for (auto& mine : ids)
    threads.emplace_back([&registry, &mine] {
      for (int round = 0; round < 3; ++round) {
        std::vector<const vm::CanonicalType*> types;
        for (uint32_t i = 0; i < 300; ++i)
          types.push_back(&type_of(registry, func(std::vector<ValType>(i, i32))));
        mine.clear();
        for (uint32_t i = 0; i < 300; ++i)
          if (types[i]->params().size() == i) mine.push_back(types[i]->id());
        registry.release(types);
      }
    });
  for (auto& thread : threads) thread.join();
  for (const auto& mine : ids) CHECK(mine.size() == 300);
  CHECK(registry.size() == 1);
}
