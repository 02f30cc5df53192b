#include "protocol/deepgram_speak.hpp"

#include <gtest/gtest.h>

#include <fstream>

using namespace velox;

TEST(DeepgramSpeak, AsksForBareMulaw) {
  EXPECT_EQ(deepgram_speak_target("aura-2-thalia-en"),
            "/v1/speak?model=aura-2-thalia-en&encoding=mulaw&sample_rate=8000"
            "&container=none");
  EXPECT_EQ(deepgram_speak_socket_target("a&b"),
            "/v1/speak?model=a%26b&encoding=mulaw&sample_rate=8000");
  EXPECT_EQ(deepgram_speak_body("Say \"hi\""), R"({"text":"Say \"hi\""})");
  EXPECT_EQ(deepgram_speak_text("Hi"), R"({"type":"Speak","text":"Hi"})");
  EXPECT_EQ(deepgram_speak_flush(), R"({"type":"Flush"})");
  EXPECT_EQ(deepgram_speak_clear(), R"({"type":"Clear"})");
  EXPECT_EQ(deepgram_speak_close(), R"({"type":"Close"})");
}

TEST(DeepgramSpeak, ReadsRecordedFrames) {
  using kind = deepgram_speak_event;
  std::ifstream file{VELOX_SOURCE_DIR "/tests/wire/tts/deepgram.jsonl"};
  std::vector<deepgram_speak_message> all;
  for (std::string line; std::getline(file, line);)
    if (!line.starts_with("#"))
      all.push_back(parse_deepgram_speak(line));
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].kind, kind::metadata);
  EXPECT_EQ(all[1].kind, kind::flushed);
  EXPECT_EQ(all[1].sequence, 0);
  EXPECT_EQ(all[2].kind, kind::cleared);
  EXPECT_EQ(all[2].sequence, 1);
  EXPECT_EQ(all[3].kind, kind::warning);
}

TEST(DeepgramSpeak, ReadsEverythingElse) {
  using kind = deepgram_speak_event;
  struct row {
    const char* text;
    kind expected;
  };
  for (auto& x :
       {row{R"({"type":"Error","code":"X"})", kind::error},
        row{R"({"type":"SpeechStarted"})", kind::unknown},
        row{R"({"no":"type"})", kind::malformed},
        row{R"({"type":7})", kind::malformed}, row{"[]", kind::malformed},
        row{"", kind::malformed}, row{"{", kind::malformed}})
    EXPECT_EQ(parse_deepgram_speak(x.text).kind, x.expected) << x.text;
  EXPECT_EQ(parse_deepgram_speak(R"({"type":"Error","code":"X"})").code, "X");
}

TEST(DeepgramSpeak, ReadsErrors) {
  EXPECT_EQ(
    deepgram_speak_error(
      R"({"err_code":"INVALID_AUTH","err_msg":"No.","request_id":"1"})"),
    "INVALID_AUTH");
  for (auto text : {"", "no", "{}", "[]", R"({"err_code":1})"})
    EXPECT_EQ(deepgram_speak_error(text), "") << text;
}
