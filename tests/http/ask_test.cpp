#include "adapters/http/ask.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <gtest/gtest.h>

#include <future>
#include <vector>

using namespace std::chrono_literals;

namespace {

/// Doubles numbers, refuses 0, and never answers negative ones.
struct doubler_state {
  std::vector<caf::response_promise> unanswered;
};

caf::behavior doubler(caf::stateful_actor<doubler_state>* self) {
  return {
    [self](int32_t x) -> caf::result<int32_t> {
      if (x == 0)
        return caf::make_error(caf::sec::invalid_argument);
      if (x > 0)
        return x * 2;
      self->state.unanswered.push_back(self->make_response_promise());
      return caf::delegated<int32_t>{};
    },
  };
}

class Ask : public testing::Test {
protected:
  /// The answer, or the error's code as a negative number.
  int32_t ask(int32_t x, caf::timespan timeout = 5s) {
    auto result = std::make_shared<std::promise<int32_t>>();
    velox::http::ask(
      sys, actor, timeout, [result](int32_t y) { result->set_value(y); },
      [result](const caf::error& err) {
        result->set_value(-static_cast<int32_t>(err.code()));
      },
      x);
    auto future = result->get_future();
    EXPECT_EQ(future.wait_for(10s), std::future_status::ready);
    return future.get();
  }

  static int32_t code(caf::sec x) { return -static_cast<int32_t>(x); }

  // An unanswered promise keeps its actor.
  void TearDown() override {
    if (actor)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
  }

  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  caf::actor actor = sys.spawn(doubler);
};

} // namespace

TEST_F(Ask, BringsTheAnswerOrTheError) {
  EXPECT_EQ(ask(21), 42);
  EXPECT_EQ(ask(0), code(caf::sec::invalid_argument));
}

TEST_F(Ask, GivesUpAfterTheTimeout) {
  EXPECT_EQ(ask(-1, 20ms), code(caf::sec::request_timeout));
}

TEST_F(Ask, SaysWhenNobodyIsThere) {
  caf::anon_send_exit(actor, caf::exit_reason::kill);
  EXPECT_EQ(ask(21), code(caf::sec::request_receiver_down));
  actor = nullptr;
  EXPECT_EQ(ask(21), code(caf::sec::invalid_argument));
}

TEST_F(Ask, CallsLater) {
  std::promise<void> called;
  velox::http::later(sys, 1ms, [&called] { called.set_value(); });
  EXPECT_EQ(called.get_future().wait_for(10s), std::future_status::ready);
}
