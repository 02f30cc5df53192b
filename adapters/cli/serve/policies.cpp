#include "adapters/cli/serve/policies.hpp"

#include "config/voice_hangover.hpp"

namespace velox::cli {

namespace {

interruption interruption_of(const config::turn_settings& x) {
  if (!x.barge_in || x.interruption == "never")
    return interruption::never;
  if (x.interruption == "immediate")
    return interruption::immediate;
  return x.interruption == "words" ? interruption::words
                                   : interruption::milliseconds;
}

} // namespace

turn_policy turn_policy_of(const config::turn_settings& x) {
  turn_policy result;
  result.interrupts = interruption_of(x);
  result.least_voice = x.interruption_voice;
  result.least_words = static_cast<uint32_t>(x.interruption_words);
  result.end_of_turn = config::after_report(x.end_of_turn_silence);
  result.end_of_turn_sure = config::after_report(x.end_of_turn_sure);
  result.end_of_turn_unsure = config::after_report(x.end_of_turn_unsure);
  result.judge_words = x.judge_words;
  result.false_alarm = x.false_interruption;
  result.idle = x.idle_prompt_after;
  result.keys = x.keys_pause;
  result.keys_end = x.keys_end == "none" ? '\0' : x.keys_end[0];
  return result;
}

actors::call_limits limits_of(const config::settings& x) {
  actors::call_limits result;
  result.ghost = x.calls.ghost_timeout;
  result.max_duration = x.calls.max_duration;
  result.tick = x.billing.tick;
  result.ledger_patience = x.billing.ledger_patience;
  result.hedge_after = x.providers.hedge_after;
  result.children.intensity.limit = x.calls.restart_limit;
  result.children.intensity.window = x.calls.restart_window;
  return result;
}

} // namespace velox::cli
