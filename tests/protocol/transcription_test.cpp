#include "protocol/transcription.hpp"

#include "tests/protocol/stt_wire.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Transcription, AsksDeepgramAsTheDocumentDoes) {
  EXPECT_EQ(deepgram_prerecorded_target("nova-3", "", "audio/wav", false, {}),
            "/v1/listen?model=nova-3&detect_language=true&smart_format=true");
  EXPECT_EQ(
    deepgram_prerecorded_target("nova-3", "hi-IN", raw_mulaw_type, true, {}),
    "/v1/listen?model=nova-3&language=multi&smart_format=true&"
    "encoding=mulaw&sample_rate=8000&multichannel=true");
}

TEST(Transcription, ReadsDeepgram) {
  auto x
    = parse_deepgram_prerecorded(stt_frame("transcription.json", "deepgram"));
  ASSERT_TRUE(x);
  EXPECT_EQ(x->text, "Hi, please call me back.");
  EXPECT_DOUBLE_EQ(x->confidence, 0.98);
  EXPECT_EQ(x->language, "en");
  EXPECT_EQ(x->duration_ms, 12'300);
  ASSERT_EQ(x->words.size(), 1u);
  EXPECT_EQ(x->words[0].text, "Hi,");
  EXPECT_EQ(x->words[0].end_ms, 300);
  EXPECT_TRUE(x->channels.empty());
}

TEST(Transcription, KeepsChannelsApart) {
  auto x = parse_deepgram_prerecorded(
    R"({"results":{"channels":[{"alternatives":[{"transcript":"hello"}]},)"
    R"({"alternatives":[{"transcript":"hi"}]}]}})");
  ASSERT_TRUE(x);
  EXPECT_THAT(x->channels, ElementsAre("hello", "hi"));
}

TEST(Transcription, ReadsOpenai) {
  auto x = parse_whisper(stt_frame("transcription.json", "openai"));
  ASSERT_TRUE(x);
  EXPECT_EQ(x->text, "hello");
  x = parse_whisper(
    R"({"text":"Call me. Thanks for watching!","language":"english",)"
    R"("duration":3.5,"segments":[{"text":" Call me.","no_speech_prob":0.01,)"
    R"("avg_logprob":-0.2},{"text":" Thanks for watching!",)"
    R"("no_speech_prob":0.9,"avg_logprob":-1.2}]})");
  ASSERT_TRUE(x);
  EXPECT_EQ(x->text, "Call me."); // Whisper invents words in silence
  EXPECT_EQ(x->language, "english");
  EXPECT_EQ(x->duration_ms, 3500);
}

TEST(Transcription, RefusesWhatMakesNoSense) {
  for (auto text : {"", "{}", R"({"results":{}})",
                    R"({"results":{"channels":[{}]}})", R"({"text":1})"}) {
    EXPECT_FALSE(parse_deepgram_prerecorded(text)) << text;
    EXPECT_FALSE(parse_whisper(text)) << text;
  }
}

TEST(Transcription, WrapsRawAudioInWav) {
  auto file = wav_of_mulaw("abc");
  EXPECT_EQ(file.size(), 62u);
  EXPECT_THAT(file, testing::StartsWith(std::string{"RIFF\x36\0\0\0WAVE", 12}));
  EXPECT_THAT(file, HasSubstr(std::string{"data\x03\0\0\0abc", 11}));
}

TEST(Transcription, WritesForms) {
  auto x = whisper_request("whisper-1", "hi-IN", "audio/mpeg", "bytes");
  ASSERT_TRUE(x);
  EXPECT_EQ(x->content_type, "multipart/form-data; boundary=velox-part");
  EXPECT_EQ(x->body,
            "--velox-part\r\nContent-Disposition: form-data; name=\"model\""
            "\r\n\r\nwhisper-1\r\n"
            "--velox-part\r\nContent-Disposition: form-data; name=\"language\""
            "\r\n\r\nhi\r\n"
            "--velox-part\r\nContent-Disposition: form-data; "
            "name=\"response_format\"\r\n\r\nverbose_json\r\n"
            "--velox-part\r\nContent-Disposition: form-data; name=\"file\"; "
            "filename=\"recording.mp3\"\r\nContent-Type: audio/mpeg"
            "\r\n\r\nbytes\r\n--velox-part--\r\n");
  EXPECT_THAT(whisper_request("gpt-4o-transcribe", "", "audio/wav", "x")->body,
              Not(HasSubstr("verbose_json")));
  EXPECT_FALSE(whisper_request("whisper-1", "", "text/html", "x"));
}

TEST(Transcription, FindsABoundaryThatIsNotInTheRecording) {
  auto x = whisper_request("m", "", "audio/wav", "--velox-part--velox-part-0");
  ASSERT_TRUE(x);
  EXPECT_THAT(x->content_type, testing::EndsWith("=velox-part-1"));
}
