#pragma once

#include "protocol/node_message.hpp"
#include "protocol/sessions.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace velox::persistence {

/// One live call of this node as all nodes are to see it.
struct shared_call {
  take_lease call;
  int64_t fence = 0;
  stage_changed shown;
  unix_ms updated_at = 0;
};

/// What became of a lease that was asked for.
struct lease_answer {
  bool reached = false; ///< false: nobody could be asked
  int64_t fence = 0;    ///< of the lease; 0: another node has it
};

enum class renewal : uint8_t { kept, lost, not_reached };

/// What the nodes share, wherever it is. Answers come later, each exactly once,
/// on any thread; an answer without a value means that nobody could be asked.
class shared_sessions {
public:
  template <class T>
  using then = std::function<void(T)>;

  struct listener {
    std::function<void(bool up, const std::string& why)> changed;
    std::function<void(node_message)> message;
  };

  virtual ~shared_sessions() = default;

  /// Before all else, once.
  virtual void start(listener to) = 0;

  /// A lease with a fence above every one that `call` had, and not below
  /// `least`. Refused while another node has one: a node knows its own calls,
  /// so one of its own that is left over from before a restart is replaced.
  virtual void take(const take_lease& call, int64_t least, then<lease_answer> f)
    = 0;

  /// Goes on with the lease; one that has lapsed is taken again unless somebody
  /// had the call since.
  virtual void renew(const shared_call& x, then<renewal> f) = 0;

  /// Shows what the call is doing.
  virtual void show(const shared_call& x, then<bool> done) = 0;

  /// The call is over: gives the lease back, and shows the end for a while.
  virtual void release(const shared_call& x, then<bool> done) = 0;

  /// This node lives.
  virtual void announce() = 0;

  virtual void
  allow(const allow_request& x, then<std::optional<request_allowed>> f)
    = 0;

  virtual void tell_breaker(const breaker_changed& x) = 0;

  /// Is another node's breaker for this vendor open?
  virtual void ask_breaker(const std::string& provider,
                           then<std::optional<breaker_changed>> f)
    = 0;

  /// Whether a node that has the call was told.
  virtual void end_call(const end_call_anywhere& x, then<bool> told) = 0;

  virtual void list(then<std::optional<std::vector<session_record>>> f) = 0;
};

} // namespace velox::persistence
