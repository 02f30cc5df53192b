#include "adapters/speech/offline.hpp"

#include "tests/synthesizers/voice_test.hpp"

/// The offline voice keeps the same promises as the vendors'.

using namespace velox;
using namespace velox::test;

namespace {

class OfflineVoice : public testing::Test {
protected:
  std::unique_ptr<speech_synthesizer> open() {
    return speech.synthesizers()({"CA1", "en-US", ""}, client.actor());
  }

  const std::string greeting = "Good evening, how can I help you?";
  speech::offline_speech speech;
  voice_client client;
};

} // namespace

TEST_F(OfflineVoice, SaysSentencesInOrder) {
  auto voice = open();
  voice->say({1, 0, greeting});
  voice->say({1, 1, "..."});
  voice->say({1, 2, greeting});
  ASSERT_TRUE(client.wait_complete(1, 2));
  EXPECT_GT(client.record().sentence(1, 0).size(), 8000u);
  EXPECT_EQ(client.record().sentence(1, 2), client.record().sentence(1, 0));
  uint32_t index = 0;
  for (auto& x : client.record().audio()) {
    EXPECT_EQ(x.index, index);
    index += x.last ? 1 : 0;
  }
}

TEST_F(OfflineVoice, CancelsAndGoesOn) {
  auto voice = open();
  for (uint64_t turn = 1; turn <= 9; ++turn) {
    voice->say({turn, 0, greeting + " This goes on for quite a while."});
    voice->say({turn, 1, greeting});
    voice->cancel(turn);
  }
  voice->say({10, 0, greeting});
  ASSERT_TRUE(client.wait_complete(10, 0));
  EXPECT_FALSE(client.record().sentence(10, 0).empty());
  for (uint64_t turn = 1; turn <= 9; ++turn)
    EXPECT_FALSE(client.record().complete(turn, 1)) << turn;
}

TEST_F(OfflineVoice, EndsInTheMiddle) {
  auto voice = open();
  std::string story;
  for (int i = 0; i < 40; ++i)
    story += "and then they went over the hill and far away ";
  voice->say({1, 0, story});
  ASSERT_TRUE(client.wait_audio(1));
  voice.reset();
  auto other = open();
  other->say({9, 0, greeting});
  ASSERT_TRUE(client.wait_complete(9, 0));
  EXPECT_FALSE(client.record().complete(1, 0));
}
