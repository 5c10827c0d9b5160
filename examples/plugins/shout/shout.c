/* Returns its input in capital letters. */
#include "../sdk/skerry_plugin.h"

SKERRY_META("shout", "1.0.0")

skerry_bytes skerry_execute(skerry_bytes input) {
  skerry_bytes result = skerry_copy(input.data, input.size);
  for (uint32_t i = 0; i < result.size; ++i)
    if (result.data[i] >= 'a' && result.data[i] <= 'z') result.data[i] -= 32;
  return result;
}
