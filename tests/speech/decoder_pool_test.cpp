#include "adapters/speech/pocketsphinx/decoder_pool.hpp"

#include "tests/speech/speech_test.hpp"

using namespace velox::speech;

namespace {

class DecoderPool : public ::testing::Test {
protected:
  std::shared_ptr<decoder_pool> pool_ = std::make_shared<decoder_pool>(
    offline_speech_options{}.model_directory, 1);
};

std::string decode(decoder_pool::lease& decoder, const std::string& text) {
  decoder->begin_utterance();
  decoder->feed(joined({silence(200), speak(text, "rms"), silence(200)}));
  return decoder->end_utterance().text;
}

} // namespace

TEST_F(DecoderPool, LendsTheSameDecoderAgain) {
  decoder* first = nullptr;
  {
    auto lease = pool_->acquire(restaurant_phrases());
    EXPECT_EQ(decode(lease, "do you deliver"), "do you deliver");
    first = lease.operator->();
  }
  auto lease = pool_->acquire(restaurant_phrases());
  EXPECT_EQ(lease.operator->(), first);
  EXPECT_EQ(decode(lease, "how much is delivery"), "how much is delivery");
}

TEST_F(DecoderPool, DoesNotLendADecoderInTheMiddleOfAWord) {
  {
    auto lease = pool_->acquire(restaurant_phrases());
    lease->begin_utterance();
    lease->feed(speak("one large pizza", "rms"));
  }
  auto lease = pool_->acquire(restaurant_phrases());
  EXPECT_FALSE(lease->in_utterance());
  EXPECT_EQ(decode(lease, "how much is delivery"), "how much is delivery");
}

TEST_F(DecoderPool, KeepsPhraseSetsApart) {
  { auto lease = pool_->acquire({"order a large pizza"}); }
  auto lease = pool_->acquire({"cancel the appointment"});
  EXPECT_EQ(decode(lease, "cancel the appointment"), "cancel the appointment");
}

TEST_F(DecoderPool, HearsLoudAndSoftLinesAlike) {
  auto lease = pool_->acquire(restaurant_phrases());
  for (double db : {-15., 0., 6.}) {
    lease->begin_call();
    lease->begin_utterance();
    lease->feed(
      scaled(joined({silence(200), speak("is there parking nearby", "rms"),
                     silence(200)}),
             db));
    EXPECT_EQ(lease->end_utterance().text, "is there parking nearby") << db;
  }
}
