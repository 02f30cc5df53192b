#include "adapters/net/proxy.hpp"

#include "adapters/net/response_reader.hpp"

#include <gtest/gtest.h>

#include <map>

namespace velox::test {

namespace {

using net::origin;

net::proxy_settings settings(std::map<std::string, std::string> values) {
  return net::proxy_settings{[values = std::move(values)](const char* name) {
    auto found = values.find(name);
    return found == values.end() ? std::string{} : found->second;
  }};
}

bool direct(const std::string& no_proxy, const origin& x) {
  auto all = settings({{"ALL_PROXY", "proxy:8080"}, {"NO_PROXY", no_proxy}});
  return !all.find(x);
}

} // namespace

TEST(NetProxy, IsTheOneForTheScheme) {
  auto all = settings(
    {{"https_proxy", "http://u:p%40@Secure:3128/"}, {"HTTP_PROXY", "plain"}});
  auto secure = all.find({true, "api.test", 443});
  ASSERT_TRUE(secure);
  EXPECT_EQ(secure->host, "secure");
  EXPECT_EQ(secure->port, 3128);
  EXPECT_EQ(secure->authorization, "Basic dTpwQA==");
  auto plain = all.find({false, "api.test", 80});
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "plain");
  EXPECT_EQ(plain->port, 80);
  EXPECT_FALSE(net::proxy_settings{}.find({true, "api.test", 443}));
}

TEST(NetProxy, IsNotPassedOverWhenItCannotBeSpokenTo) {
  for (auto* value : {"socks5://u:word@h:1", "https://u:word@h", "http://",
                      "http://u:word@h:0", "http://u:word@h:x"}) {
    auto found = settings({{"https_proxy", value}}).find({true, "a", 1});
    ASSERT_TRUE(found) << value;
    EXPECT_TRUE(found->problem.starts_with("https_proxy ")) << value;
    EXPECT_EQ(found->problem.find("word"), std::string::npos);
    EXPECT_FALSE(settings({{"https_proxy", value}}).find({false, "a", 1}));
  }
}

TEST(NetProxy, IsPassedOverForExceptions) {
  origin api{true, "api.vendor.test", 443};
  for (auto* list :
       {"*", "api.vendor.test", "vendor.test", ".vendor.test", "*.vendor.test",
        "a, API.Vendor.Test", "x vendor.test", "vendor.test:443"})
    EXPECT_TRUE(direct(list, api)) << list;
  for (auto* list : {"", "endor.test", "other", "vendor.test:80",
                     "vendor.test:x", "10.0.0.0/8"})
    EXPECT_FALSE(direct(list, api)) << list;
  EXPECT_TRUE(direct("10.0.0.0/8", {true, "10.1.2.3", 443}));
  EXPECT_FALSE(direct("10.0.0.0/8", {true, "11.1.2.3", 443}));
  EXPECT_TRUE(direct("::1", {true, "::1", 443}));
  EXPECT_TRUE(direct("[::1]:443", {true, "::1", 443}));
}

TEST(NetOrigin, IsCutFromAUrl) {
  auto x = net::parse_destination("https://me:key@API.test:8443/a?b=c", false);
  ASSERT_TRUE(x);
  EXPECT_EQ(x->where.key(), "https://api.test:8443");
  EXPECT_EQ(x->host_header, "api.test:8443");
  EXPECT_EQ(x->target, "/a?b=c");
  EXPECT_EQ(x->authorization, "Basic bWU6a2V5");
  auto six = net::parse_destination("wss://[::1]/", true);
  ASSERT_TRUE(six);
  EXPECT_EQ(six->where.host, "::1");
  EXPECT_EQ(six->where.authority(), "[::1]:443");
  EXPECT_EQ(six->host_header, "[::1]");
  EXPECT_FALSE(net::parse_destination("wss://a/", false));
  EXPECT_FALSE(net::parse_destination("https://a/", true));
}

TEST(NetResponse, IsReadByteByByte) {
  std::string text = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    net::response_reader reader{true, 100};
    std::string body;
    std::string held;
    for (std::size_t i = 0; i < text.size(); i += step) {
      held += text.substr(i, step);
      boost::system::error_code ec;
      auto used = reader.feed(held, ec);
      ASSERT_FALSE(ec) << ec.message() << " at step " << step;
      for (auto piece : reader.pieces())
        body += piece;
      held.erase(0, used);
    }
    EXPECT_TRUE(reader.done()) << step;
    EXPECT_EQ(reader.head().status, 200);
    EXPECT_EQ(reader.head().headers.size(), 1u);
    EXPECT_TRUE(reader.keeps_alive());
    EXPECT_EQ(body, "abcdefg");
  }
}

} // namespace velox::test
