#pragma once

#include "adapters/cli/rehearsal/sim_world.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// One whole call as its author wrote it down (docs/scripted-calls.md), as
/// plain structs. Where something may have to be explained to the author, the
/// line of the file is kept.

namespace velox::rehearsal {

/// How a text must look.
struct text_rule {
  enum class kind : uint8_t {
    anything,
    exactly,  ///< blanks at the ends do not matter
    contains, ///< case does not matter
    matches,  ///< ECMAScript regular expression, case does not matter
  };
  kind what = kind::anything;
  std::string text{};

  bool holds(std::string_view x) const;

  /// For people: `that contains "nine"`; empty for `anything`.
  std::string describe() const;
};

// -- providers
// ----------------------------------------------------------------

/// What the model says when `when` holds for the caller's last words.
struct scripted_answer {
  int line = 0;
  std::optional<text_rule> when{}; ///< none: the call begins, or nothing else
                                   ///< fits
  bool first_words = false;        ///< of the call
  bool once = false;               ///< not again after it was used
  model_reply reply{};
};

/// What a tool brings, its first use first; the last entry holds for all
/// further uses.
struct scripted_tool {
  tool_definition definition;
  struct result {
    std::string output = R"({"ok":true})"; ///< one JSON value
    bool failed = false;
    bool lost = false;      ///< no result ever comes
    bool duplicate = false; ///< it comes twice
    caf::timespan after{0};
  };
  std::vector<result> results{1};
};

// -- what happens to the engine
// -----------------------------------------------

/// What operators and misfortune do to the engine.
struct engine_step {
  enum class act : uint8_t {
    kill,          ///< the child `text` of the call
    kill_store,    ///< the store's actor
    kill_ledger,   ///< the ledger's actor
    kill_registry, ///< the registry's actor
    end_call,      ///< an operator ends it
    stop_engine,   ///< the call is told to end with the engine
    spend_credit,  ///< the organisation's talk time is used up
    store_fails,   ///< for `length`
    store_is_slow, ///< for `length`: each answer takes two seconds
    ledger_fails,  ///< for `length`
    answered_by,   ///< the carrier's verdict: `who`
  };
  int line = 0;
  act what = act::kill;
  cue when{};
  /// Instead: `when.wait` after the call's log has this kind of event (again).
  std::string after_log{};
  std::string text{};
  caf::timespan length{0};
  answerer who = answerer::unknown;
};

// -- what is expected
// ---------------------------------------------------------

/// One thing that must, or must not, have happened.
struct expectation {
  int line = 0;
  /// The timeline's word for it (timeline.hpp): "said", "understood", ...
  std::string kind{};
  /// Rules for the entry's fields; "" is its main text.
  std::map<std::string, text_rule> fields{};
  /// In order: from the end of the entry before, at most and at least.
  std::optional<caf::timespan> within{};
  std::optional<caf::timespan> not_before{};
  /// At any time: how often. In order: once.
  std::optional<size_t> times{};

  std::string describe() const;
};

/// A figure of the call as a whole.
struct figure_rule {
  int line = 0;
  std::string name{}; ///< "duration", "silence", "billed", "restarts"
  std::optional<caf::timespan> at_most{};
  std::optional<caf::timespan> at_least{};
};

// -- the whole
// ----------------------------------------------------------------

/// A media socket of the call: the first one, or one after it was lost.
struct leg_script {
  int line = 0;
  /// Since the leg before ended, or since it began when `beside` it.
  caf::timespan after{0};
  bool beside = false;  ///< while the one before is still there
  bool resumed = false; ///< the carrier says that the call goes on
  std::vector<caller_step> caller{};
};

struct call_script {
  std::string file; ///< as the author named it
  int line = 1;
  std::string name;
  std::string why;      ///< what it is to show
  std::string disabled; ///< why it is not run; empty: it is
  uint64_t seed = 1;

  std::string agent_yaml; ///< an agent file; empty: a plain agent
  std::string agent_name; ///< of a plain agent
  std::string greeting;   ///< of a plain agent; empty: the model is asked
  std::string language = "en-US";
  std::string transfer_number;
  std::map<std::string, std::string> lines; ///< instead of the agent's
  std::vector<std::string> fillers;         ///< instead of the agent's
  std::vector<spoken_language> languages;   ///< of a plain agent
  std::string now = "2026-01-05 10:00";     ///< when the call begins

  bool outbound = false;
  line_quality quality{};
  actors::call_limits limits{};
  turn_policy turns{};
  bool own_turns = false; ///< `turns` was given: it goes before the agent's
  velox::manners manners{};
  bool own_manners = false;
  int64_t credit = 100'000;
  int64_t reservation = 300; ///< talk time that a call holds ahead

  std::vector<leg_script> legs{1};
  stage_script recogniser{};
  stage_script synthesiser{};
  stage_script model{};
  std::vector<scripted_answer> answers{};
  std::vector<scripted_tool> tools{};
  std::vector<engine_step> events{};

  std::vector<expectation> in_order{};
  std::vector<expectation> anytime{};
  std::vector<figure_rule> figures{};
  /// The longest the call may take in virtual time before it counts as stuck.
  caf::timespan patience = minutes{10};
};

} // namespace velox::rehearsal
