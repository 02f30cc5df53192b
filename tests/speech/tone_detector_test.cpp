#include "adapters/speech/tones/detector.hpp"
#include "adapters/speech/tones/tone_tracker.hpp"
#include "protocol/dial_tones.hpp"
#include "protocol/g711.hpp"
#include "tests/speech/speech_test.hpp"

#include <algorithm>
#include <numbers>

using namespace velox;
using namespace velox::speech;

namespace {

constexpr listening_options for_everything{0.5, true, true};

/// Something that was heard and when it was reported, in ms of audio.
struct report {
  std::string what; ///< the keys, "beep", "fax"
  int at;
};

std::vector<report> listen(std::span<const uint8_t> x, size_t chunk = 160,
                           const listening_options& how = for_everything) {
  auto detector = make_tone_detector(how);
  std::vector<report> result;
  std::vector<tone_event> heard;
  for (size_t i = 0; i < x.size(); i += chunk) {
    auto size = std::min(chunk, x.size() - i);
    heard.clear();
    detector->near_end(x.subspan(i, size), heard);
    for (auto& event : heard) {
      auto at = static_cast<int>((i + size) / 8);
      if (auto* key = std::get_if<key_pressed>(&event))
        result.push_back({std::string{key->digit}, at});
      else
        result.push_back(
          {std::get<tone_heard>(event).what == line_tone::beep ? "beep" : "fax",
           at});
    }
  }
  return result;
}

std::string words(const std::vector<report>& x) {
  std::string result;
  for (auto& report : x)
    result += (result.empty() ? "" : " ") + report.what;
  return result;
}

/// A sine wave; `beyond` is a second one of the same level, 0: none.
audio tone(int ms, double hz, double dbfs, double beyond = 0) {
  audio result;
  auto peak = 32768 * std::sqrt(2.) * std::pow(10, dbfs / 20);
  for (int i = 0; i < 8 * ms; ++i) {
    auto turn = 2 * std::numbers::pi * i / 8000.;
    auto x = peak * std::sin(turn * hz + 1);
    if (beyond > 0)
      x += peak * std::sin(turn * beyond);
    result.push_back(
      linear_to_mulaw(static_cast<int16_t>(std::clamp(x, -32000., 32000.))));
  }
  return result;
}

/// Sentences nobody wrote: every sound that the voices have, in any order.
const audio& much_speech() {
  static const audio result = [] {
    const std::vector<std::string> vocabulary{
      "hello",    "you",     "have",   "reached",  "the",     "voicemail",
      "of",       "moon",    "please", "leave",    "message", "after",
      "tone",     "we",      "are",    "closed",   "until",   "monday",
      "nine",     "zero",    "seven",  "who",      "blue",    "balloon",
      "eleven",   "ooh",     "you",    "knew",     "mobile",  "number",
      "remember", "menu",    "beep",   "keep",     "sleepy",  "meet",
      "shoe",     "food",    "louder", "question", "whistle", "music",
      "amazing",  "morning", "owl",    "aim",      "yellow",  "rural"};
    std::mt19937 random{7};
    audio all;
    for (std::string voice : {"slt", "kal16", "rms", "awb"})
      for (int i = 0; i < 45; ++i) {
        std::string text;
        for (int n = 0; n < 14; ++n)
          text += vocabulary[random() % vocabulary.size()]
                  + (n % 5 == 4 ? ", " : " ");
        auto x = speak(text, voice);
        all.insert(all.end(), x.begin(), x.end());
        auto pause = silence(static_cast<int>(100 + random() % 900));
        all.insert(all.end(), pause.begin(), pause.end());
      }
    return all;
  }();
  return result;
}

} // namespace

TEST(ToneDetector, HearsEveryKeyThatWeDial) {
  const std::string keys = "123A456B789C*0#D";
  for (double gain : {0., -20., 5.})
    for (double hiss : {-90., -45.}) {
      auto x = scaled(*dial_tones(keys), gain);
      auto heard = listen(mixed(joined({x, silence(60)}), noise(3000, hiss)));
      std::string got;
      for (auto& report : heard)
        got += report.what;
      EXPECT_EQ(got, keys) << gain << " dB, noise " << hiss;
      for (size_t i = 0; i < heard.size(); ++i) {
        auto late = heard[i].at - static_cast<int>(200 * i);
        EXPECT_GT(late, 20);
        EXPECT_LE(late, 80) << "key " << i;
      }
    }
}

TEST(ToneDetector, HearsAKeyPressedTwice) {
  EXPECT_EQ(words(listen(joined({*dial_tones("55"), silence(100)}))), "5 5");
}

TEST(ToneDetector, ListensForWhatItIsAskedFor) {
  auto beep = joined({silence(500), tone(500, 1000, -15), silence(500)});
  auto both = joined({*dial_tones("1"), beep});
  EXPECT_EQ(words(listen(both)), "1 beep");
  EXPECT_EQ(words(listen(both, 160, {0.5, true, false})), "1");
  EXPECT_EQ(words(listen(both, 160, {0.5, false, true})), "beep");
  EXPECT_EQ(words(listen(both, 160, {0.5, false, false})), "");
}

TEST(ToneDetector, TakesAnyLengthOfAudio) {
  auto x = joined(
    {*dial_tones("42"), silence(500), tone(400, 1400, -20), silence(500)});
  for (size_t chunk : {1, 37, 160, 800, 100000})
    EXPECT_EQ(words(listen(x, chunk)), "4 2 beep") << chunk;
}

TEST(ToneDetector, HearsTheBeepsOfMachinesWhenTheyEnd) {
  for (double hz : {440., 620., 850., 1000., 1100., 1330., 1400., 2000.})
    for (int ms : {220, 300, 500, 1000, 2000})
      for (double level : {-8., -18., -30.})
        for (int phase : {0, 7, 13}) {
          auto x
            = joined({silence(400 + phase), tone(ms, hz, level), silence(500)});
          auto heard = listen(mixed(x, noise(4000, -60)));
          ASSERT_EQ(words(heard), "beep")
            << hz << " Hz, " << ms << " ms, " << level << " dBFS";
          auto late = heard[0].at - (400 + phase + ms);
          EXPECT_GE(late, 0);
          EXPECT_LE(late, 70);
        }
}

TEST(ToneDetector, HearsABeepBehindAGreeting) {
  for (std::string voice : {"slt", "kal16", "rms", "awb"}) {
    auto greeting = speak("Hi, you have reached Peter. Please leave a message "
                          "after the tone.",
                          voice);
    auto heard = listen(
      joined({greeting, silence(250), tone(450, 1000, -14), silence(800)}));
    EXPECT_EQ(words(heard), "beep") << voice;
  }
}

TEST(ToneDetector, HearsABeepOnANoisyLine) {
  auto x = joined({silence(600), tone(500, 950, -16), silence(600)});
  EXPECT_EQ(words(listen(mixed(x, noise(1700, -42)))), "beep");
}

TEST(ToneDetector, TakesOtherTonesForNoBeep) {
  struct other {
    const char* what;
    audio sound;
  };
  for (auto& [what, sound] :
       std::vector<other>{{"too short", tone(80, 1000, -15)},
                          {"a dial tone", tone(4000, 425, -15)},
                          {"ringing", tone(1000, 440, -15, 480)},
                          {"a busy line", tone(500, 480, -15, 620)},
                          {"too low", tone(500, 300, -15)},
                          {"too soft", tone(500, 1000, -50)},
                          {"a siren",
                           [] {
                             audio x;
                             for (int i = 0; i < 25; ++i)
                               x = joined({x, tone(20, 600 + 40. * i, -15)});
                             return x;
                           }()},
                          {"hiss", noise(500, -15)}})
    EXPECT_EQ(words(listen(joined({silence(500), sound, silence(500)}), 160,
                           {0.5, false, true})),
              "")
      << what;
  // Out of speech, not out of silence.
  auto chat = speak("this is what happens");
  chat.resize(chat.size() / 2);
  EXPECT_EQ(
    words(listen(joined({chat, tone(500, 1000, -15), chat, silence(500)}))),
    "");
}

TEST(ToneDetector, HearsAFaxThatAnswers) {
  auto heard
    = listen(joined({silence(500), tone(2600, 2100, -14), silence(500)}));
  ASSERT_EQ(words(heard), "fax") << "once, and no beep";
  EXPECT_LE(heard[0].at, 500 + 360);
}

TEST(ToneDetector, HearsAFaxThatCalls) {
  auto cng = joined({tone(500, 1100, -14), silence(3000)});
  EXPECT_EQ(words(listen(joined({silence(500), cng, cng, cng}))),
            "beep fax fax")
    << "the first might be a machine's beep";
}

TEST(ToneDetector, HearsNothingInMuchSpeech) {
  auto& speech = much_speech();
  auto minutes = static_cast<double>(speech.size()) / 8000 / 60;
  RecordProperty("minutes_of_speech", std::to_string(minutes));
  EXPECT_GE(minutes, 10);
  for (double gain : {0., -15.}) {
    auto heard = listen(scaled(speech, gain));
    EXPECT_EQ(words(heard), "") << "in " << minutes << " min at " << gain;
  }
}

TEST(ToneMeasure, FindsPitchLevelAndPurity) {
  std::vector<int16_t> samples(160);
  for (double hz : {440., 1000., 2000., 2100., 3000.}) {
    for (size_t i = 0; i < samples.size(); ++i)
      samples[i] = static_cast<int16_t>(
        8000
        * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / 8000));
    auto x = measure_tone(samples);
    EXPECT_NEAR(x.hz, hz, 2);
    EXPECT_LT(x.impurity, 0.001);
    EXPECT_NEAR(x.level_dbfs, 20 * std::log10(8000 / 32768. / std::sqrt(2.)),
                0.3);
  }
  std::fill(samples.begin(), samples.end(), int16_t{0});
  EXPECT_EQ(measure_tone(samples).impurity, 1);
  EXPECT_EQ(measure_tone({}).impurity, 1);
}
