#include "tests/net/net_test.hpp"

using namespace std::chrono_literals;

namespace velox::test {

namespace {

class NetRequests : public NetTest {};

void answer_hello(const vendor_request& x, vendor_connection& to) {
  to.respond(200, "hello " + x.method + " " + x.path + " " + x.body,
             {{"X-Seen", x.header("X-Asked")}});
}

} // namespace

TEST_F(NetRequests, AsksOverTls) {
  fake_vendor vendor{answer_hello};
  outbound_thread way;
  net::request x;
  x.method = "POST";
  x.url = vendor.url() + "/v1/thing?a=b";
  x.headers = {{"X-Asked", "yes"}};
  x.body = "question";
  auto got = fetch(way, x);
  EXPECT_EQ(got->status(), 200);
  EXPECT_EQ(got->body(), "hello POST /v1/thing question");
  EXPECT_EQ(got->header("x-seen"), "yes");
  auto seen = vendor.seen();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].parameter("a"), "b");
  EXPECT_EQ(seen[0].header("Host"),
            "localhost:" + std::to_string(vendor.port()));
}

TEST_F(NetRequests, AsksInTheClear) {
  fake_vendor vendor{answer_hello, false};
  outbound_thread way;
  auto got = fetch(way, {.url = vendor.url() + "/x"});
  EXPECT_EQ(got->body(), "hello GET /x ");
  EXPECT_EQ(way.out()->counts().tls_handshakes, 0u);
}

TEST_F(NetRequests, TakesAnswersWithoutBody) {
  fake_vendor vendor{[](const vendor_request& x, vendor_connection& to) {
    if (x.method == "HEAD")
      to.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n"
             "Connection: close\r\n\r\n");
    else
      to.raw("HTTP/1.1 100 Continue\r\n\r\n"
             "HTTP/1.1 204 No Content\r\nX-Last: 1\r\n\r\n");
    throw vendor_gone{}; // or the fake takes it for no answer
  }};
  outbound_thread way;
  auto head = fetch(way, {.method = "HEAD", .url = vendor.url()});
  EXPECT_EQ(head->status(), 200);
  EXPECT_EQ(head->body(), "");
  auto none = fetch(way, {.url = vendor.url()});
  EXPECT_EQ(none->status(), 204);
  EXPECT_EQ(none->header("X-Last"), "1");
}

TEST_F(NetRequests, HandsOnEachPieceAsItComes) {
  std::promise<void> second;
  auto go = second.get_future().share();
  fake_vendor vendor{[go](const vendor_request&, vendor_connection& to) {
    to.begin(200, {});
    to.piece("one");
    go.wait();
    to.piece("two");
    to.end();
  }};
  outbound_thread way;
  auto got = begin(way, {.url = vendor.url()});
  EXPECT_TRUE(got->wait([](auto& x) { return x.body == "one"; }));
  EXPECT_FALSE(got->over());
  second.set_value();
  EXPECT_TRUE(got->wait_over());
  EXPECT_EQ(got->body(), "onetwo");
}

TEST_F(NetRequests, TakesTheEndOfTheConnectionForTheEndOfTheBody) {
  fake_vendor vendor{[](const vendor_request&, vendor_connection& to) {
                       to.raw("HTTP/1.1 200 OK\r\n\r\nall there is");
                       throw vendor_gone{};
                     },
                     false};
  outbound_thread way;
  auto got = fetch(way, {.url = vendor.url()});
  EXPECT_FALSE(got->failed());
  EXPECT_EQ(got->body(), "all there is");
  EXPECT_TRUE(eventually([&] { return way.out()->counts().open == 0; }));
}

TEST_F(NetRequests, UsesAConnectionAgain) {
  fake_vendor vendor{answer_hello};
  outbound_thread way;
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(fetch(way, {.url = vendor.url()})->status(), 200);
  auto counts = way.out()->counts();
  EXPECT_EQ(counts.requests, 5u);
  EXPECT_EQ(counts.connections, 1u);
  EXPECT_EQ(counts.reused, 4u);
  EXPECT_EQ(counts.open, 1u);
  EXPECT_EQ(vendor.connections(), 1);
}

TEST_F(NetRequests, ResumesTlsSessions) {
  fake_vendor vendor{answer_hello};
  outbound_thread way;
  net::request x{.url = vendor.url(), .headers = {{"Connection", "close"}}};
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(fetch(way, x)->status(), 200);
  auto counts = way.out()->counts();
  EXPECT_EQ(counts.tls_handshakes, 3u);
  EXPECT_EQ(counts.tls_resumed, 2u);
}

TEST_F(NetRequests, CarriesALargeBodyBothWays) {
  fake_vendor vendor{[](const vendor_request& x, vendor_connection& to) {
    to.respond(200, x.body);
  }};
  outbound_thread way;
  std::string large(3 << 20, 'x');
  for (std::size_t i = 0; i < large.size(); i += 1021)
    large[i] = static_cast<char>('a' + i % 26);
  auto got = fetch(way, {.method = "PUT", .url = vendor.url(), .body = large});
  EXPECT_TRUE(got->body() == large);
}

TEST_F(NetRequests, HoldsToTheLimitOfConnections) {
  std::atomic<int> at_once = 0;
  std::atomic<int> most = 0;
  fake_vendor vendor{[&](const vendor_request&, vendor_connection& to) {
    auto now = ++at_once;
    for (auto seen = most.load(); now > seen;)
      if (most.compare_exchange_weak(seen, now))
        break;
    to.pause(20ms);
    --at_once;
    to.respond(200, "ok");
  }};
  outbound_thread way{{.connections_per_origin = 2}};
  std::vector<std::shared_ptr<listener>> all;
  for (int i = 0; i < 8; ++i)
    all.push_back(begin(way, {.url = vendor.url()}));
  for (auto& x : all) {
    EXPECT_TRUE(x->wait_over());
    EXPECT_EQ(x->status(), 200);
  }
  EXPECT_EQ(most, 2);
  EXPECT_EQ(vendor.connections(), 2);
}

TEST_F(NetRequests, RefusesToQueueMoreThanTheLimit) {
  fake_vendor vendor{answer_hello};
  vendor.set_trouble({.silent = true});
  outbound_thread way{{.connections_per_origin = 1, .waiting_per_origin = 1}};
  auto first = begin(way, {.url = vendor.url()});
  EXPECT_TRUE(eventually([&] { return vendor.requests() == 1; }));
  auto second = begin(way, {.url = vendor.url()});
  auto third = fetch(way, {.url = vendor.url()});
  EXPECT_EQ(third->why(), net::failure::full);
  EXPECT_FALSE(first->over());
  EXPECT_FALSE(second->over());
}

TEST_F(NetRequests, TriesAgainWhenAnIdleConnectionWasClosed) {
  fake_vendor vendor{answer_hello};
  outbound_thread way;
  EXPECT_EQ(fetch(way, {.url = vendor.url()})->status(), 200);
  // The second request on the connection finds it dead before an answer.
  vendor.set_trouble({.times = 1, .refuse = true});
  auto got
    = fetch(way, {.method = "POST", .url = vendor.url(), .body = "again"});
  EXPECT_EQ(got->body(), "hello POST / again");
  EXPECT_EQ(vendor.connections(), 2);
  // Only once, and never on a fresh connection.
  vendor.set_trouble({.times = 2, .refuse = true});
  EXPECT_EQ(fetch(way, {.url = vendor.url()})->why(), net::failure::reset);
  EXPECT_EQ(fetch(way, {.url = vendor.url()})->status(), 200);
}

TEST_F(NetRequests, DropsIdleConnections) {
  fake_vendor vendor{answer_hello};
  outbound_thread way{{.keep_alive = 30ms}};
  EXPECT_EQ(fetch(way, {.url = vendor.url()})->status(), 200);
  EXPECT_TRUE(eventually([&] { return way.out()->counts().open == 0; }));
  EXPECT_TRUE(vendor.wait_until_idle());
}

TEST_F(NetRequests, SeesThePeerHangUp) {
  fake_vendor vendor{answer_hello};
  outbound_thread way;
  EXPECT_EQ(fetch(way, {.url = vendor.url()})->status(), 200);
  vendor.down();
  EXPECT_TRUE(eventually([&] { return way.out()->counts().open == 0; }));
  vendor.restart();
  EXPECT_EQ(fetch(way, {.url = vendor.url()})->status(), 200);
}

TEST_F(NetRequests, RunsTimersUnlessTheyAreDestroyed) {
  outbound_thread way;
  std::promise<void> rang;
  std::atomic<bool> never = false;
  auto one = way.out()->after(1ms, [&] { rang.set_value(); });
  auto two = way.out()->after(1ms, [&] { never = true; });
  auto three = way.out()->after(1h, [&] { never = true; });
  two.reset();
  EXPECT_EQ(rang.get_future().wait_for(5s), std::future_status::ready);
  std::promise<void> later;
  auto four = way.out()->after(5ms, [&] { later.set_value(); });
  EXPECT_EQ(later.get_future().wait_for(5s), std::future_status::ready);
  EXPECT_FALSE(never);
}

TEST_F(NetRequests, SendsFromManyThreads) {
  fake_vendor vendor{answer_hello};
  outbound_thread way;
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i)
        if (fetch(way, {.url = vendor.url()})->status() == 200)
          ++good;
    });
  for (auto& x : threads)
    x.join();
  EXPECT_EQ(good, 40);
  // A request may find a free connection while one is made for it, so there may
  // be a few more than threads.
  EXPECT_LT(vendor.connections(), 20);
  EXPECT_GE(way.out()->counts().reused, 20u);
}

} // namespace velox::test
