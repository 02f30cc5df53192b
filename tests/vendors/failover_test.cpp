#include "tests/support/spelled_audio.hpp"
#include "tests/vendors/pairs.hpp"

#include <algorithm>
#include <gmock/gmock.h>

namespace velox::test {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view whole_answer
  = "The first is one. The second is two.";

struct mishap {
  const char* stage;
  const char* name;
  int status;       ///< 0: the connection is lost, or goes silent
  const char* code; ///< what the call log says of it

  bool is_reset() const { return std::string_view{name} == "reset"; }
  friend void PrintTo(const mishap& x, std::ostream* to) {
    *to << x.stage << ", " << x.name;
  }
};

std::vector<mishap> all_mishaps() {
  std::vector<mishap> result;
  for (auto stage : {"ear", "model", "voice"}) {
    result.push_back({stage, "401", 401, "unauthorized"});
    result.push_back({stage, "429", 429, "rate-limited"});
    result.push_back({stage, "500", 500, "overloaded"});
    result.push_back({stage, "reset", 0, "broken"});
    result.push_back({stage, "silence", 0, "timed-out"});
  }
  return result;
}

class failover : public testing::TestWithParam<mishap> {
protected:
  /// What has to be in place before the first vendor is asked at all.
  void prepare() {
    auto& x = GetParam();
    if (x.stage != std::string_view{"ear"})
      return;
    stt_plan plan;
    plan.deaf = goes_deaf();
    plan.resets_at = goes_deaf() ? -1 : 1;
    house.ears[0].set_plan(plan);
  }

  static bool goes_deaf() {
    auto& x = GetParam();
    return x.stage == std::string_view{"ear"} && x.status == 0 && !x.is_reset();
  }

  /// One utterance without an answer may be noise, so a deaf recogniser is
  /// found out by the second: the caller has to repeat.
  void talk_to_the_deaf(const test_call& call) {
    auto turn_is = [&](std::string_view wanted) {
      for (auto& x : house.rig.status(call).actors)
        if (x.name == "turn-taker")
          return x.doing == wanted;
      return false;
    };
    call.leg->say("what is the first");
    ASSERT_TRUE(eventually([&] { return turn_is("finishing"); }));
    ASSERT_TRUE(eventually([&] { return turn_is("listening"); }));
    EXPECT_EQ(house.rig.failures(call), std::vector<std::string>{});
  }

  /// The first vendor of the stage works no more from here on.
  void break_first(const test_call& call) {
    auto& x = GetParam();
    std::string stage = x.stage;
    if (stage == "ear") { // it is connected before it breaks
      call.leg->audio(hum(100ms, silence_byte));
      ASSERT_TRUE(house.ears[0].wait_for_audio(800));
    }
    if (x.status != 0) {
      vendor_trouble trouble;
      trouble.status = x.status;
      if (x.status == 429)
        trouble.retry_after = "30";
      house.server(stage, 0).set_trouble(trouble);
    } else if (stage == "voice") {
      x.is_reset() ? house.voices[0].reset_after(2)
                   : house.voices[0].hold_after(2);
    }
  }

  void set_answers() {
    auto& x = GetParam();
    fake_answer whole{{"The first ", "is one. The sec", "ond is two."}};
    if (x.stage != std::string_view{"model"})
      return house.models[0]->next(whole);
    if (x.status != 0)
      return house.models[1]->next(whole);
    house.models[0]->next({{"The first is one. ", "The sec"},
                           {},
                           x.is_reset() ? fake_end::reset : fake_end::held});
    house.models[1]->next({{"The second is two."}});
  }

  void check_turn(const test_call& call);
  void check_mended_voice(const std::vector<uint8_t>& heard);
  void check_log(const test_call& call);

  vendor_house<2> house;
};

/// Every sentence was said, and none twice.
void failover::check_turn(const test_call& call) {
  auto& x = GetParam();
  auto heard = call.leg->heard(2);
  if (x.stage == std::string_view{"voice"} && x.status == 0)
    check_mended_voice(heard);
  else
    EXPECT_EQ(heard, sound_of({"The first is one.", "The second is two."}));
  EXPECT_EQ(message_of(house.rig, call, 2, "user").text, "what is the first");
  auto answer = message_of(house.rig, call, 2, "assistant");
  EXPECT_EQ(answer.text, whole_answer);
  EXPECT_EQ(answer.heard.heard, whole_answer);
}

/// The second voice went on within the sentence in which the first broke off.
void failover::check_mended_voice(const std::vector<uint8_t>& heard) {
  // Both sentences are asked for at once, by two requests.
  EXPECT_THAT(
    house.voices[1].texts(),
    testing::UnorderedElementsAre("first is one.", "The second is two."));
  auto second = sound_of({"first is one.", "The second is two."});
  auto first = fake_voice::audio_of("The first is one.");
  ASSERT_GT(heard.size(), second.size());
  auto size = heard.size() - second.size();
  ASSERT_LE(size, first.size());
  auto seam = heard.begin() + static_cast<std::ptrdiff_t>(size);
  EXPECT_TRUE(std::equal(heard.begin(), seam, first.begin()));
  EXPECT_TRUE(std::equal(seam, heard.end(), second.begin(), second.end()));
}

void failover::check_log(const test_call& call) {
  auto& x = GetParam();
  auto failures = house.rig.failures(call);
  auto wanted = std::string{x.stage} + "-a:" + x.code;
  EXPECT_EQ(std::count(failures.begin(), failures.end(), wanted) > 0, true)
    << testing::PrintToString(failures);
  for (auto& one : failures)
    EXPECT_TRUE(one.starts_with(std::string{x.stage} + "-a:")) << one;
  EXPECT_EQ(house.rig.conversation(call).ended_because, "caller-hung-up");
  for (auto& event : house.rig.events(call)) {
    EXPECT_NE(event.kind, "child-restarted");
    EXPECT_NE(event.kind, "stage-failed");
  }
}

} // namespace

TEST_P(failover, within_a_turn_is_not_noticed_by_the_caller) {
  auto& x = GetParam();
  prepare();
  house.rig.start();
  auto call = house.rig.dial_and_greet();
  break_first(call);
  set_answers();
  if (goes_deaf())
    talk_to_the_deaf(call);
  call.leg->say("what is the first");
  ASSERT_TRUE(house.rig.wait_for_turn(call, 2));
  check_turn(call);

  auto asked = house.server(x.stage, 0).requests();
  call.leg->say("and then");
  ASSERT_TRUE(house.rig.wait_for_turn(call, 3));
  EXPECT_EQ(message_of(house.rig, call, 3, "user").text, "and then");
  EXPECT_EQ(message_of(house.rig, call, 3, "assistant").heard.heard,
            "Good morning to you.");
  if (x.status == 429) { // it wants to be left alone for 30 s
    EXPECT_EQ(house.server(x.stage, 0).requests(), asked);
  }

  EXPECT_TRUE(house.rig.hang_up(call));
  check_log(call);
  house.expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(all, failover, testing::ValuesIn(all_mishaps()),
                         [](auto& x) {
                           return std::string{x.param.stage} + "_"
                                  + x.param.name;
                         });

} // namespace velox::test
