#pragma once

#include <boost/asio/ip/address.hpp>

namespace velox::net {

/// INTERNAL to adapters/net: whether `x` is an address of the public internet.
/// False for all that reaches this machine, its network or its cloud's
/// metadata: loopback, private, shared (RFC 6598), link-local, multicast,
/// documentation and reserved ranges (IANA's special-purpose registries), and
/// IPv6 addresses that stand for an IPv4 one.
bool is_public(const boost::asio::ip::address& x);

} // namespace velox::net
