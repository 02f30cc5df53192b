#include "protocol/deepgram_flux.hpp"

#include "tests/protocol/stt_wire.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::test;
using testing::HasSubstr;
using testing::Not;

namespace {

template <class T>
T must_read(std::string_view text) {
  auto event = parse_flux(text);
  EXPECT_TRUE(event) << text;
  auto* x = event ? std::get_if<T>(&*event) : nullptr;
  EXPECT_TRUE(x) << text;
  return x ? *x : T{};
}

std::string frame(const char* name) {
  return stt_frame("deepgram_flux.json", name);
}

} // namespace

TEST(DeepgramFlux, AsksAsTheDocumentDoes) {
  EXPECT_EQ(flux_target({}),
            "/v2/listen?model=flux-general-en&encoding=mulaw&sample_rate=8000&"
            "eot_threshold=0.7&eot_timeout_ms=5000&eager_eot_threshold=0.5");
  flux_settings x;
  x.language = "hi-IN";
  x.eager_eot_threshold.reset();
  x.phrases = {"dr. mehta"};
  EXPECT_THAT(flux_target(x), HasSubstr("model=flux-general-multi&"));
  EXPECT_THAT(flux_target(x), HasSubstr("&language_hint=hi"));
  EXPECT_THAT(flux_target(x), HasSubstr("&keyterm=dr.%20mehta"));
  EXPECT_THAT(flux_target(x), Not(HasSubstr("eager")));
}

TEST(DeepgramFlux, ReadsTurns) {
  auto x = must_read<flux_turn_info>(frame("update"));
  EXPECT_EQ(x.event, flux_turn_event::update);
  EXPECT_EQ(x.transcript, "I need a");
  EXPECT_DOUBLE_EQ(x.confidence, 0.98);
  x = must_read<flux_turn_info>(frame("end_of_turn"));
  EXPECT_EQ(x.event, flux_turn_event::end_of_turn);
  EXPECT_EQ(x.turn_index, 0);
  EXPECT_EQ(x.transcript, "I need a refund");
  for (auto [name, event] :
       {std::pair{"StartOfTurn", flux_turn_event::start_of_turn},
        std::pair{"EagerEndOfTurn", flux_turn_event::eager_end_of_turn},
        std::pair{"TurnResumed", flux_turn_event::turn_resumed}})
    EXPECT_EQ(must_read<flux_turn_info>(
                std::string{R"({"type":"TurnInfo","turn_index":3,"event":")"}
                + name + R"("})")
                .event,
              event);
}

TEST(DeepgramFlux, ReadsTheOtherFrames) {
  must_read<flux_connected>(frame("connected"));
  must_read<flux_other>(frame("configured"));
  must_read<flux_other>(
    R"({"type":"TurnInfo","turn_index":3,"event":"Newer"})");
  EXPECT_EQ(must_read<flux_error>(frame("error")).code,
            "INTERNAL_SERVER_ERROR");
}

TEST(DeepgramFlux, RefusesWhatMakesNoSense) {
  for (auto text : {"", "null", "{}", R"({"type":"TurnInfo"})",
                    R"({"type":"TurnInfo","event":"Update"})",
                    R"({"type":"TurnInfo","event":"Update","turn_index":-1})",
                    R"({"type":"TurnInfo","event":"Update","turn_index":"x"})"})
    EXPECT_FALSE(parse_flux(text)) << text;
}
