#include "actors/conversation.hpp"
#include "actors/speech_queue.hpp"
#include "tests/calls/scripted_call.hpp"

#include <sstream>

/// Field lessons 6, 7 and 17: who may interrupt whom, and what counts as heard.
namespace velox::test {
namespace {

std::string first_words(const std::string& text, size_t count) {
  std::istringstream in{text};
  std::string result, word;
  while (count-- > 0 && in >> word)
    result += (result.empty() ? "" : " ") + word;
  return result;
}

size_t count_words(const std::string& text) {
  std::istringstream in{text};
  size_t result = 0;
  for (std::string word; in >> word;)
    ++result;
  return result;
}

/// One answer on its way to the ear, without actors: queue, ledger, history.
class answer_on_the_wire {
public:
  explicit answer_on_the_wire(std::mt19937_64& random) : random_(random) {
    talk_.user_said("please");
    turn_ = talk_.ask_model(1).turn;
    for (auto n = 1 + random_() % 4; n > 0; --n)
      plan_sentence();
    queue_.complete({turn_, static_cast<uint32_t>(sizes_.size())});
    talk_.answered({turn_, next_step::listen, {}, {}});
  }

  /// The time at which the ear has heard so many bytes.
  void hear_until(size_t bytes) {
    auto stop = span_of(bytes);
    while (now_ - start_ < stop) {
      write();
      now_ = std::min(now_ + milliseconds{20}, start_ + stop);
      return_marks();
    }
  }

  void interrupt() {
    take_progress();
    if (auto cut = queue_.cancel(turn_, now_))
      talk_.ledger().cut(*cut);
    else
      talk_.ledger().finished(turn_);
  }

  size_t total() const { return total_; }
  std::string text() { return talk_.ledger().text(turn_); }
  std::vector<chat_message> history() const { return talk_.history(); }
  heard_text state() { return talk_.ledger().state(turn_); }

  /// How many words are spoken in full when `bytes` were heard.
  size_t words_in(size_t bytes) const {
    size_t words = 0;
    for (size_t i = 0; i < sizes_.size(); ++i) {
      if (bytes < sizes_[i]) {
        auto characters = bytes / bytes_per_character;
        auto& line = lines_[i];
        for (size_t c = 1; c <= std::min(characters, line.size()); ++c)
          if (c == line.size() || line[c] == ' ')
            ++words;
        break;
      }
      bytes -= sizes_[i];
      words += count_words(lines_[i]);
    }
    return words;
  }

private:
  static caf::timespan span_of(size_t bytes) {
    return std::chrono::microseconds{bytes * 125};
  }

  void plan_sentence() {
    std::string text;
    for (auto n = 1 + random_() % 9; n > 0; --n)
      text += (text.empty() ? "" : " ")
              + std::string(1 + random_() % 9, static_cast<char>('a' + n));
    sentence x{turn_, static_cast<uint32_t>(sizes_.size()), text + "."};
    talk_.planned(x);
    auto size = x.text.size() * bytes_per_character;
    queue_.add({turn_, x.index, 0, tagged_audio(turn_, x.index, size), true});
    sizes_.push_back(size);
    lines_.push_back(x.text);
    total_ += size;
  }

  void write() {
    for (auto& x : queue_.take_due(now_)) {
      written_ += x.audio.size();
      if (!x.mark.empty())
        marks_.emplace_back(start_ + span_of(written_) + delay_, x.mark);
    }
    take_progress();
  }

  void return_marks() {
    for (; !marks_.empty() && marks_.front().first <= now_; marks_.pop_front())
      queue_.reached(marks_.front().second, now_);
    take_progress();
  }

  void take_progress() {
    auto news = queue_.take_progress(now_);
    for (auto& x : news.sent)
      talk_.ledger().sent(x.turn, x.index);
    for (auto& x : news.heard)
      talk_.ledger().heard(x.turn, x.index);
    if (news.finished)
      talk_.ledger().finished(turn_);
  }

  using time_point = actors::speech_queue::time_point;

  std::mt19937_64& random_;
  caf::timespan delay_ = milliseconds{random_() % 400};
  actors::conversation talk_;
  actors::speech_queue queue_;
  uint64_t turn_ = 0;
  time_point start_ = time_point{} + hours{1};
  time_point now_ = start_;
  std::vector<size_t> sizes_;
  std::vector<std::string> lines_;
  size_t total_ = 0;
  size_t written_ = 0;
  std::deque<std::pair<time_point, std::string>> marks_;
};

TEST(InterruptAtWord, HistoryEndsAtTheLastWordHeard) {
  std::mt19937_64 random{1};
  for (int i = 0; i < 10'000; ++i) {
    answer_on_the_wire answer{random};
    auto bytes = random() % answer.total();
    answer.hear_until(bytes);
    answer.interrupt();
    auto told = answer.history();
    ASSERT_EQ(told.front().text, "please");
    auto heard = told.size() > 1 ? told.back().text : "";
    // The books count milliseconds: a word that ends within this one may go
    // either way.
    constexpr size_t millisecond = 8;
    if (heard != first_words(answer.text(), answer.words_in(bytes))
        && heard
             != first_words(answer.text(),
                            answer.words_in(bytes + millisecond))) {
      ASSERT_EQ(heard, first_words(
                         answer.text(),
                         answer.words_in(bytes - std::min(bytes, millisecond))))
        << "call " << i << ", " << bytes << " bytes of " << answer.text();
    }
    auto state = answer.state();
    auto joined = state.heard + " " + state.sent + " " + state.unsent;
    ASSERT_EQ(count_words(joined), count_words(answer.text()));
  }
}

class Interruption : public scripted_call {};

/// The same in whole calls, with a network and providers in between.
TEST_F(Interruption, WholeCallsEndAtTheLastWordHeard) {
  for (int i = 0; i < 200; ++i) {
    auto& w = make_world();
    call_plan plan;
    plan.seed = static_cast<uint64_t>(i + 1);
    plan.line.jitter = milliseconds{250};
    plan.script = {interrupts("no wait", milliseconds{137 * i % 7000}),
                   hangs_up(seconds{3})};
    auto& call = w.place(plan);
    ASSERT_TRUE(w.run_until_over(minutes{2}));
    auto& asked = call.stages->asked;
    ASSERT_GE(asked.size(), 2u);
    auto heard = stored(1);
    auto& history = asked[1].what.history;
    auto told = history.front().role == "assistant" ? history.front().text : "";
    EXPECT_EQ(told, heard.heard);
    auto spoken = heard.heard.size() * bytes_per_character / 8;
    auto ear = static_cast<size_t>(call.carrier->heard(1).count());
    EXPECT_LE(spoken, ear + 200);
    EXPECT_GE(spoken + 1500, ear);
  }
}

TEST_F(Interruption, ACoughIsFollowedByTheFirstUnheardWord) {
  auto& w = make_world();
  auto& call
    = ring({coughs(milliseconds{400}, seconds{2}), hangs_up(seconds{3})});
  ASSERT_TRUE(w.run_until_over(minutes{1}));
  EXPECT_EQ(events("cancelled"), 1u);
  EXPECT_EQ(events("resumed"), 1u);
  EXPECT_EQ(events("user-turn"), 0u);
  auto before = stored(1), after = stored(2);
  auto whole = before.heard + " " + before.sent + " " + before.unsent;
  EXPECT_EQ(before.heard + " " + after.heard, whole);
  EXPECT_EQ(call.stages->asked.size(), 1u); // nobody asked the model again
}

TEST_F(Interruption, ANoisyCallerHearsTheAnswerToItsEnd) {
  auto& w = make_world();
  ring({says("a table for two"), coughs(milliseconds{300}, seconds{1}),
        coughs(milliseconds{300}, seconds{1}),
        coughs(milliseconds{300}, seconds{1}), hangs_up(seconds{3})});
  ASSERT_TRUE(w.run_until_over(minutes{2}));
  auto messages = w.db->messages_of("CA1");
  EXPECT_EQ(messages.back().heard.unsent, "");
  EXPECT_EQ(messages.back().heard.sent, "");
  EXPECT_EQ(events("user-turn"), 1u);
}

TEST_F(Interruption, WithoutBargeInTheAgentFinishes) {
  world_plan plan;
  plan.turns.interrupts = interruption::never;
  auto& w = make_world(plan);
  auto& call = ring({interrupts("no wait stop", seconds{1}), hangs_up()});
  ASSERT_TRUE(w.run_until_over(minutes{1}));
  EXPECT_EQ(stored(1).sent, "");
  EXPECT_EQ(stored(1).unsent, "");
  for (auto& x : call.carrier->wire())
    EXPECT_NE(x.what, wire_record::kind::clear);
}

} // namespace
} // namespace velox::test
