#include "protocol/twilio_media.hpp"

#include "protocol/base64.hpp"
#include "protocol/twilio_peer.hpp"

#include <gtest/gtest.h>

using namespace velox;

namespace {

using code = twilio_media_errc;

/// The frames of Twilio's documentation.
constexpr std::string_view connected_frame
  = R"({"event":"connected","protocol":"Call","version":"1.0.0"})";
constexpr std::string_view start_frame
  = R"({"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1",)"
    R"("streamSid":"MZ1","callSid":"CA1","tracks":["inbound"],"mediaFormat":)"
    R"({"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},)"
    R"("customParameters":{"tenant":"acme","token":"a\"b"}},)"
    R"("streamSid":"MZ1"})";
constexpr std::string_view media_frame
  = R"({"event":"media","sequenceNumber":"2","media":{"track":"inbound",)"
    R"("chunk":"1","timestamp":"5","payload":"Zm9vYmE="},"streamSid":"MZ1"})";
constexpr std::string_view dtmf_frame
  = R"({"event":"dtmf","streamSid":"MZ1","sequenceNumber":"57","dtmf":)"
    R"({"track":"inbound_track","digit":"#"}})";
constexpr std::string_view mark_frame
  = R"({"event":"mark","sequenceNumber":"91","streamSid":"MZ1","mark":)"
    R"({"name":"turn-3-end"}})";
constexpr std::string_view stop_frame
  = R"({"event":"stop","sequenceNumber":"502","stop":{"accountSid":"AC1",)"
    R"("callSid":"CA1"},"streamSid":"MZ1"})";

class TwilioMedia : public testing::Test {
protected:
  twilio_media_error read(std::string_view frame) {
    return parser.parse(frame, event, audio);
  }

  /// The event of `frame`, which must be an `Event`.
  template <class Event>
  Event must_read(std::string_view frame) {
    auto error = read(frame);
    EXPECT_FALSE(error) << to_text(error) << ' ' << frame;
    auto* result = std::get_if<Event>(&event);
    EXPECT_TRUE(result) << frame;
    return result ? *result : Event{};
  }

  void
  refuse(std::string_view frame, code expected, std::string_view field = {}) {
    event = twilio_unknown{"untouched"};
    auto before = audio;
    auto error = read(frame);
    EXPECT_EQ(error.code, expected) << frame << ": " << to_text(error);
    EXPECT_EQ(error.field, field) << frame;
    EXPECT_EQ(audio, before) << frame;
    auto* untouched = std::get_if<twilio_unknown>(&event);
    EXPECT_TRUE(untouched && untouched->event == "untouched") << frame;
  }

  std::string heard() const { return {audio.begin(), audio.end()}; }

  twilio_media_parser parser{1000};
  twilio_event event;
  std::vector<uint8_t> audio;
};

std::string media_with(std::string_view payload) {
  return R"({"event":"media","media":{"payload":)" + std::string{payload}
         + "}}";
}

} // namespace

TEST_F(TwilioMedia, ReadsConnected) {
  auto x = must_read<twilio_connected>(connected_frame);
  EXPECT_EQ(x.protocol, "Call");
  EXPECT_EQ(x.version, "1.0.0");
}

TEST_F(TwilioMedia, ReadsStart) {
  auto x = must_read<twilio_start>(start_frame);
  EXPECT_EQ(x.account_sid, "AC1");
  EXPECT_EQ(x.stream_sid, "MZ1");
  EXPECT_EQ(x.call_sid, "CA1");
  EXPECT_EQ(x.encoding, "audio/x-mulaw");
  EXPECT_EQ(x.sample_rate, 8000u);
  EXPECT_EQ(x.channels, 1u);
  EXPECT_EQ(x.parameters.at("tenant"), "acme");
  EXPECT_EQ(x.parameters.at("token"), "a\"b");
}

TEST_F(TwilioMedia, StartNeedsNeitherParametersNorFormat) {
  auto x = must_read<twilio_start>(
    R"({"event":"start","start":{"callSid":"CA1"},"streamSid":"MZ1"})");
  EXPECT_EQ(x.stream_sid, "MZ1");
  EXPECT_EQ(x.sample_rate, 8000u);
  EXPECT_TRUE(x.parameters.empty());
}

TEST_F(TwilioMedia, ReadsTheUsualMediaFrameTheFastWay) {
  auto x = must_read<twilio_media>(media_frame);
  EXPECT_EQ(parser.fast_frames(), 1u);
  EXPECT_EQ(x.track, twilio_track::inbound);
  EXPECT_EQ(x.sequence, 2u);
  EXPECT_EQ(x.chunk, 1u);
  EXPECT_EQ(x.timestamp_ms, 5u);
  EXPECT_EQ(x.payload_size, 5u);
  EXPECT_EQ(heard(), "fooba");
}

TEST_F(TwilioMedia, BothWaysReadTheSame) {
  // A space takes the frame off the fast way.
  auto slow_frame = "{ " + std::string{media_frame.substr(1)};
  auto fast = must_read<twilio_media>(media_frame);
  auto slow = must_read<twilio_media>(slow_frame);
  EXPECT_EQ(parser.fast_frames(), 1u);
  EXPECT_EQ(slow.track, fast.track);
  EXPECT_EQ(slow.sequence, fast.sequence);
  EXPECT_EQ(slow.chunk, fast.chunk);
  EXPECT_EQ(slow.timestamp_ms, fast.timestamp_ms);
  EXPECT_EQ(slow.payload_size, fast.payload_size);
  EXPECT_EQ(heard(), "foobafooba");
}

TEST_F(TwilioMedia, AcceptsNumbersAndAnyOrder) {
  auto x = must_read<twilio_media>(
    R"({"streamSid":"MZ1","media":{"payload":"Zm9v","timestamp":40,)"
    R"("chunk":3,"track":"outbound","new":[1]},"sequenceNumber":4,)"
    R"("event":"media","extra":null})");
  EXPECT_EQ(x.track, twilio_track::outbound);
  EXPECT_EQ(x.sequence, 4u);
  EXPECT_EQ(x.chunk, 3u);
  EXPECT_EQ(x.timestamp_ms, 40u);
  EXPECT_EQ(heard(), "foo");
}

TEST_F(TwilioMedia, AcceptsAnEscapedSlashInThePayload) {
  must_read<twilio_media>(
    R"({"event":"media","sequenceNumber":"2","media":{"track":"inbound",)"
    R"("chunk":"1","timestamp":"5","payload":"\/\/8="},"streamSid":"MZ1"})");
  EXPECT_EQ(heard(), "\xff\xff");
}

TEST_F(TwilioMedia, AcceptsAnyPayloadLength) {
  twilio_peer_writer writer{"MZ1"};
  for (size_t size : {0, 1, 2, 3, 159, 160, 161, 400}) {
    std::vector<uint8_t> sent(size, static_cast<uint8_t>(size));
    std::string frame;
    writer.append_media(frame, 20, sent);
    audio.clear();
    EXPECT_EQ(must_read<twilio_media>(frame).payload_size, size);
    EXPECT_EQ(audio, sent);
  }
  EXPECT_EQ(parser.fast_frames(), 8u);
}

TEST_F(TwilioMedia, ReadsKeysMarksAndStop) {
  EXPECT_EQ(must_read<twilio_dtmf>(dtmf_frame).digit, "#");
  EXPECT_EQ(must_read<twilio_mark>(mark_frame).name, "turn-3-end");
  EXPECT_EQ(must_read<twilio_stop>(stop_frame).call_sid, "CA1");
  EXPECT_EQ(must_read<twilio_stop>(R"({"event":"stop"})").call_sid, "");
}

TEST_F(TwilioMedia, AnUnknownEventIsNoError) {
  EXPECT_EQ(must_read<twilio_unknown>(R"({"event":"new","x":{}})").event,
            "new");
}

TEST_F(TwilioMedia, RefusesWhatIsNoFrame) {
  for (auto* bad : {"", "{", "null", "[]", "\"media\"", "{\"event\":}",
                    "{\"event\":\"media\"", "{\"event\":\"\xff\"}"})
    refuse(bad, code::malformed);
  for (size_t size = 1; size < media_frame.size(); ++size)
    refuse(media_frame.substr(0, size), code::malformed);
}

TEST_F(TwilioMedia, NamesTheFieldThatIsMissing) {
  refuse("{}", code::missing_field, "event");
  refuse(R"({"event":"media"})", code::missing_field, "media");
  refuse(R"({"event":"media","media":{}})", code::missing_field,
         "media.payload");
  refuse(R"({"event":"mark","mark":{}})", code::missing_field, "mark.name");
  refuse(R"({"event":"dtmf","dtmf":{}})", code::missing_field, "dtmf.digit");
  refuse(R"({"event":"start","start":{"callSid":"CA1"}})", code::missing_field,
         "start.streamSid");
  refuse(R"({"event":"start","start":{},"streamSid":"MZ1"})",
         code::missing_field, "start.callSid");
}

TEST_F(TwilioMedia, NamesTheFieldOfTheWrongType) {
  refuse(R"({"event":7})", code::wrong_type, "event");
  refuse(R"({"event":"media","media":[]})", code::wrong_type, "media");
  refuse(media_with("5"), code::wrong_type, "media.payload");
  refuse(R"({"event":"media","media":{"payload":"","chunk":"x"}})",
         code::wrong_type, "media.chunk");
  refuse(R"({"event":"media","media":{"payload":"","timestamp":-1}})",
         code::wrong_type, "media.timestamp");
  refuse(R"({"event":"start","start":{"callSid":"C","mediaFormat":)"
         R"({"sampleRate":99999999999}},"streamSid":"M"})",
         code::wrong_type, "start.mediaFormat.sampleRate");
  refuse(R"({"event":"start","start":{"callSid":"C","customParameters":)"
         R"({"a":1}},"streamSid":"M"})",
         code::wrong_type, "start.customParameters");
}

TEST_F(TwilioMedia, RefusesBadPayload) {
  for (auto* bad : {"\"Z\"", "\"Zg\"", "\"Zm9v!\"", "\"Zm 9v\"", "\"Zh==\""})
    refuse(media_with(bad), code::bad_base64, "media.payload");
  std::string usual{media_frame};
  usual.replace(usual.find("Zm9v"), 4, "Zm9*");
  refuse(usual, code::bad_base64, "media.payload");
}

TEST_F(TwilioMedia, IsBounded) {
  refuse(std::string(1001, ' '), code::too_large);
  refuse(R"({"event":"new","x":)" + std::string(8, '[') + std::string(8, ']')
           + "}",
         code::too_deep);
}

TEST_F(TwilioMedia, ErrorsReadAsSentences) {
  EXPECT_EQ(to_text(read(media_with("5"))),
            "field has the wrong type or range: media.payload");
  EXPECT_EQ(to_text(read("x")), "frame is not a JSON object");
}

TEST(TwilioMediaFrames, AreWrittenAsDocumented) {
  std::string out;
  append_media_frame(out, "MZ1", std::vector<uint8_t>{'f', 'o', 'o', 'b', 'a'});
  EXPECT_EQ(out, R"({"event":"media","streamSid":"MZ1","media":)"
                 R"({"payload":"Zm9vYmE="}})");
  out.clear();
  append_mark_frame(out, "MZ1", "a\"b");
  EXPECT_EQ(out, R"({"event":"mark","streamSid":"MZ1","mark":)"
                 R"({"name":"a\"b"}})");
  out.clear();
  append_clear_frame(out, "MZ1");
  EXPECT_EQ(out, R"({"event":"clear","streamSid":"MZ1"})");
}

TEST(TwilioMediaFrames, NeedNoMoreRoomThanTheySay) {
  std::vector<uint8_t> mulaw(163, 0x55);
  std::string odd_sid = "MZ\"\\\x01";
  std::string out;
  out.reserve(media_frame_size(odd_sid, mulaw.size()));
  auto* data = out.data();
  append_media_frame(out, odd_sid, mulaw);
  EXPECT_EQ(out.data(), data);
}
