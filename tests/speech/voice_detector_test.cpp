#include "adapters/speech/voice/levels.hpp"
#include "protocol/g711.hpp"
#include "tests/speech/speech_test.hpp"

#include <algorithm>

using namespace velox;
using namespace velox::speech;

namespace {

/// A change and when it was reported, in ms of audio.
struct event {
  voice_change what;
  int at;
};

class VoiceDetector : public ::testing::Test {
protected:
  /// Runs `near` through the detector in frames of 20 ms, while `far` plays.
  std::vector<event>
  run(const audio& near, const audio& far = {}, size_t chunk = 160) {
    std::vector<event> result;
    detector_->far_end(far);
    for (size_t i = 0; i < near.size(); i += chunk) {
      auto size = std::min(chunk, near.size() - i);
      auto change = detector_->near_end(std::span{near}.subspan(i, size));
      if (change != voice_change::none)
        result.push_back({change, static_cast<int>((i + size) / 8)});
    }
    return result;
  }

  static int starts(const std::vector<event>& events) {
    return static_cast<int>(
      std::count_if(events.begin(), events.end(),
                    [](auto& x) { return x.what == voice_change::started; }));
  }

  /// When `x` first exceeds −40 dBFS, in ms.
  static int onset_of(const audio& x) {
    for (size_t i = 0; i + 160 <= x.size(); i += 160)
      if (level_dbfs(std::span{x}.subspan(i, 160)) > -40)
        return static_cast<int>(i / 8);
    return -1;
  }

  offline_speech speech_;
  std::unique_ptr<voice_detector> detector_ = speech_.voice_detectors()();
  const audio answer_ = speak("yes, i would like a table for two", "rms");
  const audio prompt_ = speak("Good evening, this is the restaurant on the "
                              "corner. What can I do for you tonight? We have "
                              "fresh fish and a new dessert.");
};

} // namespace

TEST_F(VoiceDetector, NoticesSpeechSoon) {
  for (std::string voice : {"slt", "kal16", "rms", "awb"}) {
    detector_ = speech_.voice_detectors()();
    auto x = joined(
      {silence(1000), speak("what time do you open", voice), silence(1000)});
    auto events = run(x);
    ASSERT_EQ(events.size(), 2u) << voice;
    EXPECT_EQ(events[0].what, voice_change::started);
    auto delay = events[0].at - onset_of(x);
    EXPECT_GE(delay, 40) << voice;
    EXPECT_LE(delay, 160) << voice;
    EXPECT_EQ(events[1].what, voice_change::stopped);
  }
}

TEST_F(VoiceDetector, WaitsOutShortPauses) {
  auto x = joined({answer_, silence(50), answer_, silence(1000)});
  auto events = run(x);
  ASSERT_EQ(events.size(), 2u);
  auto end = static_cast<int>(x.size() / 8) - 1000;
  EXPECT_GE(events[1].at, end);
  EXPECT_LE(events[1].at, end + 520);
}

TEST_F(VoiceDetector, TakesAnyLengthOfAudio) {
  auto x = joined({silence(1000), answer_, silence(1000)});
  auto reference = run(x);
  ASSERT_EQ(reference.size(), 2u);
  for (size_t chunk : {1, 37, 800}) {
    detector_ = speech_.voice_detectors()();
    auto events = run(x, {}, chunk);
    ASSERT_EQ(events.size(), 2u) << chunk;
    EXPECT_NEAR(events[0].at, reference[0].at, 100) << chunk;
  }
  // All at once: what counts is how it ended.
  detector_ = speech_.voice_detectors()();
  EXPECT_EQ(detector_->near_end(x), voice_change::stopped);
  EXPECT_EQ(detector_->near_end({}), voice_change::none);
}

TEST_F(VoiceDetector, IgnoresSilenceAndNoise) {
  EXPECT_EQ(starts(run(silence(5000))), 0);
  EXPECT_EQ(starts(run(noise(30000, -50))), 0);
  EXPECT_EQ(starts(run(noise(30000, -40))), 0);
}

TEST_F(VoiceDetector, HearsSpeechInNoise) {
  auto hiss = noise(60000, -42);
  audio x = silence(3000);
  for (int i = 0; i < 5; ++i)
    x = joined({x, answer_, silence(2000)});
  hiss.resize(x.size());
  auto events = run(mixed(x, hiss));
  EXPECT_EQ(starts(events), 5);
}

TEST_F(VoiceDetector, IgnoresTheEchoOfOurOwnVoice) {
  for (double loss : {-20., -25., -30.})
    for (int delay : {0, 60, 200, 450}) {
      detector_ = speech_.voice_detectors()();
      auto echo = joined({silence(delay), scaled(prompt_, loss), silence(500)});
      EXPECT_EQ(starts(run(mixed(echo, noise(1000, -60)), prompt_)), 0)
        << loss << " dB after " << delay << " ms";
    }
}

TEST_F(VoiceDetector, WouldTakeTheEchoForSpeechOtherwise) {
  EXPECT_GT(starts(run(scaled(prompt_, -20))), 0);
}

TEST_F(VoiceDetector, HearsTheCallerOverTheEcho) {
  auto echo = joined({silence(100), scaled(prompt_, -25)});
  auto near = mixed(echo, joined({silence(2000), answer_}));
  auto events = run(near, prompt_);
  ASSERT_GE(events.size(), 1u);
  EXPECT_EQ(events[0].what, voice_change::started);
  EXPECT_GE(events[0].at, 2000);
  EXPECT_LE(events[0].at, 2000 + onset_of(answer_) + 250);
}

TEST_F(VoiceDetector, TakesAnEchoAtMinus20ForNobodyAndTheCallerForThemselves) {
  // Every voice as ours, every other one as the caller's, however sensitive.
  const std::vector<std::string> voices{"slt", "kal16", "rms", "awb"};
  for (size_t i = 0; i < voices.size(); ++i)
    for (double sensitivity : {0., 0.5, 1.}) {
      auto ours = speak("Our opening hours are from nine to five on weekdays, "
                        "and from ten to two on Saturdays.",
                        voices[i]);
      auto echo = joined({silence(120), scaled(ours, -20), silence(400)});
      detector_ = speech_.voice_detectors()();
      detector_->set_sensitivity(sensitivity);
      EXPECT_EQ(starts(run(mixed(echo, noise(1000, -60)), ours)), 0)
        << voices[i] << " at " << sensitivity;
      auto caller = speak("stop, i need something else", voices[(i + 1) % 4]);
      detector_ = speech_.voice_detectors()();
      detector_->set_sensitivity(sensitivity);
      auto events = run(mixed(echo, joined({silence(1500), caller})), ours);
      ASSERT_GE(events.size(), 1u) << voices[i] << " at " << sensitivity;
      EXPECT_GE(events[0].at, 1500);
      auto late = events[0].at - 1500 - onset_of(caller);
      EXPECT_LE(late, sensitivity < 0.5 ? 600 : 300);
    }
}

TEST_F(VoiceDetector, HearsSofterVoicesTheMoreSensitiveItIs) {
  // A voice at many levels, in silence and in hiss: how many are heard.
  auto heard_of = [this](double sensitivity, double hiss_dbfs) {
    int heard = 0;
    for (double gain = -40; gain <= 10; gain += 2) {
      detector_ = speech_.voice_detectors()();
      detector_->set_sensitivity(sensitivity);
      auto x = joined({silence(2500), scaled(answer_, gain), silence(600)});
      auto hiss = noise(20000, hiss_dbfs);
      hiss.resize(x.size());
      heard += starts(run(mixed(x, hiss))) > 0 ? 1 : 0;
    }
    return heard;
  };
  EXPECT_GE(heard_of(0.5, -85), heard_of(0, -85) + 5); // 10 dB softer
  EXPECT_GE(heard_of(1, -85), heard_of(0.5, -85));     // WebRTC's own limit
  EXPECT_GT(heard_of(0.5, -42), heard_of(0, -42));
  EXPECT_GT(heard_of(1, -42), heard_of(0.5, -42));
}

TEST_F(VoiceDetector, HasItsDefaultInTheMiddle) {
  auto x = joined({silence(1000), scaled(answer_, -14), silence(1000)});
  auto reference = run(x);
  for (double sensitivity : {0.5, -1., 2., std::nan("")}) {
    detector_ = speech_.voice_detectors()();
    detector_->set_sensitivity(0.9);
    detector_->set_sensitivity(sensitivity); // nonsense is the default
    auto events = run(x);
    ASSERT_EQ(events.size(), reference.size()) << sensitivity;
    for (size_t i = 0; i < events.size(); ++i)
      EXPECT_EQ(events[i].at, reference[i].at) << sensitivity;
  }
}

TEST_F(VoiceDetector, HearsTheCallerOnceOurAudioWasCleared) {
  detector_->far_end(joined({prompt_, prompt_, prompt_}));
  run(silence(1000));
  detector_->far_end_cleared();
  // 200 ms are on the line and 600 ms may still echo; then the gate is low.
  run(silence(1000));
  auto soft = scaled(answer_, -24);
  EXPECT_EQ(starts(run(joined({soft, silence(600)}))), 1);
}

TEST_F(VoiceDetector, IgnoresASoftVoiceWhileWeSpeak) {
  detector_->far_end(joined({prompt_, prompt_, prompt_}));
  run(silence(1000));
  EXPECT_EQ(starts(run(joined({scaled(answer_, -24), silence(600)}))), 0);
}

TEST_F(VoiceDetector, BoundsWhatIsQueued) {
  for (int i = 0; i < 100; ++i)
    detector_->far_end(prompt_); // ten minutes
  detector_->far_end_cleared();
  run(silence(1000));
  EXPECT_EQ(starts(run(joined({answer_, silence(600)}))), 1);
}

TEST(Levels, AreInDecibelsOfFullScale) {
  std::vector<int16_t> square(160, 16384);
  EXPECT_NEAR(level_of(square), -6.02, 0.05);
  EXPECT_EQ(level_of(std::vector<int16_t>(160)), silence_dbfs);
}

TEST(NoiseFloor, FollowsTheQuietestMoments) {
  noise_floor floor;
  for (int i = 0; i < 400; ++i)
    floor.add(i % 20 < 15 ? -20.f : -50.f); // speech with gaps
  EXPECT_NEAR(floor.level(), -50, 0.1);
  for (int i = 0; i < 400; ++i)
    floor.add(-35); // it got louder
  EXPECT_NEAR(floor.level(), -35, 0.1);
}

TEST(FarEnd, PlaysOutInStep) {
  far_end_levels far{100};
  audio loud(160, linear_to_mulaw(16384));
  far.queue(silence(40));
  far.queue(loud);
  for (int i = 0; i < 2; ++i)
    far.play_frame();
  EXPECT_LE(far.loudest(), -80);
  for (int i = 0; i < 5; ++i) {
    far.play_frame();
    EXPECT_NEAR(far.loudest(), -6, 0.5) << i; // within the window of 100 ms
  }
  far.play_frame();
  EXPECT_LE(far.loudest(), -80);
}
