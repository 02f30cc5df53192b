#include "tests/recognizers/listener.hpp"
#include "tests/support/vendors/fake_transcription.hpp"

#include <future>
#include <gmock/gmock.h>

using namespace velox;
using namespace velox::speech;
using namespace velox::test;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

namespace {

struct maker {
  const char* name;
  std::unique_ptr<transcriber> (*make)(net::vendor, transcriber_options);
  const char* base_path;
};

class Transcribers : public testing::TestWithParam<maker> {
protected:
  ~Transcribers() override {
    clerk.reset();
    EXPECT_TRUE(fake.vendor().wait_until_idle()) << "a connection is left";
  }

  void open() {
    clerk = GetParam().make(
      way.vendor(fake.vendor().url() + GetParam().base_path), {});
  }

  static recording raw(const std::string& text) {
    auto x = spelled(text);
    return {{x.begin(), x.end()}, std::string{raw_mulaw_type}};
  }

  /// The result, which must come within 10 s.
  transcription_result ask(recording x) {
    auto done = std::make_shared<std::promise<transcription_result>>();
    auto result = done->get_future();
    clerk->transcribe(std::move(x), [done](transcription_result y) {
      done->set_value(std::move(y));
    });
    if (result.wait_for(10s) == std::future_status::ready)
      return result.get();
    ADD_FAILURE() << "no result";
    return provider_failed{};
  }

  provider_failed failure(recording x) {
    auto result = ask(std::move(x));
    auto* why = std::get_if<provider_failed>(&result);
    EXPECT_TRUE(why);
    return why ? *why : provider_failed{};
  }

  fake_transcription fake;
  outbound_thread way{[] {
    net::outbound_options x;
    x.keep_alive = 50ms;
    return x;
  }()};
  std::unique_ptr<transcriber> clerk;
};

} // namespace

TEST_P(Transcribers, TranscribesRawAudioAndWav) {
  open();
  auto wav = raw("please call me back");
  wav.audio = wav_of_mulaw(wav.audio);
  wav.content_type = "audio/wav";
  for (auto& x : {raw("please call me back"), wav}) {
    auto result = ask(x);
    auto* said = std::get_if<transcription>(&result);
    ASSERT_TRUE(said);
    EXPECT_EQ(said->text, "please call me back");
    EXPECT_EQ(said->duration_ms, 1635);
  }
}

TEST_P(Transcribers, AnEmptyTextIsNoError) {
  open();
  auto result = ask(raw(""));
  auto* said = std::get_if<transcription>(&result);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->text, "");
}

TEST_P(Transcribers, TellsWhyItWasRefused) {
  open();
  EXPECT_EQ(failure({"no wav", "audio/wav"}).code, provider_errc::bad_request);
  vendor_trouble trouble;
  trouble.status = 429;
  trouble.retry_after = "3";
  fake.vendor().set_trouble(trouble);
  auto why = failure(raw("a"));
  EXPECT_EQ(why.code, provider_errc::rate_limited);
  EXPECT_EQ(why.retry_after_ms, 3000);
  trouble.status = 401;
  trouble.body = R"({"error":{"message":"bad key test-key","code":"invalid"}})";
  fake.vendor().set_trouble(trouble);
  why = failure(raw("a"));
  EXPECT_EQ(why.code, provider_errc::unauthorized);
  EXPECT_THAT(why.why, Not(HasSubstr("test-key")));
}

TEST_P(Transcribers, BreaksWithItsConnection) {
  open();
  stt_plan plan;
  plan.resets_at = 0;
  fake.set_plan(plan);
  EXPECT_EQ(failure(raw("a")).code, provider_errc::broken);
}

TEST_P(Transcribers, ReportsNothingOnceItIsGone) {
  stt_plan plan;
  plan.deaf = true;
  fake.set_plan(plan);
  open();
  auto called = std::make_shared<std::atomic<int>>(0);
  clerk->transcribe(raw("a"), [called](transcription_result) { ++*called; });
  clerk->transcribe({"x", "text/html"},
                    [called](transcription_result) { ++*called; });
  clerk.reset();
  EXPECT_TRUE(fake.vendor().wait_until_idle());
  EXPECT_LE(called->load(), 1); // the second may have been refused by then
}

INSTANTIATE_TEST_SUITE_P(
  All, Transcribers,
  testing::Values(maker{"deepgram", &deepgram_transcriber, ""},
                  maker{"whisper", &whisper_transcriber, "/v1"}),
  [](const auto& x) { return x.param.name; });
