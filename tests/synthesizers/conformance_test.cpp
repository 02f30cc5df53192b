#include "tests/support/eventually.hpp"
#include "tests/synthesizers/implementations.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <gmock/gmock.h>
#include <thread>

/// What every vendor's voice must do, over real sockets and TLS, against the
/// fake of its vendor.

using namespace velox;
using namespace velox::test;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

const std::string greeting = "Good evening, how can I help you?";
const std::string answer = "We are open until nine, every day but Monday.";

class Voice : public testing::TestWithParam<implementation> {
protected:
  std::unique_ptr<speech_synthesizer> open() {
    // Long enough for a machine that is busy, unless the test is about it.
    speech::voice_options options;
    options.first_audio = deadline;
    options.stall = deadline;
    auto base = fake->server().url();
    auto make = GetParam().make(out.vendor(base), options);
    return make({"CA1", GetParam().language, ""}, client.actor());
  }

  /// Waits until the vendor is in the middle of its answer to the `n`th text.
  void wait_midway(uint64_t turn, size_t n) {
    ASSERT_TRUE(fake->wait_for_texts(n));
    if (GetParam().streams) {
      ASSERT_TRUE(client.wait_audio(turn));
    }
  }

  /// What the session and its actor were told before this call is done.
  void settle() {
    std::promise<void> done;
    out.out()->dispatch([&done] { done.set_value(); });
    done.get_future().wait();
    client.settle();
  }

  std::vector<uint8_t> audio_of(std::string_view text) {
    return GetParam().audio_of(text);
  }

  provider_failed failure() {
    EXPECT_TRUE(client.wait_failure());
    auto all = client.record().failures();
    return all.empty() ? provider_failed{} : all[0];
  }

  /// Nothing of the session is left, and nothing was said since `count`.
  void expect_gone(size_t count) {
    if (GetParam().socket) {
      EXPECT_TRUE(fake->server().wait_until_idle());
    }
    fake->hold_after(-1);
    // A whole other session is served meanwhile: late audio would be here.
    auto other = open();
    other->say({99, 0, answer});
    EXPECT_TRUE(client.wait_complete(99, 0));
    size_t others = 0;
    for (auto& x : client.record().audio())
      others += x.turn == 99 ? 1 : 0;
    EXPECT_EQ(client.record().count() - others, count);
  }

  net::milliseconds deadline = 8s;
  std::unique_ptr<fake_voice> fake = GetParam().fake();
  outbound_thread out;
  voice_client client;
};

} // namespace

// -- speaking
// ------------------------------------------------------------------

TEST_P(Voice, SaysASentence) {
  auto voice = open();
  voice->say({7, 3, greeting, 5});
  ASSERT_TRUE(client.wait_complete(7, 3));
  EXPECT_EQ(client.record().sentence(7, 3, 5), audio_of(greeting));
  EXPECT_EQ(fake->texts(), std::vector<std::string>{greeting});
  EXPECT_TRUE(client.record().failures().empty());
}

TEST_P(Voice, KeepsTheOrderOfSentences) {
  auto voice = open();
  std::vector<std::string> texts;
  for (uint32_t i = 0; i < 8; ++i) {
    // Long ones are followed by short ones, which are made sooner.
    texts.push_back("Sentence " + std::to_string(i)
                    + std::string(i % 2 == 0 ? 150 : 0, 'x') + ".");
    voice->say({1, i, texts.back()});
  }
  ASSERT_TRUE(client.wait_complete(1, 7));
  for (uint32_t i = 0; i < 8; ++i)
    EXPECT_EQ(client.record().sentence(1, i), audio_of(texts[i])) << i;
  uint32_t index = 0;
  for (auto& x : client.record().audio()) {
    EXPECT_EQ(x.index, index) << "sentences overlap";
    index += x.last ? 1 : 0;
  }
}

TEST_P(Voice, AsksForTheNextSentenceWhileOneIsHeard) {
  if (GetParam().name == "DeepgramSocket")
    GTEST_SKIP() << "a Clear would drop both";
  auto voice = open();
  fake->hold_after(1);
  voice->say({1, 0, greeting});
  voice->say({1, 1, answer});
  voice->say({1, 2, greeting});
  ASSERT_TRUE(fake->wait_for_texts(2));
  settle();
  EXPECT_EQ(fake->texts().size(), 2u) << "only one ahead";
  fake->hold_after(-1);
  ASSERT_TRUE(client.wait_complete(1, 2));
  EXPECT_EQ(client.record().sentence(1, 1), audio_of(answer));
}

TEST_P(Voice, AnswersAtOnceWhatHasNoSound) {
  auto voice = open();
  uint32_t index = 0;
  for (auto text : {"", "  \n", "...", "?!", "\u2014 \u2026", "\U0001F600"}) {
    voice->say({1, index, text, 2});
    ASSERT_TRUE(client.wait_complete(1, index)) << text;
    EXPECT_TRUE(client.record().sentence(1, index, 2).empty());
    ++index;
  }
  EXPECT_TRUE(fake->texts().empty());
}

TEST_P(Voice, KeepsSilentSentencesInTheirPlace) {
  auto voice = open();
  voice->say({1, 0, greeting});
  voice->say({1, 1, "..."});
  voice->say({1, 2, answer});
  ASSERT_TRUE(client.wait_complete(1, 2));
  std::vector<uint32_t> ends;
  for (auto& x : client.record().audio())
    if (x.last)
      ends.push_back(x.index);
  EXPECT_EQ(ends, (std::vector<uint32_t>{0, 1, 2}));
}

TEST_P(Voice, CutsWhatIsTooLongForTheVendor) {
  std::string text;
  while (text.size() < 12'000)
    text += "This is sentence number " + std::to_string(text.size()) + ". ";
  auto voice = open();
  voice->say({1, 0, text});
  ASSERT_TRUE(client.wait_complete(1, 0));
  std::vector<uint8_t> expected;
  std::string said;
  auto parts = fake->texts();
  // Two requests under way may arrive in either order.
  std::sort(parts.begin(), parts.end(),
            [&](auto& a, auto& b) { return text.find(a) < text.find(b); });
  for (auto& part : parts) {
    if (GetParam().limit > 0) {
      EXPECT_LE(part.size(), GetParam().limit);
    }
    auto audio = audio_of(part);
    expected.insert(expected.end(), audio.begin(), audio.end());
    said += part + " ";
  }
  EXPECT_EQ(said, text);
  EXPECT_EQ(client.record().sentence(1, 0), expected);
}

TEST_P(Voice, LeavesOtherScriptsIntact) {
  std::string text
    = "\u0928\u092E\u0938\u094D\u0924\u0947, \"A&B\" <br> "
      "\u0906\u092A \u0915\u0948\u0938\u0947 \u0939\u0948\u0902\u0964";
  auto voice = open();
  voice->say({1, 0, text});
  ASSERT_TRUE(client.wait_complete(1, 0));
  EXPECT_EQ(fake->texts(), std::vector<std::string>{text});
  EXPECT_EQ(client.record().sentence(1, 0), audio_of(text));
}

// -- cancelling
// ----------------------------------------------------------------

TEST_P(Voice, CancelsBeforeTheFirstSound) {
  auto voice = open();
  fake->hold_after(0);
  voice->say({1, 0, greeting});
  voice->say({1, 1, greeting + " Again."});
  voice->say({1, 2, greeting + " Never said."});
  ASSERT_TRUE(fake->wait_for_texts(1));
  voice->cancel(1);
  fake->hold_after(-1);
  voice->say({2, 0, answer});
  ASSERT_TRUE(client.wait_complete(2, 0));
  EXPECT_EQ(client.record().sentence(2, 0), audio_of(answer));
  for (auto& x : client.record().audio())
    EXPECT_EQ(x.turn, 2u);
  EXPECT_THAT(fake->texts(), Not(testing::Contains(HasSubstr("Never said"))));
}

TEST_P(Voice, CancelsInTheMiddle) {
  auto voice = open();
  fake->hold_after(1);
  voice->say({1, 0, greeting});
  wait_midway(1, 1);
  voice->cancel(1);
  settle();
  auto before = client.record().sentence(1, 0).size();
  fake->hold_after(-1); // late audio of the cancelled one comes now
  voice->say({2, 0, answer});
  ASSERT_TRUE(client.wait_complete(2, 0));
  EXPECT_EQ(client.record().sentence(2, 0), audio_of(answer));
  EXPECT_EQ(client.record().sentence(1, 0).size(), before);
  EXPECT_FALSE(client.record().complete(1, 0));
}

TEST_P(Voice, CancelsWhatIsOver) {
  auto voice = open();
  voice->say({1, 0, greeting});
  ASSERT_TRUE(client.wait_complete(1, 0));
  voice->cancel(1);
  voice->say({1, 1, "Too late."}); // crossed the cancel
  voice->say({2, 0, answer});
  ASSERT_TRUE(client.wait_complete(2, 0));
  EXPECT_EQ(client.record().sentence(2, 0), audio_of(answer));
  EXPECT_TRUE(client.record().sentence(1, 1).empty());
}

TEST_P(Voice, CancelsAgainAndAgain) {
  auto voice = open();
  fake->hold_after(1);
  for (uint64_t turn = 1; turn <= 12; ++turn) {
    voice->say({turn, 0, greeting});
    voice->say({turn, 1, answer});
    voice->cancel(turn);
  }
  fake->hold_after(-1);
  voice->say({13, 0, answer});
  ASSERT_TRUE(client.wait_complete(13, 0));
  EXPECT_EQ(client.record().sentence(13, 0), audio_of(answer));
  EXPECT_TRUE(client.record().failures().empty());
}

TEST_P(Voice, KeepsWhatIsOfALaterTurn) {
  auto voice = open();
  fake->hold_after(1);
  voice->say({1, 0, greeting});
  voice->say({2, 0, answer});
  ASSERT_TRUE(fake->wait_for_texts(1));
  voice->cancel(1);
  fake->hold_after(-1);
  ASSERT_TRUE(client.wait_complete(2, 0));
  EXPECT_EQ(client.record().sentence(2, 0), audio_of(answer));
}

// -- trouble
// -------------------------------------------------------------------

TEST_P(Voice, GivesUpOnASilentVendor) {
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

TEST_P(Voice, GivesUpOnAVendorThatStalls) {
  deadline = 300ms;
  auto voice = open();
  fake->hold_after(2);
  voice->say({1, 0, greeting, 4});
  EXPECT_EQ(failure().code, provider_errc::timed_out);
  EXPECT_FALSE(client.record().complete(1, 0));
}

TEST_P(Voice, SaysWhyTheVendorRefuses) {
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

TEST_P(Voice, RefusesAWrongKey) {
  auto vendor = out.vendor(fake->server().url(), "wrong-key");
  auto voice
    = GetParam().make(vendor, {})({"CA1", "en-US", ""}, client.actor());
  voice->say({1, 0, greeting});
  auto x = failure();
  EXPECT_EQ(x.code, provider_errc::unauthorized);
  EXPECT_THAT(x.why, Not(HasSubstr("wrong-key")));
}

TEST_P(Voice, ReportsAConnectionLostInTheMiddle) {
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

TEST_P(Voice, ReportsAVendorThatIsNotThere) {
  fake->server().down();
  auto voice = open();
  voice->say({1, 0, greeting});
  EXPECT_EQ(failure().code, provider_errc::unreachable);
}

TEST_P(Voice, LetsTheSentenceBeforeEndBeforeItFails) {
  if (GetParam().socket)
    GTEST_SKIP() << "what fails on a socket is all of it";
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

TEST_P(Voice, EndsBeforeItSaidAnything) {
  auto voice = open();
  voice.reset();
  expect_gone(0);
}

TEST_P(Voice, EndsBeforeTheFirstSound) {
  auto voice = open();
  fake->hold_after(0);
  voice->say({1, 0, greeting});
  ASSERT_TRUE(fake->wait_for_texts(1));
  voice.reset();
  expect_gone(0);
}

TEST_P(Voice, EndsInTheMiddle) {
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

TEST_P(Voice, EndsWithWordsUnderWay) {
  auto voice = open();
  voice->say({1, 0, greeting});
  voice->cancel(1);
  voice->say({2, 0, greeting});
  voice.reset();
  settle();
  expect_gone(client.record().count());
}

INSTANTIATE_TEST_SUITE_P(Vendors, Voice, testing::ValuesIn(implementations()),
                         [](auto& info) { return info.param.name; });
