#include "tests/carriers/media_fixture.hpp"
#include "tests/support/certificate.hpp"

#include <gmock/gmock.h>
#include <numeric>
#include <thread>

using namespace velox;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

std::vector<uint8_t> silence(std::size_t n) {
  return std::vector<uint8_t>(n, 0xff);
}

std::vector<uint8_t> voice(std::size_t n) {
  return std::vector<uint8_t>(n, 0x20);
}

std::string words(const engine_frame& x) {
  if (auto* media = std::get_if<engine_media>(&x))
    return "media " + std::to_string(media->payload_size);
  if (auto* mark = std::get_if<engine_mark>(&x))
    return "mark " + mark->name;
  return "clear";
}

/// The next frame of the engine, in words.
std::string next_frame(media_client& client) {
  auto text = client.receive();
  if (!text)
    return "closed";
  engine_frame frame;
  std::vector<uint8_t> audio;
  if (auto error = parse_engine_frame(*text, frame, audio))
    return to_text(error);
  return words(frame);
}

} // namespace

TEST_F(MediaSocket, StartsACallWithWhatTheTokenSays) {
  start();
  auto client = call();
  auto& x = begun;
  EXPECT_EQ(x.call_id, "CA01");
  EXPECT_EQ(x.stream_id, "MZ01");
  EXPECT_EQ(x.agent_id, "agent-1");
  EXPECT_EQ(x.org_id, "org-1");
  EXPECT_EQ(x.caller, "+15550001111");
  EXPECT_EQ(x.called, "+15550002222");
  EXPECT_EQ(x.token_nonce, "nonce-1");
  EXPECT_EQ(metric("velox_media_sockets_live"), "1");
}

TEST_F(MediaSocket, BatchesAudioOfAnyLength) {
  start();
  auto client = call();
  std::vector<uint8_t> sent;
  for (std::size_t n : {1, 37, 160, 161, 800, 2403, 5}) {
    std::vector<uint8_t> piece(n);
    std::iota(piece.begin(), piece.end(), static_cast<uint8_t>(n));
    sent.insert(sent.end(), piece.begin(), piece.end());
    client->media(piece);
  }
  client->stop();
  auto events = log->until("hung-up");
  EXPECT_EQ(log->audio(), sent);
  EXPECT_EQ(client->await_close(), 1000);
  EXPECT_EQ(metric("velox_media_frames_in_total"), "7");
  EXPECT_EQ(metric("velox_media_bytes_in_total"), std::to_string(sent.size()));
}

TEST_F(MediaSocket, SendsSilenceInBatchesOf100Milliseconds) {
  start();
  auto client = call();
  for (int i = 0; i < 11; ++i)
    client->media(silence(160));
  client->stop();
  EXPECT_THAT(log->until("hung-up"),
              ElementsAre("audio 800", "audio 800", "audio 160", "hung-up"));
}

TEST_F(MediaSocket, TellsOfTheVoiceBeforeItsAudioAndOfItsEndBehindIt) {
  start();
  auto client = call();
  client->media(silence(160));
  client->media(voice(320));
  client->media(silence(160));
  client->stop();
  EXPECT_THAT(log->until("hung-up"),
              ElementsAre("started", "audio 640", "stopped", "hung-up"));
}

TEST_F(MediaSocket, FindsAVoiceInsideOneLongMessage) {
  start();
  auto client = call();
  auto x = silence(160);
  x.insert(x.end(), 320, 0x20);
  x.insert(x.end(), 320, 0xff);
  client->media(x);
  client->stop();
  EXPECT_THAT(
    log->until("hung-up"),
    ElementsAre("started", "audio 640", "stopped", "audio 160", "hung-up"));
}

TEST_F(MediaSocket, SaysWhereTheAudioLies) {
  start();
  auto client = call();
  // Jitter is none of it; 60 ms are lost in the middle.
  client->media_at(40, silence(160));
  client->media_at(65, silence(160));
  client->media_at(78, silence(160));
  client->media_at(160, silence(160));
  client->media_at(180, silence(160));
  client->stop();
  log->until("hung-up");
  EXPECT_THAT(log->places(),
              ElementsAre(std::pair<int64_t, std::size_t>{40, 480},
                          std::pair<int64_t, std::size_t>{160, 320}));
}

TEST_F(MediaSocket, SaysWhereEachBatchBegins) {
  start();
  auto client = call();
  for (uint64_t i = 0; i < 12; ++i)
    client->media_at(1000 + 20 * i, silence(160));
  client->stop();
  log->until("hung-up");
  EXPECT_THAT(log->places(),
              ElementsAre(std::pair<int64_t, std::size_t>{1000, 800},
                          std::pair<int64_t, std::size_t>{1100, 800},
                          std::pair<int64_t, std::size_t>{1200, 320}));
}

TEST_F(MediaSocket, ListensForTonesOnceAsked) {
  start();
  auto client = call();
  auto with = [](char tone) {
    auto x = silence(160);
    x[80] = static_cast<uint8_t>(tone);
    return x;
  };
  client->media(with('7')); // nobody listens yet
  client->mark("first");
  log->until("mark first");
  on_leg([](carrier_leg& x) { x.listen_for({0.25, true, true}); });
  client->media(with('8'));
  client->dtmf('8'); // the same press
  client->media(with('b'));
  client->dtmf('9');
  client->media(with('9'));
  client->stop();
  auto events = log->until("hung-up");
  std::erase_if(events, [](auto& x) {
    return x.starts_with("audio") || x == "started" || x == "stopped";
  });
  EXPECT_THAT(events,
              ElementsAre("mark first", "key 8", "beep", "key 9", "hung-up"));
  std::lock_guard guard(detector->mutex);
  EXPECT_EQ(detector->sensitivity, 0.25);
  ASSERT_EQ(detector->listened.size(), 1u);
  EXPECT_TRUE(detector->listened[0].machines);
}

TEST_F(MediaSocket, ListensForNoTonesWhenNoneMatter) {
  start();
  auto client = call();
  on_leg([](carrier_leg& x) {
    x.listen_for({0.5, true, false});
    x.listen_for({0.5, false, false});
  });
  auto x = silence(160);
  x[0] = '4';
  client->media(x);
  client->stop();
  for (auto& event : log->until("hung-up"))
    EXPECT_FALSE(event.starts_with("key")) << event;
  std::lock_guard guard(detector->mutex);
  EXPECT_EQ(detector->listened.size(), 1u);
}

TEST_F(MediaSocket, ReportsKeysMarksAndTheEndAtOnce) {
  start();
  auto client = call();
  client->dtmf('5');
  client->mark("s-1");
  client->send(R"({"event":"brand-new","x":1})");
  client->dtmf('#');
  client->stop();
  EXPECT_THAT(log->until("hung-up"),
              ElementsAre("key 5", "mark s-1", "key #", "hung-up"));
  EXPECT_EQ(client->await_close(), 1000);
  EXPECT_EQ(log->all().size(), 4u) << "nothing follows the hang-up";
}

TEST_F(MediaSocket, IgnoresTheOutboundTrack) {
  start();
  auto client = call();
  client->media(voice(800), twilio_track::outbound);
  client->media(silence(160));
  client->stop();
  EXPECT_THAT(log->until("hung-up"), ElementsAre("audio 160", "hung-up"));
}

TEST_F(MediaSocket, KeepsTheLastSecondsForAStreamActorToCome) {
  report_at_start = false;
  start();
  auto client = call();
  client->dtmf('1');
  for (int i = 0; i < 60; ++i) // 6 s
    client->media(silence(800));
  client->stop();
  client->await_close();
  on_leg([this](carrier_leg& x) { x.report_to(client_actor); });
  auto events = log->until("hung-up");
  EXPECT_EQ(events.front(), "key 1");
  EXPECT_EQ(events.back(), "hung-up");
  EXPECT_EQ(log->audio().size(), 40'000u) << "5 s of audio";
}

TEST_F(MediaSocket, ReportsALostWireOnce) {
  start();
  auto client = call();
  client->media(silence(160));
  client->dtmf('1');
  log->until("key");
  client->vanish();
  auto events = log->until("closed");
  ASSERT_EQ(events.size(), 3u);
  EXPECT_THAT(events[2], StartsWith("closed wire-lost: the media socket ended "
                                    "without a stop"));
}

TEST_F(MediaSocket, ReportsACloseWithoutStopOnce) {
  start();
  auto client = call();
  client->close();
  EXPECT_THAT(log->until("closed"),
              ElementsAre(HasSubstr("wire-lost: the media socket ended without "
                                    "a stop (close code 1000)")));
}

TEST_F(MediaSocket, PlaysAndMarksInOrder) {
  start();
  auto client = call();
  on_leg([](carrier_leg& x) {
    x.play(1, silence(800));
    x.mark("one");
    x.play(1, silence(400));
  });
  EXPECT_EQ(next_frame(*client), "media 800");
  EXPECT_EQ(next_frame(*client), "mark one");
  EXPECT_EQ(next_frame(*client), "media 400");
  std::lock_guard guard(detector->mutex);
  EXPECT_EQ(detector->far_end, 1200u);
}

TEST_F(MediaSocket, DropsWhatWaitsWhenItIsCleared) {
  start();
  auto client = call();
  on_leg([](carrier_leg& x) {
    for (int i = 0; i < 10; ++i)
      x.play(1, silence(800)); // the first is being written, the others wait
    x.mark("end");
    x.clear();
    x.play(2, silence(160));
  });
  EXPECT_EQ(next_frame(*client), "media 800");
  EXPECT_EQ(next_frame(*client), "clear");
  EXPECT_EQ(next_frame(*client), "media 160");
  std::lock_guard guard(detector->mutex);
  EXPECT_EQ(detector->cleared, 1u);
}

TEST_F(MediaSocket, HangsUpWhenTheLegIsDropped) {
  start();
  auto client = call();
  drop_leg();
  EXPECT_EQ(client->await_close(), 1000);
}

TEST_F(MediaSocket, ClosesFromAnyThreadAfterWhatWasQueued) {
  start();
  auto client = call();
  on_leg([](carrier_leg& x) { x.play(1, silence(160)); });
  std::thread other{[this] { leg->close(1001, "restarting"); }};
  other.join();
  EXPECT_EQ(next_frame(*client), "media 160");
  EXPECT_EQ(client->await_close(), 1001);
  EXPECT_EQ(client->close_reason(), "restarting");
  EXPECT_THAT(log->until("closed"),
              ElementsAre("closed wire-lost: closed by the engine: "
                          "restarting"));
}

TEST_F(MediaSocket, DoesNotWaitForACarrierThatNeverConfirmsTheClose) {
  options.socket.close_timeout = 50ms;
  start();
  auto client = call();
  leg->close(1000, "done");
  EXPECT_THAT(log->until("closed"), ElementsAre(StartsWith("closed wire-lost")))
    << "the client has not read the close frame yet";
}

TEST_F(MediaSocket, ClosesWithTheServer) {
  start();
  auto client = call();
  server->stop(0ms);
  EXPECT_EQ(client->await_close(), 1001);
}

TEST_F(MediaSocket, WorksOverTls) {
  test_certificate files;
  server_options.tls_certificate = files.certificate();
  server_options.tls_key = files.key();
  start();
  media_client client{server->port(), true};
  client.begin(good_start());
  await_start();
  on_leg([](carrier_leg& x) { x.play(1, silence(160)); });
  EXPECT_EQ(next_frame(client), "media 160");
  client.dtmf('9');
  client.stop();
  EXPECT_THAT(log->until("hung-up"), ElementsAre("key 9", "hung-up"));
  EXPECT_EQ(client.await_close(), 1000);
}

TEST_F(MediaSocket, TakesAHundredCallsAndLeavesNothing) {
  start();
  for (int i = 0; i < 100; ++i) {
    media_client client{server->port()};
    client.begin(good_start());
    await_start();
    client.media(silence(160));
    if (i % 2 == 0)
      client.stop();
    else
      client.vanish();
  }
}
