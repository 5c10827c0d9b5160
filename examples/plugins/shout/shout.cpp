// Returns its input in capital letters.
#include "../sdk/skerry_plugin.h"

SKERRY_PLUGIN("shout", "1.0.0", [](std::string_view input) {
  std::string result(input);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c -= 32;
  return result;
})
