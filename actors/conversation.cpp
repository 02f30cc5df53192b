#include "actors/conversation.hpp"

#include <algorithm>
#include <utility>

namespace velox::actors {

namespace {

/// Models want the roles to alternate: what the caller said in pieces, with
/// nothing heard in between, is one message.
void append(std::vector<chat_message>& to, const char* role,
            const std::string& text, bool interrupted) {
  if (text.empty())
    return;
  if (!to.empty() && to.back().role == role) {
    to.back().text += " " + text;
    to.back().interrupted = interrupted;
    return;
  }
  to.push_back({role, text, interrupted});
}

std::string joined(const std::string& a, const std::string& b) {
  return a.empty() ? b : b.empty() ? a : a + " " + b;
}

} // namespace

void conversation::user_said(std::string text) {
  if (!entries_.empty() && entries_.back().user) { // not answered yet: goes on
    entries_.back().text += " " + text;
    return;
  }
  entries_.push_back({true, turn_ + 1, std::move(text), false});
}

uint64_t conversation::open_turn() {
  ++turn_;
  ledger_.open(turn_);
  entries_.push_back({false, turn_, {}, false});
  return turn_;
}

prompt conversation::ask_model(double confidence, std::string keys) {
  prompt result;
  result.history = history();
  result.memory = memory_;
  result.confidence = confidence;
  result.keys = std::move(keys);
  result.turn = open_turn();
  current_ = {};
  current_.turn = result.turn;
  current_.from_model = true;
  current_.asked = result;
  return result;
}

prompt
conversation::preview(const std::string& user_words, double confidence) const {
  auto ahead = *this;
  ahead.user_said(user_words);
  return ahead.ask_model(confidence);
}

std::vector<sentence> conversation::say(const std::vector<std::string>& lines) {
  auto turn = open_turn();
  current_ = {};
  current_.turn = turn;
  current_.complete = true;
  std::vector<sentence> result;
  for (auto& line : lines) {
    auto index = static_cast<uint32_t>(result.size());
    ledger_.planned(turn, index, line);
    result.push_back({turn, index, line});
  }
  return result;
}

void conversation::planned(const sentence& x) {
  if (x.turn == current_.turn)
    ledger_.planned(x.turn, x.index, x.text, x.filler);
}

bool conversation::answered(const answer_done& x) {
  if (x.turn != current_.turn || current_.complete)
    return false;
  current_.complete = true;
  current_.then = x.then;
  current_.transfer_to = x.transfer_to;
  current_.press = x.press;
  memory_ = x.memory;
  for (auto& entry : entries_)
    if (!entry.user && entry.turn == x.turn) {
      entry.model = x.model;
      entry.usage = x.usage;
    }
  return true;
}

std::optional<conversation::continuation> conversation::resume(uint64_t turn) {
  if (turn != current_.turn || !ledger_.closed(turn))
    return std::nullopt;
  auto before = current_;
  auto lines = ledger_.remainder(turn);
  auto heard = ledger_.state(turn, false).heard;
  if (lines.empty() && before.complete)
    return continuation{}; // it was heard to the end after all
  continuation result;
  result.lines = say(lines);
  current_.from_model = before.from_model;
  current_.asked = before.asked;
  current_.asked.turn = turn_;
  current_.said_before = joined(before.said_before, heard);
  current_.complete = before.complete;
  current_.then = before.then;
  current_.transfer_to = before.transfer_to;
  current_.press = before.press;
  result.rest = ask_again();
  return result;
}

std::optional<prompt> conversation::ask_again() const {
  if (!current_.from_model || current_.complete || current_.over)
    return std::nullopt;
  auto result = current_.asked;
  result.said_so_far
    = joined(current_.said_before, ledger_.text(current_.turn, false));
  result.first_sentence = ledger_.sentences(current_.turn);
  return result;
}

std::vector<chat_message> conversation::history() const {
  std::vector<chat_message> result;
  for (auto& x : entries_) {
    if (x.user) {
      append(result, "user", x.text, false);
    } else if (!ledger_.known(x.turn)) {
      append(result, "assistant", x.text, x.interrupted);
    } else {
      auto state = ledger_.state(x.turn, false);
      append(result, "assistant", state.heard,
             !state.sent.empty() || !state.unsent.empty());
    }
  }
  return result;
}

void conversation::restore(const std::vector<message_record>& messages,
                           std::string memory) {
  memory_ = std::move(memory);
  for (auto& x : messages) {
    auto user = x.role == "user";
    auto cut = !x.heard.sent.empty() || !x.heard.unsent.empty();
    entries_.push_back(
      {user, x.turn, user ? x.text : x.heard.heard, !user && cut});
    turn_ = std::max(turn_, x.turn);
  }
}

message_record conversation::last_user_message() const {
  message_record result;
  for (auto i = entries_.rbegin(); i != entries_.rend(); ++i) {
    if (i->user) {
      result.turn = i->turn;
      result.role = "user";
      result.text = result.heard.heard = i->text;
      break;
    }
  }
  return result;
}

void conversation::answered_after(uint64_t turn, int64_t milliseconds) {
  timed_turn_ = turn;
  latency_ms_ = milliseconds;
}

message_record conversation::agent_message(uint64_t turn) const {
  message_record result;
  result.turn = turn;
  result.role = "assistant";
  result.text = ledger_.text(turn);
  result.heard = ledger_.state(turn);
  result.latency_ms = turn == timed_turn_ ? latency_ms_ : 0;
  for (auto& entry : entries_)
    if (!entry.user && entry.turn == turn) {
      result.model = entry.model;
      result.usage = entry.usage;
    }
  return result;
}

} // namespace velox::actors
