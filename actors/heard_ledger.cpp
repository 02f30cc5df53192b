#include "actors/heard_ledger.hpp"

#include "protocol/spoken_form.hpp"

#include <algorithm>

namespace velox::actors {

namespace {

void append(std::string& to, std::string_view words) {
  auto from = words.find_first_not_of(' ');
  if (from == std::string_view::npos)
    return;
  auto until = words.find_last_not_of(' ');
  if (!to.empty())
    to += ' ';
  to += words.substr(from, until - from + 1);
}

/// How long the text takes when nothing better is known: 15 characters a
/// second is an unhurried voice.
int64_t usual_ms(const std::string& text) {
  return static_cast<int64_t>(text.size()) * 1000 / 15;
}

} // namespace

void heard_ledger::open(uint64_t turn) {
  turns_[turn];
}

void heard_ledger::planned(uint64_t turn, uint32_t index, std::string text,
                           bool filler) {
  auto& lines = turns_[turn].lines;
  if (index == lines.size())
    lines.push_back({std::move(text), 0, 0, filler, language_});
}

size_t heard_ledger::line::heard() const {
  return heard_until ? *heard_until : words_within(text, heard_share);
}

size_t heard_ledger::line::sent() const {
  if (sent_until)
    return std::max(heard(), *sent_until);
  // A word that is under way counts as sent, not as heard.
  return sent_share > heard_share || sent_share >= 1
           ? std::max(heard(), words_within(text, sent_share))
           : heard();
}

void heard_ledger::sent(uint64_t turn, uint32_t index) {
  auto i = turns_.find(turn);
  if (i == turns_.end() || i->second.closed)
    return;
  for (uint32_t j = 0; j <= index; ++j)
    if (auto* x = find(turn, j))
      x->sent_share = 1;
}

void heard_ledger::heard(uint64_t turn, uint32_t index) {
  auto i = turns_.find(turn);
  if (i == turns_.end() || i->second.closed)
    return; // a mark that comes back after a clear proves nothing
  for (uint32_t j = 0; j <= index; ++j)
    if (auto* x = find(turn, j))
      x->heard_share = x->sent_share = 1;
}

void heard_ledger::finished(uint64_t turn) {
  auto i = turns_.find(turn);
  if (i == turns_.end())
    return;
  if (!i->second.closed)
    for (auto& x : i->second.lines)
      x.heard_share = x.sent_share = 1;
  i->second.closed = true;
}

/// Within a sentence: by the words' times, else by the share of the audio, and
/// from what was spoken back to what is written.
void heard_ledger::cut_line(line& x, const playback_cut& where) {
  auto heard_whole = x.heard_share >= 1; // a mark says so
  auto spoken = x.language.empty() ? x.text : spoken_form(x.text, x.language);
  auto total = where.total_ms > 0 ? where.total_ms
                                  : std::max(where.sent_ms, usual_ms(spoken));
  auto share = [total](int64_t ms) {
    return total > 0 ? std::clamp(
             static_cast<double>(ms) / static_cast<double>(total), 0., 1.)
                     : 0.;
  };
  x.heard_share = std::max(x.heard_share, share(where.heard_ms));
  x.sent_share = std::max({x.sent_share, x.heard_share, share(where.sent_ms)});
  if (heard_whole || (where.words.empty() && spoken == x.text))
    return;
  auto written = [&](int64_t ms, double part) {
    if (where.total_ms > 0 && ms >= where.total_ms)
      return x.text.size();
    auto at = where.words.empty()
                ? words_within(spoken, part)
                : word_position(spoken, where.words, ms, where.total_ms);
    return spoken == x.text ? at : written_up_to(x.text, spoken, at);
  };
  x.heard_until = written(where.heard_ms, x.heard_share);
  x.sent_until = written(where.sent_ms, x.sent_share);
}

void heard_ledger::cut(const playback_cut& where) {
  auto i = turns_.find(where.turn);
  if (i == turns_.end() || i->second.closed)
    return;
  if (where.index > 0)
    heard(where.turn, where.index - 1);
  if (auto* x = find(where.turn, where.index))
    cut_line(*x, where);
  i->second.closed = true;
}

void heard_ledger::give_up(uint64_t turn) {
  auto i = turns_.find(turn);
  if (i != turns_.end())
    i->second.closed = true;
}

bool heard_ledger::closed(uint64_t turn) const {
  auto* x = find(turn);
  return x == nullptr || x->closed;
}

bool heard_ledger::all_closed() const {
  return std::all_of(turns_.begin(), turns_.end(),
                     [](auto& kvp) { return kvp.second.closed; });
}

std::string heard_ledger::text(uint64_t turn, bool with_fillers) const {
  std::string result;
  if (auto* x = find(turn))
    for (auto& line : x->lines)
      if (with_fillers || !line.filler)
        append(result, line.text);
  return result;
}

heard_text heard_ledger::state(uint64_t turn, bool with_fillers) const {
  heard_text result;
  auto* x = find(turn);
  if (x == nullptr)
    return result;
  for (auto& line : x->lines) {
    if (line.filler && !with_fillers)
      continue;
    auto heard = line.heard();
    auto sent = line.sent();
    std::string_view text = line.text;
    append(result.heard, text.substr(0, heard));
    append(result.sent, text.substr(heard, sent - heard));
    append(result.unsent, text.substr(sent));
  }
  return result;
}

std::string heard_ledger::being_heard(uint64_t turn) const {
  if (auto* x = find(turn))
    for (auto& line : x->lines)
      if (line.heard_share < 1)
        return line.text;
  return {};
}

std::string heard_ledger::last_sentence(uint64_t turn) const {
  std::string result;
  if (auto* x = find(turn))
    for (auto& line : x->lines)
      if (!line.filler)
        result = line.text;
  return result;
}

uint32_t heard_ledger::sentences(uint64_t turn) const {
  auto* x = find(turn);
  return x == nullptr ? 0 : static_cast<uint32_t>(x->lines.size());
}

std::vector<std::pair<uint32_t, std::string>>
heard_ledger::unsent(uint64_t turn, bool with_fillers) const {
  std::vector<std::pair<uint32_t, std::string>> result;
  if (auto* x = find(turn))
    for (uint32_t i = 0; i < x->lines.size(); ++i)
      if (x->lines[i].sent_share < 1 && (with_fillers || !x->lines[i].filler))
        result.emplace_back(i, x->lines[i].text);
  return result;
}

std::vector<std::string> heard_ledger::remainder(uint64_t turn) const {
  std::vector<std::string> result;
  auto* x = find(turn);
  if (x == nullptr)
    return result;
  for (auto& line : x->lines) {
    if (line.filler)
      continue;
    std::string rest;
    append(rest, std::string_view{line.text}.substr(line.heard()));
    if (!rest.empty())
      result.push_back(std::move(rest));
  }
  return result;
}

const heard_ledger::turn_lines* heard_ledger::find(uint64_t turn) const {
  auto i = turns_.find(turn);
  return i == turns_.end() ? nullptr : &i->second;
}

heard_ledger::line* heard_ledger::find(uint64_t turn, uint32_t index) {
  auto i = turns_.find(turn);
  if (i == turns_.end() || index >= i->second.lines.size())
    return nullptr;
  return &i->second.lines[index];
}

} // namespace velox::actors
