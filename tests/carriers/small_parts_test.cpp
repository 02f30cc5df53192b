#include "adapters/carriers/twilio/rate_limit.hpp"
#include "adapters/carriers/twilio/resume_counter.hpp"

#include <gtest/gtest.h>

using namespace velox::carriers::twilio;
using namespace std::chrono_literals;

TEST(RateLimit, DrainsWithTime) {
  rate_limit x{10, 100};
  auto now = rate_limit::time_point{} + 1h;
  EXPECT_TRUE(x.add(100, now));
  EXPECT_FALSE(x.add(1, now));
  EXPECT_TRUE(x.add(9, now + 1s));
  EXPECT_TRUE(x.add(100, now + 1h));
  EXPECT_FALSE(x.add(1, now + 59min)) << "a clock that goes back gives nothing";
}

TEST(ResumeCounter, CountsPerCallAndForgetsTheOldest) {
  resume_counter x{2};
  EXPECT_EQ(x.add("a"), 1u);
  EXPECT_EQ(x.add("b"), 1u);
  EXPECT_EQ(x.add("a"), 2u);
  EXPECT_EQ(x.add("c"), 1u); // forgets b
  EXPECT_EQ(x.add("a"), 3u);
  EXPECT_EQ(x.add("b"), 1u);
}
