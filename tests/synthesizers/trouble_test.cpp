#include "tests/support/eventually.hpp"
#include "tests/synthesizers/conformance.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::test;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

class VoiceInTrouble : public Voice {};

} // namespace

// -- trouble
// -------------------------------------------------------------------

TEST_P(VoiceInTrouble, GivesUpOnASilentVendor) {
  deadline = 300ms;
  auto voice = open();
  fake->hold_after(0);
  voice->say({1, 0, greeting, 4});
  auto x = failure();
  EXPECT_EQ(x.code, provider_errc::timed_out);
  EXPECT_EQ(x.stage, "tts");
  EXPECT_EQ(x.attempt, 4u);
  EXPECT_THAT(x.why, Not(HasSubstr("evening")));
}

TEST_P(VoiceInTrouble, GivesUpOnAVendorThatStalls) {
  deadline = 300ms;
  auto voice = open();
  fake->hold_after(2);
  voice->say({1, 0, greeting, 4});
  EXPECT_EQ(failure().code, provider_errc::timed_out);
  EXPECT_FALSE(client.record().complete(1, 0));
}

TEST_P(VoiceInTrouble, SaysWhyTheVendorRefuses) {
  struct refusal {
    int status;
    const char* retry_after;
    provider_errc code;
    int64_t retry_after_ms;
  };
  for (auto& x : {refusal{401, "", provider_errc::unauthorized, 0},
                  refusal{402, "", provider_errc::out_of_quota, 0},
                  refusal{429, "7", provider_errc::rate_limited, 7000},
                  refusal{500, "", provider_errc::overloaded, 0},
                  refusal{503, "2", provider_errc::overloaded, 2000}}) {
    voice_client fresh;
    vendor_trouble trouble;
    trouble.status = x.status;
    trouble.retry_after = x.retry_after;
    fake->server().set_trouble(trouble);
    auto make = GetParam().make(out.vendor(fake->server().url()), {});
    auto voice = make({"CA1", "en-US", ""}, fresh.actor());
    voice->say({1, 0, greeting, 9});
    ASSERT_TRUE(fresh.wait_failure());
    auto failed = fresh.record().failures()[0];
    EXPECT_EQ(failed.code, x.code) << x.status << failed.why;
    EXPECT_EQ(failed.retry_after_ms, x.retry_after_ms) << x.status;
    EXPECT_EQ(failed.attempt, 9u);
    EXPECT_THAT(failed.why, HasSubstr(std::to_string(x.status)));
    EXPECT_THAT(failed.why, Not(HasSubstr("test-key")));
  }
}

TEST_P(VoiceInTrouble, RefusesAWrongKey) {
  auto vendor = out.vendor(fake->server().url(), "wrong-key");
  auto voice
    = GetParam().make(vendor, {})({"CA1", "en-US", ""}, client.actor());
  voice->say({1, 0, greeting});
  auto x = failure();
  EXPECT_EQ(x.code, provider_errc::unauthorized);
  EXPECT_THAT(x.why, Not(HasSubstr("wrong-key")));
}

TEST_P(VoiceInTrouble, ReportsAConnectionLostInTheMiddle) {
  auto voice = open();
  fake->reset_after(2);
  voice->say({1, 0, greeting, 3});
  auto x = failure();
  EXPECT_EQ(x.code, provider_errc::broken) << x.why;
  EXPECT_EQ(x.attempt, 3u);
  EXPECT_FALSE(client.record().complete(1, 0));
  // It was the last word.
  voice->say({1, 1, answer});
  voice->cancel(1);
  settle();
  EXPECT_EQ(client.record().failures().size(), 1u);
}

TEST_P(VoiceInTrouble, ReportsAVendorThatIsNotThere) {
  fake->server().down();
  auto voice = open();
  voice->say({1, 0, greeting});
  EXPECT_EQ(failure().code, provider_errc::unreachable);
}

TEST_P(VoicePerRequest, LetsTheSentenceBeforeEndBeforeItFails) {
  auto voice = open();
  fake->hold_after(1);
  voice->say({1, 0, greeting, 1});
  ASSERT_TRUE(fake->wait_for_texts(1));
  vendor_trouble trouble;
  trouble.status = 500;
  fake->server().set_trouble(trouble);
  voice->say({1, 1, answer, 2});
  ASSERT_TRUE(eventually([&] { return fake->server().requests() >= 2; }));
  fake->hold_after(-1);
  EXPECT_EQ(failure().attempt, 2u);
  EXPECT_EQ(client.record().sentence(1, 0, 1), audio_of(greeting));
  EXPECT_TRUE(client.record().complete(1, 0));
}

// -- the end
// -------------------------------------------------------------------

TEST_P(VoiceInTrouble, EndsBeforeItSaidAnything) {
  auto voice = open();
  voice.reset();
  expect_gone(0);
}

TEST_P(VoiceInTrouble, EndsBeforeTheFirstSound) {
  auto voice = open();
  fake->hold_after(0);
  voice->say({1, 0, greeting});
  ASSERT_TRUE(fake->wait_for_texts(1));
  voice.reset();
  expect_gone(0);
}

TEST_P(VoiceInTrouble, EndsInTheMiddle) {
  auto voice = open();
  fake->hold_after(1);
  voice->say({1, 0, greeting});
  voice->say({1, 1, answer});
  wait_midway(1, 1);
  voice.reset();
  settle();
  auto count = client.record().count();
  expect_gone(count);
}

TEST_P(VoiceInTrouble, EndsWithWordsUnderWay) {
  auto voice = open();
  voice->say({1, 0, greeting});
  voice->cancel(1);
  voice->say({2, 0, greeting});
  voice.reset();
  settle();
  expect_gone(client.record().count());
}

INSTANTIATE_TEST_SUITE_P(Vendors, VoiceInTrouble,
                         testing::ValuesIn(implementations()), name_of);

// What fails on a socket is all of it.
INSTANTIATE_TEST_SUITE_P(Vendors, VoicePerRequest,
                         testing::ValuesIn(implementations_that([](auto& x) {
                           return !x.socket;
                         })),
                         name_of);
