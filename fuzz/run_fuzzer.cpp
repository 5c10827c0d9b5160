// Translates and runs any bytes that are a valid module, in all configurations and under limits.
#include "fuzz/differential.hpp"
#include "fuzz/limits.hpp"
#include "fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (skerry::fuzz::run_in_all_configurations(bytes)) skerry::fuzz::check_limits(bytes);
  return 0;
}
