#include "protocol/elevenlabs.hpp"

#include <gtest/gtest.h>

#include <fstream>

using namespace velox;

namespace {

std::vector<elevenlabs_message> recorded() {
  std::ifstream file{VELOX_SOURCE_DIR "/tests/wire/tts/elevenlabs.jsonl"};
  std::vector<elevenlabs_message> result;
  for (std::string line; std::getline(file, line);)
    if (!line.starts_with("#"))
      result.push_back(parse_elevenlabs(line));
  return result;
}

} // namespace

TEST(Elevenlabs, WritesRequests) {
  elevenlabs_options x{"v 1", "eleven_flash_v2_5", "hi", 1};
  EXPECT_EQ(elevenlabs_target(x), "/v1/text-to-speech/v%201/stream/"
                                  "with-timestamps?output_format=ulaw_8000");
  EXPECT_EQ(elevenlabs_socket_target(x),
            "/v1/text-to-speech/v%201/multi-stream-input?model_id="
            "eleven_flash_v2_5&output_format=ulaw_8000&inactivity_timeout=180"
            "&auto_mode=true&language_code=hi");
  EXPECT_EQ(elevenlabs_body(x, "Hi."),
            R"({"text":"Hi.","model_id":"eleven_flash_v2_5",)"
            R"("language_code":"hi","voice_settings":{"stability":0.5,)"
            R"("similarity_boost":0.75}})");
  EXPECT_EQ(elevenlabs_begin(x, "c"),
            R"({"text":" ","context_id":"c","voice_settings":)"
            R"({"stability":0.5,"similarity_boost":0.75}})");
  EXPECT_EQ(elevenlabs_text("c", "Hi."), R"({"text":"Hi. ","context_id":"c"})");
  EXPECT_EQ(elevenlabs_text("c", "Hi "), R"({"text":"Hi ","context_id":"c"})");
  EXPECT_EQ(elevenlabs_flush("c"), R"({"context_id":"c","flush":true})");
  EXPECT_EQ(elevenlabs_close_context("c"),
            R"({"context_id":"c","close_context":true})");
}

TEST(Elevenlabs, ReadsRecordedFrames) {
  auto all = recorded();
  ASSERT_EQ(all.size(), 6u);
  for (auto& x : all)
    EXPECT_TRUE(x.valid);
  EXPECT_EQ(all[0].context, "turn-3");
  EXPECT_EQ(all[0].audio, (std::vector<uint8_t>{1, 2, 3}));
  EXPECT_EQ(all[0].times.end_ms, (std::vector<int64_t>{40, 90}));
  EXPECT_EQ(all[1].times.end_ms, (std::vector<int64_t>{10, 30}));
  EXPECT_TRUE(all[2].audio.empty());
  EXPECT_FALSE(all[2].times.empty());
  EXPECT_TRUE(all[3].final);
  EXPECT_TRUE(all[4].final);
  EXPECT_EQ(all[4].context, "turn-4");
  EXPECT_EQ(all[5].audio.size(), 2u);
  EXPECT_EQ(all[5].times.end_ms, std::vector<int64_t>{100});
}

TEST(Elevenlabs, MakesWordsAcrossPieces) {
  auto all = recorded();
  word_builder words;
  EXPECT_TRUE(words.add(all[0].times, 0).empty());
  auto first = words.add(all[1].times, 90); // the space ends the word
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].text, "Hi");
  EXPECT_EQ(first[0].start_ms, 0);
  EXPECT_EQ(first[0].end_ms, 90);
  EXPECT_TRUE(words.add(all[2].times, 120).empty());
  auto second = words.finish();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].text, "yo");
  EXPECT_EQ(second[0].start_ms, 100);
  EXPECT_EQ(second[0].end_ms, 125);
  EXPECT_TRUE(words.finish().empty());
}

TEST(Elevenlabs, RefusesWhatMakesNoSense) {
  for (auto text : {"", "{", "[]", "7", R"({"audio":"!"})"})
    EXPECT_FALSE(parse_elevenlabs(text).valid) << text;
  // The audio counts, times that do not fit are ignored.
  for (auto times :
       {R"({"chars":["a"],"charStartTimesMs":[],"charDurationsMs":[1]})",
        R"({"chars":["a"],"charStartTimesMs":[0]})",
        R"({"chars":[1],"charStartTimesMs":[0],"charDurationsMs":[1]})",
        R"({"chars":["a"],"charStartTimesMs":["0"],"charDurationsMs":[1]})",
        R"({"chars":["a"],"charStartTimesMs":[1e300],"charDurationsMs":[1]})",
        "7"}) {
    auto x = parse_elevenlabs(R"({"audio":"AQ==","alignment":)"
                              + std::string{times} + "}");
    EXPECT_TRUE(x.valid) << times;
    EXPECT_TRUE(x.times.empty()) << times;
  }
}

TEST(Elevenlabs, ReadsErrors) {
  EXPECT_EQ(elevenlabs_error(
              R"({"detail":{"status":"invalid_api_key","message":"x"}})"),
            "invalid_api_key");
  EXPECT_EQ(elevenlabs_error(R"({"detail":[{"msg":"x"}]})"), "validation");
  for (auto text : {"", "{}", R"({"detail":7})", R"({"detail":{}})"})
    EXPECT_EQ(elevenlabs_error(text), "") << text;
  EXPECT_EQ(parse_elevenlabs(R"({"error":"quota_exceeded"})").error,
            "quota_exceeded");
}
