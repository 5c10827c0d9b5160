#include "vm/runtime/fuel.hpp"

#include "tests/support/wasm.hpp"

using namespace skerry;
using namespace skerry::test;

TEST_CASE("fuel starts unlimited") {
  Fixture f;
  CHECK(f.store.fuel() == Store::unlimited_fuel);
  CHECK(f.store.fuel_used() == 0);
}

TEST_CASE("used fuel is the given fuel minus the remaining fuel") {
  Fixture f;
  vm::Store& store = *f.store.data();
  f.store.set_fuel(100);
  store.fuel_budget -= 30; // as calls do
  CHECK(f.store.fuel() == 70);
  CHECK(f.store.fuel_used() == 30);
  f.store.set_fuel(1'000);
  CHECK(f.store.fuel() == 1'000);
  CHECK(f.store.fuel_used() == 30);
}

TEST_CASE("fuel can be set while a slice is in use") {
  Fixture f;
  vm::Store& store = *f.store.data();
  f.store.set_fuel(100);
  store.fuel_budget -= 50, store.run.fuel = 50;
  f.store.set_fuel(20);
  CHECK(f.store.fuel() == 20);
  CHECK(f.store.fuel_used() == 0);
  f.store.set_fuel(500);
  CHECK(f.store.fuel() == 500);
}

TEST_CASE("host work takes all the fuel that it needs, or what is left") {
  Fixture f;
  f.store.set_fuel(10);
  CHECK(vm::consume_fuel(*f.store.data(), 4));
  CHECK(f.store.fuel() == 6);
  CHECK_FALSE(vm::consume_fuel(*f.store.data(), 7));
  CHECK(f.store.fuel() == 0);
  CHECK(f.store.fuel_used() == 10);
  CHECK_FALSE(vm::consume_fuel(*f.store.data(), ~uint64_t{0}));
}
