#include "protocol/twilio_peer.hpp"

#include <gtest/gtest.h>

using namespace velox;

namespace {

/// Reads what `writer` wrote, with the engine's own parser.
template <class Event>
Event engine_reads(const std::string& frame, std::vector<uint8_t>& audio) {
  twilio_media_parser parser;
  twilio_event event;
  auto error = parser.parse(frame, event, audio);
  EXPECT_FALSE(error) << to_text(error) << ' ' << frame;
  auto* result = std::get_if<Event>(&event);
  EXPECT_TRUE(result) << frame;
  return result ? *result : Event{};
}

} // namespace

TEST(TwilioPeer, WritesNumbersAsStringsAndCounts) {
  twilio_peer_writer writer{"MZ1"};
  std::string out;
  writer.append_connected(out);
  EXPECT_EQ(out,
            R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
  out.clear();
  writer.append_start(out, {.account_sid = "AC1",
                            .stream_sid = "replaced",
                            .call_sid = "CA1",
                            .parameters = {{"token", "abc"}}});
  EXPECT_EQ(
    out,
    R"({"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1",)"
    R"("streamSid":"MZ1","callSid":"CA1","tracks":["inbound"],"mediaFormat":)"
    R"({"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},)"
    R"("customParameters":{"token":"abc"}},"streamSid":"MZ1"})");
  out.clear();
  writer.append_media(out, 5, std::vector<uint8_t>{'f', 'o', 'o'});
  EXPECT_EQ(out, R"({"event":"media","sequenceNumber":"2","media":{"track":)"
                 R"("inbound","chunk":"1","timestamp":"5","payload":"Zm9v"},)"
                 R"("streamSid":"MZ1"})");
}

TEST(TwilioPeer, TheEngineUnderstandsEveryFrame) {
  twilio_peer_writer writer{"MZ1"};
  std::vector<uint8_t> audio;
  std::string out;
  writer.append_start(out, {.account_sid = "AC1",
                            .call_sid = "CA1",
                            .parameters = {{"a", "1"}, {"b \"q\"", "ü"}}});
  auto start = engine_reads<twilio_start>(out, audio);
  EXPECT_EQ(start.stream_sid, "MZ1");
  EXPECT_EQ(start.parameters.at("b \"q\""), "ü");
  out.clear();
  writer.append_media(out, 20, std::vector<uint8_t>(160, 1),
                      twilio_track::outbound);
  auto media = engine_reads<twilio_media>(out, audio);
  EXPECT_EQ(media.track, twilio_track::outbound);
  EXPECT_EQ(media.timestamp_ms, 20u);
  EXPECT_EQ(audio.size(), 160u);
  out.clear();
  writer.append_dtmf(out, '5');
  EXPECT_EQ(engine_reads<twilio_dtmf>(out, audio).digit, "5");
  out.clear();
  writer.append_mark(out, "x");
  EXPECT_EQ(engine_reads<twilio_mark>(out, audio).name, "x");
  out.clear();
  writer.append_stop(out, "AC1", "CA1");
  EXPECT_EQ(engine_reads<twilio_stop>(out, audio).call_sid, "CA1");
}

TEST(TwilioPeer, UnderstandsTheEngine) {
  engine_frame frame;
  std::vector<uint8_t> audio;
  std::string out;
  append_media_frame(out, "MZ1", std::vector<uint8_t>(161, 7));
  ASSERT_FALSE(parse_engine_frame(out, frame, audio));
  EXPECT_EQ(std::get<engine_media>(frame).payload_size, 161u);
  EXPECT_EQ(std::get<engine_media>(frame).stream_sid, "MZ1");
  EXPECT_EQ(audio, std::vector<uint8_t>(161, 7));
  out.clear();
  append_mark_frame(out, "MZ1", "end");
  ASSERT_FALSE(parse_engine_frame(out, frame, audio));
  EXPECT_EQ(std::get<engine_mark>(frame).name, "end");
  out.clear();
  append_clear_frame(out, "MZ1");
  ASSERT_FALSE(parse_engine_frame(out, frame, audio));
  EXPECT_EQ(std::get<engine_clear>(frame).stream_sid, "MZ1");
}

TEST(TwilioPeer, IsAsStrictAsTwilio) {
  engine_frame frame = engine_clear{"kept"};
  std::vector<uint8_t> audio;
  auto refused = [&](std::string_view text) {
    auto error = parse_engine_frame(text, frame, audio);
    EXPECT_TRUE(std::holds_alternative<engine_clear>(frame));
    EXPECT_TRUE(audio.empty());
    return to_text(error);
  };
  EXPECT_EQ(refused("x"), "frame is not a JSON object");
  EXPECT_EQ(refused("[]"), "frame is not a JSON object");
  EXPECT_EQ(refused(R"({"event":"clear"})"), "field is missing: streamSid");
  EXPECT_EQ(refused(R"({"event":"stop","streamSid":"M"})"),
            "field has the wrong type or range: event");
  EXPECT_EQ(refused(R"({"event":"mark","streamSid":"M","mark":1})"),
            "field has the wrong type or range: mark");
  EXPECT_EQ(refused(R"({"event":"media","streamSid":"M","media":{}})"),
            "field is missing: media.payload");
  EXPECT_EQ(
    refused(R"({"event":"media","streamSid":"M","media":{"payload":"Z"}})"),
    "field is not base64: media.payload");
}
