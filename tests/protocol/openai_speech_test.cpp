#include "protocol/openai_speech.hpp"

#include <gtest/gtest.h>

using namespace velox;

TEST(OpenaiSpeech, WritesRequests) {
  openai_speech_options x;
  x.instructions = "Warm.";
  x.speed = 1.5;
  EXPECT_EQ(openai_speech_body(x, "Hi."),
            R"({"model":"gpt-4o-mini-tts","voice":"coral","input":"Hi.",)"
            R"("instructions":"Warm.","response_format":"pcm","speed":1.5,)"
            R"("stream_format":"audio"})");
  // The old models take neither instructions nor a stream format.
  x.model = "tts-1-hd";
  x.speed = 1;
  EXPECT_EQ(openai_speech_body(x, "Hi."),
            R"({"model":"tts-1-hd","voice":"coral","input":"Hi.",)"
            R"("response_format":"pcm"})");
}

TEST(OpenaiSpeech, ReadsEventsHoweverTheyAreCut) {
  const std::string text
    = ": hello\n\nevent: x\r\ndata: "
      "{\"type\":\"speech.audio.delta\",\"audio\":\"AQI=\"}\r\n\r\n"
      "data:{\"type\":\"speech.audio.delta\",\"audio\":\"Aw==\"}\n\n"
      "data: {\"type\":\"something.new\"}\n\n"
      "data: {\"type\":\"speech.audio.done\",\"usage\":{}}\n\n";
  for (size_t size : {size_t{1}, size_t{7}, text.size()}) {
    openai_speech_events events;
    std::vector<uint8_t> pcm;
    for (size_t at = 0; at < text.size(); at += size) {
      EXPECT_FALSE(events.done());
      ASSERT_TRUE(events.feed(std::string_view{text}.substr(at, size), pcm));
      if (events.done())
        break;
    }
    EXPECT_TRUE(events.done());
    EXPECT_EQ(pcm, (std::vector<uint8_t>{1, 2, 3})) << size;
  }
}

TEST(OpenaiSpeech, RefusesEventsThatMakeNoSense) {
  for (auto text :
       {"data: {\n", "data: {\"type\":\"error\"}\n",
        "data: {\"error\":{\"code\":\"x\"}}\n",
        "data: {\"type\":\"speech.audio.delta\"}\n",
        "data: {\"type\":\"speech.audio.delta\",\"audio\":\"!\"}\n"}) {
    openai_speech_events events;
    std::vector<uint8_t> pcm;
    EXPECT_FALSE(events.feed(text, pcm)) << text;
  }
}

TEST(OpenaiSpeech, ReadsErrors) {
  EXPECT_EQ(
    openai_speech_error(R"({"error":{"message":"x","type":"t","code":"c"}})"),
    "c");
  EXPECT_EQ(
    openai_speech_error(R"({"error":{"message":"x","type":"t","code":null}})"),
    "t");
  for (auto text : {"", "{}", R"({"error":7})", "[]"})
    EXPECT_EQ(openai_speech_error(text), "") << text;
}
