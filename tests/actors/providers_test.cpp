#include "actors/llm.hpp"
#include "actors/stt.hpp"
#include "actors/tts.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/fake_providers.hpp"
#include "tests/support/spelled_audio.hpp"

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

/// What is common to the three actors that each own a provider session; the
/// test poses as all of their neighbours.
class Providers : public test::actor_test {
protected:
  Providers() {
    fake->recognition = fake->synthesis = fake->thinking = caf::timespan{0};
    fake->between_tokens = fake->between_pieces = caf::timespan{0};
  }

  peers everybody() {
    return {as<stream_actor>(), as<stt_actor>(), as<turn_taker_actor>(),
            as<llm_actor>(),    as<tts_actor>(), as<ghost_timeout_actor>()};
  }

  template <class Handle>
  Handle introduced(Handle x) {
    tell(keep(x), everybody());
    self->monitor(x);
    return x;
  }

  stt_actor make_stt() {
    return introduced(sys.spawn(stt, as<call_actor>(),
                                recognizer_list{fake->recognizers()},
                                recognizer_options{}, rotation_policy{}));
  }

  tts_actor make_tts() {
    return introduced(sys.spawn(tts, as<call_actor>(),
                                synthesizer_list{fake->synthesizers()},
                                synthesizer_options{}));
  }

  llm_actor make_llm() {
    return introduced(sys.spawn(llm, as<call_actor>(),
                                llm_options{model_list{fake->models()}, {}}));
  }

  void spoil(std::string request, test::fault how) {
    fake->on_request
      = [=](auto, auto x) { return x == request ? how : test::fault::none; };
  }

  /// The actor, and no other, has ended.
  void expect_end(caf::error why) {
    auto down = next<caf::down_msg>();
    ASSERT_TRUE(down);
    EXPECT_EQ(to_string(down->reason), to_string(why));
    EXPECT_EQ(alive(), 0u);
  }

  test::fake_providers_ptr fake = test::fake_providers::make(world);
};

// -- stt
// -----------------------------------------------------------------------

TEST_F(Providers, SttTurnsAudioIntoWords) {
  auto stt = make_stt();
  tell(stt, voice_started{});
  tell(stt, caller_audio{test::spell("I want ")});
  EXPECT_EQ(next<words_partial>()->text, "I want");
  tell(stt, caller_audio{test::spell("tea")});
  tell(stt, voice_stopped{});
  EXPECT_TRUE(next<utterance_settled>());
  EXPECT_EQ(next<words_final>()->text, "I want tea");
}

TEST_F(Providers, AnExceptionEndsOnlyItsActor) {
  auto stt = make_stt();
  auto tts = make_tts();
  auto llm = make_llm();
  spoil("say", test::fault::throws);
  tell(tts, sentence{1, 0, "x"});
  auto down = next<caf::down_msg>();
  ASSERT_TRUE(down);
  EXPECT_EQ(down->source, tts.address());
  EXPECT_EQ(alive(), 2u);
  spoil("answer", test::fault::throws);
  tell(llm, prompt{1, {}, "", 0, "", 1});
  EXPECT_EQ(next<caf::down_msg>()->source, llm.address());
  spoil("hear", test::fault::throws);
  tell(stt, caller_audio{{1}});
  EXPECT_EQ(next<caf::down_msg>()->source, stt.address());
  EXPECT_EQ(alive(), 0u);
}

TEST_F(Providers, AFactoryThatThrowsEndsOnlyItsActor) {
  spoil("make", test::fault::throws);
  for (int i = 0; i < 3; ++i) {
    if (i == 0)
      make_stt();
    else if (i == 1)
      make_tts();
    else
      make_llm();
    EXPECT_TRUE(next<caf::down_msg>()) << i;
    EXPECT_EQ(alive(), 0u) << i;
  }
}

// -- tts
// -----------------------------------------------------------------------

TEST_F(Providers, TtsTurnsSentencesIntoAudio) {
  auto tts = make_tts();
  fake->piece_bytes = 1'000'000;
  tell(tts, sentence{1, 0, "One."});
  tell(tts, sentence{1, 1, "Two."});
  auto pieces = all<sentence_audio>();
  ASSERT_EQ(pieces.size(), 2u);
  EXPECT_EQ(test::read_aloud(pieces[0].mulaw), "One. ");
  EXPECT_EQ(pieces[1].index, 1u);
  EXPECT_TRUE(pieces[1].last);
}

TEST_F(Providers, TtsDropsWhatWasCancelled) {
  fake->synthesis = 100ms;
  fake->late_audio = true; // a session that is slow to stop
  auto tts = make_tts();
  tell(tts, sentence{1, 0, "One."});
  tell(tts, cancel{1});
  tell(tts, cancel{1});
  EXPECT_EQ(fake->cancelled, std::vector<uint64_t>{1});
  tell(tts, sentence{1, 1, "Two."});
  advance(1s);
  EXPECT_FALSE(next<sentence_audio>());
  EXPECT_EQ(fake->said.size(), 1u) << "not even asked for";
  tell(tts, sentence{2, 0, "Three."});
  advance(1s);
  EXPECT_TRUE(next<sentence_audio>());
}

// -- llm
// -----------------------------------------------------------------------

class Llm : public Providers {
protected:
  prompt asked(uint64_t turn) { return {turn, {}, "", 0, "", 1}; }

  /// All sentences so far, each once: they go to the call and to the tts.
  std::string sentences() {
    std::string result;
    auto both = all<sentence>();
    EXPECT_EQ(both.size() % 2, 0u);
    for (size_t i = 0; i < both.size(); i += 2)
      result += std::to_string(both[i].turn) + "."
                + std::to_string(both[i].index) + " " + both[i].text + "|";
    return result;
  }
};

TEST_F(Llm, HandsOnSentencesAsEarlyAsTheyAreWhole) {
  fake->between_tokens = 100ms;
  auto llm = make_llm();
  tell(llm, asked(1)); // "Hello, this is the test agent. How can I help you?"
  EXPECT_EQ(sentences(), "");
  advance(800ms);
  EXPECT_EQ(sentences(), "1.0 Hello, this is the test agent.|");
  EXPECT_FALSE(next<answer_done>());
  advance(2s);
  EXPECT_EQ(sentences(), "1.1 How can I help you?|");
  EXPECT_EQ(next<answer_done>()->turn, 1u);
  auto complete = next<sentences_complete>();
  ASSERT_TRUE(complete);
  EXPECT_EQ(complete->count, 2u);
}

TEST_F(Llm, CountsOnBehindWhatWasSaid) {
  auto llm = make_llm();
  auto x = asked(1);
  x.said_so_far = "Hello, this is the test agent.";
  x.first_sentence = 1;
  tell(llm, x);
  EXPECT_EQ(sentences(), "1.1 How can I help you?|");
  EXPECT_EQ(next<sentences_complete>()->count, 2u);
}

TEST_F(Llm, DropsWhatComesOfACancelledTurn) {
  auto llm = make_llm();
  fake->on_request = [](auto, auto) { return test::fault::drop; };
  tell(llm, asked(1));
  tell(llm, cancel{1});
  tell(llm, tokens{1, "Hello. You."});
  tell(llm, answer_done{1, next_step::listen, "", ""});
  EXPECT_EQ(sentences(), "");
  EXPECT_FALSE(next<answer_done>());
  EXPECT_FALSE(next<sentences_complete>());
}

TEST_F(Llm, AnswersNoTurnThatWasCancelledBefore) {
  auto llm = make_llm();
  tell(llm, cancel{2});
  tell(llm, asked(2)); // the call did not know yet
  tell(llm, asked(1));
  EXPECT_TRUE(fake->prompts.empty());
  tell(llm, asked(3));
  EXPECT_EQ(fake->prompts.size(), 1u);
  EXPECT_EQ(all<answer_done>().size(), 1u);
}

TEST_F(Llm, KeepsNothingOfAnUnfinishedAnswerForTheNext) {
  auto llm = make_llm();
  fake->on_request = [](auto, auto) { return test::fault::drop; };
  tell(llm, asked(1));
  tell(llm, tokens{1, "Half a sen"});
  tell(llm, cancel{1});
  tell(llm, asked(2));
  tell(llm, tokens{1, "tence. "});
  tell(llm, tokens{2, "Fine."});
  tell(llm, answer_done{2, next_step::hang_up, "", ""});
  EXPECT_EQ(sentences(), "2.0 Fine.|");
  EXPECT_EQ(next<answer_done>()->then, next_step::hang_up);
}

TEST_F(Llm, CompletesAnAnswerOfNothing) {
  auto llm = make_llm();
  fake->answer = [](const prompt&) { return test::scripted_answer{}; };
  tell(llm, asked(1));
  EXPECT_EQ(sentences(), "");
  auto complete = next<sentences_complete>();
  ASSERT_TRUE(complete);
  EXPECT_EQ(complete->count, 0u);
}

} // namespace

} // namespace velox::actors
