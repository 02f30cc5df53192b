#include "bench/statistics.hpp"

#include <gtest/gtest.h>

using namespace velox::bench;

TEST(Statistics, APercentileIsAValueThatWasMeasured) {
  std::vector<double> hundred;
  for (int i = 100; i > 0; --i)
    hundred.push_back(i);
  EXPECT_EQ(percentile(hundred, 0.5), 50);
  EXPECT_EQ(percentile(hundred, 0.99), 99);
  EXPECT_EQ(percentile(hundred, 1), 100);
  EXPECT_EQ(percentile(hundred, 0), 1);
}

TEST(Statistics, OneSlowOfTenIsTheP99) {
  EXPECT_EQ(percentile({1, 1, 1, 1, 80, 1, 1, 1, 1, 1}, 0.99), 80);
  EXPECT_EQ(percentile({1, 1, 1, 1, 80, 1, 1, 1, 1, 1}, 0.9), 1);
}

TEST(Statistics, TheMedianIgnoresAnOutlier) {
  EXPECT_EQ(median({3, 1000, 1}), 3);
  EXPECT_EQ(median({4, 1, 2, 1000}), 3);
}

TEST(Statistics, NothingMeasuredIsZero) {
  EXPECT_EQ(percentile({}, 0.99), 0);
  EXPECT_EQ(median({}), 0);
}
