#include "adapters/net/public_address.hpp"

#include <array>
#include <cstdint>

namespace velox::net {

namespace {

namespace ip = boost::asio::ip;

struct range4 {
  uint32_t first;
  unsigned bits;
};

constexpr uint32_t quad(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

/// IANA, "IPv4 Special-Purpose Address Registry", and multicast.
constexpr auto special4 = std::to_array<range4>({
  {quad(0, 0, 0, 0), 8},       // this network
  {quad(10, 0, 0, 0), 8},      // private
  {quad(100, 64, 0, 0), 10},   // shared, carrier-grade NAT
  {quad(127, 0, 0, 0), 8},     // loopback
  {quad(169, 254, 0, 0), 16},  // link-local, and clouds' metadata
  {quad(172, 16, 0, 0), 12},   // private
  {quad(192, 0, 0, 0), 24},    // protocol assignments
  {quad(192, 0, 2, 0), 24},    // documentation
  {quad(192, 88, 99, 0), 24},  // relays of 6to4
  {quad(192, 168, 0, 0), 16},  // private
  {quad(198, 18, 0, 0), 15},   // benchmarks
  {quad(198, 51, 100, 0), 24}, // documentation
  {quad(203, 0, 113, 0), 24},  // documentation
  {quad(224, 0, 0, 0), 4},     // multicast
  {quad(240, 0, 0, 0), 4},     // reserved, and broadcast
});

bool is_public4(uint32_t x) {
  for (auto& range : special4)
    if (((x ^ range.first) >> (32 - range.bits)) == 0)
      return false;
  return true;
}

struct range6 {
  uint64_t first; ///< the upper half
  unsigned bits;  ///< at most 64
};

/// Of 2000::/3, the only range that is given out: what is special within it.
constexpr auto special6 = std::to_array<range6>({
  {0x2001'0000'0000'0000, 23}, // protocol assignments, Teredo among them
  {0x2001'0db8'0000'0000, 32}, // documentation
  {0x2002'0000'0000'0000, 16}, // 6to4: an IPv4 address is in it
  {0x3fff'0000'0000'0000, 20}, // documentation
});

bool is_public6(const ip::address_v6& x) {
  uint64_t upper = 0;
  auto bytes = x.to_bytes();
  for (size_t i = 0; i < 8; ++i)
    upper = upper << 8 | bytes[i];
  // Loopback, mapped and translated IPv4 (NAT64), local and multicast
  // addresses all begin with other bits.
  if (upper >> 61 != 1)
    return false;
  for (auto& range : special6)
    if (((upper ^ range.first) >> (64 - range.bits)) == 0)
      return false;
  return true;
}

} // namespace

bool is_public(const ip::address& x) {
  return x.is_v4() ? is_public4(x.to_v4().to_uint()) : is_public6(x.to_v6());
}

} // namespace velox::net
