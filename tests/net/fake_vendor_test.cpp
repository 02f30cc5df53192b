#include "tests/support/vendors/fake_vendor.hpp"

#include "tests/net/fake_vendor_client.hpp"
#include "tests/support/eventually.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace velox::test {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using testing::Bool;

void say_hello(const vendor_request&, vendor_connection& peer) {
  peer.respond(200, "hello", {});
}

/// Every case runs over plain TCP and over TLS.
class FakeVendor : public testing::TestWithParam<bool> {
protected:
  client_options how() const { return {.tls = GetParam()}; }
};

INSTANTIATE_TEST_SUITE_P(Over, FakeVendor, Bool(), [](auto& x) {
  return x.param ? std::string{"Tls"} : std::string{"Tcp"};
});

// -- HTTP

TEST_P(FakeVendor, HandsOutTheRequestAsItCame) {
  fake_vendor vendor{say_hello, GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  client.send("POST /v1/speak?model=a%20b&tag=1&tag=2 HTTP/1.1\r\n"
              "Host: localhost\r\nX-Key:  secret \r\nContent-Length: 4\r\n"
              "\r\nbody");
  auto answer = client.read_answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
  ASSERT_EQ(vendor.seen().size(), 1u);
  auto seen = vendor.seen().front();
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.path, "/v1/speak");
  EXPECT_EQ(seen.parameter("model"), "a b");
  EXPECT_EQ(seen.query["tag"], (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(seen.parameter("none"), "");
  EXPECT_EQ(seen.header("x-kEY"), "secret");
  EXPECT_EQ(seen.header("X-None"), "");
  EXPECT_EQ(seen.body, "body");
  EXPECT_FALSE(seen.is_websocket);
}

TEST_P(FakeVendor, KeepsConnectionsAlive) {
  fake_vendor vendor{say_hello, GetParam()};
  {
    fake_vendor_client client{vendor.port(), how()};
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(client.get("/").body, "hello");
    EXPECT_EQ(vendor.connections(), 1);
    EXPECT_EQ(vendor.open(), 1);
    EXPECT_EQ(vendor.requests(), 3);
  }
  EXPECT_TRUE(vendor.wait_until_idle());
  EXPECT_EQ(vendor.open(), 0);
  EXPECT_EQ(vendor.abandoned(), 0);
}

TEST_P(FakeVendor, AnswersRequestsSentInOneBreath) {
  fake_vendor vendor{[](auto& x, auto& peer) { peer.respond(200, x.path, {}); },
                     GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  client.send("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "/a");
  EXPECT_EQ(client.read_answer().body, "/b");
}

TEST_P(FakeVendor, ClosesWhenAskedTo) {
  fake_vendor vendor{say_hello, GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  client.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  std::string all;
  EXPECT_EQ(client.read_to_end(all), client_end::closed);
  EXPECT_NE(all.find("Connection: close"), std::string::npos);
}

TEST_P(FakeVendor, ReadsChunkedBodies) {
  fake_vendor vendor{say_hello, GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
              "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(vendor.seen().front().body, "abc0123456789");
  EXPECT_EQ(client.get("/next").status, 200); // the trailer is out of the way
}

TEST_P(FakeVendor, WritesChunkedAnswers) {
  const std::string large(70'000, 'x');
  fake_vendor vendor{[&](auto&, auto& peer) {
                       peer.begin(200, {{"Content-Type", "audio/pcm"}});
                       peer.piece("one ");
                       peer.piece("");
                       peer.piece(large);
                       peer.end();
                     },
                     GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  for (int i = 0; i < 2; ++i) {
    auto answer = client.get("/");
    EXPECT_TRUE(answer.whole);
    EXPECT_EQ(answer.body, "one " + large);
    EXPECT_NE(answer.head.find("audio/pcm"), std::string::npos);
  }
}

TEST_P(FakeVendor, CutsOffWhatIsNotEnded) {
  fake_vendor vendor{[](auto&, auto& peer) {
                       peer.begin(200, {});
                       peer.piece("half");
                     },
                     GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  auto answer = client.get("/");
  EXPECT_EQ(answer.body, "half");
  EXPECT_FALSE(answer.whole);
  std::string rest;
  EXPECT_EQ(client.read_to_end(rest), client_end::closed);
}

TEST_P(FakeVendor, SaysWhenABehaviourFails) {
  fake_vendor vendor{[](auto& x, auto& peer) {
                       if (x.path == "/throws")
                         throw std::runtime_error("not what I expected");
                       if (x.path == "/out-of-turn")
                         peer.piece("too early");
                     },
                     GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  auto answer = client.get("/throws");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "not what I expected");
  EXPECT_EQ(client.get("/out-of-turn").status, 500);
  EXPECT_EQ(client.get("/nothing").status, 500);
}

TEST_P(FakeVendor, RefusesWhatIsNoHttp) {
  for (auto* text : {"nonsense\r\n\r\n", "GET / SMTP\r\n\r\n",
                     "GET / HTTP/1.1\r\nno colon\r\n\r\n",
                     "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                     "GET /?%zz HTTP/1.1\r\n\r\n"}) {
    fake_vendor vendor{say_hello, GetParam()};
    fake_vendor_client client{vendor.port(), how()};
    client.send(text);
    EXPECT_EQ(client.read_answer().status, 400) << text;
    EXPECT_EQ(vendor.requests(), 0);
  }
}

TEST_P(FakeVendor, ServesManyAtOnce) {
  fake_vendor vendor{[](auto& x, auto& peer) {
                       peer.pause(5ms);
                       peer.respond(200, x.path, {});
                     },
                     GetParam()};
  std::vector<std::future<int>> clients;
  for (int i = 0; i < 16; ++i)
    clients.push_back(std::async(std::launch::async, [&, i] {
      fake_vendor_client client{vendor.port(), how()};
      int right = 0;
      auto path = "/" + std::to_string(i);
      for (int k = 0; k < 5; ++k)
        right += client.get(path).body == path;
      return right;
    }));
  for (auto& x : clients)
    EXPECT_EQ(x.get(), 5);
  EXPECT_TRUE(vendor.wait_until_idle());
  EXPECT_EQ(vendor.connections(), 16);
  EXPECT_EQ(vendor.requests(), 80);
}

// -- peers that leave

TEST_P(FakeVendor, NoticesInAPauseThatThePeerLeaves) {
  std::promise<void> gone;
  fake_vendor vendor{[&](auto&, auto& peer) {
                       try {
                         peer.pause(60s);
                       } catch (const vendor_gone&) {
                         gone.set_value();
                         throw;
                       }
                     },
                     GetParam()};
  {
    fake_vendor_client client{vendor.port(), how()};
    client.send("GET / HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(eventually([&] { return vendor.requests() == 1; }));
  }
  EXPECT_EQ(gone.get_future().wait_for(5s), std::future_status::ready);
  EXPECT_TRUE(vendor.wait_until_idle());
  EXPECT_EQ(vendor.abandoned(), 1);
}

TEST_P(FakeVendor, NoticesBetweenPiecesThatThePeerLeaves) {
  fake_vendor vendor{[](auto&, auto& peer) {
                       peer.begin(200, {});
                       for (;;)
                         peer.piece(std::string(1000, 'x'));
                     },
                     GetParam()};
  {
    fake_vendor_client client{vendor.port(), how()};
    client.send("GET / HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(eventually([&] { return vendor.requests() == 1; }));
  }
  EXPECT_TRUE(vendor.wait_until_idle());
  EXPECT_EQ(vendor.abandoned(), 1);
}

TEST_P(FakeVendor, CountsAPeerThatLeavesInItsOwnRequest) {
  fake_vendor vendor{say_hello, GetParam()};
  {
    fake_vendor_client client{vendor.port(), how()};
    client.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
  }
  EXPECT_TRUE(eventually([&] { return vendor.abandoned() == 1; }));
  EXPECT_EQ(vendor.requests(), 0);
}

// -- the fake that stops

TEST_P(FakeVendor, GoesDownAndComesBackOnTheSamePort) {
  fake_vendor vendor{[](auto& x, auto& peer) {
                       if (x.path == "/wait")
                         peer.pause(60s);
                       peer.respond(200, "hello", {});
                     },
                     GetParam()};
  auto port = vendor.port();
  auto url = vendor.url();
  for (int round = 0; round < 3; ++round) {
    fake_vendor_client client{port, how()};
    EXPECT_EQ(client.get("/").status, 200);
    client.send("GET /wait HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(eventually([&] { return vendor.requests() % 2 == 0; }));
    vendor.down();
    EXPECT_EQ(vendor.open(), 0);
    std::string rest;
    EXPECT_EQ(client.read_to_end(rest), client_end::reset);
    EXPECT_FALSE(fake_vendor_client(port, how()).connected());
    vendor.restart();
    EXPECT_EQ(fake_vendor_client(port, how()).get("/wa").status, 200);
    EXPECT_EQ(fake_vendor_client(port, how()).get("/wb").status, 200);
  }
  EXPECT_EQ(vendor.url(), url);
  EXPECT_EQ(vendor.abandoned(), 0);
}

TEST_P(FakeVendor, EndsWhateverItsConnectionsDo) {
  auto vendor = std::make_unique<fake_vendor>(
    [](auto& x, auto& peer) {
      if (x.path == "/pause")
        peer.pause(60s);
      if (x.path == "/flood") {
        peer.begin(200, {});
        for (;;)
          peer.piece(std::string(100'000, 'x'));
      }
      if (x.is_websocket) {
        peer.accept({});
        peer.receive(60s);
      }
    },
    GetParam());
  auto tcp = how();
  tcp.tls = false;
  auto slow = how();
  slow.receive_buffer = 4096;
  fake_vendor_client says_nothing{vendor->port(), tcp};
  fake_vendor_client idle{vendor->port(), how()};
  fake_vendor_client halfway{vendor->port(), how()};
  halfway.send("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab");
  fake_vendor_client waits{vendor->port(), how()};
  waits.send("GET /pause HTTP/1.1\r\n\r\n");
  fake_vendor_client reads_nothing{vendor->port(), slow};
  reads_nothing.send("GET /flood HTTP/1.1\r\n\r\n");
  fake_vendor_client socket{vendor->port(), how()};
  EXPECT_EQ(socket.upgrade("/").status, 101);
  vendor->set_trouble({.silent = true});
  fake_vendor_client unheard{vendor->port(), how()};
  unheard.send("GET / HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return vendor->requests() == 4; }));
  EXPECT_EQ(vendor->open(), 7);
  auto begun = clock::now();
  vendor.reset();
  EXPECT_LT(clock::now() - begun, 2s);
}

} // namespace

} // namespace velox::test
