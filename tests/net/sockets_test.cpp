#include "tests/net/net_test.hpp"

using namespace std::chrono_literals;

namespace velox::test {

namespace {

/// What one socket reported.
struct socket_log {
  std::mutex mutex;
  std::condition_variable changed;
  int opened = 0;
  std::vector<std::string> messages; ///< "t:..." or "b:..."
  std::vector<net::socket_end> ends;

  template <class Predicate>
  bool wait(Predicate holds) {
    std::unique_lock lock{mutex};
    return changed.wait_for(lock, 10s, [&] { return holds(*this); });
  }

  template <class F>
  void hear(F f) {
    std::lock_guard guard{mutex};
    f();
    changed.notify_all();
  }

  net::socket_end end() {
    EXPECT_TRUE(wait([](auto& x) { return !x.ends.empty(); }));
    std::lock_guard guard{mutex};
    return ends.empty() ? net::socket_end{} : ends[0];
  }
};

class NetSockets : public NetTest {
protected:
  std::shared_ptr<net::socket> open(net::socket_request x) {
    net::socket_handlers h;
    h.opened = [l = log](auto&) { l->hear([&] { ++l->opened; }); };
    h.text = [l = log](auto x) {
      l->hear([&] { l->messages.push_back("t:" + std::string{x}); });
    };
    h.binary = [l = log](auto x) {
      l->hear([&] { l->messages.push_back("b:" + std::string{x}); });
    };
    h.closed = [l = log](auto& x) { l->hear([&] { l->ends.push_back(x); }); };
    return way.out()->connect(std::move(x), std::move(h));
  }

  std::shared_ptr<socket_log> log = std::make_shared<socket_log>();
  outbound_thread way;
};

void echo(const vendor_request&, vendor_connection& to) {
  to.accept();
  for (;;)
    if (auto x = to.receive(10s)) {
      if (x->closed)
        return;
      if (x->binary)
        to.binary(x->data);
      else
        to.text(x->data);
    }
}

net::socket_request to(const fake_vendor& x) {
  net::socket_request out;
  out.url = x.socket_url() + "/v1/listen?model=m";
  return out;
}

} // namespace

TEST_F(NetSockets, EchoesTextAndBinary) {
  for (auto tls : {false, true}) {
    fake_vendor vendor{echo, tls};
    log = std::make_shared<socket_log>();
    auto request = to(vendor);
    request.headers = {{"Authorization", "Token t"}};
    auto socket = open(request);
    std::string large(300'000, 'y');
    socket->text("before it opened \xc3\xa4");
    socket->binary({1, 2, 3});
    socket->text(large);
    EXPECT_TRUE(log->wait([](auto& x) { return x.messages.size() == 3; }));
    EXPECT_EQ(log->messages[0], "t:before it opened \xc3\xa4");
    EXPECT_EQ(log->messages[1], "b:\x01\x02\x03");
    EXPECT_TRUE(log->messages[2] == "t:" + large);
    socket->close();
    EXPECT_EQ(log->end().code, 1000);
    EXPECT_FALSE(log->end().broken);
    EXPECT_EQ(vendor.seen().at(0).header("Authorization"), "Token t");
    EXPECT_TRUE(vendor.wait_until_idle());
    EXPECT_TRUE(eventually([&] { return way.out()->counts().open == 0; }));
  }
}

TEST_F(NetSockets, ReportsARefusalWithItsBody) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.respond(401, std::string(5000, 'n'), {{"X-Why", "key"}});
  }};
  auto socket = open(to(vendor));
  auto end = log->end();
  ASSERT_TRUE(end.refused);
  EXPECT_EQ(end.refused->status, 401);
  EXPECT_EQ(net::find_header(end.refused->headers, "x-why"), "key");
  EXPECT_EQ(end.refused_body, std::string(4096, 'n'));
  EXPECT_EQ(log->opened, 0);
}

TEST_F(NetSockets, ReportsARefusalThatNeverEnds) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.begin(503, {});
    to.piece("busy");
    to.pause(10s);
  }};
  auto socket = open(to(vendor));
  auto end = log->end();
  ASSERT_TRUE(end.refused);
  EXPECT_EQ(end.refused->status, 503);
  EXPECT_EQ(end.refused_body, "busy");
}

TEST_F(NetSockets, ReportsThePeersCloseCode) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.accept();
    to.text("last");
    to.close(4008, "no credits");
  }};
  auto socket = open(to(vendor));
  auto end = log->end();
  EXPECT_EQ(end.code, 4008);
  EXPECT_EQ(end.reason, "no credits");
  EXPECT_FALSE(end.broken);
  EXPECT_EQ(log->messages, std::vector<std::string>{"t:last"});
}

TEST_F(NetSockets, ReportsAReset) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.accept();
    to.reset();
  }};
  auto socket = open(to(vendor));
  auto end = log->end();
  EXPECT_EQ(end.code, 1006);
  ASSERT_TRUE(end.broken);
  EXPECT_EQ(end.broken->what, net::failure::reset);
}

TEST_F(NetSockets, SaysNothingOnceDropped) {
  fake_vendor vendor{echo};
  auto socket = open(to(vendor));
  EXPECT_TRUE(log->wait([](auto& x) { return x.opened == 1; }));
  socket->drop();
  EXPECT_TRUE(vendor.wait_until_idle());
  settle(way);
  EXPECT_TRUE(log->ends.empty());
}

TEST_F(NetSockets, GivesUpOnASilentPeer) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.accept();
    to.fall_silent();
    to.pause(10s);
  }};
  auto request = to(vendor);
  request.idle_timeout = 100ms;
  auto socket = open(request);
  auto end = log->end();
  EXPECT_EQ(end.code, 1006);
  ASSERT_TRUE(end.broken);
  EXPECT_EQ(end.broken->what, net::failure::timed_out);
}

TEST_F(NetSockets, GivesUpOnAHandshakeWithoutAnswer) {
  fake_vendor vendor{echo};
  vendor.set_trouble({.silent = true});
  auto request = to(vendor);
  request.connect_timeout = 100ms;
  auto socket = open(request);
  ASSERT_TRUE(log->end().broken);
  EXPECT_EQ(log->end().broken->what, net::failure::timed_out);
}

TEST_F(NetSockets, EndsWhenTooMuchWaits) {
  fake_vendor vendor{echo};
  auto request = to(vendor);
  request.queue_limit = 1000;
  auto socket = open(request);
  socket->text(std::string(600, 'x'));
  socket->text(std::string(600, 'x'));
  ASSERT_TRUE(log->end().broken);
  EXPECT_EQ(log->end().code, 1006);
  EXPECT_EQ(log->end().broken->what, net::failure::full);
}

TEST_F(NetSockets, EndsAtAMessageThatIsTooLarge) {
  fake_vendor vendor{echo};
  auto request = to(vendor);
  request.message_limit = 1000;
  auto socket = open(request);
  socket->text(std::string(1001, 'x'));
  ASSERT_TRUE(log->end().broken);
  EXPECT_EQ(log->end().broken->what, net::failure::too_large);
}

TEST_F(NetSockets, ClosesAtTheLatestAfterTwoSeconds) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.accept();
    to.fall_silent();
    to.pause(20s);
  }};
  auto socket = open(to(vendor));
  EXPECT_TRUE(log->wait([](auto& x) { return x.opened == 1; }));
  auto began = std::chrono::steady_clock::now();
  socket->close();
  EXPECT_EQ(log->end().code, 1006);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 4s);
}

TEST_F(NetSockets, TakesACharacterInTwoFramesAndRefusesHalfOfOne) {
  std::atomic<int> told = 0;
  fake_vendor vendor{[&](const vendor_request&, vendor_connection& to) {
    to.accept();
    to.raw("\x01\x01\xc3"); // a fragment of text, and the rest of it
    to.raw("\x80\x01\xa4");
    to.raw("\x81\x01\xc3");
    while (auto x = to.receive(10s))
      if (x->closed) {
        told = x->close_code;
        return;
      }
  }};
  auto socket = open(to(vendor));
  auto end = log->end();
  EXPECT_EQ(log->messages, std::vector<std::string>{"t:\xc3\xa4"});
  EXPECT_EQ(end.code, 1007);
  ASSERT_TRUE(end.broken);
  EXPECT_EQ(end.broken->what, net::failure::malformed);
  EXPECT_TRUE(eventually([&] { return told == 1007; }));
}

TEST_F(NetSockets, WantsNoSubprotocolItDidNotAskFor) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
    to.accept({{"Sec-WebSocket-Protocol", "token"}});
    to.receive(10s);
  }};
  for (auto* asked : {"token", "other"}) {
    log = std::make_shared<socket_log>();
    auto request = to(vendor);
    request.subprotocol = asked;
    auto socket = open(request);
    if (std::string_view{asked} == "token") {
      EXPECT_TRUE(log->wait([](auto& x) { return x.opened == 1; }));
      socket->drop();
      continue;
    }
    ASSERT_TRUE(log->end().broken);
    EXPECT_EQ(log->end().broken->what, net::failure::malformed);
    EXPECT_EQ(log->opened, 0);
  }
}

TEST_F(NetSockets, StopsWithTheEngine) {
  fake_vendor vendor{echo};
  auto socket = open(to(vendor));
  EXPECT_TRUE(log->wait([](auto& x) { return x.opened == 1; }));
  way.out()->stop();
  ASSERT_TRUE(log->end().broken);
  EXPECT_EQ(log->end().broken->what, net::failure::stopped);
  EXPECT_TRUE(vendor.wait_until_idle());
}

} // namespace velox::test
