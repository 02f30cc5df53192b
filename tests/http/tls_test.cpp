#include "adapters/http/metrics.hpp"
#include "adapters/http/server.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/shards.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <future>
#include <gmock/gmock.h>
#include <optional>

using namespace velox::http;
using namespace std::chrono_literals;
using testing::HasSubstr;
namespace asio = boost::asio;

namespace {

class HttpsServer : public testing::Test {
protected:
  void SetUp() override {
    options.host = "127.0.0.1";
    options.tls_certificate = files.certificate();
    options.tls_key = files.key();
    serve();
  }

  void serve() {
    router routes;
    routes.get("/secure", [](const request& x, responder answer) {
      answer({200, x.tls ? "yes" : "no", "text/plain", {}});
    });
    server_.emplace(options, shards.all(), std::move(routes), counts);
  }

  void TearDown() override {
    std::promise<void> gone;
    server_->stop(1s, [&] { gone.set_value(); });
    EXPECT_EQ(gone.get_future().wait_for(5s), std::future_status::ready);
    server_.reset();
    shards.finish();
  }

  /// One request over TLS, at most of this version; the response or the error.
  std::string get(int max_version) {
    asio::io_context context;
    asio::ssl::context tls{asio::ssl::context::tls_client};
    SSL_CTX_set_max_proto_version(tls.native_handle(), max_version);
    SSL_CTX_set_security_level(tls.native_handle(), 0);
    asio::ssl::stream<asio::ip::tcp::socket> stream{context, tls};
    stream.next_layer().connect(
      {asio::ip::make_address("127.0.0.1"), server_->port()});
    boost::system::error_code ec;
    stream.handshake(asio::ssl::stream_base::client, ec);
    if (ec)
      return "handshake: " + ec.message();
    std::string text = "GET /secure HTTP/1.1\r\nHost: x\r\n"
                       "Connection: close\r\n\r\n";
    asio::write(stream, asio::buffer(text));
    std::string out;
    asio::read(stream, asio::dynamic_buffer(out), ec);
    return out + (ec == asio::error::eof ? "" : ec.message());
  }

  test_certificate files;
  test_shards shards;
  std::shared_ptr<metrics> counts = std::make_shared<metrics>();
  server_options options;
  std::optional<server> server_;
};

} // namespace

TEST_F(HttpsServer, AnswersAndClosesProperly) {
  EXPECT_EQ(body_of(get(TLS1_3_VERSION)), "yes");
  EXPECT_EQ(body_of(get(TLS1_2_VERSION)), "yes");
}

TEST_F(HttpsServer, RefusesOldTls) {
  EXPECT_THAT(get(TLS1_1_VERSION), HasSubstr("handshake: "));
}

TEST_F(HttpsServer, GivesUpOnAHandshakeThatNeverComes) {
  server_.reset();
  options.header_timeout = 50ms;
  serve();
  raw_client client{server_->port()};
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpsServer, ClosesOnPlainHttp) {
  raw_client client{server_->port()};
  client.send("GET /secure HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_all().find("HTTP/1.1"), std::string::npos);
}

TEST_F(HttpsServer, RefusesAKeyThatDoesNotBelongToTheCertificate) {
  test_certificate other;
  options.tls_key = other.key();
  EXPECT_THROW(server(options, shards.all(), router{}, counts),
               std::runtime_error);
}
