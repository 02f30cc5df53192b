#include "protocol/cartesia.hpp"

#include <gtest/gtest.h>

#include <fstream>

using namespace velox;

using kind = cartesia_event;

TEST(Cartesia, WritesRequests) {
  cartesia_options x{"v", "sonic-3", "hi", true};
  EXPECT_EQ(cartesia_say(x, "c", "Hi. "),
            R"({"model_id":"sonic-3","transcript":"Hi. ",)"
            R"("voice":{"mode":"id","id":"v"},"language":"hi",)"
            R"("context_id":"c","output_format":{"container":"raw",)"
            R"("encoding":"pcm_mulaw","sample_rate":8000},)"
            R"("add_timestamps":true,"continue":false,)"
            R"("max_buffer_delay_ms":0})");
  EXPECT_EQ(cartesia_cancel("c"), R"({"context_id":"c","cancel":true})");
}

TEST(Cartesia, ReadsRecordedFrames) {
  std::ifstream file{VELOX_SOURCE_DIR "/tests/wire/tts/cartesia.jsonl"};
  std::vector<cartesia_message> all;
  for (std::string line; std::getline(file, line);)
    if (!line.starts_with("#"))
      all.push_back(parse_cartesia(line));
  ASSERT_EQ(all.size(), 6u);
  EXPECT_EQ(all[0].kind, kind::chunk);
  EXPECT_EQ(all[0].context, "turn-3");
  EXPECT_EQ(all[0].audio, (std::vector<uint8_t>{1, 2, 3}));
  EXPECT_EQ(all[1].kind, kind::timestamps);
  ASSERT_EQ(all[1].words.size(), 1u);
  EXPECT_EQ(all[1].words[0].text, "Hello");
  EXPECT_EQ(all[1].words[0].end_ms, 400);
  EXPECT_EQ(all[2].kind, kind::unknown);
  EXPECT_EQ(all[3].kind, kind::done);
  EXPECT_EQ(all[4].kind, kind::error);
  EXPECT_EQ(all[4].status, 400);
  EXPECT_EQ(all[4].code, "invalid_voice");
  EXPECT_EQ(all[5].context, "");
  EXPECT_EQ(all[5].status, 429);
}

TEST(Cartesia, RefusesWhatMakesNoSense) {
  for (auto text : {"", "{", "[]", "{}", R"({"type":"chunk"})",
                    R"({"type":"chunk","data":"!"})"})
    EXPECT_EQ(parse_cartesia(text).kind, kind::malformed) << text;
  for (auto times : {"7", "{}", R"({"words":["a"],"start":[],"end":[0]})",
                     R"({"words":[1],"start":[0],"end":[0]})",
                     R"({"words":["a"],"start":[1e300],"end":[0]})"}) {
    auto x = parse_cartesia(R"({"type":"timestamps","word_timestamps":)"
                            + std::string{times} + "}");
    EXPECT_EQ(x.kind, kind::timestamps) << times;
    EXPECT_TRUE(x.words.empty()) << times;
  }
}
