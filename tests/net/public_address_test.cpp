#include "adapters/net/public_address.hpp"

#include <gtest/gtest.h>

using velox::net::is_public;

TEST(PublicAddress, IsWhatStrangersMayNameAndNothingElse) {
  struct test_case {
    const char* address;
    bool wanted;
  };
  const test_case cases[] = {
    {"8.8.8.8", true},
    {"1.1.1.1", true},
    {"9.255.255.255", true},
    {"11.0.0.0", true},
    {"100.63.255.255", true},
    {"100.128.0.0", true},
    {"172.15.255.255", true},
    {"172.32.0.0", true},
    {"192.167.255.255", true},
    {"192.169.0.0", true},
    {"169.253.255.255", true},
    {"198.20.0.0", true},
    {"223.255.255.255", true},
    {"0.0.0.0", false},
    {"0.1.2.3", false},
    {"10.0.0.1", false},
    {"10.255.255.255", false},
    {"100.64.0.1", false},
    {"100.127.255.255", false},
    {"127.0.0.1", false},
    {"127.255.255.254", false},
    {"169.254.0.1", false},
    {"169.254.169.254", false},
    {"172.16.0.1", false},
    {"172.31.255.255", false},
    {"192.0.0.8", false},
    {"192.0.2.1", false},
    {"192.88.99.1", false},
    {"192.168.0.1", false},
    {"198.18.0.1", false},
    {"198.19.255.255", false},
    {"198.51.100.7", false},
    {"203.0.113.7", false},
    {"224.0.0.1", false},
    {"239.255.255.255", false},
    {"240.0.0.1", false},
    {"255.255.255.255", false},
    {"2606:4700:4700::1111", true},
    {"2a00:1450:4001:829::200e", true},
    {"2001:4860:4860::8888", true},
    {"::", false},
    {"::1", false},
    {"::ffff:127.0.0.1", false},
    {"::ffff:8.8.8.8", false},
    {"::7f00:1", false},
    {"64:ff9b::a00:1", false},
    {"64:ff9b::808:808", false},
    {"64:ff9b:1::1", false},
    {"100::1", false},
    {"2001::1", false},
    {"2001:0:4136:e378:8000:63bf:3fff:fdd2", false},
    {"2001:20::1", false},
    {"2001:db8::1", false},
    {"2002:7f00:1::1", false},
    {"3fff::1", false},
    {"fc00::1", false},
    {"fd00:ec2::254", false},
    {"fe80::1", false},
    {"fec0::1", false},
    {"ff02::1", false},
    {"5f00::1", false},
  };
  for (auto& x : cases)
    EXPECT_EQ(is_public(boost::asio::ip::make_address(x.address)), x.wanted)
      << x.address;
}
