#pragma once

#include "protocol/errc.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_clock.hpp>
#include <caf/error.hpp>
#include <caf/system_messages.hpp>
#include <caf/timespan.hpp>

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Supervision with OTP's terms; CAF itself has links and monitors only.

namespace velox::actors {

/// What the end of a child means to its parent.
enum class restart : uint8_t {
  permanent, ///< started again, always
  transient, ///< started again after a failure only
  temporary, ///< not missed
};

/// Who else is started again when a child is.
enum class strategy : uint8_t {
  one_for_one,  ///< nobody
  rest_for_one, ///< those that were started after it
};

struct child_spec {
  std::string name;
  restart policy = restart::permanent;
  /// Spawns the child linked to the parent, keeps its handle in the parent's
  /// state and returns it.
  std::function<caf::actor()> start;
};

/// How many restarts are an accident; more are a pattern.
struct restart_intensity {
  size_t limit = 3;
  caf::timespan window = std::chrono::seconds{30};
};

/// The first restart within the window is immediate; the pause before each
/// further one doubles, from `first` up to `most`.
struct back_off {
  caf::timespan first = std::chrono::milliseconds{100};
  caf::timespan most = std::chrono::seconds{2};
};

struct supervision {
  actors::strategy strategy = strategy::one_for_one;
  restart_intensity intensity;
  actors::back_off back_off;
};

/// Keeps the children of one actor alive. It lives in that actor's state and
/// is fed from that actor's exit handler.
class supervisor {
public:
  using time_point = caf::actor_clock::time_point;

  /// What became of an exit message.
  struct verdict {
    /// Set: quit with it, or end politely; no child is started any more.
    caf::error give_up;
    /// Set: call `restart_due` after this pause.
    std::optional<caf::timespan> pause;
    /// The child that ended; empty when the message came from a stranger, who
    /// asks the parent itself to end (`give_up` is the stranger's reason).
    std::string child;
  };

  /// How a child is doing, in the order of the specs.
  struct child_status {
    std::string name;
    caf::actor handle; ///< null while the child is down
    uint64_t restarts = 0;
  };

  explicit supervisor(std::vector<child_spec> specs, supervision options = {});

  /// Starts all children in the order of their specs.
  void start();

  /// Deals with the end of a child.
  verdict on_exit(const caf::exit_msg& msg, time_point now);

  /// Starts the children whose pause is over; returns the names of those.
  std::vector<std::string> restart_due(time_point now);

  /// How long until `restart_due` has something to do; nothing when no child
  /// waits. For a parent with one timer for all pauses.
  std::optional<caf::timespan> next_due(time_point now) const;

  /// Ends the child of this name in order to have it started afresh. False
  /// when there is none, or it is down already.
  bool kill(const std::string& name);

  /// No child is started any more, whatever ends.
  void retire() { retired_ = true; }

  std::vector<child_status> children() const;

private:
  struct child {
    child_spec spec;
    caf::actor handle;
    uint64_t restarts = 0;
    bool stopping = false; ///< on our own order, with a fallen sibling
    std::optional<time_point> due;
  };

  verdict bring_back(size_t fallen, time_point now);
  void stop_rest(size_t fallen, time_point due);
  caf::timespan pause() const;
  bool stopping() const;

  std::vector<child> children_;
  supervision options_;
  std::deque<time_point> restarts_;
  bool retired_ = false;
};

} // namespace velox::actors
