#include "tests/net/net_test.hpp"
#include "tests/support/vendors/vendor_certificates.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace std::chrono_literals;

namespace velox::test {

namespace {

class NetFailures : public NetTest {};

void answer_ok(const vendor_request&, vendor_connection& to) {
  to.respond(200, "ok");
}

/// A port that listens, and nobody ever accepts or speaks.
class mute_port {
public:
  mute_port() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in x{};
    x.sin_family = AF_INET;
    x.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* where = reinterpret_cast<sockaddr*>(&x);
    socklen_t size = sizeof x;
    if (bind(fd_, where, size) != 0 || getsockname(fd_, where, &size) != 0)
      throw std::runtime_error("cannot bind");
    port = ntohs(x.sin_port);
  }
  ~mute_port() { close(fd_); }
  mute_port(const mute_port&) = delete;
  mute_port& operator=(const mute_port&) = delete;

  void listen() { ::listen(fd_, 8); }

  uint16_t port = 0;

private:
  int fd_;
};

std::string at(uint16_t port, const char* scheme = "https") {
  return std::string{scheme} + "://localhost:" + std::to_string(port) + "/";
}

} // namespace

TEST_F(NetFailures, KnowsABadUrl) {
  outbound_thread way;
  for (auto* url :
       {"", "nonsense", "ftp://localhost/", "ws://localhost/",
        "http://localhost:0/", "http:///path", "https://[localhost]/"})
    EXPECT_EQ(fetch(way, {.url = url})->why(), net::failure::bad_url) << url;
  net::request x{.url = "http://localhost/", .headers = {{"A", "b\r\nC: d"}}};
  EXPECT_EQ(fetch(way, x)->why(), net::failure::bad_url);
}

TEST_F(NetFailures, KnowsAnUnknownHost) {
  outbound_thread way;
  auto got = fetch(way, {.url = "https://no-such-host.invalid/secret?key=1"});
  auto error = got->error();
  EXPECT_EQ(error.what, net::failure::unknown);
  EXPECT_FALSE(error.sent);
  EXPECT_EQ(error.why.find("secret"), std::string::npos);
}

TEST_F(NetFailures, KnowsAClosedPort) {
  mute_port nobody;
  outbound_thread way;
  auto got = fetch(way, {.url = at(nobody.port)});
  EXPECT_EQ(got->error().what, net::failure::refused);
  EXPECT_EQ(got->error().why, "localhost: connection refused");
}

TEST_F(NetFailures, GivesUpOnAHandshakeThatNeverComes) {
  mute_port mute;
  mute.listen();
  outbound_thread way;
  auto got = fetch(way, {.url = at(mute.port), .connect_timeout = 50ms});
  EXPECT_EQ(got->error().what, net::failure::timed_out);
  EXPECT_FALSE(got->error().sent);
}

TEST_F(NetFailures, TrustsOnlyWhoIsVouchedFor) {
  fake_vendor vendor{answer_ok};
  outbound_thread stranger{
    {.ca_file = certificate_of(vendor_leaf::other_authority).chain}};
  EXPECT_EQ(fetch(stranger, {.url = vendor.url()})->why(),
            net::failure::untrusted);
  for (auto leaf : {vendor_leaf::expired, vendor_leaf::other_host,
                    vendor_leaf::other_authority}) {
    fake_vendor bad{answer_ok, {.certificate = leaf}};
    outbound_thread way;
    EXPECT_EQ(fetch(way, {.url = bad.url()})->why(), net::failure::untrusted);
    EXPECT_EQ(bad.requests(), 0);
  }
}

TEST_F(NetFailures, NamesAFileItCannotRead) {
  try {
    outbound_thread way{{.ca_file = "/nowhere/ca.pem"}};
    FAIL() << "no exception";
  } catch (const std::runtime_error& x) {
    EXPECT_NE(std::string{x.what()}.find("/nowhere/ca.pem"), std::string::npos);
  }
}

TEST_F(NetFailures, GivesUpOnAHeaderThatNeverComes) {
  fake_vendor vendor{answer_ok};
  vendor.set_trouble({.silent = true});
  outbound_thread way;
  auto got = fetch(way, {.url = vendor.url(), .header_timeout = 50ms});
  EXPECT_EQ(got->error().what, net::failure::timed_out);
  EXPECT_TRUE(got->error().sent);
}

TEST_F(NetFailures, GivesUpOnABodyThatStops) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.begin(200, {});
    to.piece("half");
    to.pause(10s);
  }};
  outbound_thread way;
  auto got = fetch(way, {.url = vendor.url(), .idle_timeout = 50ms});
  EXPECT_EQ(got->why(), net::failure::timed_out);
  EXPECT_EQ(got->body(), "half");
  EXPECT_TRUE(vendor.wait_until_idle());
}

TEST_F(NetFailures, ReportsAResetMidBody) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.begin(200, {});
    to.piece("half");
    to.reset();
  }};
  outbound_thread way;
  auto got = fetch(way, {.url = vendor.url()});
  EXPECT_EQ(got->why(), net::failure::reset);
}

TEST_F(NetFailures, ReportsWhatIsNoHttp) {
  fake_vendor vendor{answer_ok};
  vendor.set_trouble({.garbage = true});
  outbound_thread way;
  EXPECT_EQ(fetch(way, {.url = vendor.url()})->why(), net::failure::malformed);
}

TEST_F(NetFailures, TakesNoStatusBelowAHundred) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.raw("HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n");
    to.pause(10s);
  }};
  outbound_thread way;
  EXPECT_EQ(fetch(way, {.url = vendor.url()})->why(), net::failure::malformed);
}

TEST_F(NetFailures, ReportsWhatIsTooLarge) {
  fake_vendor vendor{[](const vendor_request& x, vendor_connection& to) {
    if (x.path == "/known")
      return to.respond(200, std::string(100, 'x'));
    to.begin(200, {});
    to.piece(std::string(60, 'x'));
    to.piece(std::string(60, 'x'));
    to.end();
  }};
  outbound_thread way;
  for (auto* path : {"/known", "/chunked"})
    EXPECT_EQ(fetch(way, {.url = vendor.url() + path, .body_limit = 99})->why(),
              net::failure::too_large);
  EXPECT_FALSE(
    fetch(way, {.url = vendor.url() + "/known", .body_limit = 100})->failed());
}

TEST_F(NetFailures, TellsNothingOnceCancelled) {
  fake_vendor vendor{[](const vendor_request& x, vendor_connection& to) {
    if (x.path == "/silent")
      to.pause(10s);
    to.begin(200, {});
    to.piece("half");
    to.pause(10s);
  }};
  outbound_thread way;
  auto early = begin(way, {.url = vendor.url()});
  early->exchange->cancel();
  settle(way);
  auto silent = begin(way, {.url = vendor.url() + "/silent"});
  EXPECT_TRUE(eventually([&] { return vendor.requests() >= 1; }));
  silent->exchange->cancel();
  auto body = begin(way, {.url = vendor.url()});
  EXPECT_TRUE(body->wait([](auto& x) { return x.body == "half"; }));
  body->exchange->cancel();
  body->exchange->cancel();
  EXPECT_TRUE(eventually([&] { return vendor.abandoned() >= 2; }));
  settle(way);
  EXPECT_EQ(early->so_far().heads, 0);
  for (auto& x : {early, silent, body})
    EXPECT_FALSE(x->over());
}

TEST_F(NetFailures, KeepsTheConnectionWhenLittleIsLeftOfACancelledAnswer) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.respond(200, std::string(300, 'x'));
  }};
  vendor.set_trouble({.times = 1, .between = 5ms, .piece_bytes = 64});
  outbound_thread way{{.connections_per_origin = 1}};
  auto first = begin(way, {.url = vendor.url()});
  EXPECT_TRUE(first->wait([](auto& x) { return !x.body.empty(); }));
  first->exchange->cancel();
  auto next = fetch(way, {.url = vendor.url()});
  EXPECT_EQ(next->body().size(), 300u);
  EXPECT_EQ(vendor.connections(), 1);
  EXPECT_EQ(way.out()->counts().reused, 1u);
  EXPECT_FALSE(first->over());
}

TEST_F(NetFailures, StopsWhateverIsUnderWay) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.begin(200, {});
    to.piece("half");
    to.pause(10s);
  }};
  mute_port mute;
  mute.listen();
  outbound_thread way;
  auto running = begin(way, {.url = vendor.url()});
  EXPECT_TRUE(running->wait([](auto& x) { return x.body == "half"; }));
  auto connecting = begin(way, {.url = at(mute.port)});
  settle(way);
  way.out()->stop();
  auto late = fetch(way, {.url = vendor.url()});
  for (auto& x : {running, connecting, late}) {
    EXPECT_TRUE(x->wait_over());
    EXPECT_EQ(x->why(), net::failure::stopped);
  }
  EXPECT_EQ(way.out()->counts().open, 0u);
  EXPECT_TRUE(vendor.wait_until_idle());
}

TEST_F(NetFailures, MayBeDestroyedWithEverythingUnderWay) {
  fake_vendor vendor{answer_ok};
  vendor.set_trouble({.silent = true});
  std::vector<std::shared_ptr<listener>> all;
  {
    outbound_thread way;
    for (int i = 0; i < 5; ++i)
      all.push_back(begin(way, {.url = vendor.url()}));
    EXPECT_TRUE(eventually([&] { return vendor.requests() == 5; }));
  }
  for (auto& x : all)
    EXPECT_EQ(x->why(), net::failure::stopped);
}

} // namespace velox::test
