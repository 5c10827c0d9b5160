// Recognizes addresses that are not on the public network.
#include "host/net/network.hpp"

#include <array>

namespace skerry::host {

namespace {

struct Range {
  std::array<unsigned char, 4> prefix;
  unsigned bits;
};
// https://www.iana.org/assignments/iana-ipv4-special-registry
constexpr std::array<Range, 15> private_v4{{
    {{0, 0, 0, 0}, 8},       // this network
    {{10, 0, 0, 0}, 8},      // private
    {{100, 64, 0, 0}, 10},   // carrier-grade NAT, and some clouds' metadata
    {{127, 0, 0, 0}, 8},     // loopback
    {{169, 254, 0, 0}, 16},  // link-local, and metadata
    {{172, 16, 0, 0}, 12},   // private
    {{192, 0, 0, 0}, 24},    // protocol assignments, and metadata
    {{192, 0, 2, 0}, 24},    // documentation
    {{192, 88, 99, 0}, 24},  // 6to4 relays
    {{192, 168, 0, 0}, 16},  // private
    {{198, 18, 0, 0}, 15},   // benchmarking
    {{198, 51, 100, 0}, 24}, // documentation
    {{203, 0, 113, 0}, 24},  // documentation
    {{224, 0, 0, 0}, 4},     // multicast
    {{240, 0, 0, 0}, 4},     // reserved, broadcast
}};

bool is_in(std::string_view address, const Range& range) {
  for (unsigned bit = 0; bit < range.bits; ++bit) {
    unsigned shift = 7 - bit % 8;
    auto byte = static_cast<unsigned char>(address[bit / 8]);
    if (((byte ^ range.prefix[bit / 8]) >> shift & 1) != 0) return false;
  }
  return true;
}

bool is_private_v4(std::string_view address) {
  for (const Range& range : private_v4)
    if (is_in(address, range)) return true;
  return false;
}

bool starts_with(std::string_view address, std::initializer_list<int> bytes) {
  size_t i = 0;
  for (int byte : bytes)
    if (static_cast<unsigned char>(address[i++]) != byte) return false;
  return true;
}

} // namespace

bool is_private_address(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.size() == 4) return is_private_v4(bytes);
  if (bytes.size() != 16) return true;
  constexpr std::string_view zeros = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv;
  if (bytes.starts_with(zeros.substr(0, 10)) && bytes.substr(10, 2) == "\xff\xff"sv)
    return is_private_v4(bytes.substr(12));               // IPv4-mapped
  if (bytes.starts_with(zeros.substr(0, 8))) return true; // unspecified, loopback, IPv4-compatible, …
  if (starts_with(bytes, {0x00, 0x64, 0xff, 0x9b}))       // NAT64
    return bytes.substr(4, 8) != zeros.substr(0, 8) || is_private_v4(bytes.substr(12));
  if (starts_with(bytes, {0x20, 0x02})) return is_private_v4(bytes.substr(2, 4)); // 6to4
  if (starts_with(bytes, {0x20, 0x01, 0x00, 0x00})) return true;                  // Teredo
  if (starts_with(bytes, {0x20, 0x01, 0x0d, 0xb8})) return true;                  // documentation
  if (starts_with(bytes, {0x01, 0x00})) return true;                              // discard
  // Public addresses lie in 2000::/3; unique local, link-local, site-local and multicast addresses do not.
  return (static_cast<unsigned char>(bytes[0]) >> 5) != 1;
}

} // namespace skerry::host
