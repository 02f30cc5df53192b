#include "adapters/speech/offline.hpp"
#include "tests/recognizers/listener.hpp"
#include "tests/support/vendors/fake_assemblyai.hpp"
#include "tests/support/vendors/fake_deepgram.hpp"
#include "tests/support/vendors/fake_flux.hpp"
#include "tests/support/vendors/fake_google_speech.hpp"

#include <future>
#include <gmock/gmock.h>
#include <ostream>

using namespace velox;
using namespace velox::speech;
using namespace velox::test;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

namespace {

constexpr const char* key = "test-key-4711";

/// One implementation, and what about it is its own.
struct subject {
  std::string name;
  std::unique_ptr<stt_fake> (*make_fake)(); ///< null: there is no vendor
  recognizer_factory (*make)(net::vendor x);
  bool partials = true;
  bool per_request = false; ///< the vendor is first asked after an utterance
};

void PrintTo(const subject& x, std::ostream* out) {
  *out << x.name;
}

template <class Fake>
std::unique_ptr<stt_fake> fake() {
  return std::make_unique<Fake>();
}

std::vector<subject> subjects() {
  return {
    {"deepgram", &fake<fake_deepgram>,
     [](net::vendor x) { return deepgram_recognizer(std::move(x)); }},
    {"flux", &fake<fake_flux>,
     [](net::vendor x) { return flux_recognizer(std::move(x)); }},
    {"assemblyai", &fake<fake_assemblyai>,
     [](net::vendor x) { return assemblyai_recognizer(std::move(x)); }},
    {"google", &fake<fake_google_speech>,
     [](net::vendor x) {
       google_options options;
       options.patience = 700ms;
       return google_recognizer(std::move(x), options);
     },
     false, true},
    {"offline", nullptr, nullptr},
  };
}

net::outbound_options short_memory() {
  net::outbound_options x;
  x.keep_alive = 50ms;
  return x;
}

std::string without_spaces(std::string x) {
  std::erase(x, ' ');
  return x;
}

class Recognizers : public testing::TestWithParam<subject> {
protected:
  Recognizers() {
    if (GetParam().make_fake)
      fake = GetParam().make_fake();
    else
      offline = std::make_unique<offline_speech>();
  }

  ~Recognizers() override {
    ear.reset();
    if (fake) {
      EXPECT_TRUE(fake->vendor().wait_until_idle()) << "a connection is left";
    }
  }

  void open(const std::string& language = "en-US") {
    recognizer_options options{
      "CA1", language, {"i want to order a pizza", "a table for two please"}};
    auto make = fake ? GetParam().make(way.vendor(fake->vendor().url(), key))
                     : offline->recognizers();
    ear = make(options, heard.client());
  }

  audio speech(const std::string& text) const {
    if (fake)
      return spelled(text);
    auto result = silence(300);
    for (auto& part : {speak(text, "rms"), silence(450)})
      result.insert(result.end(), part.begin(), part.end());
    return result;
  }

  audio noise() const {
    auto result = silence(300);
    auto sound = hum(1s, fake ? voice_byte : silence_byte);
    result.insert(result.end(), sound.begin(), sound.end());
    auto rest = silence(100);
    result.insert(result.end(), rest.begin(), rest.end());
    return result;
  }

  void say(const std::string& text) {
    utter(*ear, speech(text));
    hush(*ear);
  }

  /// Waits until what was handed to the way out has been done.
  void flush() {
    std::promise<void> done;
    way.out()->dispatch([&] { done.set_value(); });
    done.get_future().wait();
  }

  /// Ends the session; nothing may be reported from then on.
  void end_silently() {
    ear.reset();
    flush();
    auto before = heard.settled();
    if (fake) {
      EXPECT_TRUE(fake->vendor().wait_until_idle());
    }
    flush();
    EXPECT_EQ(heard.settled(), before);
  }

  bool has_vendor() const { return fake != nullptr; }

  std::unique_ptr<stt_fake> fake;
  outbound_thread way{short_memory()};
  std::unique_ptr<offline_speech> offline;
  listener heard;
  std::unique_ptr<speech_recognizer> ear;
};

/// Those that listen by way of a vendor.
class VendorRecognizers : public Recognizers {};

/// Those that report words before an utterance is over.
class EarlyRecognizers : public Recognizers {};

/// The subjects that `fits` is true for.
template <class Test>
std::vector<subject> subjects_that(Test fits) {
  auto result = subjects();
  std::erase_if(result, [&](const subject& x) { return !fits(x); });
  return result;
}

} // namespace

TEST_P(Recognizers, UnderstandsAnUtterance) {
  open();
  say("i want to order a pizza");
  auto x = heard.final();
  EXPECT_EQ(x.text, "i want to order a pizza");
  EXPECT_GT(x.confidence, 0.5);
  EXPECT_LE(x.confidence, 1);
  if (has_vendor()) {
    EXPECT_EQ(heard.log().of<session_ready>().size(), 1u);
  }
}

TEST_P(EarlyRecognizers, ReportsWordsBeforeTheFinal) {
  open();
  say("i want to order a pizza");
  heard.final();
  bool partial = false;
  for (auto& x : heard.log().all()) {
    if (std::holds_alternative<words_final>(x))
      break;
    auto* words = std::get_if<words_partial>(&x);
    partial = partial || (words && words->text.find("i want") == 0);
  }
  EXPECT_TRUE(partial);
}

TEST_P(Recognizers, ReportsOneFinalPerUtterance) {
  open();
  for (int i = 0; i < 3; ++i) {
    say(i == 1 ? "a table for two please" : "i want to order a pizza");
    EXPECT_EQ(heard.final(static_cast<std::size_t>(i)).text,
              i == 1 ? "a table for two please" : "i want to order a pizza");
  }
  end_silently();
  EXPECT_EQ(heard.log().of<words_final>().size(), 3u);
}

TEST_P(Recognizers, ReportsAnEmptyFinalWhenNothingWasSaid) {
  open();
  utter(*ear, noise());
  hush(*ear);
  EXPECT_EQ(heard.final().text, "");
  say("a table for two please");
  EXPECT_EQ(heard.final(1).text, "a table for two please");
}

TEST_P(Recognizers, EndsBeforeItIsConnected) {
  if (has_vendor()) {
    vendor_trouble trouble;
    trouble.silent = true;
    fake->vendor().set_trouble(trouble);
  }
  open();
  hush(*ear);
  end_silently();
  EXPECT_EQ(heard.log().all().size(), 0u);
}

TEST_P(Recognizers, EndsAmidAnUtterance) {
  open();
  auto x = speech("i want to order a pizza");
  x.resize(x.size() / 2);
  ear->utterance_began();
  feed(*ear, x);
  if (has_vendor() && !GetParam().per_request) {
    EXPECT_TRUE(fake->wait_for_audio(x.size() / 2));
  }
  end_silently();
}

TEST_P(Recognizers, EndsWhileAFinalIsDue) {
  open();
  utter(*ear, speech("i want to order a pizza"));
  end_silently();
}

TEST_P(Recognizers, UnderstandsAVeryLongUtterance) {
  open();
  std::string text;
  for (int i = 0; i < (has_vendor() ? 140 : 5); ++i)
    text += (i == 0 ? "" : " ")
            + (has_vendor() ? "word" + std::to_string(i)
                            : std::string{"a table for two please"});
  // What comes before the socket is open is kept for ten seconds only.
  if (has_vendor() && !GetParam().per_request) {
    ASSERT_TRUE(heard.log().wait_for<session_ready>());
  }
  utter(*ear, speech(text));
  hush(*ear);
  auto x = heard.final();
  if (has_vendor()) {
    // Google's is cut into requests, wherever that may be.
    EXPECT_EQ(without_spaces(x.text), without_spaces(text));
  } else {
    EXPECT_THAT(x.text, HasSubstr("table for two"));
  }
  end_silently();
  EXPECT_EQ(heard.log().of<words_final>().size(), 1u);
}

TEST_P(VendorRecognizers, PutsHindiTogetherFromPieces) {
  stt_plan plan;
  plan.spellings = {{"namaste", "नमस्ते"}, {"dhanyavad", "धन्यवाद"}};
  fake->set_plan(plan);
  vendor_trouble trouble;
  trouble.piece_bytes = 1;
  fake->vendor().set_trouble(trouble);
  open("hi-IN");
  say("namaste dhanyavad");
  EXPECT_EQ(heard.final().text, "नमस्ते धन्यवाद");
}

TEST_P(VendorRecognizers, TellsWhyItWasRefused) {
  struct test_case {
    int status;
    provider_errc code;
    std::string retry_after{};
    int64_t retry_after_ms = 0;
  };
  for (auto& x :
       std::vector<test_case>{{401, provider_errc::unauthorized},
                              {402, provider_errc::out_of_quota},
                              {429, provider_errc::rate_limited, "2", 2000},
                              {500, provider_errc::overloaded},
                              {404, provider_errc::bad_request}}) {
    vendor_trouble trouble;
    trouble.status = x.status;
    trouble.retry_after = x.retry_after;
    trouble.body = std::string{R"({"message":"your key )"} + key + "\"}";
    fake->vendor().set_trouble(trouble);
    listener other;
    auto make = GetParam().make(way.vendor(fake->vendor().url(), key));
    ear = make({"CA1", "en", {}}, other.client());
    utter(*ear, speech("a"));
    auto why = other.failure();
    EXPECT_EQ(why.stage, "stt");
    EXPECT_EQ(why.code, x.code) << x.status;
    EXPECT_EQ(why.retry_after_ms, x.retry_after_ms) << x.status;
    EXPECT_THAT(why.why, HasSubstr(std::to_string(x.status)));
    EXPECT_THAT(why.why, Not(HasSubstr(key)));
    EXPECT_EQ(other.log().all().size(), 1u);
    ear.reset();
  }
}

TEST_P(VendorRecognizers, TellsThatNobodyIsThere) {
  fake->vendor().down();
  open();
  utter(*ear, speech("a"));
  EXPECT_EQ(heard.failure().code, provider_errc::unreachable);
}

TEST_P(VendorRecognizers, BreaksWithItsConnection) {
  stt_plan plan;
  plan.resets_at = 2;
  fake->set_plan(plan);
  open();
  say("i want to order a pizza");
  EXPECT_EQ(heard.failure().code, provider_errc::broken);
  say("a table for two please"); // it is dead, and takes no harm
  flush();
  heard.settled();
  heard.failure(); // still the last
}

TEST_P(VendorRecognizers, DoesNotWaitForAVendorThatFallsSilent) {
  stt_plan plan;
  plan.deaf = true;
  fake->set_plan(plan);
  open();
  auto begun = std::chrono::steady_clock::now();
  say("i want to order a pizza");
  if (GetParam().per_request)
    EXPECT_EQ(heard.failure().code, provider_errc::timed_out);
  else
    EXPECT_EQ(heard.final().text, "");
  auto waited = std::chrono::steady_clock::now() - begun;
  EXPECT_GE(waited, 650ms);
  EXPECT_LT(waited, 5s);
}

TEST_P(VendorRecognizers, HearsWhatWasSaidBeforeItWasConnected) {
  vendor_trouble trouble;
  trouble.first_byte = 300ms;
  fake->vendor().set_trouble(trouble);
  open();
  say("a table for two please");
  EXPECT_EQ(heard.final().text, "a table for two please");
}

INSTANTIATE_TEST_SUITE_P(All, Recognizers, testing::ValuesIn(subjects()),
                         [](const auto& x) { return x.param.name; });

INSTANTIATE_TEST_SUITE_P(All, VendorRecognizers,
                         testing::ValuesIn(subjects_that([](auto& x) {
                           return x.make_fake != nullptr;
                         })),
                         [](const auto& x) { return x.param.name; });

INSTANTIATE_TEST_SUITE_P(All, EarlyRecognizers,
                         testing::ValuesIn(subjects_that([](auto& x) {
                           return x.partials;
                         })),
                         [](const auto& x) { return x.param.name; });
