#include "protocol/assemblyai_streaming.hpp"

#include "tests/protocol/stt_wire.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::test;
using testing::HasSubstr;

namespace {

template <class T>
T must_read(std::string_view text) {
  auto event = parse_assemblyai(text);
  EXPECT_TRUE(event) << text;
  auto* x = event ? std::get_if<T>(&*event) : nullptr;
  EXPECT_TRUE(x) << text;
  return x ? *x : T{};
}

std::string frame(const char* name) {
  return stt_frame("assemblyai_streaming.json", name);
}

} // namespace

TEST(AssemblyaiStreaming, AsksAsTheDocumentDoes) {
  EXPECT_EQ(assemblyai_target({}),
            "/v3/ws?sample_rate=8000&encoding=pcm_mulaw&"
            "speech_model=universal-streaming-english&format_turns=false&"
            "max_turn_silence=1280");
  assemblyai_settings x;
  x.language = "es-MX";
  x.phrases = {"dr. mehta", "root canal"};
  x.min_turn_silence_ms = 300;
  x.end_of_turn_confidence_threshold = 0.5;
  auto target = assemblyai_target(x);
  EXPECT_THAT(target, HasSubstr("=universal-streaming-multilingual&"));
  // ["dr. mehta","root canal"]
  EXPECT_THAT(target, HasSubstr("&keyterms_prompt=%5B%22dr.%20mehta%22%2C"
                                "%22root%20canal%22%5D"));
  EXPECT_THAT(target, HasSubstr("&min_turn_silence=300"));
  EXPECT_THAT(target, HasSubstr("&end_of_turn_confidence_threshold=0.5"));
  x.language = "hi";
  EXPECT_THAT(assemblyai_target(x), HasSubstr("speech_model=whisper-rt&"));
  x.model = "u3-rt-pro";
  EXPECT_THAT(assemblyai_target(x), HasSubstr("speech_model=u3-rt-pro&"));
}

TEST(AssemblyaiStreaming, ReadsTurns) {
  auto x = must_read<assemblyai_turn>(frame("partial"));
  EXPECT_EQ(x.text, "i need");
  EXPECT_FALSE(x.over);
  EXPECT_DOUBLE_EQ(x.confidence, 0.99);
  x = must_read<assemblyai_turn>(frame("over"));
  EXPECT_EQ(x.text, "I need a refund.");
  EXPECT_TRUE(x.over);
  EXPECT_TRUE(x.formatted);
  EXPECT_EQ(x.order, 0);
}

TEST(AssemblyaiStreaming, CountsWordsThatMayChange) {
  auto x = must_read<assemblyai_turn>(
    R"({"type":"Turn","turn_order":2,"end_of_turn":false,"transcript":"i",)"
    R"("words":[{"text":"i","word_is_final":true},{"text":"nee"}]})");
  EXPECT_EQ(x.text, "i nee");
  EXPECT_EQ(x.order, 2);
}

TEST(AssemblyaiStreaming, ReadsTheOtherFrames) {
  for (auto name : {"begin", "speech_started", "termination"})
    must_read<assemblyai_other>(frame(name));
  EXPECT_EQ(must_read<assemblyai_error>(frame("error")).code, 3007);
}

TEST(AssemblyaiStreaming, RefusesWhatMakesNoSense) {
  for (auto text : {"", "[]", "{}", R"({"type":"Turn"})",
                    R"({"type":"Turn","turn_order":-1})"})
    EXPECT_FALSE(parse_assemblyai(text)) << text;
}

TEST(AssemblyaiStreaming, KnowsWhatItsCodesMean) {
  for (auto [code, meaning] : {std::pair{4001, provider_errc::unauthorized},
                               std::pair{4002, provider_errc::out_of_quota},
                               std::pair{4029, provider_errc::rate_limited},
                               std::pair{3009, provider_errc::rate_limited},
                               std::pair{3005, provider_errc::overloaded},
                               std::pair{1013, provider_errc::overloaded},
                               std::pair{3007, provider_errc::bad_request},
                               std::pair{4031, provider_errc::timed_out},
                               std::pair{3008, provider_errc::broken}})
    EXPECT_EQ(assemblyai_meaning(code), meaning) << code;
}
