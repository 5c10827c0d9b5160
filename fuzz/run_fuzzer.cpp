// Any bytes that are a valid module: translate and run it, in all configurations.
#include "fuzz/differential.hpp"
#include "fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  skerry::fuzz::run_in_all_configurations(std::as_bytes(std::span(data, size)));
  return 0;
}
