#include "actors/turn_machine.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <sstream>

/// The turn machine among events that come late, twice or never.

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr uint64_t usual_count = 5'000;
#else
constexpr uint64_t usual_count = 100'000;
#endif

constexpr auto steps_per_run = 40;

uint64_t number_from(const char* variable, uint64_t fallback) {
  auto* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : fallback;
}

/// A machine, and around it a call that answers it more or less in time. What
/// the machine promises is checked as it goes.
class chaos {
public:
  chaos(const turn_machine& fresh, bool never_late, uint64_t seed)
    : machine_(fresh), random_(seed), orderly_(never_late) {
    machine_.begin(now_);
    note();
  }

  /// The first broken promise; empty: none.
  std::string run() {
    for (int i = 0; i < steps_per_run && broken_.empty(); ++i) {
      pass(std::chrono::milliseconds{below(4) == 0 ? below(4000) : below(300)});
      happen();
    }
    settle();
    if (broken_.empty())
      check_words();
    return broken_;
  }

private:
  uint64_t below(uint64_t n) { return random_() % n; }

  void fail(const std::string& what) {
    if (broken_.empty())
      broken_ = what + " (" + turn_machine::to_text(machine_.now_in()) + ")";
  }

  void signs(const words_partial& x) {
    heard_at_ = x.text.empty() ? heard_at_ : now_;
  }
  void signs(const words_final& x) {
    heard_at_ = x.text.empty() ? heard_at_ : now_;
  }
  void signs(const key_pressed&) { heard_at_ = now_; }
  template <class Event>
  void signs(const Event&) {}

  template <class Event>
  void tell(const Event& x) {
    signs(x);
    machine_.on(x, now_);
    note();
  }

  /// Anything may happen; what the call owes comes first, mostly.
  void happen() {
    if (!owed_.empty() && below(3) != 0)
      return pay();
    auto dice = below(20);
    auto turn = floor_ - std::min(floor_, below(3)); // now and then an old one
    if (dice < 4)
      tell(voice_started{});
    else if (dice < 8)
      tell(voice_stopped{});
    else if (dice < 10)
      tell(words_partial{partial(), hint()});
    else if (dice < 13)
      say();
    else if (dice == 13)
      tell(key_pressed{"0123456789*#A"[below(13)]});
    else if (dice == 14)
      tell(floor_taken{turn, below(2) == 0});
    else if (dice == 15)
      tell(floor_taken{++floor_, below(4) != 0}); // of its own accord
    else if (dice == 16)
      tell(question_asked{turn, below(2) ? "Is it?" : "Which code?",
                          static_cast<uint32_t>(below(3))});
    else if (dice == 17)
      tell(playback_started{turn});
    else
      tell(playback_finished{turn});
  }

  void pay() {
    auto due = owed_.front();
    if (below(5) != 0) // else it comes twice
      owed_.pop_front();
    due();
  }

  std::string partial() {
    constexpr const char* texts[] = {"", "mm", "hello", "okay so"};
    return below(2) ? texts[below(4)] : "p" + std::to_string(++words_said_);
  }

  turn_hint hint() {
    return below(4) ? turn_hint::none : static_cast<turn_hint>(1 + below(2));
  }

  /// A final: words that nobody said before, or none that count.
  void say() {
    constexpr const char* others[] = {"", "", "mm-hm", "hello?"};
    if (below(3) == 0) {
      tell(words_final{others[below(4)], 1, below(8) == 0});
      return;
    }
    auto word = "w" + std::to_string(++words_said_);
    auto before = accepted_.size();
    tell(words_final{word, 1, below(8) == 0});
    if (accepted_.size() == before && machine_.last_rule() != nullptr)
      fail("the words " + word + " were taken and forgotten");
  }

  void note() {
    for (auto& x : machine_.take_actions())
      std::visit([this](auto& y) { see(y); }, x);
    auto in = machine_.now_in();
    auto agent_speaks
      = in == turn_state::speaking || in == turn_state::overlapping;
    if (!agent_speaks && !machine_.next_look())
      fail("somebody waits for ever");
    auto caller_waits
      = in == turn_state::user_speaking || in == turn_state::finishing;
    if (caller_waits && accepted_.size() > answered_.size()
        && *machine_.next_look() > std::max(now_, heard_at_ + 10s))
      fail("the caller waits for more than the promised maximum");
  }

  void see(const words_final& x) {
    if (x.text[0] == 'w')
      accepted_.insert(x.text);
  }

  void see(const user_turn& x) {
    std::istringstream in{x.text};
    for (std::string word; in >> word;)
      if (word[0] == 'w' && ++answered_[word] > 1)
        fail("the words " + word + " were given twice");
    owed_.push_back([this] { take_floor(); });
  }

  void see(const cancel& x) {
    if (x.turn != floor_)
      fail("an old turn was cancelled");
    if (!cancelled_.insert(x.turn).second)
      fail("a turn was cancelled twice");
    if (x.turn < *cancelled_.rbegin())
      fail("turns were cancelled out of order");
  }

  void see(const resume_turn& x) {
    if (!cancelled_.contains(x.turn))
      fail("a turn was resumed that was not cut");
    if (!resumed_.insert(x.turn).second)
      fail("a turn was resumed twice");
    if (below(4) == 0)
      owed_.push_back([this, x] { tell(playback_finished{x.turn}); });
    else
      owed_.push_back([this] { take_floor(); });
  }

  void see(const presence_asked& x) {
    about(x.turn, "presence_asked of a cancelled turn");
  }

  void see(const stage_late& x) {
    if (x.stage == "answer" && x.turn != 0)
      about(x.turn, "stage_late of a cancelled turn");
  }

  void see(const caller_idle&) {
    if (machine_.now_in() != turn_state::listening)
      fail("the caller is idle, it says");
  }
  void see(const turn_likely_over&) {}
  void see(const turn_goes_on&) {}

  void about(uint64_t turn, const char* what) {
    if (cancelled_.contains(turn))
      fail(what);
  }

  /// The call makes an answer; not all that it should say is said.
  void take_floor() {
    auto turn = ++floor_;
    tell(floor_taken{turn, below(5) != 0});
    owed_.push_back([this, turn] { tell(playback_started{turn}); });
    if (orderly_ || below(5) != 0)
      owed_.push_back([this, turn] { tell(playback_finished{turn}); });
  }

  void pass(caf::timespan span) {
    auto until = now_ + span;
    for (int looks = 0; machine_.next_look() && *machine_.next_look() <= until;
         ++looks) {
      auto at = std::max(now_, *machine_.next_look());
      looks = at > now_ ? 0 : looks;
      if (looks > 5)
        return fail("time stands still");
      now_ = at;
      machine_.on_time(now_);
      note();
    }
    now_ = until;
  }

  /// The caller falls silent, and the call does all that it owes: after that,
  /// nothing may be left.
  void settle() {
    tell(voice_stopped{});
    for (int i = 0; i < 200 && broken_.empty(); ++i) {
      pass(3s);
      if (!owed_.empty()) {
        auto due = owed_.front();
        owed_.pop_front();
        due();
      } else if (machine_.now_in() == turn_state::listening) {
        return;
      } else {
        tell(playback_finished{floor_});
        if (machine_.now_in() == turn_state::thinking && owed_.empty())
          take_floor();
      }
    }
    fail("it does not come to rest");
  }

  void check_words() {
    for (auto& word : accepted_)
      if (answered_[word] != 1)
        fail("the words " + word + " are in " + std::to_string(answered_[word])
             + " turns");
  }

  turn_machine machine_;
  std::mt19937_64 random_;
  bool orderly_;
  turn_machine::time_point now_{24h};
  std::deque<std::function<void()>> owed_;
  turn_machine::time_point heard_at_{24h}; ///< the last sign of words
  uint64_t floor_ = 0;                     ///< the newest turn of the agent
  uint64_t words_said_ = 0;
  std::set<std::string> accepted_;
  std::map<std::string, int> answered_;
  std::set<uint64_t> cancelled_, resumed_;
  std::string broken_;
};

TEST(TurnChaos, KeepsEveryPromise) {
  std::vector<turn_machine> fresh;
  for (auto x : {interruption::milliseconds, interruption::immediate,
                 interruption::words, interruption::never}) {
    turn_policy policy;
    policy.interrupts = x;
    fresh.emplace_back(policy);
  }
  auto run = [&](uint64_t seed) {
    auto broken = chaos{fresh[seed % 4], seed % 3 == 0, seed}.run();
    EXPECT_EQ(broken, "") << "again: VELOX_TURN_SEED=" << seed
                          << " build/release/test_actors "
                             "--gtest_filter=TurnChaos.*";
    return broken.empty();
  };
  if (auto seed = number_from("VELOX_TURN_SEED", 0); seed != 0) {
    run(seed);
    return;
  }
  auto count = number_from("VELOX_TURN_RUNS", usual_count);
  int failures = 0;
  for (uint64_t seed = 1; seed <= count && failures < 5; ++seed)
    failures += run(seed) ? 0 : 1;
}

} // namespace

} // namespace velox::actors
