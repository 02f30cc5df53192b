#include "persistence/store.hpp"

#include "config/log.hpp"
#include "persistence/call_log.hpp"
#include "persistence/conversations.hpp"
#include "persistence/database_session.hpp"
#include "persistence/recordings.hpp"
#include "persistence/tenants.hpp"
#include "protocol/errc.hpp"

#include <caf/actor_system.hpp>
#include <caf/response_promise.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>

namespace velox::persistence {

namespace {

/// The store and its word to itself.
using own_store_actor = store_actor::extend<
  // INTERNAL: every batch that was queued before this is in; commit them.
  caf::reacts_to<caf::flush_atom>>;

/// A batch that waits to be committed with its neighbours.
struct waiting_batch {
  call_log_batch batch;
  caf::response_promise promise;
};

struct store_state {
  static inline const char* name = "store";

  /// Commits are split when more wait. SQLite's journal of save points gets
  /// slower with its length: 30 us per batch up to here, 100 us at 256.
  static constexpr size_t largest_group = 32;

  std::optional<database_session> session;
  std::vector<waiting_batch> waiting;

  /// Runs `work` behind all batches that came before it.
  template <class F>
  auto run(F work) {
    flush();
    return session->run(work);
  }

  void add(const call_log_batch& batch, caf::response_promise promise);
  void flush();
  std::vector<caf::error> commit(std::vector<waiting_batch>& group);
  std::vector<caf::error>
  commit_one_by_one(const std::vector<const call_log_batch*>& batches);
};

using store_pointer = own_store_actor::stateful_pointer<store_state>;

void store_state::add(const call_log_batch& batch,
                      caf::response_promise promise) {
  waiting.push_back({batch, std::move(promise)});
  if (waiting.size() >= largest_group)
    flush();
}

/// Commits what waits, then answers.
void store_state::flush() {
  if (waiting.empty())
    return;
  auto group = std::exchange(waiting, {});
  auto errors = commit(group);
  for (size_t i = 0; i < group.size(); ++i) {
    if (!errors[i]) {
      group[i].promise.deliver(caf::unit);
      continue;
    }
    // Whoever only sent the batch hears nothing, so the log has to say it.
    if (group[i].promise.async())
      config::log().error("A part of the call log was not stored. why={}",
                          to_string(static_cast<errc>(errors[i].code())));
    group[i].promise.deliver(std::move(errors[i]));
  }
}

/// One transaction and one round trip for all. When a batch breaks a rule, one
/// by one, so that it fails alone; when the database itself fails, all do.
/// Returns one error, or none, per batch.
std::vector<caf::error> store_state::commit(std::vector<waiting_batch>& group) {
  std::vector<const call_log_batch*> batches;
  for (auto& x : group)
    batches.push_back(&x.batch);
  bool bad = false;
  auto done = session->run([&](connection& db) {
    try {
      call_log{db}.append(batches, "call_log.append");
    } catch (const not_found&) {
      bad = true;
    } catch (const database_error& e) {
      bad = e.why() == failure::constraint;
      if (!bad)
        throw;
    }
    return caf::unit;
  });
  if (bad)
    return commit_one_by_one(batches);
  auto error = done ? caf::error{} : done.error();
  return std::vector<caf::error>(group.size(), error);
}

std::vector<caf::error> store_state::commit_one_by_one(
  const std::vector<const call_log_batch*>& batches) {
  std::vector<caf::error> errors(batches.size());
  auto done = session->run([&](connection& db) {
    transaction all{db};
    for (size_t i = 0; i < batches.size(); ++i) {
      try {
        call_log{db}.append(*batches[i]);
      } catch (const not_found&) {
        errors[i] = session->on_failure();
      } catch (const database_error& e) {
        if (e.why() != failure::constraint)
          throw;
        errors[i] = session->on_failure();
      }
    }
    all.commit("call_log.append");
    return caf::unit;
  });
  if (!done)
    errors.assign(batches.size(), done.error());
  return errors;
}

own_store_actor::behavior_type
store(store_pointer self, const store_options& options) {
  auto& state = self->state;
  state.session.emplace("store", options);
  self->set_exit_handler([self](caf::exit_msg& msg) {
    self->state.flush();
    self->quit(std::move(msg.reason));
  });
  return {
    [&state](const find_agent_by_number& x) {
      return state.run([&](connection& db) {
        auto agent = agents{db}.find_by_number(x.phone_number);
        if (!agent)
          throw not_found{"no active agent answers this number"};
        return *agent;
      });
    },
    [&state](const find_agent& x) {
      return state.run([&](connection& db) {
        auto agent = agents{db}.find(x.org_id, x.agent_id);
        if (!agent)
          throw not_found{"the organisation has no such agent"};
        return *agent;
      });
    },
    [&state](const open_conversation& x) {
      return state.run([&](connection& db) {
        return conversations{db}.open(x.conversation, x.fence, x.node);
      });
    },
    [&state](const find_conversation& x) {
      return state.run([&](connection& db) {
        auto call = conversations{db}.find(x.call_id);
        if (!call)
          throw not_found{"no such conversation"};
        return *call;
      });
    },
    [&state](const list_messages& x) {
      return state.run([&](connection& db) {
        return call_log{db}.messages(x.org_id, x.call_id);
      });
    },
    [&state](const list_events& x) {
      return state.run([&](connection& db) {
        return call_log{db}.events(x.call_id, x.after);
      });
    },
    [self, &state](const call_log_batch& x) -> caf::result<void> {
      auto promise = self->make_response_promise();
      // The flush queues up behind all batches that are here already.
      if (state.waiting.empty())
        self->send(self, caf::flush_atom_v);
      state.add(x, promise);
      return promise;
    },
    [&state](const close_conversation& x) -> caf::result<void> {
      return state.run([&](connection& db) {
        conversations{db}.close(x);
        return caf::unit;
      });
    },
    [&state](const recording_stored& x) -> caf::result<void> {
      return state.run([&](connection& db) {
        recordings{db}.store(x.recording);
        return caf::unit;
      });
    },
    [&state](const list_recordings& x) {
      return state.run([&](connection& db) {
        return recordings{db}.list(x.org_id, x.call_id);
      });
    },
    [&state](const list_due_recordings& x) {
      return state.run(
        [&](connection& db) { return recordings{db}.due(x.now); });
    },
    [&state](const forget_recording& x) -> caf::result<void> {
      return state.run([&](connection& db) {
        recordings{db}.forget(x.org_id, x.file);
        return caf::unit;
      });
    },
    [&state](const stray_recordings& x) {
      return state.run([&](connection& db) {
        return stray_recordings{recordings{db}.strays(x.files)};
      });
    },
    [&state](caf::ok_atom) {
      return state.run([&](connection&) {
        state.session->check();
        return caf::ok_atom_v;
      });
    },
    [&state](caf::flush_atom) { state.flush(); },
  };
}

} // namespace

store_actor spawn_store(caf::actor_system& sys, const store_options& options) {
  return sys.spawn<caf::detached>(store, options);
}

} // namespace velox::persistence
