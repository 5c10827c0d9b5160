// clock_*: time and its resolution.
#include "wasi/clocks.hpp"
#include "wasi/functions.hpp"

namespace skerry::wasi::abi {

Errno clock_res_get(Call& call, i32 id, i32 resolution) {
  const auto step = clock_resolution(call, id);
  return step ? call.memory.store(resolution, *step) : step.error();
}

// The requested precision is only a hint; the answer is always as precise as possible.
Errno clock_time_get(Call& call, i32 id, i64 /*precision*/, i32 time) {
  const auto now = clock_time(call, id);
  return now ? call.memory.store(time, *now) : now.error();
}

} // namespace skerry::wasi::abi
