// Modules: arbitrary bytes are compiled, or refused with an offset inside them, and always in the same way.
#include "fuzz/target.hpp"
#include "skerry/engine.hpp"
#include "skerry/module.hpp"

#include <span>

namespace {

skerry::Engine make_engine(skerry::Features features) {
  skerry::Config config;
  config.features = features;
  return skerry::Engine(config);
}

void check_error(const skerry::Error& error, size_t size) {
  using enum skerry::ErrorKind;
  FUZZ_CHECK(error.kind() == malformed || error.kind() == invalid || error.kind() == unsupported ||
             error.kind() == limit);
  FUZZ_CHECK(!error.message().empty());
  FUZZ_CHECK(error.offset() <= size || (error.kind() == limit && error.offset() == skerry::Error::no_offset));
}

void check(const skerry::Engine& engine, std::span<const std::byte> bytes) {
  const auto module = skerry::Module::compile(engine, bytes);
  const auto valid = skerry::Module::validate(engine, bytes);
  FUZZ_CHECK(module.has_value() == valid.has_value());
  if (!module) {
    check_error(module.error(), bytes.size());
    FUZZ_CHECK(module.error().message() == valid.error().message());
    return;
  }
  FUZZ_CHECK(module->bytes().size() == bytes.size());
  for (const skerry::ExportInfo& item : module->exports())
    FUZZ_CHECK(module->find_export(item.name).has_value());
  for (const skerry::CustomSection& section : module->custom_sections())
    FUZZ_CHECK(section.bytes.size() < bytes.size());
  (void)module->name();
  (void)module->func_name(0);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const skerry::Engine everything = make_engine(skerry::Features::defaults());
  static const skerry::Engine oldest = make_engine(skerry::Features::wasm1());
  const auto bytes = std::as_bytes(std::span(data, size));
  check(everything, bytes);
  check(oldest, bytes);
  return 0;
}
