#include "tests/speech/speech_test.hpp"

#include "adapters/speech/pocketsphinx/language_model.hpp"
#include "protocol/g711.hpp"
#include "protocol/type_ids.hpp"

#include <algorithm>

namespace velox::speech {

audio silence(int ms) {
  return audio(static_cast<size_t>(8 * ms), mulaw_silence);
}

audio noise(int ms, double dbfs, unsigned seed) {
  std::mt19937 random{seed};
  std::normal_distribution<double> samples{0, 32768 * std::pow(10, dbfs / 20)};
  auto result = silence(ms);
  for (auto& x : result)
    x = linear_to_mulaw(
      static_cast<int16_t>(std::clamp(samples(random), -32000., 32000.)));
  return result;
}

audio scaled(const audio& x, double db) {
  auto factor = std::pow(10, db / 20);
  auto result = x;
  for (auto& byte : result)
    byte = linear_to_mulaw(static_cast<int16_t>(
      std::clamp(mulaw_to_linear(byte) * factor, -32000., 32000.)));
  return result;
}

audio mixed(const audio& x, const audio& y) {
  audio result(std::max(x.size(), y.size()));
  for (size_t i = 0; i < result.size(); ++i) {
    int sum = (i < x.size() ? mulaw_to_linear(x[i]) : 0)
              + (i < y.size() ? mulaw_to_linear(y[i]) : 0);
    result[i]
      = linear_to_mulaw(static_cast<int16_t>(std::clamp(sum, -32000, 32000)));
  }
  return result;
}

audio joined(std::initializer_list<audio> parts) {
  audio result;
  for (auto& x : parts)
    result.insert(result.end(), x.begin(), x.end());
  return result;
}

size_t word_errors(const std::string& said, const std::string& heard) {
  auto a = words_of(said);
  auto b = words_of(heard);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j < row.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      auto above = row[j];
      row[j] = std::min(
        {above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

const std::vector<std::string>& restaurant_phrases() {
  static const std::vector<std::string> result{
    "i'd like to book a table",
    "i want to make a reservation",
    "a table for two please",
    "for four people",
    "for six people at seven thirty",
    "tomorrow evening at eight",
    "on friday at seven o'clock",
    "do you have vegetarian options",
    "what are your opening hours",
    "when do you close on sunday",
    "where are you located",
    "is there parking nearby",
    "i need to cancel my reservation",
    "i'd like to change my booking",
    "can i speak to a manager",
    "what's on the menu today",
    "do you deliver",
    "how much is delivery",
    "i want to order a pizza",
    "one large pizza with mushrooms",
    "my name is john smith",
    "that's all thank you",
  };
  return result;
}

SpeechTest::messages_config::messages_config() {
  add_message_types<caf::id_block::velox>();
}

audio SpeechTest::next_sentence(uint64_t turn, uint32_t index) {
  audio result;
  for (;;) {
    auto piece = next<sentence_audio>();
    if (!piece) {
      ADD_FAILURE() << "no more audio";
      return result;
    }
    EXPECT_EQ(piece->turn, turn);
    EXPECT_EQ(piece->index, index);
    EXPECT_EQ(piece->offset, result.size());
    EXPECT_TRUE(piece->last || !piece->mulaw.empty());
    result.insert(result.end(), piece->mulaw.begin(), piece->mulaw.end());
    if (piece->last)
      return result;
  }
}

void SpeechTest::expect_silence() {
  EXPECT_FALSE(self_->has_next_message());
}

} // namespace velox::speech
