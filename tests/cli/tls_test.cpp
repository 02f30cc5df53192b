#include "adapters/cli/http_client.hpp"
#include "adapters/cli/media_socket.hpp"
#include "adapters/http/metrics.hpp"
#include "adapters/http/server.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/shards.hpp"

#include <gtest/gtest.h>

#include <future>
#include <gmock/gmock.h>
#include <optional>

using namespace velox::cli;
using namespace std::chrono_literals;
using testing::HasSubstr;

namespace {

/// An engine's server behind TLS, with a certificate that nobody vouches for.
class TlsClient : public testing::Test {
protected:
  void SetUp() override {
    velox::http::router routes;
    routes.get("/secure", [](const auto& x, auto answer) {
      answer({200, x.tls ? "yes" : "no", "text/plain", {}});
    });
    server_.emplace(
      velox::http::server_options{.host = "127.0.0.1",
                                  .tls_certificate = certificate_.certificate(),
                                  .tls_key = certificate_.key()},
      shards_.all(), std::move(routes),
      std::make_shared<velox::http::metrics>());
  }

  void TearDown() override {
    std::promise<void> gone;
    server_->stop(1s, [&] { gone.set_value(); });
    EXPECT_EQ(gone.get_future().wait_for(5s), std::future_status::ready);
    server_.reset();
    shards_.finish();
  }

  std::string url(const std::string& scheme) const {
    return scheme + "://127.0.0.1:" + std::to_string(server_->port());
  }

private:
  test_certificate certificate_;
  test_shards shards_{1};
  std::optional<velox::http::server> server_;
};

} // namespace

TEST_F(TlsClient, TakesAnyCertificateWhenTold) {
  auto answer = fetch({.url = url("https") + "/secure", .insecure = true});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "yes");
}

TEST_F(TlsClient, RefusesACertificateThatNobodyVouchesFor) {
  try {
    fetch({.url = url("https") + "/secure"});
    FAIL() << "the certificate was taken";
  } catch (const unreachable& x) {
    EXPECT_THAT(x.what(), HasSubstr("--insecure"));
  }
}

TEST_F(TlsClient, OpensMediaSocketsOverTls) {
  boost::asio::io_context io;
  try {
    open_media_socket(io, {.url = url("wss") + "/nowhere", .insecure = true});
    FAIL() << "there is no such route";
  } catch (const upgrade_refused& x) {
    EXPECT_EQ(x.status(), 404);
  }
}

TEST_F(TlsClient, OpensNoMediaSocketWithoutTrust) {
  boost::asio::io_context io;
  EXPECT_THROW(open_media_socket(io, {.url = url("wss") + "/nowhere"}),
               unreachable);
}
