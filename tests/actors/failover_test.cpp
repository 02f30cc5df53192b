#include "actors/llm.hpp"
#include "actors/provider_gateway.hpp"
#include "actors/stt.hpp"
#include "actors/tts.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/fake_providers.hpp"
#include "tests/support/spelled_audio.hpp"

namespace velox::actors {

namespace {

using namespace std::chrono_literals;
using test::fault;

/// Two providers per stage, "a" before "b"; the test poses as the neighbours.
class Failover : public test::actor_test {
protected:
  Failover() {
    for (auto& x : {a, b}) {
      x->recognition = x->synthesis = x->thinking = caf::timespan{0};
      x->between_tokens = x->between_pieces = caf::timespan{0};
      x->piece_bytes = 1'000'000;
    }
  }

  template <class Handle>
  Handle introduced(Handle x) {
    tell(keep(x),
         peers{as<stream_actor>(), as<stt_actor>(), as<turn_taker_actor>(),
               as<llm_actor>(), as<tts_actor>(), as<ghost_timeout_actor>()});
    return x;
  }

  /// As a test does not care how a request fails, or how often.
  static void
  spoil(const test::fake_providers_ptr& x, std::string request, fault how) {
    x->on_request = [=](auto, auto y) {
      return y == request || request == "any" ? how : fault::none;
    };
  }

  /// A gateway for "a" that lets nobody in.
  provider_gateway_actor closed_gateway() {
    gateway_options x;
    x.provider = "a";
    auto result = keep(sys.spawn(provider_gateway, x));
    for (int i = 0; i < 5; ++i) {
      auto place = ask<provider_admitted>(result, use_provider{"a"});
      provider_used bad{"a", place->ticket};
      bad.failed = true;
      tell(result, bad);
    }
    return result;
  }

  template <class Factory>
  provider_list<Factory> both(Factory first, Factory second) {
    return {{{"a", "a", std::move(first)}, {"b", "", std::move(second)}},
            gateway};
  }

  test::fake_providers_ptr a = test::fake_providers::make(world);
  test::fake_providers_ptr b = test::fake_providers::make(world);
  provider_gateway_actor gateway;

  void TearDown() override {
    gateway = nullptr;
    actor_test::TearDown();
  }
};

// -- stt
// -----------------------------------------------------------------------

class SttFailover : public Failover {
protected:
  stt_actor make() {
    return introduced(
      sys.spawn(stt, as<call_actor>(),
                both<recognizer_factory>(a->recognizers(), b->recognizers()),
                recognizer_options{}, rotation_policy{}));
  }
};

TEST_F(SttFailover, ReconnectsThreeTimesAndTakesTheNext) {
  spoil(a, "make", fault::fail);
  make();
  advance(0ms);
  EXPECT_EQ(a->recognizers_made, 1u);
  advance(100ms);
  EXPECT_EQ(a->recognizers_made, 2u);
  advance(200ms);
  EXPECT_EQ(a->recognizers_made, 3u);
  EXPECT_EQ(b->recognizers_made, 0u);
  advance(400ms);
  EXPECT_EQ(a->recognizers_made, 4u);
  EXPECT_EQ(b->recognizers_made, 1u);
  auto entries = all<log_entry>();
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(entries[0].detail,
            R"({"stage":"stt","provider":"a","code":"broken",)"
            R"("why":"The fake was told to fail."})");
}

TEST_F(SttFailover, LetsTheNextHearWhatWasNotUnderstood) {
  auto stt = make();
  tell(stt, voice_started{});
  tell(stt, caller_audio{test::spell("I want ")});
  spoil(a, "any", fault::fail);
  tell(stt, caller_audio{test::spell("some ")});
  tell(stt, caller_audio{test::spell("tea")}); // while nobody listens
  tell(stt, voice_stopped{});
  advance(5s);
  auto words = all<words_final>();
  ASSERT_EQ(words.size(), 1u);
  EXPECT_EQ(words[0].text, "I want some tea");
  EXPECT_EQ(b->understood.size(), 1u);
}

TEST_F(SttFailover, TellsTheCallWhenNobodyIsLeft) {
  spoil(a, "make", fault::fail);
  spoil(b, "make", fault::fail);
  make();
  advance(1min);
  auto failed = all<stage_failed>();
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].stage, "stt");
  EXPECT_EQ(a->recognizers_made, 8u);
  EXPECT_EQ(b->recognizers_made, 8u);
}

TEST_F(SttFailover, PassesOverAProviderWhoseBreakerIsOpen) {
  gateway = closed_gateway();
  make();
  advance(0ms);
  EXPECT_EQ(a->recognizers_made, 0u);
  EXPECT_EQ(b->recognizers_made, 1u);
}

// -- tts
// -----------------------------------------------------------------------

class TtsFailover : public Failover {
protected:
  tts_actor make(synthesizer_options options = {}) {
    return introduced(
      sys.spawn(tts, as<call_actor>(),
                both<synthesizer_factory>(a->synthesizers(), b->synthesizers()),
                std::move(options)));
  }
};

TEST_F(TtsFailover, LetsTheNextSayWhatIsOwed) {
  auto tts = make();
  tell(tts, sentence{1, 0, "One."});
  spoil(a, "say", fault::fail);
  tell(tts, sentence{1, 1, "Two."});
  tell(tts, sentence{1, 2, "Three."});
  advance(1s);
  std::string heard;
  for (auto& x : all<sentence_audio>())
    heard += test::read_aloud(x.mulaw);
  EXPECT_EQ(heard, "One. Two. Three. ");
  EXPECT_EQ(b->said.size(), 2u);
}

TEST_F(TtsFailover, GoesOnWithinTheSentence) {
  a->piece_bytes = 3200;
  a->between_pieces = 100ms;
  auto tts = make();
  std::string text = "This is a rather long sentence which has many words.";
  tell(tts, sentence{1, 0, text});
  advance(250ms);
  provider_failed lost{"tts", "The connection was lost."};
  tell(tts, lost);
  advance(1s);
  auto pieces = all<sentence_audio>();
  uint64_t next = 0;
  for (auto& x : pieces) {
    EXPECT_EQ(x.offset, next);
    next += x.mulaw.size();
  }
  EXPECT_TRUE(pieces.back().last);
  ASSERT_EQ(b->said.size(), 1u);
  EXPECT_TRUE(text.ends_with(b->said[0].text)) << b->said[0].text;
  EXPECT_LT(b->said[0].text.size(), text.size());
}

TEST_F(TtsFailover, SaysTheSpokenFormAndGoesOnWithinIt) {
  a->piece_bytes = 3200;
  a->between_pieces = 100ms;
  auto tts = make({"CA1", "en-US", ""});
  std::string spoken
    = "Be here on November twenty-first at eight thirty A M please.";
  tell(tts, sentence{1, 0, "Be here on Nov 21 at 8:30 am please."});
  advance(250ms);
  tell(tts, provider_failed{"tts", "The connection was lost."});
  advance(1s);
  ASSERT_EQ(a->said.size(), 1u);
  EXPECT_EQ(a->said[0].text, spoken);
  ASSERT_EQ(b->said.size(), 1u);
  EXPECT_TRUE(spoken.ends_with(b->said[0].text)) << b->said[0].text;
  EXPECT_LT(b->said[0].text.size(), spoken.size());
}

TEST_F(TtsFailover, ReturnsToTheFirstWithTheNextTurn) {
  auto tts = make();
  spoil(a, "say", fault::fail);
  tell(tts, sentence{1, 0, "One."});
  advance(1s);
  EXPECT_EQ(b->said.size(), 1u);
  a->on_request = nullptr;
  tell(tts, sentence{1, 1, "Two."});
  EXPECT_EQ(b->said.size(), 2u) << "but not with another voice in this one";
  tell(tts, sentence{2, 0, "Three."});
  EXPECT_EQ(a->said.size(), 1u);
  EXPECT_EQ(b->said.size(), 2u);
}

TEST_F(TtsFailover, SaysNothingOfWhatWasCancelledMeanwhile) {
  auto tts = make();
  spoil(a, "say", fault::fail);
  spoil(b, "say", fault::fail);
  tell(tts, sentence{1, 0, "One."});
  tell(tts, cancel{1});
  spoil(a, "none", fault::none);
  spoil(b, "none", fault::none);
  advance(1min);
  EXPECT_TRUE(all<sentence_audio>().empty());
  tell(tts, sentence{2, 0, "Two."});
  advance(1s);
  EXPECT_EQ(all<sentence_audio>().size(), 1u);
}

TEST_F(TtsFailover, TellsTheCallWhenNobodyIsLeft) {
  spoil(a, "say", fault::fail);
  spoil(b, "say", fault::fail);
  auto tts = make();
  tell(tts, sentence{1, 0, "One."});
  advance(1min);
  auto failed = all<stage_failed>();
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].stage, "tts");
}

TEST_F(TtsFailover, GivesItsPlaceBackBetweenTurns) {
  gateway_options x;
  x.provider = "a";
  gateway = keep(sys.spawn(provider_gateway, x));
  auto in_use = [&] {
    return ask<std::vector<provider_status>>(gateway, list_providers{})
      ->at(0)
      .in_use;
  };
  auto tts = make();
  advance(0ms);
  EXPECT_EQ(in_use(), 1u) << "warm before the greeting";
  a->synthesis = 100ms;
  tell(tts, sentence{1, 0, "One."});
  EXPECT_EQ(in_use(), 1u);
  advance(1s);
  EXPECT_EQ(in_use(), 0u);
}

} // namespace

} // namespace velox::actors
