#include "protocol/judged_turns.hpp"

#include <algorithm>

namespace velox {

void judged_turns::began() {
  voice_ = true;
  answered_ = false;
}

void judged_turns::ended(recognised_list& out) {
  voice_ = false;
  ++due_;
  if (open_) { // to be waited for, whatever the vendor thinks of it so far
    if (hint_ != turn_hint::likely_over)
      hint_ = turn_hint::open;
    out.push_back(words_partial{text_, hint_});
  } else if (answered_) {
    // The vendor knew before us, and its final is out.
    report({}, 1, false, out);
  }
}

void judged_turns::opened(int64_t turn) {
  if (turn <= ended_turn_ || turn == cut_turn_ || (open_ && turn == turn_))
    return;
  open_ = true;
  turn_ = turn;
  text_.clear();
  hint_ = turn_hint::none;
}

void judged_turns::words(int64_t turn, std::string_view text, turn_hint hint,
                         recognised_list& out) {
  auto rest = unreported(turn, text);
  if (turn <= ended_turn_ || rest.empty())
    return;
  if (!open_ || turn != turn_) {
    open_ = true;
    turn_ = turn;
    text_.clear();
    hint_ = turn_hint::none;
  }
  if (text_ == rest && hint_ == hint)
    return; // nothing new: it says so several times a second
  text_ = rest.substr(0, max_utterance_text);
  hint_ = hint;
  out.push_back(words_partial{text_, hint});
}

void judged_turns::over(int64_t turn, std::string_view text, double confidence,
                        recognised_list& out) {
  if (turn <= ended_turn_)
    return;
  auto rest = unreported(turn, text);
  ended_turn_ = turn;
  bool was_cut = turn == cut_turn_;
  if (open_ && turn_ <= turn)
    open_ = false;
  if (rest.empty() && (was_cut || due_ == 0))
    return;
  answered_ = voice_;
  report(std::string{rest.substr(0, max_utterance_text)}, confidence,
         !rest.empty(), out);
}

void judged_turns::give_up(recognised_list& out) {
  if (open_) {
    if (cut_turn_ != turn_)
      cut_text_.clear();
    cut_turn_ = turn_;
    append_words(cut_text_, text_);
    open_ = false;
    answered_ = voice_;
    report(std::exchange(text_, {}), 1, false, out);
  } else if (due_ > 0) {
    report({}, 1, false, out);
  }
}

/// What of a turn was not in a final yet.
std::string_view
judged_turns::unreported(int64_t turn, std::string_view text) const {
  if (turn != cut_turn_)
    return text;
  if (!text.starts_with(cut_text_))
    return {}; // said otherwise: better lost than said twice
  text.remove_prefix(cut_text_.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

/// Pauses within one turn have made several finals due: the one with the words
/// is the last, so that nothing is waited for behind it.
void judged_turns::report(std::string text, double confidence, bool sure,
                          recognised_list& out) {
  for (; due_ > 1; --due_)
    out.push_back(words_final{});
  due_ = 0;
  out.push_back(words_final{std::move(text), confidence, sure});
}

} // namespace velox
