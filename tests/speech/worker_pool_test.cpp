#include "adapters/speech/worker_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>

using namespace velox::speech;

TEST(WorkerPool, KeepsTheOrderOfEachStrand) {
  worker_pool pool{4};
  constexpr int jobs = 500;
  struct line {
    std::shared_ptr<strand> queue;
    std::vector<int> order; // guarded by nothing but the strand
    std::promise<void> done;
  };
  std::vector<line> lines(8);
  for (auto& x : lines)
    x.queue = pool.make_strand();
  for (int i = 0; i < jobs; ++i)
    for (auto& x : lines)
      x.queue->post([&x, i] { x.order.push_back(i); });
  for (auto& x : lines)
    x.queue->post([&x] { x.done.set_value(); });
  for (auto& x : lines) {
    x.done.get_future().wait();
    ASSERT_EQ(x.order.size(), static_cast<size_t>(jobs));
    EXPECT_TRUE(std::is_sorted(x.order.begin(), x.order.end()));
  }
}

TEST(WorkerPool, RunsStrandsSideBySide) {
  worker_pool pool{2};
  auto one = pool.make_strand();
  auto two = pool.make_strand();
  std::promise<void> first;
  std::promise<void> second;
  std::promise<void> done;
  // Each waits for the other: one thread could not do it.
  one->post([&] {
    first.set_value();
    second.get_future().wait();
    done.set_value();
  });
  two->post([&] {
    first.get_future().wait();
    second.set_value();
  });
  EXPECT_EQ(done.get_future().wait_for(std::chrono::seconds{30}),
            std::future_status::ready);
}

TEST(WorkerPool, ClosingDropsWhatHasNotBegun) {
  worker_pool pool{1};
  auto jobs = pool.make_strand();
  std::promise<void> running;
  std::promise<void> go_on;
  std::promise<void> closed;
  std::atomic<int> ran = 0;
  jobs->post([&] {
    running.set_value();
    go_on.get_future().wait();
  });
  jobs->post([&] { ++ran; });
  running.get_future().wait();
  jobs->close([&] { closed.set_value(); }); // does not wait
  jobs->post([&] { ++ran; });
  go_on.set_value();
  closed.get_future().wait();
  EXPECT_EQ(ran, 0);
}

TEST(WorkerPool, LeavesNothingBehind) {
  auto held = std::make_shared<int>(1);
  std::shared_ptr<strand> jobs;
  {
    worker_pool pool{1};
    jobs = pool.make_strand();
    std::promise<void> running;
    jobs->post([&running] { running.set_value(); });
    running.get_future().wait();
  }
  jobs->post([held] { FAIL() << "nobody runs this"; });
  jobs.reset();
  EXPECT_EQ(held.use_count(), 1);
}
