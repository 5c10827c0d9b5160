#include "host/support/hash.hpp"

#include "vm/base/hex.hpp"

#include <xxhash.h> // the only file that includes it

namespace skerry::host {

std::string xxh3_128(std::span<const std::byte> bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  std::string hex;
  for (unsigned char byte : canonical.digest) vm::append_hex(hex, byte);
  return hex;
}

} // namespace skerry::host
