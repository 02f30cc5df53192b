#pragma once

#include "adapters/speech/recognizers/session.hpp"
#include "protocol/judged_turns.hpp"

namespace velox::speech {

/// A session whose vendor judges turns: what is due, and how long it is waited
/// for.
class judging_session : public socket_session {
public:
  struct patience {
    net::milliseconds opens;    ///< a turn, once the caller has stopped
    net::milliseconds goes_on;  ///< an open turn while the caller is silent
    net::milliseconds speaking; ///< an open turn while the caller speaks
  };

  judging_session(net::outbound_ptr out, std::string vendor,
                  const recognition_client_actor& client, patience x)
    : socket_session(std::move(out), std::move(vendor), client), patience_(x) {}

  void began() override;
  void ended() override;

protected:
  /// How much quicker than speech a vendor works through what was kept for it.
  static constexpr int catch_up_factor = 8;

  void on_open(net::milliseconds waited) override;
  void stop_timers() override;

  /// The vendor did not get to the end of a turn.
  virtual void on_stalled() {}

  /// After every frame: reports what it brought and watches over what is due.
  void settle();

  judged_turns turns_;
  recognised_list list_;

private:
  enum class waiting : uint8_t { for_nothing, to_open, to_go_on, to_speak };

  void wait(waiting what, net::milliseconds span);
  void on_late();

  const patience patience_;
  waiting waiting_ = waiting::for_nothing;
  std::unique_ptr<net::timer> watchdog_;
};

} // namespace velox::speech
