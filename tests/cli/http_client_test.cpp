#include "adapters/cli/http_client.hpp"

#include "tests/support/fake_engine.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::cli;
using namespace std::chrono_literals;
using testing::HasSubstr;

namespace {

/// What `fetch` says when nobody answers; empty when somebody did.
std::string failure(const http_request& request) {
  try {
    fetch(request);
  } catch (const unreachable& x) {
    return x.what();
  }
  return {};
}

} // namespace

TEST(HttpClient, SendsAndReceives) {
  test::fake_engine engine{{.on_request = [](const test::fake_request& x) {
    return test::fake_answer{
      201, x.method + " " + x.target + " " + x.authorization + " " + x.body,
      "text/plain"};
  }}};
  auto answer = fetch({.method = "POST",
                       .url = engine.url() + "/path?a=b",
                       .headers = {{"Authorization", "me"}},
                       .body = "body"});
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.content_type, "text/plain");
  EXPECT_EQ(answer.body, "POST /path?a=b me body");
}

TEST(HttpClient, NamesThePlaceThatRefused) {
  std::string url = test::fake_engine{{}}.url();
  EXPECT_THAT(failure({.url = url}),
              testing::AllOf(HasSubstr("cannot reach " + url),
                             HasSubstr("connection refused"),
                             HasSubstr("is `velox serve` running?")));
}

TEST(HttpClient, GivesUpInTime) {
  // Takes connections (the backlog does), answers none.
  boost::asio::io_context io;
  using boost::asio::ip::tcp;
  tcp::acceptor silent{
    io, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
  auto url
    = "http://127.0.0.1:" + std::to_string(silent.local_endpoint().port());
  auto began = std::chrono::steady_clock::now();
  EXPECT_THAT(failure({.url = url, .timeout = 200ms}),
              HasSubstr("no answer in time"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
}

TEST(HttpClient, NamesAHostThatDoesNotExist) {
  EXPECT_THAT(failure({.url = "http://host.invalid:1/"}),
              HasSubstr("cannot reach http://host.invalid:1: "));
}

TEST(HttpClient, RefusesWhatIsNoUrl) {
  for (const auto* url : {"", "localhost", "ftp://host/", "http://"})
    EXPECT_THROW(fetch({.url = url}), std::invalid_argument) << url;
}
