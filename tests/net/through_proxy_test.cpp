#include "tests/net/fake_proxy.hpp"
#include "tests/net/net_test.hpp"

#include <cstdlib>
#include <map>
#include <optional>

using namespace std::chrono_literals;

namespace velox::test {

namespace {

/// The environment says this about proxies, and nothing else, for as long as
/// it lives; an outbound reads it when it is made.
class proxy_environment {
public:
  explicit proxy_environment(const std::map<std::string, std::string>& x) {
    for (auto* name : {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy",
                       "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"}) {
      auto* old = std::getenv(name);
      before_[name]
        = old ? std::optional<std::string>{old} : std::optional<std::string>{};
      unsetenv(name);
    }
    for (auto& [name, value] : x)
      setenv(name.c_str(), value.c_str(), 1);
  }
  ~proxy_environment() {
    for (auto& [name, value] : before_)
      if (value)
        setenv(name.c_str(), value->c_str(), 1);
      else
        unsetenv(name.c_str());
  }
  proxy_environment(const proxy_environment&) = delete;
  proxy_environment& operator=(const proxy_environment&) = delete;

private:
  std::map<std::string, std::optional<std::string>> before_;
};

void answer_path(const vendor_request& x, vendor_connection& to) {
  to.respond(200, x.path + " " + x.header("Proxy-Authorization"));
}

std::string port_of(const fake_vendor& x) {
  return "localhost:" + std::to_string(x.port());
}

class NetThroughProxy : public NetTest {
protected:
  /// A way out that has read `x`.
  outbound_thread& with(const std::map<std::string, std::string>& x) {
    proxy_environment environment{x};
    return way.emplace();
  }

  std::optional<outbound_thread> way;
};

} // namespace

TEST_F(NetThroughProxy, TunnelsTls) {
  fake_proxy proxy;
  fake_vendor vendor{answer_path};
  auto& out = with({{"HTTPS_PROXY", proxy.url("me:secret")}});
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(fetch(out, {.url = vendor.url() + "/a"})->body(), "/a ");
  EXPECT_EQ(vendor.connections(), 1);
  auto heads = proxy.heads();
  ASSERT_EQ(heads.size(), 1u);
  EXPECT_EQ(heads[0], "CONNECT " + port_of(vendor)
                        + " HTTP/1.1\r\nHost: " + port_of(vendor)
                        + "\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n"
                          "\r\n");
}

TEST_F(NetThroughProxy, TunnelsSockets) {
  fake_proxy proxy;
  auto& out = with({{"ALL_PROXY", proxy.url()}});
  for (auto tls : {true, false}) {
    fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
                         to.accept();
                         auto x = to.receive(5s);
                         to.text("heard " + (x ? x->data : "nothing"));
                         to.receive(5s);
                       },
                       tls};
    std::promise<std::string> heard;
    net::socket_handlers h;
    h.text = [&](auto x) { heard.set_value(std::string{x}); };
    auto socket
      = out.out()->connect({.url = vendor.socket_url()}, std::move(h));
    socket->text("me");
    auto text = heard.get_future();
    ASSERT_EQ(text.wait_for(10s), std::future_status::ready);
    EXPECT_EQ(text.get(), "heard me");
    EXPECT_TRUE(
      proxy.heads().back().starts_with("CONNECT " + port_of(vendor) + " "));
    socket->drop();
    settle(out);
  }
}

TEST_F(NetThroughProxy, AsksInTheClearForTheWholeUrl) {
  fake_proxy proxy;
  auto& out = with({{"HTTP_PROXY", proxy.url("me:secret")}});
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(fetch(out, {.url = "http://vendor.invalid/a?b=c"})->body(),
              "by proxy");
  auto heads = proxy.heads();
  ASSERT_EQ(heads.size(), 2u);
  EXPECT_TRUE(
    heads[0].starts_with("GET http://vendor.invalid/a?b=c HTTP/1.1\r\n"));
  EXPECT_NE(heads[0].find("\r\nHost: vendor.invalid\r\n"), std::string::npos);
  EXPECT_NE(heads[0].find("\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n"),
            std::string::npos);
  EXPECT_EQ(out.out()->counts().connections, 1u);
}

TEST_F(NetThroughProxy, ReportsAProxyThatWillNot) {
  fake_vendor vendor{answer_path};
  struct {
    proxy_manner manner;
    net::failure what;
    const char* why;
  } cases[] = {
    {proxy_manner::asks, net::failure::refused,
     "localhost: the proxy answered 407"},
    {proxy_manner::garbles, net::failure::malformed,
     "localhost: the proxy does not speak HTTP"},
    {proxy_manner::interrupts, net::failure::malformed,
     "localhost: the proxy spoke out of turn"},
    {proxy_manner::mute, net::failure::timed_out,
     "localhost: no connection in time"},
  };
  for (auto& x : cases) {
    fake_proxy proxy{x.manner};
    auto& out = with({{"HTTPS_PROXY", proxy.url("me:secret")}});
    auto wait = x.manner == proxy_manner::mute ? 100ms : 5'000ms;
    auto error
      = fetch(out, {.url = vendor.url(), .connect_timeout = wait})->error();
    EXPECT_EQ(error.what, x.what) << x.why;
    EXPECT_EQ(error.why, x.why);
    EXPECT_FALSE(error.sent);
    EXPECT_TRUE(eventually([&] { return out.out()->counts().open == 0; }));
  }
  EXPECT_EQ(vendor.connections(), 0);
}

TEST_F(NetThroughProxy, SaysThatItIsTheProxyWhoIsMissing) {
  fake_vendor vendor{answer_path};
  auto& unknown = with({{"HTTPS_PROXY", "http://no-such-proxy.invalid:1"}});
  auto error = fetch(unknown, {.url = vendor.url()})->error();
  EXPECT_EQ(error.what, net::failure::unknown);
  EXPECT_EQ(error.why, "localhost: proxy: no such host");
  vendor.down(); // its port stays reserved
  auto& closed = with({{"HTTPS_PROXY", "http://" + port_of(vendor)}});
  error = fetch(closed, {.url = "https://localhost:1/"})->error();
  EXPECT_EQ(error.what, net::failure::refused);
  EXPECT_EQ(error.why, "localhost: proxy: connection refused");
}

TEST_F(NetThroughProxy, NeverGoesPastAProxyItCannotSpeakTo) {
  fake_vendor vendor{answer_path};
  auto& out = with({{"ALL_PROXY", "socks5://me:secret@localhost:1080"}});
  auto error = fetch(out, {.url = vendor.url()})->error();
  EXPECT_EQ(error.what, net::failure::refused);
  EXPECT_EQ(error.why, "localhost: ALL_PROXY names a proxy of a kind that is "
                       "not spoken to: socks5");
  EXPECT_EQ(vendor.connections(), 0);
  auto& spared = with(
    {{"ALL_PROXY", "socks5://localhost:1080"}, {"NO_PROXY", "localhost"}});
  EXPECT_EQ(fetch(spared, {.url = vendor.url()})->status(), 200);
}

} // namespace velox::test
