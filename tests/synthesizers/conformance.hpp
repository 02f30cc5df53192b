#pragma once

#include "tests/synthesizers/implementations.hpp"

#include <chrono>
#include <future>

/// What every vendor's voice must do, over real sockets and TLS, against the
/// fake of its vendor.

namespace velox::test {

using namespace std::chrono_literals;

inline const std::string greeting = "Good evening, how can I help you?";
inline const std::string answer
  = "We are open until nine, every day but Monday.";

/// One voice and the fake of its vendor.
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

/// Those that may be asked for the next sentence while one is heard.
class VoiceAhead : public Voice {};

/// Those that ask by one request per sentence.
class VoicePerRequest : public Voice {};

/// The implementations that `fits` is true for.
template <class Test>
std::vector<implementation> implementations_that(Test fits) {
  std::vector<implementation> result;
  for (auto& x : implementations())
    if (fits(x))
      result.push_back(x);
  return result;
}

/// How GoogleTest names the instances.
inline std::string name_of(const testing::TestParamInfo<implementation>& x) {
  return x.param.name;
}

} // namespace velox::test
