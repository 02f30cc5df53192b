#include "bench/turns/report.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace velox::test {

namespace {

using namespace velox::bench;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

turn_step step_of(turn_subject subject, double ms) {
  turn_step x;
  x.calls = 10;
  x.subject = subject;
  x.spans.planned = 1;
  x.spans.whole = {ms};
  x.spans.request = x.spans.text = {ms / 4};
  x.spans.frame = {ms / 2};
  x.spans.delays = {151};
  x.cpu = subject == turn_subject::plain ? 0.1 : 0.15;
  x.out.requests = 4;
  x.out.reused = 3;
  return x;
}

TEST(TurnReport, SetsTheEngineAgainstItsFloor) {
  turn_results all;
  all.steps
    = {step_of(turn_subject::floor, 2), step_of(turn_subject::engine, 5),
       step_of(turn_subject::plain, 4)};
  auto text = to_text(all);
  EXPECT_THAT(text, HasSubstr("2.50x")); // a turn, times the floor
  EXPECT_THAT(text, HasSubstr("1.50x")); // CPU, times plain
  EXPECT_THAT(text, HasSubstr("75.0%")); // reused
  EXPECT_THAT(to_json(all), HasSubstr(R"("reuse_rate":0.75)"));
  EXPECT_THAT(missing(all), IsEmpty());
}

TEST(TurnReport, NamesWhatIsMissing) {
  turn_results all;
  for (auto i = 0; i < 4; ++i)
    all.steps.push_back(step_of(turn_subject::engine, 5));
  all.steps[0].failed = "3 of 10 calls heard no greeting";
  all.steps[1].spans.unanswered = 1;
  all.steps[2].cpu = 0;
  all.steps[3].out = {};
  EXPECT_THAT(missing(all),
              ElementsAre(HasSubstr("heard no greeting"),
                          HasSubstr("1 of 1 turns without an answer"),
                          HasSubstr("no CPU time"), HasSubstr("no counts")));
}

TEST(TurnReport, ReuseOfNothingIsNone) {
  EXPECT_EQ(reuse_rate({}), 0);
}

} // namespace

} // namespace velox::test
