#include "adapters/recording/tracks.hpp"

#include "protocol/g711.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

using namespace velox;
using namespace velox::recording;

namespace {

using bytes = std::vector<uint8_t>;

constexpr int64_t hour = 3'600'000;

/// Both sides as they came out.
struct sides {
  bytes caller;
  bytes agent;
  size_t largest = 0; ///< piece

  recording_tracks::sink sink() {
    return [this](std::span<const uint8_t> both) {
      largest = std::max(largest, both.size());
      for (size_t i = 0; i < both.size(); i += 2) {
        caller.push_back(both[i]);
        agent.push_back(both[i + 1]);
      }
    };
  }
};

bytes tone(int64_t ms, uint8_t value) {
  return bytes(static_cast<size_t>(8 * ms), value);
}

/// What one side has, in ms: "silence 100, 7 for 20".
std::string words(const bytes& x) {
  std::string result;
  for (size_t i = 0; i < x.size();) {
    auto end = i;
    while (end < x.size() && x[end] == x[i])
      ++end;
    result += (result.empty() ? "" : ", ")
              + (x[i] == mulaw_silence ? "silence" : std::to_string(x[i])) + " "
              + std::to_string((end - i) / 8);
    i = end;
  }
  return result;
}

} // namespace

TEST(RecordingTracks, PutsBothSidesNextToEachOther) {
  sides out;
  recording_tracks tracks{hour, out.sink()};
  tracks.place(side::caller, 100, tone(200, 1));
  tracks.place(side::agent, 250, tone(100, 2));
  tracks.finish(500);
  EXPECT_EQ(words(out.caller), "silence 100, 1 200, silence 200");
  EXPECT_EQ(words(out.agent), "silence 250, 2 100, silence 150");
  EXPECT_EQ(tracks.handed_on_ms(), 500);
}

TEST(RecordingTracks, LetsTheLaterOfTwoWin) {
  sides out;
  recording_tracks tracks{hour, out.sink()};
  tracks.place(side::caller, 0, tone(100, 1));
  tracks.place(side::caller, 50, tone(20, 2));
  tracks.finish(100);
  EXPECT_EQ(words(out.caller), "1 50, 2 20, 1 30");
}

TEST(RecordingTracks, ForgetsWhatTheCallerDidNotHear) {
  sides out;
  recording_tracks tracks{hour, out.sink()};
  tracks.place(side::caller, 0, tone(1000, 1));
  tracks.place(side::agent, 100, tone(800, 2));
  tracks.cut(300);
  tracks.place(side::agent, 500, tone(100, 3));
  tracks.finish(1000);
  EXPECT_EQ(words(out.caller), "1 1000") << "the caller's side is not cut";
  EXPECT_EQ(words(out.agent), "silence 100, 2 200, silence 200, 3 100, "
                              "silence 400");
}

TEST(RecordingTracks, EndsWithTheCall) {
  for (int64_t length : {0, 40, 1000, 30000}) {
    sides out;
    recording_tracks tracks{hour, out.sink()};
    tracks.place(side::caller, 0, tone(800, 1));
    tracks.finish(length);
    EXPECT_EQ(out.caller.size(), static_cast<size_t>(8 * length));
    EXPECT_EQ(out.agent.size(), out.caller.size());
  }
  sides out;
  recording_tracks tracks{hour, out.sink()};
  tracks.place(side::agent, 10, tone(30, 2));
  tracks.finish(-1);
  EXPECT_EQ(words(out.agent), "silence 10, 2 30") << "as much as there is";
}

TEST(RecordingTracks, DropsWhatLiesOutside) {
  sides out;
  recording_tracks tracks{10'000, out.sink()};
  tracks.place(side::caller, -50, tone(80, 1));
  tracks.place(side::caller, INT64_MIN, tone(80, 2));
  tracks.place(side::caller, INT64_MAX, tone(80, 3));
  tracks.place(side::caller, 9'990, tone(80, 4));
  tracks.cut(INT64_MIN + 1);
  tracks.cut(INT64_MAX);
  tracks.finish(INT64_MAX);
  EXPECT_EQ(words(out.caller), "1 30, silence 9960, 4 10");
}

TEST(RecordingTracks, HandsOnWhatIsOldEnough) {
  sides out;
  recording_tracks tracks{hour, out.sink()};
  for (int i = 0; i < 600; ++i)
    tracks.place(side::caller, 100 * i, tone(100, 1));
  EXPECT_GE(tracks.handed_on_ms(), 60'000 - 8000 - 1000);
  EXPECT_LE(tracks.handed_on_ms(), 60'000 - 8000);
  EXPECT_LE(out.largest, 16000u);
  // Too late for that, and no harm.
  tracks.place(side::caller, 1000, tone(100, 9));
  tracks.finish(60'000);
  EXPECT_EQ(words(out.caller), "1 60000");
}

/// Gaps, repetitions, jitter, cuts and pauses of a minute: what comes out is
/// the same as when a plain array had held all of it, and as long as the call.
TEST(RecordingTracks, IsTheSameAsAWholeArray) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    std::mt19937 random{seed};
    sides out;
    recording_tracks tracks{hour, out.sink()};
    bytes caller(8 * 200'000, mulaw_silence);
    bytes agent = caller;
    auto put = [&](side whose, int64_t at, const bytes& x) {
      tracks.place(whose, at, x);
      auto& whole = whose == side::caller ? caller : agent;
      std::copy(x.begin(), x.end(), whole.begin() + 8 * at);
    };
    int64_t now = 0;
    int64_t said = 0; // how far ahead the agent's side was handed over
    while (now < 120'000) {
      auto what = random() % 100;
      auto piece = tone(100, static_cast<uint8_t>(random() % 255));
      if (what < 70) {
        put(side::caller, now, piece);
        now += 100;
      } else if (what < 80) {
        now += static_cast<int64_t>(random() % 300); // lost
      } else if (what < 85 && now > 3000) {
        put(side::caller, now - static_cast<int64_t>(random() % 3000), piece);
      } else if (what < 97) {
        said = std::max(said, now);
        if (said < now + 1000) {
          put(side::agent, said, piece);
          said += 100;
        }
      } else if (what < 99) {
        tracks.cut(now);
        std::fill(agent.begin() + 8 * now, agent.end(), mulaw_silence);
        said = now;
      } else if (random() % 20 == 0) {
        now += 60'000;
      }
    }
    tracks.finish(now);
    caller.resize(static_cast<size_t>(8 * now));
    agent.resize(caller.size());
    ASSERT_EQ(out.caller.size(), caller.size()) << "seed " << seed;
    ASSERT_TRUE(out.caller == caller) << "seed " << seed;
    ASSERT_TRUE(out.agent == agent) << "seed " << seed;
  }
}
