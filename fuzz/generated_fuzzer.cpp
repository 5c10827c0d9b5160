// Uses bytes as the choices of the module generator: every input is a valid module, which is translated and
// run in all configurations and under limits.
#include "fuzz/differential.hpp"
#include "fuzz/limits.hpp"
#include "fuzz/module_generator.hpp"
#include "fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<std::byte> module = skerry::fuzz::generate_module({data, size});
  const auto outcome = skerry::fuzz::run_in_all_configurations(module);
  FUZZ_CHECK(outcome.has_value());
  skerry::fuzz::record_outcome(*outcome);
  skerry::fuzz::check_limits(module);
  return 0;
}
