#include "tests/net/fake_vendor_client.hpp"
#include "tests/support/vendors/fake_vendor.hpp"

#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include <thread>

namespace velox::test {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// Every case runs over plain TCP and over TLS.
class FakeVendorTrouble : public testing::TestWithParam<bool> {
protected:
  client_options how() const { return {.tls = GetParam()}; }

  client_answer ask() {
    fake_vendor_client client{vendor.port(), how()};
    return client.get("/");
  }

  fake_vendor vendor{[](auto&, auto& peer) { peer.respond(200, "hello", {}); },
                     fake_vendor_options{.tls = GetParam(), .words = [](int x) {
                                           return "own " + std::to_string(x);
                                         }}};
};

INSTANTIATE_TEST_SUITE_P(Over, FakeVendorTrouble, testing::Bool(), [](auto& x) {
  return x.param ? std::string{"Tls"} : std::string{"Tcp"};
});

const std::string well = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

TEST_P(FakeVendorTrouble, AnswersAnErrorSoManyTimes) {
  vendor.set_trouble({.times = 2, .status = 429, .retry_after = "7"});
  fake_vendor_client client{vendor.port(), how()};
  for (int i = 0; i < 2; ++i) {
    auto answer = client.get("/");
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(answer.body, "own 429");
    EXPECT_NE(answer.head.find("Retry-After: 7\r\n"), std::string::npos);
  }
  EXPECT_EQ(client.get("/").status, 200);
  EXPECT_EQ(vendor.connections(), 1);
  EXPECT_EQ(vendor.seen().size(), 3u);
}

TEST_P(FakeVendorTrouble, LastsUntilItIsLifted) {
  vendor.set_trouble({.status = 503, .body = "tired"});
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(ask().body, "tired");
  vendor.set_trouble({});
  EXPECT_EQ(ask().body, "hello");
}

TEST_P(FakeVendorTrouble, RefusesBeforeAWord) {
  vendor.set_trouble({.times = 1, .refuse = true});
  {
    fake_vendor_client client{vendor.port(), how()};
    EXPECT_EQ(client.ready(), !GetParam());
    EXPECT_EQ(client.get("/").status, 0);
  }
  EXPECT_EQ(vendor.requests(), 0);
  EXPECT_EQ(ask().status, 200);
}

TEST_P(FakeVendorTrouble, RefusesOnAConnectionThatWasKept) {
  fake_vendor_client client{vendor.port(), how()};
  EXPECT_EQ(client.get("/").status, 200);
  vendor.set_trouble({.times = 1, .refuse = true});
  EXPECT_EQ(client.get("/").status, 0);
  EXPECT_EQ(ask().status, 200);
}

TEST_P(FakeVendorTrouble, IsSilent) {
  vendor.set_trouble({.times = 1, .silent = true});
  {
    fake_vendor_client client{vendor.port(), how()};
    client.send("GET / HTTP/1.1\r\n\r\n");
    std::string nothing;
    EXPECT_EQ(client.read_to_end(nothing, 100), client_end::open);
    EXPECT_EQ(nothing, "");
  }
  EXPECT_TRUE(vendor.wait_until_idle());
  EXPECT_EQ(vendor.abandoned(), 1);
  EXPECT_EQ(ask().status, 200);
}

TEST_P(FakeVendorTrouble, ResetsAfterSoManyBytes) {
  for (int64_t bytes : {0, 1, 20, 42}) {
    vendor.set_trouble({.times = 1, .reset_after = bytes});
    fake_vendor_client client{vendor.port(), how()};
    client.send("GET / HTTP/1.1\r\n\r\n");
    std::string got;
    EXPECT_EQ(client.read_to_end(got), client_end::reset) << bytes;
    EXPECT_EQ(got, well.substr(0, static_cast<std::size_t>(bytes)));
  }
  EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(vendor.abandoned(), 0);
}

TEST_P(FakeVendorTrouble, WaitsBeforeTheFirstByte) {
  vendor.set_trouble({.times = 1, .first_byte = 80ms});
  auto begun = clock::now();
  EXPECT_EQ(ask().status, 200);
  EXPECT_GE(clock::now() - begun, 80ms);
}

TEST_P(FakeVendorTrouble, DripsItsAnswer) {
  vendor.set_trouble({.times = 1, .between = 2ms, .piece_bytes = 1});
  auto begun = clock::now();
  EXPECT_EQ(ask().body, "hello");
  EXPECT_GE(clock::now() - begun, 2ms * (well.size() - 1));
}

TEST_P(FakeVendorTrouble, AnswersGarbage) {
  vendor.set_trouble({.times = 1, .garbage = true});
  fake_vendor_client client{vendor.port(), how()};
  client.send("GET / HTTP/1.1\r\n\r\n");
  std::string got;
  EXPECT_EQ(client.read_to_end(got), client_end::closed);
  EXPECT_FALSE(got.empty());
  EXPECT_FALSE(got.starts_with("HTTP/"));
}

TEST_P(FakeVendorTrouble, RefusesAHandshakeWithAStatus) {
  vendor.set_trouble({.times = 1, .status = 401});
  fake_vendor_client client{vendor.port(), how()};
  auto answer = client.upgrade("/listen");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.body, "own 401");
  EXPECT_TRUE(vendor.seen().front().is_websocket);
}

// -- TLS

TEST(FakeVendorTls, ShowsTheCertificateThatIsWanted) {
  const std::pair<vendor_leaf, long> cases[] = {
    {vendor_leaf::good, X509_V_OK},
    {vendor_leaf::expired, X509_V_ERR_CERT_HAS_EXPIRED},
    {vendor_leaf::other_host, X509_V_ERR_HOSTNAME_MISMATCH},
    {vendor_leaf::other_authority, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN},
  };
  for (auto [leaf, result] : cases) {
    fake_vendor vendor{
      [](auto&, auto& peer) { peer.respond(200, "hello", {}); },
      fake_vendor_options{.certificate = leaf}};
    fake_vendor_client client{vendor.port()};
    EXPECT_EQ(client.verified(), result) << static_cast<int>(leaf);
    EXPECT_EQ(client.ready(), result == X509_V_OK);
  }
}

TEST(FakeVendorTls, ResumesSessionsEvenAfterARestart) {
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    fake_vendor vendor{
      [](auto&, auto& peer) { peer.respond(200, "hello", {}); }};
    std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session{
      nullptr, SSL_SESSION_free};
    {
      fake_vendor_client client{vendor.port(), {.tls_version = version}};
      EXPECT_EQ(client.get("/").status, 200); // tickets come along
      EXPECT_EQ(SSL_version(client.ssl()), version);
      EXPECT_FALSE(SSL_session_reused(client.ssl()));
      session.reset(SSL_get1_session(client.ssl()));
      SSL_shutdown(client.ssl());
    }
    vendor.down();
    vendor.restart();
    fake_vendor_client client{
      vendor.port(), {.tls_version = version, .resume = session.get()}};
    EXPECT_TRUE(SSL_session_reused(client.ssl()));
    EXPECT_EQ(client.get("/").status, 200);
  }
}

TEST(FakeVendorTls, SpeaksHttp1Alone) {
  fake_vendor vendor{[](auto&, auto& peer) { peer.respond(200, "", {}); }};
  fake_vendor_client both{vendor.port(), {.protocols = "\x02h2\x08http/1.1"}};
  const unsigned char* picked = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(both.ssl(), &picked, &size);
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(picked), size),
            "http/1.1");
  fake_vendor_client modern{vendor.port(), {.protocols = "\x02h2"}};
  EXPECT_FALSE(modern.ready());
}

} // namespace

} // namespace velox::test
