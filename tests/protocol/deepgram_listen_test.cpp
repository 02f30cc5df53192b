#include "protocol/deepgram_listen.hpp"

#include "protocol/form.hpp"
#include "tests/protocol/stt_wire.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

using list = std::vector<std::string>;

std::string frame(const char* name) {
  return stt_frame("deepgram_listen.json", name);
}

template <class T>
T must_read(std::string_view text) {
  auto event = parse_deepgram_listen(text);
  EXPECT_TRUE(event) << text;
  auto* x = event ? std::get_if<T>(&*event) : nullptr;
  EXPECT_TRUE(x) << text;
  return x ? *x : T{};
}

class DeepgramUtterances : public testing::Test {
protected:
  /// Words of half a second each, from `start` seconds on.
  static deepgram_results
  segment(std::string text, double start, double confidence = 0.9) {
    deepgram_results x;
    x.transcript = text;
    x.start = start;
    x.confidence = confidence;
    std::string word;
    text += ' ';
    for (char c : text) {
      if (c != ' ') {
        word += c;
        continue;
      }
      if (word.empty())
        continue;
      auto at = start + 0.5 * static_cast<double>(x.words.size());
      x.words.push_back({std::exchange(word, {}), at, at + 0.5});
    }
    x.duration = 0.5 * static_cast<double>(x.words.size());
    return x;
  }

  list interim(const std::string& text, double start) {
    all.on(segment(text, start), out);
    return take(out);
  }

  list final(const std::string& text, double start, bool speech_final = false,
             bool from_finalize = false, double confidence = 0.9) {
    auto x = segment(text, start, confidence);
    x.is_final = true;
    x.speech_final = speech_final;
    x.from_finalize = from_finalize;
    all.on(x, out);
    if (!out.empty())
      if (auto* words = std::get_if<words_final>(&out.back()))
        last = *words;
    return take(out);
  }

  list utterance_end(double at) {
    all.on(deepgram_utterance_end{at}, out);
    return take(out);
  }

  list ended(bool asks) {
    EXPECT_EQ(all.ended(out), asks);
    return take(out);
  }

  list give_up() {
    all.give_up(out);
    return take(out);
  }

  deepgram_utterances all;
  recognised_list out;
  words_final last;
};

} // namespace

TEST(DeepgramListen, AsksAsTheDocumentDoes) {
  EXPECT_EQ(deepgram_listen_target({}),
            "/v1/listen?model=nova-3&language=en&encoding=mulaw&"
            "sample_rate=8000&channels=1&interim_results=true&endpointing=300&"
            "utterance_end_ms=1000&vad_events=true&smart_format=true");
}

TEST(DeepgramListen, ChoosesModelAndLanguage) {
  struct test_case {
    std::string model, language, chosen_model, chosen_language;
  };
  for (auto& x : std::vector<test_case>{{"nova-3", "", "nova-3", "en"},
                                        {"nova-3", "en-IN", "nova-3", "en"},
                                        {"nova-3", "hi", "nova-3", "multi"},
                                        {"nova-3", "hi-IN", "nova-3", "multi"},
                                        {"nova-3", "es-MX", "nova-3", "multi"},
                                        {"nova-3", "multi", "nova-3", "multi"},
                                        {"nova-3", "ta-IN", "nova-2", "ta"},
                                        {"nova-2", "hi", "nova-2", "hi"},
                                        {"nova-2", "en-IN", "nova-2", "en-IN"},
                                        {"nova-2", "", "nova-2", "en"}}) {
    auto choice = choose_deepgram(x.model, x.language);
    EXPECT_EQ(choice.model, x.chosen_model) << x.model << ' ' << x.language;
    EXPECT_EQ(choice.language, x.chosen_language)
      << x.model << ' ' << x.language;
  }
}

TEST(DeepgramListen, FollowsItsSettings) {
  deepgram_listen_settings x;
  x.language = "hi";
  EXPECT_THAT(deepgram_listen_target(x), HasSubstr("endpointing=100&"));
  x.endpointing_ms = 450;
  x.utterance_end_ms = 200;
  EXPECT_THAT(deepgram_listen_target(x), HasSubstr("endpointing=450&"));
  EXPECT_THAT(deepgram_listen_target(x), HasSubstr("utterance_end_ms=1000&"));
  x.interim_results = false;
  EXPECT_THAT(deepgram_listen_target(x), Not(HasSubstr("utterance_end_ms")));
  x.extra = {{"vad_events", "false"}, {"tag", "a b"}};
  EXPECT_THAT(deepgram_listen_target(x), HasSubstr("&vad_events=false"));
  EXPECT_THAT(deepgram_listen_target(x), Not(HasSubstr("vad_events=true")));
  EXPECT_THAT(deepgram_listen_target(x), HasSubstr("&tag=a%20b"));
}

TEST(DeepgramListen, SendsNamesAndShortPhrasesWithinBounds) {
  deepgram_listen_settings x;
  x.phrases = {"dr. mehta",  "i want to book an appointment for tomorrow",
               "root canal", "dr. mehta",
               "  ",         ""};
  auto target = deepgram_listen_target(x);
  EXPECT_THAT(target, HasSubstr("&keyterm=dr.%20mehta&keyterm=root%20canal"));
  EXPECT_THAT(target, Not(HasSubstr("appointment")));
  x.model = "nova-2";
  x.phrases = {"invisalign", "root canal"};
  target = deepgram_listen_target(x);
  EXPECT_THAT(target, HasSubstr("&keywords=invisalign"));
  EXPECT_THAT(target, Not(HasSubstr("canal")));
  x.phrases.clear();
  for (int i = 0; i < 200; ++i)
    x.phrases.push_back("name" + std::to_string(i));
  EXPECT_EQ(select_keyterms(x.phrases).size(), 50u);
  EXPECT_EQ(select_keyterms(x.phrases, 50, 60).size(), 11u);
  // Counted as they are sent: nine characters for each letter.
  EXPECT_EQ(select_keyterms(std::vector<std::string>{"नमस्ते", "a"}, 50, 20),
            list{"a"});
}

TEST(DeepgramListen, ReadsResults) {
  auto x = must_read<deepgram_results>(frame("results"));
  EXPECT_EQ(x.transcript, "I need a refund");
  EXPECT_DOUBLE_EQ(x.confidence, 0.998);
  EXPECT_DOUBLE_EQ(x.start, 5.99);
  EXPECT_DOUBLE_EQ(x.duration, 1.98);
  EXPECT_TRUE(x.is_final);
  EXPECT_TRUE(x.speech_final);
  EXPECT_FALSE(x.from_finalize);
  ASSERT_EQ(x.words.size(), 1u);
  EXPECT_EQ(x.words[0].text, "I");
  EXPECT_DOUBLE_EQ(x.words[0].end, 6.2);
}

TEST(DeepgramListen, ReadsTheOtherFrames) {
  must_read<deepgram_speech_started>(frame("speech_started"));
  must_read<deepgram_other>(frame("metadata"));
  must_read<deepgram_other>(R"({"type":"Newer","x":[1]})");
  EXPECT_DOUBLE_EQ(
    must_read<deepgram_utterance_end>(frame("utterance_end")).last_word_end,
    7.62);
  EXPECT_EQ(must_read<deepgram_error>(frame("error")).code, "NET_0001");
}

TEST(DeepgramListen, RefusesWhatMakesNoSense) {
  for (auto text :
       {"", "{", "[]", "1", R"({"type":1})", R"({"a":"b"})",
        R"({"type":"Results"})", R"({"type":"Results","channel":[]})",
        R"({"type":"Results","channel":{"alternatives":[]}})"})
    EXPECT_FALSE(parse_deepgram_listen(text)) << text;
  // Foreign members are as good as none.
  auto x = must_read<deepgram_results>(
    R"({"type":"Results","start":"x","is_final":1,"channel":{"alternatives":)"
    R"([{"transcript":5,"confidence":null,"words":{}}]}})");
  EXPECT_EQ(x.transcript, "");
  EXPECT_FALSE(x.is_final);
}

// -- utterances ---------------------------------------------------------------

TEST_F(DeepgramUtterances, AddsUpSegmentsUntilTheEnd) {
  all.began();
  EXPECT_THAT(interim("i", 0), ElementsAre("~i"));
  EXPECT_THAT(interim("i need", 0), ElementsAre("~i need"));
  EXPECT_THAT(final("I need", 0), ElementsAre("~I need"));
  EXPECT_THAT(interim("a refund", 1), ElementsAre("~I need a refund"));
  EXPECT_THAT(ended(true), IsEmpty());
  EXPECT_EQ(all.due(), 1u);
  EXPECT_THAT(final("a refund.", 1, true),
              ElementsAre("~I need a refund.", "=I need a refund."));
  EXPECT_EQ(all.due(), 0u);
  // What was asked for arrives, and says nothing new.
  EXPECT_THAT(final("", 2.5, false, true), IsEmpty());
  EXPECT_THAT(utterance_end(2), IsEmpty());
}

TEST_F(DeepgramUtterances, ReportsAtOnceWhatIsSettled) {
  all.began();
  EXPECT_THAT(final("yes", 0, true), ElementsAre("~yes"));
  EXPECT_THAT(ended(false), ElementsAre("=yes"));
}

TEST_F(DeepgramUtterances, DoesNotTakeAPauseForTheEnd) {
  all.began();
  final("my number is", 0, true);
  EXPECT_THAT(interim("five", 3), ElementsAre("~my number is five"));
  EXPECT_THAT(ended(true), IsEmpty());
  EXPECT_THAT(final("five", 3, false, true), ElementsAre("=my number is five"));
}

TEST_F(DeepgramUtterances, ReportsNothingSaid) {
  all.began();
  EXPECT_THAT(ended(true), IsEmpty());
  EXPECT_THAT(final("", 0, false, true), ElementsAre("="));
  all.began();
  EXPECT_THAT(ended(true), IsEmpty());
  EXPECT_THAT(give_up(), ElementsAre("="));
  EXPECT_THAT(give_up(), IsEmpty());
}

TEST_F(DeepgramUtterances, DoesNotRepeatWhatItGaveUpWaitingFor) {
  all.began();
  interim("call me back", 0);
  ended(true);
  EXPECT_THAT(give_up(), ElementsAre("=call me back"));
  EXPECT_THAT(final("Call me back", 0, true), IsEmpty());
  // Two words more than were known: these only.
  all.began();
  interim("on monday", 5);
  ended(true);
  EXPECT_THAT(give_up(), ElementsAre("=on monday"));
  EXPECT_THAT(final("on Monday at nine", 5, true),
              ElementsAre("~at nine", "=at nine"));
}

TEST_F(DeepgramUtterances, ReportsQuietSpeakers) {
  EXPECT_THAT(interim("hello", 0), ElementsAre("~hello"));
  EXPECT_THAT(final("hello", 0, true), ElementsAre("=hello"));
  interim("anybody", 4);
  EXPECT_THAT(utterance_end(4.5), ElementsAre("=anybody"));
  EXPECT_THAT(utterance_end(4.5), IsEmpty());
}

TEST_F(DeepgramUtterances, UtteranceEndSettlesAndIsIdempotent) {
  all.began();
  final("maybe", 0);
  EXPECT_THAT(utterance_end(0.5), IsEmpty()); // the voice goes on
  EXPECT_THAT(ended(false), ElementsAre("=maybe"));
  all.began();
  final("later", 3);
  ended(true);
  EXPECT_THAT(utterance_end(0.5), IsEmpty()); // an old one
  EXPECT_THAT(utterance_end(3.5), ElementsAre("=later"));
}

TEST_F(DeepgramUtterances, OwesOneFinalForEachEnd) {
  all.began();
  interim("one", 0);
  ended(true);
  all.began();
  ended(true);
  EXPECT_EQ(all.due(), 2u);
  EXPECT_THAT(final("one", 0, false, true), ElementsAre("=one"));
  EXPECT_THAT(final("two", 1, false, true), ElementsAre("~two", "=two"));
  EXPECT_EQ(all.due(), 0u);
}

TEST_F(DeepgramUtterances, AnOldAnswerDoesNotEndTheNextUtterance) {
  all.began();
  ended(true);
  EXPECT_THAT(final("one", 0, true), ElementsAre("~one", "=one"));
  all.began();
  ended(true);
  EXPECT_THAT(final("", 1, false, true), IsEmpty()); // to the first question
  EXPECT_THAT(final("two", 1, false, true), ElementsAre("~two", "=two"));
  // A question that nobody answered delays one final at most.
  all.began();
  ended(true);
  EXPECT_THAT(give_up(), ElementsAre("="));
  all.began();
  ended(true);
  EXPECT_THAT(final("", 5, false, true), ElementsAre("="));
}

TEST_F(DeepgramUtterances, WeighsConfidenceByWords) {
  all.began();
  final("one two three", 0, false, false, 1.0);
  final("four", 2, true, false, 0.6);
  all.ended(out);
  EXPECT_NEAR(std::get<words_final>(out.back()).confidence, 0.9, 1e-9);
}

TEST_F(DeepgramUtterances, BoundsWhatItKeeps) {
  all.began();
  for (int i = 0; i < 10'000; ++i)
    final("word word word", 1.5 * i);
  all.ended(out);
  all.give_up(out);
  EXPECT_LE(std::get<words_final>(out.back()).text.size(), max_utterance_text);
}
