#include "vm/module/type_registry.hpp"

#include "tests/catch.hpp"

#include <thread>

using namespace skerry;
using vm::CompositeKind;
using vm::SubType;
using vm::TypeId;
using vm::TypeRegistry;

namespace {

ValType ref(uint32_t type) { return ValType::ref(static_cast<HeapType>(type), true); }
HeapType heap(TypeId id) { return static_cast<HeapType>(id); }

SubType func(std::vector<ValType> params) {
  SubType type;
  type.func.params = std::move(params);
  return type;
}
SubType structure(std::vector<vm::FieldType> fields, uint32_t supertype = SubType::no_type) {
  SubType type;
  type.kind = CompositeKind::struct_;
  type.is_final = false;
  type.fields = std::move(fields);
  type.supertype = supertype;
  return type;
}

/// Gives each type of a module its id; every type is a group of its own.
std::vector<TypeId> intern_all(TypeRegistry& registry, std::vector<SubType>& types) {
  std::vector<TypeId> ids;
  for (uint32_t i = 0; i < types.size(); ++i) ids.push_back(types[i].id = *registry.intern(types, i, 1));
  return ids;
}

} // namespace

TEST_CASE("equal types have equal ids, whatever their indices") {
  TypeRegistry registry;
  std::vector<SubType> first = {func({i32}), func({ref(0)}), func({i64})};
  std::vector<SubType> second = {func({i64}), func({i32}), func({ref(1)}), func({ref(0)})};
  const auto a = intern_all(registry, first), b = intern_all(registry, second);
  CHECK(a[0] == b[1]);
  CHECK(a[1] == b[2]);
  CHECK(a[2] == b[0]);
  CHECK(b[3] != b[2]);
  CHECK(*registry.intern(FuncType{{i32}, {}}) == a[0]);
  CHECK(registry.size() == 4);
}

TEST_CASE("types of a recursion group are equal only as a group") {
  TypeRegistry registry;
  const auto group = [] { return std::vector{func({ref(1)}), func({ref(0)})}; };
  auto once = group(), twice = group();
  const TypeId id = *registry.intern(once, 0, 2);
  CHECK(*registry.intern(twice, 0, 2) == id);
  CHECK(registry[id].func.params[0] == ref(id + 1));
  CHECK(registry[id + 1].func.params[0] == ref(id));
  std::vector<SubType> self = {func({ref(0)})};
  CHECK(*registry.intern(self, 0, 1) != id);
}

TEST_CASE("subtypes of any depth") {
  TypeRegistry registry;
  std::vector<SubType> types = {structure({})};
  for (uint32_t i = 1; i < 64; ++i) types.push_back(structure({}, i - 1));
  types.push_back(structure({{i32, false}}, 3));
  const auto ids = intern_all(registry, types);
  for (uint32_t sub = 0; sub < 64; ++sub)
    for (uint32_t super = 0; super < 64; ++super) {
      INFO(sub << " <: " << super);
      CHECK(registry.is_subtype(ids[sub], ids[super]) == (super <= sub));
    }
  CHECK(registry.is_subtype(ids[64], ids[3]));
  CHECK_FALSE(registry.is_subtype(ids[64], ids[4]));
  CHECK_FALSE(registry.is_subtype(ids[10], ids[64]));
}

TEST_CASE("matching of heap types") {
  TypeRegistry registry;
  std::vector<SubType> types = {func({}), structure({})};
  const auto ids = intern_all(registry, types);
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
  CHECK(matches(heap(ids[0]), HeapType::func));
  CHECK_FALSE(matches(heap(ids[0]), HeapType::any));
  CHECK(matches(heap(ids[1]), HeapType::struct_));
  CHECK(matches(heap(ids[1]), HeapType::eq));
  CHECK_FALSE(matches(heap(ids[1]), HeapType::array));
  CHECK(matches(HeapType::none, heap(ids[1])));
  CHECK(matches(HeapType::nofunc, heap(ids[0])));
  CHECK_FALSE(matches(HeapType::none, heap(ids[0])));
  CHECK(registry.matches(ValType::ref(HeapType::i31, false), ValType::ref(HeapType::eq, true)));
  CHECK_FALSE(registry.matches(ValType::ref(HeapType::i31, true), ValType::ref(HeapType::i31, false)));
  CHECK_FALSE(registry.matches(i32, i64));
}

TEST_CASE("threads get the same ids") {
  TypeRegistry registry;
  std::vector<std::vector<TypeId>> ids(4);
  std::vector<std::thread> threads;
  for (auto& mine : ids)
    threads.emplace_back([&registry, &mine] {
      std::vector<SubType> types;
      for (uint32_t i = 0; i < 300; ++i) types.push_back(func(std::vector<ValType>(i, i32)));
      mine = intern_all(registry, types);
      for (uint32_t i = 0; i < 300; ++i)
        if (registry[mine[i]].func.params.size() != i) mine.clear();
    });
  for (auto& thread : threads) thread.join();
  for (const auto& mine : ids) CHECK(mine == ids[0]);
  CHECK(registry.size() == 300);
}
