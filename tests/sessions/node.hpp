#pragma once

#include "persistence/redis/sessions.hpp"
#include "persistence/session_store.hpp"
#include "protocol/errc.hpp"
#include "protocol/type_ids.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/redis_server.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

namespace velox::persistence {

using namespace std::chrono_literals;

struct node_config : caf::actor_system_config {
  node_config() {
    add_message_types<caf::id_block::velox>();
    add_message_types<caf::id_block::velox_sessions>();
    set("scheduler.max-threads", size_t{2});
  }
};

/// A prefix that no other test, of this run or another, has.
inline std::string fresh_prefix() {
  static std::atomic<int> count = 0;
  return "test:" + std::to_string(::getpid()) + ":" + std::to_string(++count)
         + ":";
}

/// Asks Redis directly, as an operator with redis-cli would.
class redis_probe {
public:
  explicit redis_probe(const std::string& url)
    : client_(redis::client_options{.where = redis::parse_endpoint(url),
                                    .patience = 2s},
              {}) {}

  redis::reply operator()(std::vector<std::string> command) {
    auto answer = std::make_shared<std::promise<redis::reply>>();
    auto result = answer->get_future();
    client_.send(std::move(command),
                 [answer](redis::reply x) { answer->set_value(std::move(x)); });
    return result.get();
  }

  /// HGETALL.
  std::map<std::string, std::string> hash(const std::string& key) {
    auto all = (*this)({"HGETALL", key});
    std::map<std::string, std::string> result;
    for (size_t i = 0; i + 1 < all.items.size(); i += 2)
      result[all.items[i].text] = all.items[i + 1].text;
    return result;
  }

private:
  redis::client client_;
};

/// One node: a session store in an actor system with threads, and a test that
/// poses as its calls, its gateways and everybody else.
class node {
public:
  struct options {
    std::string name = "a";
    std::string redis{}; ///< URL; empty: in process
    std::string prefix{};
    std::chrono::milliseconds lease = 15s;
    std::chrono::milliseconds renewal = 5s;
    std::chrono::milliseconds patience = 500ms;
    redis::client_counters counters{};
  };

  explicit node(options x) : node(std::move(x), config()) {}

  ~node() {
    caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
    // Until its client is gone, too.
    self->wait_for(store);
  }

  template <class Answer, class... Ts>
  caf::expected<Answer> ask(Ts&&... xs) {
    caf::expected<Answer> result{caf::sec::request_timeout};
    self->request(store, caf::timespan{10s}, std::forward<Ts>(xs)...)
      .receive([&](Answer& x) { result = std::move(x); },
               [&](caf::error& why) { result = std::move(why); });
    return result;
  }

  /// The test itself takes the lease: 0 when another node has the call.
  int64_t take(const std::string& call_id) {
    auto x = ask<call_lease>(take_lease{call_id, "o1", "a1", started_at});
    if (x)
      return x->fence;
    EXPECT_EQ(x.error(), errc::duplicate_call) << sys.render(x.error());
    return 0;
  }

  /// A call that takes the lease and ends at once: the fence that it had.
  int64_t brief(const std::string& call_id) {
    auto fence = std::make_shared<std::atomic<int64_t>>(0);
    auto holder = sys.spawn(
      [this, call_id, fence](caf::event_based_actor* call) {
        call->request(store, caf::infinite, take_lease{call_id, "o1", "a1", 0})
          .then(
            [call, fence](const call_lease& x) {
              *fence = x.fence;
              call->quit(caf::exit_reason::kill);
            },
            [call](const caf::error&) { call->quit(caf::exit_reason::kill); });
      });
    self->wait_for(holder);
    return *fence;
  }

  void show(const std::string& call_id, call_stage stage, uint64_t turn = 0,
            uint64_t interruptions = 0) {
    self->send(store, stage_changed{call_id, stage, turn, interruptions});
  }

  session_status status() {
    return ask<session_status>(caf::get_atom_v).value();
  }

  bool wait_until_up() {
    return test::eventually([this] { return status().up; });
  }

  /// The next message of type `T` to the test, within `limit`.
  template <class T>
  std::optional<T> next(caf::timespan limit = 5s) {
    std::optional<T> result;
    self->receive([&](const T& x) { result = x; }, caf::after(limit) >> [] {});
    return result;
  }

  static constexpr unix_ms started_at = 1'700'000'000'123;

private:
  static std::shared_ptr<node_config> config() {
    return std::make_shared<node_config>();
  }

  node(options x, std::shared_ptr<node_config> cfg)
    : cfg_(std::move(cfg)), sys(*cfg_) {
    session_store_options y;
    y.node = x.name;
    y.renewal = x.renewal;
    if (!x.redis.empty()) {
      redis::sessions_options z;
      z.node = x.name;
      z.prefix = x.prefix;
      z.lease = x.lease;
      z.client.where = redis::parse_endpoint(x.redis);
      z.client.patience = x.patience;
      z.client.counters = x.counters;
      y.shared = redis::make_sessions(std::move(z));
    }
    store = spawn_session_store(sys, std::move(y));
  }

  std::shared_ptr<node_config> cfg_;

public:
  caf::actor_system sys;
  caf::scoped_actor self{sys};
  session_store_actor store;
};

} // namespace velox::persistence
