#include "actors/provider_rotation.hpp"

#include <gtest/gtest.h>

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

TEST(ProviderRotation, AsksALostProviderAgainWithGrowingPauses) {
  provider_rotation x{2};
  for (auto pause : {100ms, 200ms, 400ms}) {
    auto step = x.failed(provider_errc::broken);
    ASSERT_TRUE(step);
    EXPECT_EQ(step->provider, 0u);
    EXPECT_EQ(step->pause, pause);
  }
  auto step = x.failed(provider_errc::broken);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->provider, 1u);
  EXPECT_EQ(step->pause, 0ms);
}

TEST(ProviderRotation, LosesNoTimeWithAProviderThatSaysNo) {
  for (auto code : {provider_errc::unreachable, provider_errc::timed_out,
                    provider_errc::unauthorized, provider_errc::out_of_quota,
                    provider_errc::rate_limited, provider_errc::overloaded,
                    provider_errc::bad_request, provider_errc::unavailable}) {
    provider_rotation x{3};
    EXPECT_EQ(x.failed(code)->provider, 1u);
    EXPECT_EQ(x.current(), 1u);
    EXPECT_EQ(x.failed(code)->provider, 2u);
  }
}

TEST(ProviderRotation, TriesTheListTwiceAndGivesUp) {
  provider_rotation x{2};
  EXPECT_EQ(x.failed(provider_errc::overloaded)->pause, 0ms);
  auto again = x.failed(provider_errc::overloaded);
  EXPECT_EQ(again->provider, 0u);
  EXPECT_EQ(again->pause, 500ms);
  EXPECT_EQ(x.failed(provider_errc::overloaded)->provider, 1u);
  EXPECT_FALSE(x.failed(provider_errc::overloaded));
}

TEST(ProviderRotation, ForgivesWhoWorks) {
  provider_rotation x{2};
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(x.failed(provider_errc::broken)) << i;
    x.succeeded();
  }
  EXPECT_EQ(x.current(), 0u);
  x.failed(provider_errc::overloaded);
  x.succeeded();
  EXPECT_EQ(x.current(), 1u) << "who works goes on";
  x.rewind();
  EXPECT_EQ(x.current(), 0u);
}

} // namespace

} // namespace velox::actors
