#include "adapters/speech/recognizers/judging_session.hpp"

namespace velox::speech {

void judging_session::began() {
  if (!over_)
    turns_.began();
}

void judging_session::ended() {
  if (over_)
    return;
  turns_.ended(list_);
  settle();
}

void judging_session::on_open(net::milliseconds waited) {
  if (turns_.due() > 0)
    wait(waiting::to_open, patience_.opens + waited / catch_up_factor);
}

void judging_session::stop_timers() {
  watchdog_.reset();
}

void judging_session::settle() {
  report(list_);
  if (turns_.open() && turns_.due() > 0)
    wait(waiting::to_go_on, patience_.goes_on);
  else if (turns_.open())
    wait(waiting::to_speak, patience_.speaking);
  else if (turns_.due() == 0)
    wait(waiting::for_nothing, {});
  else if (open() && waiting_ != waiting::to_open)
    wait(waiting::to_open, patience_.opens); // frames do not prolong it
}

void judging_session::wait(waiting what, net::milliseconds span) {
  waiting_ = what;
  watchdog_ = what == waiting::for_nothing
                ? nullptr
                : after(span, &judging_session::on_late);
}

void judging_session::on_late() {
  waiting_ = waiting::for_nothing;
  watchdog_.reset();
  if (turns_.open())
    on_stalled();
  turns_.give_up(list_);
  settle();
}

} // namespace velox::speech
