#include "adapters/carriers/twilio/talk_time_gate.hpp"

#include "adapters/http/ask.hpp"
#include "config/log.hpp"
#include "protocol/errc.hpp"

#include <caf/send.hpp>

#include <utility>

namespace velox::carriers::twilio {

talk_time_gate
ask_ledger(caf::actor_system& system, ledger_actor ledger,
           caf::timespan patience, std::function<unix_ms()> time_of_day) {
  talk_time_gate result;
  result.reserve = [&system, ledger, patience, time_of_day](
                     const stream_token& call,
                     const std::function<void(talk_verdict)>& done) {
    auto refused = [done, id = call.call_id](const caf::error& why) {
      if (why == errc::out_of_credit)
        return done(talk_verdict::out_of_credit);
      config::log().error("Talk time could not be reserved. call={} error={}",
                          config::field(id), config::field(to_string(why)));
      done(talk_verdict::unavailable);
    };
    http::ask(
      system, ledger, patience,
      [done](const talk_time&) { done(talk_verdict::granted); }, refused,
      reserve_talk_time{call.org_id, call.call_id, call.nonce, time_of_day(),
                        false});
  };
  result.release = [ledger, time_of_day](const stream_token& call) {
    caf::anon_send(ledger, release_talk_time{call.org_id, call.call_id,
                                             call.nonce, time_of_day()});
  };
  return result;
}

} // namespace velox::carriers::twilio
