#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <list>
#include <thread>
#include <vector>

/// The shards that a server under test lives on: io_contexts, each run by one
/// thread, as in the engine.
class test_shards {
public:
  explicit test_shards(std::size_t count = 2) {
    for (std::size_t i = 0; i < count; ++i) {
      auto& x = contexts_.emplace_back(1);
      guards_.emplace_back(x.get_executor());
      threads_.emplace_back([&x] { x.run(); });
    }
  }

  ~test_shards() { stop(); }

  std::vector<boost::asio::io_context*> all() {
    std::vector<boost::asio::io_context*> out;
    for (auto& x : contexts_)
      out.push_back(&x);
    return out;
  }

  boost::asio::io_context& at(std::size_t i) { return *all()[i]; }

  /// Runs `f` on the thread of shard `i` and waits for it.
  template <class F>
  auto run(std::size_t i, F f) {
    std::packaged_task<decltype(f())()> task{std::move(f)};
    auto result = task.get_future();
    boost::asio::post(at(i), [&task] { task(); });
    return result.get();
  }

  /// Ends the threads once nothing is left to do: a timer or socket that was
  /// forgotten makes this hang, and the test with it.
  void finish() {
    guards_.clear();
    join();
  }

  void stop() {
    for (auto& x : contexts_)
      x.stop();
    join();
  }

private:
  void join() {
    for (auto& x : threads_)
      if (x.joinable())
        x.join();
  }

  using guard
    = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  std::list<boost::asio::io_context> contexts_;
  std::list<guard> guards_;
  std::vector<std::thread> threads_;
};
