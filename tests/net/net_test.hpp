#pragma once

#include "tests/support/eventually.hpp"
#include "tests/support/vendors/fake_vendor.hpp"
#include "tests/support/vendors/outbound_thread.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace velox::test {

/// Hears what becomes of one request. Any thread.
class listener {
public:
  struct heard {
    int heads = 0;
    net::response_head head;
    std::string body;
    int ends = 0;
    std::vector<net::error> failures;
  };

  std::shared_ptr<net::exchange> exchange;

  /// Waits for `holds`, at most 10 s.
  template <class Predicate>
  bool wait(Predicate holds) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, std::chrono::seconds{10},
                             [&] { return holds(heard_); });
  }

  bool wait_over() {
    return wait([](auto& x) { return x.ends + x.failures.size() > 0; });
  }

  heard so_far() {
    std::lock_guard guard{mutex_};
    return heard_;
  }

  bool over() {
    auto x = so_far();
    return x.ends + x.failures.size() > 0;
  }
  int status() { return so_far().head.status; }
  std::string body() { return so_far().body; }
  bool failed() { return !so_far().failures.empty(); }

  std::string header(std::string_view name) {
    return std::string{net::find_header(so_far().head.headers, name)};
  }

  /// What was reported once and alone.
  net::error error() {
    auto x = so_far();
    EXPECT_EQ(x.failures.size(), 1u);
    EXPECT_EQ(x.ends, 0);
    return x.failures.empty() ? net::error{} : x.failures[0];
  }
  net::failure why() { return error().what; }

  template <class F>
  void hear(F f) {
    std::lock_guard guard{mutex_};
    f(heard_);
    changed_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  heard heard_;
};

class NetTest : public testing::Test {
protected:
  static net::exchange_handlers handlers(const std::shared_ptr<listener>& to) {
    net::exchange_handlers out;
    out.head = [to](auto& x) {
      to->hear([&](auto& all) {
        ++all.heads;
        all.head = x;
      });
    };
    out.piece = [to](auto x) { to->hear([&](auto& all) { all.body += x; }); };
    out.ended = [to] { to->hear([](auto& all) { ++all.ends; }); };
    out.failed = [to](auto& x) {
      to->hear([&](auto& all) { all.failures.push_back(x); });
    };
    return out;
  }

  /// Sends `x`.
  static std::shared_ptr<listener>
  begin(const outbound_thread& way, net::request x) {
    auto out = std::make_shared<listener>();
    out->exchange = way.out()->send(std::move(x), handlers(out));
    return out;
  }

  /// Sends `x` and waits for the end.
  static std::shared_ptr<listener>
  fetch(const outbound_thread& way, net::request x) {
    auto out = begin(way, std::move(x));
    EXPECT_TRUE(out->wait_over());
    return out;
  }

  /// Until everything that was dispatched before has run.
  static void settle(const outbound_thread& way) {
    for (int i = 0; i < 3; ++i) {
      std::promise<void> done;
      way.out()->dispatch([&done] { done.set_value(); });
      done.get_future().wait();
    }
  }
};

} // namespace velox::test
