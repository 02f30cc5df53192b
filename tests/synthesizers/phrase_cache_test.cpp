#include "adapters/speech/synthesizers/phrase_cache.hpp"

#include "adapters/speech/synthesizers/synthesizers.hpp"
#include "tests/support/vendors/fake_cartesia.hpp"
#include "tests/synthesizers/voice_test.hpp"

#include <future>

using namespace velox;
using namespace velox::speech;
using namespace velox::test;
using namespace std::chrono_literals;

namespace {

phrase_key key(std::string text) {
  return {"cartesia", "", "en-US", std::move(text)};
}

phrase silence_of(size_t bytes) {
  return {std::vector<uint8_t>(bytes, 0xff), {}};
}

class CachedVoice : public testing::Test {
protected:
  synthesizer_factory factory() {
    return cached(cache, "cartesia",
                  cartesia_voice(out.vendor(fake.server().url())));
  }

  std::unique_ptr<speech_synthesizer> open() {
    return factory()({"CA1", "en-US", ""}, client.actor());
  }

  const std::string greeting = "Hello, who is calling please?";
  const std::string filler = "One moment.";
  std::shared_ptr<phrase_cache> cache = std::make_shared<phrase_cache>();
  fake_cartesia fake;
  outbound_thread out;
  voice_client client;
};

} // namespace

TEST(PhraseCache, KeepsWhatWasUsedLast) {
  phrase_cache cache{3'500};
  cache.keep(key("one"), silence_of(1000));
  cache.keep(key("two"), silence_of(1000));
  cache.keep(key("three"), silence_of(1000));
  EXPECT_TRUE(cache.find(key("one")));
  cache.keep(key("four"), silence_of(1000));
  EXPECT_TRUE(cache.has(key("one")));
  EXPECT_FALSE(cache.has(key("two")));
  EXPECT_LE(cache.bytes(), 3'500u);
  cache.keep(key("more than all"), silence_of(4000));
  EXPECT_FALSE(cache.has(key("more than all")));
  EXPECT_TRUE(cache.has(key("four")));
}

TEST(PhraseCache, TellsVendorVoiceAndLanguageApart) {
  phrase_cache cache;
  cache.keep({"openai", "nova", "en", "hi"}, silence_of(10));
  EXPECT_TRUE(cache.has({"openai", "nova", "en", "hi"}));
  EXPECT_FALSE(cache.has({"azure", "nova", "en", "hi"}));
  EXPECT_FALSE(cache.has({"openai", "echo", "en", "hi"}));
  EXPECT_FALSE(cache.has({"openai", "nova", "es", "hi"}));
  EXPECT_FALSE(cache.has({"openai", "novae", "n", "hi"}));
}

TEST(PhraseCache, RefusesLongSentences) {
  phrase_cache cache;
  cache.keep(key("long"), silence_of(phrase_cache::longest + 1));
  EXPECT_FALSE(cache.has(key("long")));
  cache.keep(key("not so long"), silence_of(phrase_cache::longest));
  EXPECT_TRUE(cache.has(key("not so long")));
}

TEST_F(CachedVoice, SaysItAgainWithoutTheVendor) {
  {
    auto voice = open();
    voice->say({1, 0, greeting, 1});
    ASSERT_TRUE(client.wait_complete(1, 0));
  }
  EXPECT_TRUE(cache->has(key(greeting)));
  auto voice = open();
  voice->say({2, 4, greeting, 2});
  ASSERT_TRUE(client.wait_complete(2, 4));
  EXPECT_EQ(fake.texts().size(), 1u);
  auto& record = client.record();
  EXPECT_EQ(record.sentence(1, 0, 1), fake_voice::audio_of(greeting));
  EXPECT_EQ(record.sentence(2, 4, 2), fake_voice::audio_of(greeting));
  auto first = record.words(1, 0);
  auto second = record.words(2, 4);
  ASSERT_EQ(first.size(), 5u);
  ASSERT_EQ(second.size(), 5u);
  for (size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].text, second[i].text);
    EXPECT_EQ(first[i].start_ms, second[i].start_ms);
  }
}

TEST_F(CachedVoice, KeepsTheOrder) {
  cache->keep(key(filler), {fake_voice::audio_of(filler), {}});
  auto voice = open();
  fake.hold_after(1);
  voice->say({1, 0, greeting});
  voice->say({1, 1, filler}); // known, but not yet
  voice->say({1, 2, "And then?"});
  ASSERT_TRUE(client.wait_audio(1));
  client.settle();
  EXPECT_FALSE(client.record().complete(1, 1));
  fake.hold_after(-1);
  ASSERT_TRUE(client.wait_complete(1, 2));
  uint32_t index = 0;
  for (auto& x : client.record().audio()) {
    EXPECT_EQ(x.index, index);
    index += x.last ? 1 : 0;
  }
  EXPECT_EQ(client.record().sentence(1, 1), fake_voice::audio_of(filler));
}

TEST_F(CachedVoice, DoesNotKeepWhatWasCancelled) {
  auto voice = open();
  fake.hold_after(1);
  voice->say({1, 0, greeting});
  ASSERT_TRUE(client.wait_audio(1));
  voice->cancel(1);
  fake.hold_after(-1);
  voice->say({2, 0, filler});
  ASSERT_TRUE(client.wait_complete(2, 0));
  EXPECT_FALSE(cache->has(key(greeting)));
  EXPECT_TRUE(cache->has(key(filler)));
  EXPECT_FALSE(client.record().complete(1, 0));
}

TEST_F(CachedVoice, PassesFailuresOn) {
  vendor_trouble trouble;
  trouble.status = 401;
  fake.server().set_trouble(trouble);
  auto voice = open();
  voice->say({1, 0, greeting, 6});
  ASSERT_TRUE(client.wait_failure());
  EXPECT_EQ(client.record().failures()[0].code, provider_errc::unauthorized);
  EXPECT_EQ(client.record().failures()[0].attempt, 6u);
}

TEST_F(CachedVoice, EndsWithItsHandle) {
  auto voice = open();
  fake.hold_after(1);
  voice->say({1, 0, greeting});
  ASSERT_TRUE(client.wait_audio(1));
  voice.reset();
  EXPECT_TRUE(fake.server().wait_until_idle());
  client.settle();
  EXPECT_FALSE(client.record().complete(1, 0));
}

TEST_F(CachedVoice, Preloads) {
  std::promise<size_t> said;
  preload(client.system(), factory(), {"", "en-US", ""}, {greeting, filler},
          [&](size_t count) { said.set_value(count); });
  auto future = said.get_future();
  ASSERT_EQ(future.wait_for(10s), std::future_status::ready);
  EXPECT_EQ(future.get(), 2u);
  EXPECT_TRUE(cache->has(key(greeting)));
  EXPECT_TRUE(cache->has(key(filler)));
  EXPECT_TRUE(fake.server().wait_until_idle());
}

TEST_F(CachedVoice, PreloadSaysWhenItFailed) {
  vendor_trouble trouble;
  trouble.status = 500;
  fake.server().set_trouble(trouble);
  std::promise<size_t> said;
  preload(client.system(), factory(), {"", "en-US", ""}, {greeting, filler},
          [&](size_t count) { said.set_value(count); });
  auto future = said.get_future();
  ASSERT_EQ(future.wait_for(10s), std::future_status::ready);
  EXPECT_EQ(future.get(), 0u);
}
