#include "actors/waiting_caller.hpp"

#include <gtest/gtest.h>

namespace velox::actors {

namespace {

using namespace std::chrono_literals;
using time_point = waiting_caller::time_point;

manners patient() {
  manners result;
  result.filler_after = 2s;
  result.filler_again = 5s;
  return result;
}

const time_point start{};

TEST(WaitingCaller, IsFilledInAfterAWhileAndAgainLater) {
  waiting_caller x{patient(), {"a", "b"}};
  EXPECT_FALSE(x.due());
  x.asked(start);
  EXPECT_EQ(x.due(), start + 2s);
  EXPECT_EQ(x.filler(start + 2s), "a");
  EXPECT_EQ(x.due(), start + 7s);
  x.is_served();
  EXPECT_FALSE(x.due());
  x.heard_all(start + 4s);
  EXPECT_EQ(x.due(), start + 9s) << "the second wait of a turn is longer";
  x.asked(start + 60s);
  EXPECT_EQ(x.due(), start + 62s);
}

TEST(WaitingCaller, NeverHearsTheSameTwiceInARow) {
  for (size_t count = 2; count < 6; ++count) {
    std::vector<std::string> fillers;
    for (size_t i = 0; i < count; ++i)
      fillers.push_back("filler " + std::to_string(i));
    waiting_caller x{patient(), fillers};
    std::string last;
    for (int i = 0; i < 50; ++i) {
      if (i % 3 == 0)
        x.asked(start + 1s * i);
      auto next = x.filler(start + 1s * i);
      EXPECT_NE(next, last);
      last = next;
    }
  }
}

TEST(WaitingCaller, IsLeftInPeaceWhereTheAgentWantsIt) {
  manners never;
  never.filler_after = 0s;
  waiting_caller silent{never, {"a"}};
  silent.asked(start);
  EXPECT_FALSE(silent.due());

  waiting_caller wordless{patient(), {}};
  wordless.asked(start);
  EXPECT_FALSE(wordless.due());
  EXPECT_EQ(wordless.filler(start), "");

  auto once = patient();
  once.filler_again = 0s;
  waiting_caller x{once, {"a"}};
  x.asked(start);
  x.filler(start + 2s);
  EXPECT_FALSE(x.due());
}

} // namespace

} // namespace velox::actors
