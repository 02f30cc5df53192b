#include "actors/turn_table.hpp"

#include "actors/turn_machine.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

/// The table is the machine, and the documentation is the table.

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

constexpr auto states = 6;
constexpr auto events = 10;

TEST(TurnTable, AnswersEveryEventInEveryState) {
  for (int i = 0; i < states * events; ++i) {
    auto in = static_cast<turn_state>(i / events);
    auto on = static_cast<turn_event>(i % events);
    auto rules = turn_rules(in, on);
    auto cannot_be
      = (in == turn_state::speaking && on == turn_event::time)
        || (in == turn_state::overlapping && on == turn_event::voice_started);
    ASSERT_EQ(rules.empty(), cannot_be) << to_text(in) << ", " << to_text(on);
    if (cannot_be)
      continue;
    EXPECT_EQ(rules.back().when, turn_guard::always);
    for (auto& x : rules.first(rules.size() - 1))
      EXPECT_NE(x.when, turn_guard::always)
        << to_text(in) << ", " << to_text(on) << ": hides those behind it";
  }
}

// -- every pair is driven
// -----------------------------------------------------

/// What the machine did, as the table's steps name it.
std::string said_of(const std::vector<turn_machine::action>& actions) {
  std::string result;
  auto note = [&](const char* x) {
    result += (result.empty() ? "" : ", ") + std::string{x};
  };
  for (auto& x : actions) {
    if (auto* turn = std::get_if<user_turn>(&x))
      note(turn->text.empty() ? "`user_turn` without words" : "`user_turn`");
    else if (std::holds_alternative<cancel>(x))
      note("`cancel`");
    else if (std::holds_alternative<resume_turn>(x))
      note("`resume_turn`");
    else if (std::holds_alternative<presence_asked>(x))
      note("`presence_asked`");
    else if (std::holds_alternative<caller_idle>(x))
      note("`caller_idle`");
    else if (auto* late = std::get_if<stage_late>(&x))
      late->stage == "answer" ? note("`stage_late`") : void();
  }
  return result;
}

/// A machine on the way somewhere, and its clock.
struct run {
  explicit run(turn_policy policy) : machine(policy) { machine.begin(now); }

  template <class Event>
  void operator()(const Event& x) {
    machine.on(x, now);
  }

  void pass(caf::timespan span) {
    auto until = now + span;
    while (machine.next_look() && *machine.next_look() <= until) {
      now = std::max(now, *machine.next_look());
      machine.on_time(now);
    }
    now = until;
  }

  turn_machine machine;
  turn_machine::time_point now{24h};
};

struct step {
  const char* name;
  turn_event what;
  std::function<void(run&)> happens;
};

/// One of each kind of event; `turn` is the newest turn of the agent.
const std::vector<step>& steps() {
  using e = turn_event;
  static const std::vector<step> result{
    {"voice", e::voice_started, [](run& x) { x(voice_started{}); }},
    {"quiet", e::voice_stopped, [](run& x) { x(voice_stopped{}); }},
    {"partial", e::words_partial, [](run& x) { x(words_partial{"I want"}); }},
    {"no partial", e::words_partial, [](run& x) { x(words_partial{}); }},
    {"open", e::words_partial,
     [](run& x) {
       x(words_partial{"I see it", turn_hint::open});
     }},
    {"mm", e::words_partial, [](run& x) { x(words_partial{"mm"}); }},
    {"final", e::words_final, [](run& x) { x(words_final{"tea please"}); }},
    {"one word", e::words_final, [](run& x) { x(words_final{"tea"}); }},
    {"none", e::words_final,
     [](run& x) {
       x(words_final{"", 0});
     }},
    {"mm-hm", e::words_final, [](run& x) { x(words_final{"mm-hm"}); }},
    {"hello?", e::words_final, [](run& x) { x(words_final{"hello?"}); }},
    {"over", e::words_final,
     [](run& x) {
       x(words_final{"the end now", 1, true});
     }},
    {"key", e::key_pressed, [](run& x) { x(key_pressed{'5'}); }},
    {"pound", e::key_pressed, [](run& x) { x(key_pressed{'#'}); }},
    {"floor 1", e::floor_taken,
     [](run& x) {
       x(floor_taken{1, true});
     }},
    {"floor 2", e::floor_taken,
     [](run& x) {
       x(floor_taken{2, true});
     }},
    {"protected 1", e::floor_taken,
     [](run& x) {
       x(floor_taken{1, false});
     }},
    {"protected 2", e::floor_taken,
     [](run& x) {
       x(floor_taken{2, false});
     }},
    {"asked", e::question_asked,
     [](run& x) {
       x(question_asked{1, "Is it?", 0});
     }},
    {"started 1", e::playback_started, [](run& x) { x(playback_started{1}); }},
    {"started 2", e::playback_started, [](run& x) { x(playback_started{2}); }},
    {"finished 1", e::playback_finished,
     [](run& x) { x(playback_finished{1}); }},
    {"finished 2", e::playback_finished,
     [](run& x) { x(playback_finished{2}); }},
    {"wait 100", e::time, [](run& x) { x.pass(100ms); }},
    {"wait 10 s", e::time, [](run& x) { x.pass(10s); }},
    {"wait 700", e::time, [](run& x) { x.pass(700ms); }},
    {"next limit", e::time,
     [](run& x) {
       if (auto at = x.machine.next_look()) {
         x.now = std::max(x.now, *at);
         x.machine.on_time(x.now);
       } else {
         x.now += 1s;
         x.machine.on_time(x.now);
       }
     }},
  };
  return result;
}

/// All walks of two steps from a few beginnings: each step must do what its
/// row says, and every row must come up.
class TurnWalks : public testing::Test {
protected:
  void walk_all(const turn_policy& policy) {
    run start{policy};
    for (auto& prefix : prefixes()) {
      auto x = start;
      for (auto name : prefix)
        find(name).happens(x);
      x.machine.take_actions();
      walk(x, 2);
    }
  }

  static const step& find(std::string_view name) {
    for (auto& x : steps())
      if (x.name == name)
        return x;
    throw std::out_of_range{std::string{name}};
  }

  static const std::vector<std::vector<const char*>>& prefixes() {
    static const std::vector<std::vector<const char*>> result{
      {},
      {"voice"},
      {"voice", "wait 700", "quiet"},
      {"floor 1"},
      {"floor 1", "voice", "wait 100"},
      {"floor 1", "started 1"},
      {"floor 1", "started 1", "voice"},
      {"floor 1", "started 1", "voice", "wait 700"},
      {"protected 1", "started 1"},
      {"protected 1", "started 1", "voice"},
      {"protected 1", "started 1", "voice", "final"},
      {"protected 1", "started 1", "voice", "quiet", "final"},
      {"final", "next limit"},
      {"partial", "no partial"},
      {"voice", "wait 10 s", "floor 1", "finished 1", "none"},
      {"floor 1", "voice", "quiet", "voice", "quiet", "open"},
      {"final", "next limit", "voice", "wait 700", "quiet", "open"},
      {"floor 2", "started 2"},
      {"voice", "partial", "quiet", "key", "pound"},
      {"floor 1", "started 1", "voice", "wait 10 s", "floor 2", "started 2"},
      {"floor 2", "started 2", "voice"},
    };
    return result;
  }

  void walk(const run& from, int depth) {
    for (auto& next : steps()) {
      auto x = from;
      auto before = x.machine.now_in();
      next.happens(x);
      auto did = said_of(x.machine.take_actions());
      auto* rule = x.machine.last_rule();
      if (rule == nullptr) {
        EXPECT_EQ(x.machine.now_in(), before) << next.name;
      } else if (!std::string_view{next.name}.starts_with("wait")) {
        check(*rule, before, next, x.machine.now_in(), did);
      }
      if (HasFatalFailure())
        return;
      if (depth > 1)
        walk(x, depth - 1);
    }
  }

  void check(const turn_rule& rule, turn_state before, const step& happened,
             turn_state after, std::string did) {
    ASSERT_EQ(rule.in, before);
    ASSERT_EQ(rule.on, happened.what) << happened.name;
    ASSERT_EQ(rule.next, after)
      << to_text(before) << ", " << happened.name << ": " << to_text(after);
    std::string says = to_text(rule.then);
    // Nothing is open that could be cancelled before the answer has a number;
    // and a presence question is passed on when it has one.
    auto excused
      = (says.starts_with("`cancel`") && !did.starts_with("`cancel`")
         && before == turn_state::thinking)
        || (did == "`presence_asked`" && rule.on == turn_event::floor_taken)
        || (says == "`presence_asked`" && did.empty());
    if (excused && says == "`cancel`, `user_turn`")
      says = "`user_turn`";
    else if (excused)
      says = did;
    ASSERT_EQ(did, says) << to_text(before) << ", " << happened.name;
    taken.insert(&rule);
  }

  std::set<const turn_rule*> taken;
};

TEST_F(TurnWalks, DoWhatTheTableSaysAndTakeEveryRow) {
  turn_policy policy;
  for (auto interrupts : {interruption::milliseconds, interruption::immediate,
                          interruption::words, interruption::never}) {
    policy.interrupts = interrupts;
    walk_all(policy);
    if (HasFatalFailure())
      return;
  }
  policy.interrupts = interruption::milliseconds;
  policy.most_keys = 1;
  walk_all(policy);
  for (auto& x : turn_rules())
    EXPECT_TRUE(taken.contains(&x))
      << "never taken: " << to_text(x.in) << ", " << to_text(x.on) << ", "
      << to_text(x.when) << ", " << to_text(x.also);
}

// -- the documentation
// ---------------------------------------------------------

constexpr auto from_here = "<!-- made from actors/turn_table.cpp -->\n";
constexpr auto to_here = "<!-- end -->\n";

TEST(TurnTable, IsWhatTheDocumentationShows) {
  auto path = std::filesystem::path{VELOX_SOURCE_DIR} / "docs" / "turns.md";
  std::ifstream in{path};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto from = text.find(from_here);
  auto until = text.find(to_here);
  ASSERT_TRUE(from != std::string::npos && until != std::string::npos) << path;
  from += std::string_view{from_here}.size();
  auto shown = text.substr(from, until - from);
  if (shown == turn_rules_as_text())
    return;
  if (std::getenv("VELOX_WRITE_DOCS") != nullptr) {
    text.replace(from, until - from, turn_rules_as_text());
    std::ofstream{path} << text;
    return;
  }
  FAIL() << path << " is stale. Make its table anew:\n  VELOX_WRITE_DOCS=1 "
         << "build/release/test_actors --gtest_filter=TurnTable.*";
}

} // namespace

} // namespace velox::actors
