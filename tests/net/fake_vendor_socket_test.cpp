#include "tests/net/fake_vendor_client.hpp"
#include "tests/support/vendors/fake_vendor.hpp"

#include <gtest/gtest.h>

#include <future>

namespace velox::test {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

void echo(const vendor_request&, vendor_connection& peer) {
  peer.accept({{"X-Request-Id", "42"}});
  for (;;) {
    auto x = peer.receive(5s);
    if (!x || x->closed)
      return;
    if (x->binary)
      peer.binary(x->data);
    else
      peer.text(x->data);
  }
}

bool is(const vendor_frame& x, frame_kind kind, std::string_view payload) {
  return x.kind == kind && x.last && x.payload == payload;
}

/// Every case runs over plain TCP and over TLS.
class FakeVendorSocket : public testing::TestWithParam<bool> {
protected:
  client_options how() const { return {.tls = GetParam()}; }
};

INSTANTIATE_TEST_SUITE_P(Over, FakeVendorSocket, testing::Bool(), [](auto& x) {
  return x.param ? std::string{"Tls"} : std::string{"Tcp"};
});

TEST_P(FakeVendorSocket, ShakesHands) {
  fake_vendor vendor{echo, GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  auto answer = client.upgrade("/v1/listen?model=nova");
  EXPECT_EQ(answer.status, 101);
  // RFC 6455, 1.3
  EXPECT_NE(answer.head.find("Sec-WebSocket-Accept: "
                             "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
            std::string::npos);
  EXPECT_NE(answer.head.find("X-Request-Id: 42\r\n"), std::string::npos);
  EXPECT_TRUE(vendor.seen().front().is_websocket);
  EXPECT_EQ(vendor.seen().front().parameter("model"), "nova");
}

TEST_P(FakeVendorSocket, EchoesMessagesOfAllLengths) {
  fake_vendor vendor{echo, GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  client.upgrade("/");
  for (std::size_t n : {0, 1, 125, 126, 127, 65'535, 65'536, 300'000}) {
    std::string data(n, 'a');
    for (std::size_t i = 0; i < n; ++i)
      data[i] = static_cast<char>(i * 7);
    client.send_frame({frame_kind::binary, true, data});
    EXPECT_TRUE(is(client.read_frame(), frame_kind::binary, data)) << n;
    client.send_frame({frame_kind::text, true, data});
    EXPECT_TRUE(is(client.read_frame(), frame_kind::text, data)) << n;
  }
}

TEST_P(FakeVendorSocket, PutsFragmentsTogetherAndAnswersAPingAmongThem) {
  fake_vendor vendor{echo, GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  client.upgrade("/");
  client.send_frame({frame_kind::text, false, "one "});
  client.send_frame({frame_kind::ping, true, "still there?"});
  client.send_frame({frame_kind::more, false, "two "});
  client.send_frame({frame_kind::pong, true, ""});
  client.send_frame({frame_kind::more, true, "three"});
  EXPECT_TRUE(is(client.read_frame(), frame_kind::pong, "still there?"));
  EXPECT_TRUE(is(client.read_frame(), frame_kind::text, "one two three"));
}

TEST_P(FakeVendorSocket, AnswersPingsInAPause) {
  fake_vendor vendor{[](auto&, auto& peer) {
                       peer.accept({});
                       peer.pause(60s);
                     },
                     GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  client.upgrade("/");
  client.send_frame({frame_kind::ping, true, "1"});
  EXPECT_TRUE(is(client.read_frame(), frame_kind::pong, "1"));
}

TEST_P(FakeVendorSocket, KeepsAPongOutOfAFrameThatDrips) {
  fake_vendor vendor{[](auto&, auto& peer) {
                       peer.accept({});
                       peer.receive(5s);
                       peer.text("0123456789");
                       peer.receive(5s);
                     },
                     GetParam()};
  vendor.set_trouble({.times = 1, .between = 5ms, .piece_bytes = 1});
  fake_vendor_client client{vendor.port(), how()};
  EXPECT_EQ(client.upgrade("/").status, 101);
  client.send_frame({frame_kind::text, true, "go"});
  client.send_frame({frame_kind::ping, true, "x"});
  // Whichever comes first, neither is within the other.
  auto a = client.read_frame();
  auto b = client.read_frame();
  if (a.kind == frame_kind::pong)
    std::swap(a, b);
  EXPECT_TRUE(is(a, frame_kind::text, "0123456789"));
  EXPECT_TRUE(is(b, frame_kind::pong, "x"));
}

TEST_P(FakeVendorSocket, AnswersACloseFrame) {
  std::promise<vendor_message> last;
  fake_vendor vendor{[&](auto&, auto& peer) {
                       peer.accept({});
                       last.set_value(peer.receive(5s).value());
                     },
                     GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  client.upgrade("/");
  client.send_frame({frame_kind::close, true, close_payload(1001, "bye")});
  EXPECT_TRUE(
    is(client.read_frame(), frame_kind::close, close_payload(1001, "")));
  std::string rest;
  EXPECT_EQ(client.read_to_end(rest), client_end::closed);
  EXPECT_EQ(rest, "");
  auto heard = last.get_future().get();
  EXPECT_TRUE(heard.closed);
  EXPECT_EQ(heard.close_code, 1001);
  EXPECT_EQ(heard.data, "bye");
  EXPECT_TRUE(vendor.wait_until_idle());
  EXPECT_EQ(vendor.abandoned(), 0);
}

TEST_P(FakeVendorSocket, ClosesAndWaitsForTheAnswer) {
  fake_vendor vendor{[](auto&, auto& peer) {
                       peer.accept({});
                       peer.close(1011, "no audio");
                     },
                     GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  client.upgrade("/");
  EXPECT_TRUE(is(client.read_frame(), frame_kind::close,
                 close_payload(1011, "no audio")));
  client.send_frame({frame_kind::close, true, close_payload(1011, "")});
  std::string rest;
  EXPECT_EQ(client.read_to_end(rest), client_end::closed);
  EXPECT_EQ(rest, "");
  EXPECT_EQ(vendor.abandoned(), 0);
}

TEST_P(FakeVendorSocket, ClosesWhenTheBehaviourReturnsOrThrows) {
  fake_vendor vendor{[](auto& x, auto& peer) {
                       peer.accept({});
                       if (x.path == "/throws")
                         throw std::runtime_error("oh");
                     },
                     GetParam()};
  fake_vendor_client good{vendor.port(), how()};
  good.upgrade("/");
  EXPECT_TRUE(
    is(good.read_frame(), frame_kind::close, close_payload(1000, "")));
  fake_vendor_client bad{vendor.port(), how()};
  bad.upgrade("/throws");
  EXPECT_TRUE(
    is(bad.read_frame(), frame_kind::close, close_payload(1011, "oh")));
}

TEST_P(FakeVendorSocket, ReportsAPeerThatJustLeaves) {
  std::promise<vendor_message> last;
  fake_vendor vendor{[&](auto&, auto& peer) {
                       peer.accept({});
                       last.set_value(peer.receive(5s).value());
                       peer.receive(5s); // throws
                       ADD_FAILURE() << "nobody is there";
                     },
                     GetParam()};
  {
    fake_vendor_client client{vendor.port(), how()};
    client.upgrade("/");
  }
  auto heard = last.get_future().get();
  EXPECT_TRUE(heard.closed);
  EXPECT_EQ(heard.close_code, 1006);
  EXPECT_TRUE(vendor.wait_until_idle());
  EXPECT_EQ(vendor.abandoned(), 1);
}

TEST_P(FakeVendorSocket, IsInterruptedByACloseFrame) {
  fake_vendor vendor{[](auto&, auto& peer) {
                       peer.accept({});
                       for (;;) {
                         peer.binary("audio");
                         peer.pause(1ms);
                       }
                     },
                     GetParam()};
  {
    fake_vendor_client client{vendor.port(), how()};
    client.upgrade("/");
    client.send_frame({frame_kind::close, true, close_payload(1000, "")});
    auto x = client.read_frame();
    while (x.kind == frame_kind::binary)
      x = client.read_frame();
    EXPECT_TRUE(is(x, frame_kind::close, close_payload(1000, "")));
  }
  EXPECT_TRUE(vendor.wait_until_idle());
  EXPECT_EQ(vendor.abandoned(), 1);
}

TEST_P(FakeVendorSocket, CountsAnInterruptionThatTheBehaviourCaught) {
  fake_vendor vendor{[](auto&, auto& peer) {
                       peer.accept({});
                       try {
                         peer.pause(60s);
                       } catch (const vendor_gone&) {
                         return;
                       }
                     },
                     GetParam()};
  {
    fake_vendor_client client{vendor.port(), how()};
    client.upgrade("/");
    client.send_frame({frame_kind::close, true, close_payload(1000, "")});
    EXPECT_EQ(client.read_frame().kind, frame_kind::close);
  }
  EXPECT_TRUE(vendor.wait_until_idle());
  EXPECT_EQ(vendor.abandoned(), 1);
}

TEST_P(FakeVendorSocket, GivesUpReceivingInTime) {
  std::promise<bool> nothing;
  fake_vendor vendor{[&](auto&, auto& peer) {
                       peer.accept({});
                       auto begun = clock::now();
                       auto x = peer.receive(30ms);
                       nothing.set_value(!x && clock::now() - begun >= 30ms);
                     },
                     GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  client.upgrade("/");
  EXPECT_TRUE(nothing.get_future().get());
}

TEST_P(FakeVendorSocket, FallsSilent) {
  fake_vendor vendor{[](auto&, auto& peer) {
                       peer.accept({});
                       peer.fall_silent();
                       peer.text("unheard");
                       peer.pause(60s);
                     },
                     GetParam()};
  {
    fake_vendor_client client{vendor.port(), how()};
    client.upgrade("/");
    client.send_frame({frame_kind::ping, true, "1"});
    client.send_frame({frame_kind::close, true, close_payload(1000, "")});
    std::string nothing;
    EXPECT_EQ(client.read_to_end(nothing, 100), client_end::open);
    EXPECT_EQ(nothing, "");
  }
  EXPECT_TRUE(vendor.wait_until_idle());
}

TEST_P(FakeVendorSocket, ClosesOnFramesNoClientMaySend) {
  const std::string bad[] = {
    std::string("\x81\x01x", 3),                         // not masked
    std::string("\xc1\x80\0\0\0\0", 6),                  // a reserved bit
    std::string("\x83\x80\0\0\0\0", 6),                  // no such opcode
    std::string("\x80\x80\0\0\0\0", 6),                  // nothing to continue
    std::string("\x09\x80\0\0\0\0", 6),                  // a ping in fragments
    std::string("\x01\x80\0\0\0\0\x81\x80\0\0\0\0", 12), // two at once
  };
  for (auto& bytes : bad) {
    fake_vendor vendor{echo, GetParam()};
    fake_vendor_client client{vendor.port(), how()};
    client.upgrade("/");
    client.send(bytes);
    EXPECT_TRUE(is(client.read_frame(), frame_kind::close,
                   close_payload(1002, "bad frame")));
  }
}

TEST_P(FakeVendorSocket, IsCutInTheMiddleOfAFrame) {
  fake_vendor vendor{[](auto&, auto& peer) {
                       peer.accept({});
                       peer.raw(std::string("\x81\x0ahalf", 6));
                       peer.reset();
                     },
                     GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  client.upgrade("/");
  std::string got;
  EXPECT_EQ(client.read_to_end(got), client_end::reset);
  EXPECT_EQ(got, std::string("\x81\x0ahalf", 6));
  EXPECT_TRUE(vendor.wait_until_idle());
  EXPECT_EQ(vendor.abandoned(), 0);
}

TEST_P(FakeVendorSocket, RefusesAHandshakeThatIsNone) {
  fake_vendor vendor{echo, GetParam()};
  fake_vendor_client client{vendor.port(), how()};
  EXPECT_EQ(client.get("/").status, 500);
}

} // namespace

} // namespace velox::test
