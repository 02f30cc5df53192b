#include "tests/carriers/media_fixture.hpp"
#include "tests/support/eventually.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

constexpr auto bad_audio
  = R"({"event":"media","media":{"track":"inbound","payload":"!!"},)"
    R"("streamSid":"MZ01"})";

} // namespace

/// Sockets of strangers and of broken carriers.
class MediaAbuse : public MediaSocket {
protected:
  /// Sends `x` as the start; the reason with which the engine closes.
  std::string refusal(const twilio_start& x) {
    media_client client{server->port()};
    client.begin(x);
    EXPECT_EQ(client.await_close(), 1008);
    return client.close_reason();
  }

  /// Waits until the engine has read all that the client has sent.
  void await_read(media_client& client, int number) {
    auto name = "read-" + std::to_string(number);
    client.mark(name);
    log->until("mark " + name);
  }

  twilio_start with_token(const stream_token& token,
                          std::string_view secret = "a secret of this test") {
    auto x = good_start();
    x.parameters["token"] = sign_stream_token(token, secret);
    return x;
  }
};

TEST_F(MediaAbuse, RefusesBadTokens) {
  start();
  auto none = good_start();
  none.parameters.clear();
  EXPECT_EQ(refusal(none), "the stream token is malformed");
  EXPECT_EQ(refusal(with_token(good_token(), "another secret")),
            "the stream token is bad-signature");
  auto late = good_token();
  late.expires_at_ms -= 1000;
  EXPECT_EQ(refusal(with_token(late)), "the stream token is expired");
  auto other = good_token();
  other.call_id = "CA02";
  EXPECT_EQ(refusal(with_token(other)), "the stream token is for another call");
  EXPECT_FALSE(leg) << "a stranger became a call";
}

TEST_F(MediaAbuse, RefusesOtherAudio) {
  start();
  auto x = good_start();
  x.sample_rate = 16000;
  EXPECT_THAT(refusal(x), HasSubstr("start.mediaFormat"));
}

TEST_F(MediaAbuse, ClosesASocketThatNeverStarts) {
  options.start_timeout = 50ms;
  start();
  media_client client{server->port()};
  client.send(R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
  EXPECT_EQ(client.await_close(), 1008);
  EXPECT_EQ(client.close_reason(), "no start within 50 ms");
  EXPECT_THAT(counts->text(),
              HasSubstr("velox_media_refused_total{reason=\"no_start\"} 1"));
}

TEST_F(MediaAbuse, TakesNothingBeforeTheStart) {
  options.bad_messages = 2;
  start();
  media_client client{server->port()};
  for (int i = 0; i < 3; ++i)
    client.media(std::vector<uint8_t>(160, 0xff));
  EXPECT_EQ(client.await_close(), 1008);
  EXPECT_FALSE(leg);
}

TEST_F(MediaAbuse, ForgivesSomeGarbageAndNamesTheFieldOfTheLast) {
  start();
  auto client = call();
  for (int i = 0; i < 10; ++i)
    client->send(bad_audio);
  client->dtmf('1');
  EXPECT_THAT(log->until("key"), ElementsAre("key 1"));
  client->send(bad_audio);
  EXPECT_EQ(client->await_close(), 1007);
  EXPECT_THAT(client->close_reason(), HasSubstr("media.payload"));
  EXPECT_THAT(
    log->until("closed"),
    ElementsAre("key 1", testing::AllOf(HasSubstr("protocol-violation"),
                                        HasSubstr("media.payload"))));
  EXPECT_EQ(metric("velox_media_protocol_errors_total"), "11");
  EXPECT_EQ(metric("velox_media_protocol_violations_total"), "1");
}

TEST_F(MediaAbuse, ForgetsGarbageWithTime) {
  start();
  auto client = call();
  for (int i = 0; i < 30; ++i) {
    clock_ms += 1100;
    client->send("nonsense");
    await_read(*client, i);
  }
  client->stop();
  EXPECT_EQ(log->until("hung-up").back(), "hung-up");
}

TEST_F(MediaAbuse, ClosesForBinaryMessages) {
  options.bad_messages = 0;
  start();
  auto client = call();
  client->send_binary("\x01\x02");
  EXPECT_EQ(client->await_close(), 1003);
  EXPECT_THAT(log->until("closed"),
              ElementsAre(HasSubstr("protocol-violation: a binary message")));
}

TEST_F(MediaAbuse, ClosesAtOnceForAMessageTooBig) {
  start();
  auto client = call();
  client->send(std::string(65 * 1024, 'a'));
  EXPECT_EQ(client->await_close(), 1009);
  EXPECT_THAT(log->until("closed"),
              ElementsAre(HasSubstr("protocol-violation: a message is too "
                                    "big")));
}

TEST_F(MediaAbuse, ClosesForTextThatIsNotUtf8) {
  start();
  auto client = call();
  client->send("{\"event\":\"\xff\xfe\"}");
  EXPECT_EQ(client->await_close(), 1007);
  EXPECT_THAT(log->until("closed"),
              ElementsAre(HasSubstr("protocol-violation")));
}

TEST_F(MediaAbuse, StopsAFloodOfAudio) {
  start();
  auto client = call();
  // 10 times real time: 1.6 s of audio every 160 ms.
  for (int i = 0; i < 50; ++i) {
    clock_ms += 160;
    client->media(std::vector<uint8_t>(12'800, 0xff));
  }
  EXPECT_EQ(client->await_close(), 1008);
  auto events = log->until("closed");
  EXPECT_THAT(events.back(),
              HasSubstr("protocol-violation: media.payload: far more audio"));
  EXPECT_LT(log->audio().size(), 20u * 12'800u);
}

TEST_F(MediaAbuse, SuffersABurstAfterAStall) {
  start();
  auto client = call();
  clock_ms += 4000;
  for (int i = 0; i < 200; ++i) // what the network held back
    client->media(std::vector<uint8_t>(160, 0xff));
  for (int i = 0; i < 100; ++i) { // and twice real time from then on
    clock_ms += 100;
    client->media(std::vector<uint8_t>(1600, 0xff));
    await_read(*client, i);
  }
  client->stop();
  EXPECT_EQ(log->until("hung-up").back(), "hung-up");
}

TEST_F(MediaAbuse, StopsAFloodOfMessages) {
  options.messages_per_second = 100;
  start();
  auto client = call();
  for (int i = 0; i < 250; ++i)
    client->send(R"({"event":"unknown"})");
  EXPECT_EQ(client->await_close(), 1008);
  EXPECT_THAT(log->until("closed"), ElementsAre(HasSubstr("more messages")));
}

TEST_F(MediaAbuse, GivesUpOnACarrierThatDoesNotRead) {
  options.socket.queue_limit = 4000;
  options.socket.close_timeout = 50ms;
  start();
  auto client = call();
  on_leg([](carrier_leg& x) {
    for (int i = 0; i < 10; ++i)
      x.play(1, std::vector<uint8_t>(800, 0xff));
  });
  auto events = log->until("closed");
  ASSERT_FALSE(events.empty());
  EXPECT_THAT(events.back(), HasSubstr("wire-lost"));
}

namespace {

/// A client's frame, its mask all zeros (RFC 6455, 5.2).
std::string client_frame(int opcode, const std::string& payload) {
  std::string out;
  out += static_cast<char>(0x80 | opcode);
  out += static_cast<char>(0x80 | payload.size());
  return out + std::string(4, '\0') + payload;
}

} // namespace

/// Beast 1.81 locks up when it is to close while the peer's close frame lies in
/// its buffer: no handler is called any more.
TEST_F(MediaAbuse, LetsGoOfAPeerWhoClosesInTheSameBreath) {
  options.bad_messages = 0; // the first one closes
  start();
  auto client = call();
  client->raw(client_frame(2, "x") + client_frame(8, "\x03\xe8"));
  auto events = log->until("closed");
  EXPECT_THAT(events.back(), testing::StartsWith("closed"));
  drop_leg();
  EXPECT_TRUE(test::eventually([&] { return server->connections() == 0; }, 3s));
}
