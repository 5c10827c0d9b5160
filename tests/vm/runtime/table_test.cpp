#include "tests/support/wasm.hpp"

using namespace skerry;
using namespace skerry::test;

namespace {

const Value null_func(funcref, Ref{});
const Value null_extern(externref, Ref{});

TableType elements(uint64_t min, ValType type = externref) { return {type, {.min = min}}; }

} // namespace

TEST_CASE("a table holds references and grows") {
  Fixture f;
  const Ref ref = must(f.store.make_externref(std::string("x")));
  const Table table = must(Table::create(f.store, elements(2), null_extern));
  must(table.set(1, Value(externref, ref)));
  CHECK(must(table.grow(3, Value(externref, ref))) == 2);
  CHECK(table.size() == 5);
  CHECK(must(table.get(0)).as_ref().is_null());
  for (const uint64_t i : {1, 2, 3, 4}) CHECK(must(table.get(i)).as_ref() == ref);
  CHECK(error_of(table.get(5)).code() == ErrorCode::out_of_bounds_table_access);
  CHECK(error_of(table.set(5, null_extern)).code() == ErrorCode::out_of_bounds_table_access);
}

TEST_CASE("a table takes only values of its type") {
  Fixture f;
  const Table table = must(Table::create(f.store, elements(1, funcref), null_func));
  const Ref ref = must(f.store.make_externref(1));
  CHECK(error_of(table.set(0, Value(int32_t{1}))).kind() == ErrorKind::usage);
  CHECK(error_of(table.set(0, Value(externref, ref))).kind() == ErrorKind::usage);
  // The type that the value claims does not matter; the type of its target does.
  CHECK(error_of(table.set(0, Value(funcref, ref))).kind() == ErrorKind::usage);
  must(table.set(0, null_func));
}

TEST_CASE("all tables of a store share its budget") {
  Fixture f(StoreLimits{.table_elements = 10});
  const Table a = must(Table::create(f.store, elements(6), null_extern));
  CHECK(error_of(Table::create(f.store, elements(5), null_extern)).message() ==
        "table_elements limit exceeded: 11 asked, 10 allowed");
  CHECK(must(a.grow(4, null_extern)) == 6);
  CHECK(error_of(a.grow(1, null_extern)).kind() == ErrorKind::limit);
  CHECK(f.store.usage().table_elements == 10);
}

TEST_CASE("a table does not grow over its maximum") {
  Fixture f;
  const TableType type{externref, {.min = 1, .max = 2, .has_max = true}};
  const Table table = must(Table::create(f.store, type, null_extern));
  CHECK(error_of(table.grow(2, null_extern)).kind() == ErrorKind::limit);
  CHECK(error_of(table.grow(~uint64_t{0}, null_extern)).kind() == ErrorKind::limit);
  CHECK(must(table.grow(1, null_extern)) == 1);
}

TEST_CASE("references of another store are refused") {
  Fixture f;
  Store other(f.engine);
  const Ref foreign = must(other.make_externref(1));
  const Table table = must(Table::create(f.store, elements(1), null_extern));
  const Error error = error_of(table.set(0, Value(externref, foreign)));
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.message() == "the reference belongs to another store");
  CHECK(f.store.externref_value(foreign) == nullptr);
}
