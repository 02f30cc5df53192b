#pragma once

#include "actors/supervisor.hpp"
#include "actors/turn_machine.hpp"
#include "protocol/ports.hpp"
#include "protocol/session_store.hpp"

#include <functional>
#include <memory>

namespace velox::actors {

/// What a call may do and how long things may take.
struct call_limits {
  /// Nothing at all from the caller's side for this long: a ghost.
  caf::timespan ghost = std::chrono::seconds{10};
  caf::timespan max_duration = std::chrono::hours{1};
  /// What the call may take beyond `max_duration` to say goodbye and to be
  /// stored; longer than `goodbye` and the answers that it then waits for.
  caf::timespan grace = std::chrono::seconds{30};
  caf::timespan tick = std::chrono::seconds{30};
  /// The longest pause for another part of the engine to answer.
  caf::timespan answer_due = std::chrono::seconds{5};
  /// How long a call goes on though the ledger does not answer.
  caf::timespan ledger_patience = std::chrono::minutes{10};
  /// How long a goodbye may take. After `max_duration` the leg is open for no
  /// longer than that.
  caf::timespan goodbye = std::chrono::seconds{9};
  /// A model without a first token for so long gets a rival; 0: none.
  caf::timespan hedge_after = std::chrono::milliseconds{1500};
  caf::timespan first_token_due = std::chrono::seconds{6};
  /// What a model waits for its tools.
  caf::timespan tool_due = std::chrono::seconds{20};
  /// No call is silent for longer, whatever went wrong.
  caf::timespan lull = std::chrono::seconds{25};
  supervision children;
};

/// What the engine would like to count; called on the call's thread, so be
/// quick. Empty functions are not called.
struct call_counters {
  std::function<void(end_reason)> ended;
  std::function<void(const std::string& child)> restarted;
  /// From the caller's last word to the first sound of the answer.
  std::function<void(std::chrono::milliseconds)> answered;
  /// From the barge-in as the turn taker saw it to the cut.
  std::function<void()> interrupted;
};

/// What every call needs of the engine; shared by all calls, never changed.
struct call_services {
  call_registry_actor registry;
  store_actor store;
  ledger_actor ledger;
  /// Whom to ask before a provider is used; null: nobody.
  provider_gateway_actor gateways;
  /// Who keeps the calls of all nodes apart and shows them; null: nobody.
  session_store_actor sessions{};
  std::string node{}; ///< this one's name; empty: it has none
  provider_source choose;
  briefing_source brief;
  std::shared_ptr<tool_port> tools;         ///< null: the built-in ones only
  std::shared_ptr<carrier_control> control; ///< null: the leg is all there is
  recorder_factory record{};                ///< empty: calls are not recorded
  /// A background sound by name (manners::ambience), mu-law to be looped; null
  /// for a name that it does not know.
  std::function<std::shared_ptr<const std::vector<uint8_t>>(const std::string&)>
    background{};
  turn_policy turns;
  call_limits limits;
  call_counters counters;
  /// The time of day, for what is stored; timers go by the actor clock.
  std::function<unix_ms()> time_of_day;
};

} // namespace velox::actors
