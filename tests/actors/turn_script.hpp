#pragma once

#include "actors/turn_machine.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <variant>

namespace velox::actors {

using namespace std::chrono_literals;

/// Runs scripts of events, each a word; "_" stands for a blank in texts:
///   voice quiet        the caller's voice began, stopped
///   part:x final:x     what the recogniser says
///   open:x likely:x    the same of one that judges turns: it goes on, or
///   ended:x            seems complete, or is over
///   key:5              a key
///   floor:1            the agent has the floor as turn 1
///   protected:1        the same, and may not be interrupted
///   started:1 over:1   its first sound is out, it was heard to its end
///   asked:1:x          what it has said last; asked:1:4:x wants four digits
///   +500               500 ms pass, with a look whenever one is due
/// and tells what the machine did, in the same manner.
class turn_script {
public:
  explicit turn_script(turn_policy policy = {}) : machine_(policy) {
    machine_.begin(now_);
  }

  std::string operator()(const std::string& text) {
    std::istringstream in{text};
    std::string word;
    while (in >> word)
      step(word);
    return std::exchange(actions_, {});
  }

  std::string state() const { return turn_machine::to_text(machine_.now_in()); }

  std::optional<caf::timespan> next_look() const {
    if (auto at = machine_.next_look())
      return caf::timespan{*at - now_};
    return std::nullopt;
  }

private:
  void step(const std::string& word) {
    auto colon = word.find(':');
    auto name = word.substr(0, colon);
    auto rest = colon == std::string::npos ? "" : word.substr(colon + 1);
    for (auto& c : rest)
      c = c == '_' ? ' ' : c;
    auto turn = [&] { return uint64_t{std::stoul(rest)}; };
    if (name[0] == '+')
      pass(std::chrono::milliseconds{std::stol(name)});
    else if (name == "voice")
      machine_.on(voice_started{}, now_);
    else if (name == "quiet")
      machine_.on(voice_stopped{}, now_);
    else if (name == "part")
      machine_.on(words_partial{rest}, now_);
    else if (name == "final")
      machine_.on(words_final{rest, rest.empty() ? 0 : confidence}, now_);
    else if (name == "open")
      machine_.on(words_partial{rest, turn_hint::open}, now_);
    else if (name == "likely")
      machine_.on(words_partial{rest, turn_hint::likely_over}, now_);
    else if (name == "ended")
      machine_.on(words_final{rest, confidence, true}, now_);
    else if (name == "key")
      machine_.on(key_pressed{rest[0]}, now_);
    else if (name == "floor")
      machine_.on(floor_taken{turn(), true}, now_);
    else if (name == "protected")
      machine_.on(floor_taken{turn(), false}, now_);
    else if (name == "asked")
      ask(rest);
    else if (name == "started")
      machine_.on(playback_started{turn()}, now_);
    else if (name == "over")
      machine_.on(playback_finished{turn()}, now_);
    else
      ADD_FAILURE() << "no such event: " << word;
    note();
  }

  void ask(const std::string& rest) {
    auto second = rest.find(':');
    auto third = rest.find(':', second + 1);
    auto keys = third == std::string::npos
                  ? 0
                  : std::stoul(rest.substr(second + 1, third - second - 1));
    machine_.on(question_asked{std::stoul(rest.substr(0, second)),
                               rest.substr(rest.rfind(':') + 1),
                               static_cast<uint32_t>(keys)},
                now_);
  }

  void pass(caf::timespan span) {
    auto until = now_ + span;
    while (machine_.next_look() && *machine_.next_look() <= until) {
      now_ = std::max(now_, *machine_.next_look());
      machine_.on_time(now_);
      note();
    }
    now_ = until;
  }

  void note() {
    for (auto& x : machine_.take_actions()) {
      actions_ += actions_.empty() ? "" : " ";
      std::visit([this](auto& y) { actions_ += name(y); }, x);
    }
  }

  std::string name(const user_turn& x) {
    last_confidence = x.confidence;
    last_keys = x.keys;
    return "turn(" + x.text + ")";
  }
  std::string name(const words_final& x) { return "words(" + x.text + ")"; }
  std::string name(const presence_asked& x) {
    return "presence(" + std::to_string(x.turn) + ")";
  }
  std::string name(const turn_likely_over& x) {
    return "ahead(" + x.text + ")";
  }
  std::string name(const turn_goes_on&) { return "wait"; }
  std::string name(const cancel& x) {
    return "cancel(" + std::to_string(x.turn) + ")";
  }
  std::string name(const resume_turn& x) {
    return "resume(" + std::to_string(x.turn) + ")";
  }
  std::string name(const caller_idle& x) {
    return "idle(" + std::to_string(x.times) + ")";
  }
  std::string name(const stage_late& x) {
    return "late(" + x.stage + "," + std::to_string(x.turn) + ")";
  }

  turn_machine machine_;
  turn_machine::time_point now_{24h};
  std::string actions_;

public:
  double confidence = 0.9;
  double last_confidence = -1;
  std::string last_keys{};
};

} // namespace velox::actors
