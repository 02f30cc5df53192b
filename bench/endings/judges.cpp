#include "bench/endings/judges.hpp"

#include "actors/turn_machine.hpp"
#include "adapters/speech/voice/detector.hpp"
#include "config/settings.hpp"
#include "config/voice_hangover.hpp"

#include <algorithm>

namespace velox::bench {

namespace {

using actors::turn_machine;

/// What the voice detection has waited before it says that a voice stopped.
audio_time hangover() {
  return audio_time{speech::detector_options{}.hangover_ms};
}

verdict with_delay(verdict x, const spoken& caller) {
  for (auto& turn : x.turns)
    if (turn.at < caller.ends)
      x.cut = true;
    else if (!x.delay)
      x.delay = turn.at - caller.ends;
  return x;
}

/// A turn machine and the call around it, in the time of the audio.
class machine_run {
public:
  explicit machine_run(const turn_policy& policy) : machine_(policy) {}

  void begin(const std::string& asked) {
    machine_.begin(start_);
    if (asked.empty())
      return;
    machine_.on(floor_taken{++turn_}, start_);
    machine_.on(question_asked{turn_, asked}, start_);
    machine_.on(playback_started{turn_}, start_);
    machine_.on(playback_finished{turn_}, start_);
    act(audio_time{0});
  }

  void run_until(audio_time at) {
    while (auto look = machine_.next_look()) {
      auto when = std::max(*look, start_ + now_);
      if (when > start_ + at)
        break;
      now_ = std::chrono::duration_cast<audio_time>(when - start_);
      machine_.on_time(when);
      act(now_);
    }
    now_ = at;
  }

  void on(const heard& x) {
    run_until(x.at);
    std::visit([&](auto& what) { machine_.on(what, start_ + x.at); }, x.what);
    act(x.at);
  }

  verdict result;

private:
  /// The call takes the floor for every turn, as the engine does.
  void act(audio_time at) {
    for (auto& action : machine_.take_actions())
      if (auto* turn = std::get_if<user_turn>(&action)) {
        result.turns.push_back({at, turn->text});
        machine_.on(floor_taken{++turn_}, start_ + at);
        act(at);
      }
  }

  turn_machine machine_;
  /// Not the epoch, which the machine might take for "never".
  turn_machine::time_point start_{std::chrono::hours{1}};
  audio_time now_{0};
  uint64_t turn_ = 0;
};

} // namespace

verdict
judge_by_machine(std::span<const heard> events, const turn_policy& policy,
                 const std::string& asked, const spoken& caller) {
  machine_run run{policy};
  run.begin(asked);
  for (auto& x : events)
    run.on(x);
  run.run_until(audio_time{caller.mulaw.size() / 8});
  return with_delay(std::move(run.result), caller);
}

verdict judge_by_silence(std::span<const heard> events, audio_time silence,
                         const spoken& caller) {
  verdict result;
  std::string text;
  auto silent = false;
  audio_time due{0}; ///< when the silence has lasted long enough
  int finals_due = 0;
  auto give_before = [&](audio_time next) {
    if (!silent || finals_due > 0 || due > next)
      return;
    result.turns.push_back({due, std::exchange(text, {})});
    silent = false;
  };
  for (auto& x : events) {
    give_before(x.at);
    if (std::holds_alternative<voice_started>(x.what)) {
      silent = false;
    } else if (std::holds_alternative<voice_stopped>(x.what)) {
      silent = true;
      due = std::max(x.at, x.at - hangover() + silence);
      ++finals_due;
    } else if (auto* words = std::get_if<words_final>(&x.what)) {
      text += (text.empty() || words->text.empty() ? "" : " ") + words->text;
      --finals_due;
      due = std::max(due, x.at);
    }
  }
  give_before(audio_time::max());
  return with_delay(std::move(result), caller);
}

turn_policy default_policy() {
  config::turn_settings x = config::settings{}.turns;
  turn_policy result;
  result.end_of_turn = config::after_report(x.end_of_turn_silence);
  result.end_of_turn_sure = config::after_report(x.end_of_turn_sure);
  result.end_of_turn_unsure = config::after_report(x.end_of_turn_unsure);
  return result;
}

} // namespace velox::bench
