#include "adapters/net/handshake_answer.hpp"
#include "adapters/net/resolver.hpp"
#include "tests/net/net_test.hpp"

using namespace std::chrono_literals;

namespace velox::test {

namespace {

class NetHandlers : public NetTest {
protected:
  /// Until the promise `x` is kept, at most 10 s.
  static bool kept(std::promise<void>& x) {
    return x.get_future().wait_for(10s) == std::future_status::ready;
  }
};

/// All that a handler knows, by one pointer: so small a capture lives inside
/// the std::function itself, which must not be touched while it runs.
struct known {
  std::shared_ptr<net::exchange> exchange;
  std::shared_ptr<net::socket> socket;
  std::promise<void> done;
  std::promise<void> may_go;
  int calls = 0;
};

} // namespace

TEST_F(NetHandlers, MayCancelFromWithin) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.begin(200, {});
    to.piece("half");
    to.pause(10s);
  }};
  for (auto at_head : {true, false}) {
    known all;
    outbound_thread way;
    auto* x = &all;
    net::exchange_handlers h;
    if (at_head)
      h.head = [x](auto&) {
        x->may_go.get_future().wait();
        x->exchange->cancel();
        ++x->calls;
        x->done.set_value();
      };
    else
      h.piece = [x](auto) {
        x->may_go.get_future().wait();
        x->exchange->cancel();
        ++x->calls;
        x->done.set_value();
      };
    h.failed = [x](auto&) { ++x->calls; };
    all.exchange = way.out()->send({.url = vendor.url()}, std::move(h));
    all.may_go.set_value();
    EXPECT_TRUE(kept(all.done));
    EXPECT_TRUE(vendor.wait_until_idle());
    settle(way);
    EXPECT_EQ(all.calls, 1);
  }
}

TEST_F(NetHandlers, MayDropASocketFromWithin) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.accept();
    to.text("one");
    to.text("two");
    to.receive(10s);
  }};
  for (auto at_opening : {true, false}) {
    known all;
    outbound_thread way;
    auto* x = &all;
    net::socket_handlers h;
    if (at_opening)
      h.opened = [x](auto&) {
        x->may_go.get_future().wait();
        x->socket->drop();
        ++x->calls;
        x->done.set_value();
      };
    else
      h.text = [x](auto) {
        x->may_go.get_future().wait();
        x->socket->drop();
        ++x->calls;
        x->done.set_value();
      };
    h.closed = [x](auto&) { ++x->calls; };
    all.socket = way.out()->connect({.url = vendor.socket_url()}, std::move(h));
    all.may_go.set_value();
    EXPECT_TRUE(kept(all.done));
    EXPECT_TRUE(vendor.wait_until_idle());
    settle(way);
    EXPECT_EQ(all.calls, 1);
  }
}

TEST_F(NetHandlers, LeaveHandlesThatOutliveTheWayOut) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.accept();
    to.receive(10s);
  }};
  std::shared_ptr<net::socket> socket;
  std::promise<void> opened;
  {
    outbound_thread way;
    net::socket_handlers h;
    h.opened = [&](auto&) { opened.set_value(); };
    socket = way.out()->connect({.url = vendor.socket_url()}, std::move(h));
    EXPECT_TRUE(kept(opened));
  }
  socket->text("to nobody");
  socket->close();
  socket->drop();
  EXPECT_TRUE(vendor.wait_until_idle());
}

TEST(NetHandshake, KeepsARefusalAndKnowsWhatWasOffered) {
  net::handshake_answer answer;
  answer.feed("HTTP/1.1 401 No\r\nContent-Length: 6\r\n\r\nwho");
  EXPECT_TRUE(answer.refuses());
  EXPECT_FALSE(answer.complete());
  answer.feed("you");
  EXPECT_TRUE(answer.complete());
  EXPECT_EQ(answer.head().status, 401);
  EXPECT_EQ(answer.body(), "whoyou");
  net::handshake_answer garbage;
  garbage.feed("no HTTP\r\n\r\n");
  EXPECT_EQ(garbage.broken(), net::failure::malformed);
  EXPECT_TRUE(net::is_offered("", "a"));
  EXPECT_TRUE(net::is_offered("b", "a, b ,c"));
  EXPECT_FALSE(net::is_offered("d", "a, b"));
  EXPECT_FALSE(net::is_offered("a", ""));
}

TEST(NetResolver, RemembersAndForgets) {
  std::atomic<int> asked = 0;
  net::resolver dns{1h, [&](const std::string& host) {
                      ++asked;
                      net::resolver::addresses out;
                      if (host == "known.test")
                        out.push_back(
                          boost::asio::ip::make_address("127.0.0.7"));
                      return out;
                    }};
  auto count = [&](const std::string& host) {
    std::promise<std::size_t> found;
    dns.resolve(host, [&](auto& x) { found.set_value(x.size()); });
    return found.get_future().get();
  };
  EXPECT_EQ(count("known.test"), 1u);
  EXPECT_EQ(count("known.test"), 1u);
  EXPECT_EQ(asked, 1);
  dns.forget("known.test");
  EXPECT_EQ(count("known.test"), 1u);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(count("unknown.test"), 0u); // what is not there is asked again
  EXPECT_EQ(count("unknown.test"), 0u);
  EXPECT_EQ(asked, 4);
  EXPECT_EQ(count("127.0.0.1"), 1u);
  EXPECT_EQ(asked, 4);
}

} // namespace velox::test
