#include "adapters/cli/rehearsal/rehearsal.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace velox::rehearsal {

namespace {

using time_point = virtual_world::time_point;
using entries = std::vector<timeline_entry>;

std::string in_words(caf::timespan x) {
  return fmt::format("{:.3f} s", std::chrono::duration<double>(x).count());
}

bool fits(const expectation& x, const timeline_entry& y) {
  if (x.kind != y.kind)
    return false;
  return std::all_of(x.fields.begin(), x.fields.end(), [&](auto& rule) {
    auto field = y.fields.find(rule.first);
    return rule.second.holds(field == y.fields.end() ? std::string{}
                                                     : field->second);
  });
}

/// What there was instead: entries of the same kind, the nearest first.
std::string instead(const expectation& x, const entries& all, size_t from,
                    time_point zero, const std::vector<bool>& used = {}) {
  std::string result;
  size_t shown = 0;
  for (size_t i = from; i < all.size() && shown < 3; ++i)
    if (all[i].kind == x.kind && (used.empty() || !used[i]) && ++shown > 0)
      result += (result.empty() ? "" : "; ") + describe(all[i], zero);
  if (!result.empty())
    return result;
  for (size_t i = all.size(); i-- > 0;)
    if (all[i].kind == x.kind)
      return fmt::format("no '{}' any more; the last one {}", x.kind,
                         describe(all[i], zero));
  return fmt::format("no '{}' in the whole call", x.kind);
}

/// Whether `entry` came in time after what was over at `last_end`.
void judge_wait(const expectation& x, const timeline_entry& entry,
                time_point last_end, time_point zero,
                std::vector<failure>& out) {
  auto wait = entry.from - last_end;
  auto late = x.within && wait > *x.within;
  auto early = x.not_before && wait < *x.not_before;
  if (!late && !early)
    return;
  out.push_back(
    {x.line,
     fmt::format("{} {} {} {}", x.describe(), late ? "within" : "not before",
                 in_words(late ? *x.within : *x.not_before),
                 "since what comes before"),
     fmt::format("{} later: {}", in_words(wait), describe(entry, zero))});
}

/// What happened at the same instant has no order.
void judge_order(const call_script& script, const rehearsal& call,
                 std::vector<failure>& out) {
  auto& all = call.timeline();
  std::vector<bool> used(all.size());
  auto since = call.began();
  auto last_end = call.began();
  for (auto& x : script.in_order) {
    size_t first = 0;
    while (first < all.size() && all[first].from < since)
      ++first;
    auto found = first;
    while (found < all.size() && (used[found] || !fits(x, all[found])))
      ++found;
    if (found == all.size()) {
      out.push_back(
        {x.line, x.describe(), instead(x, all, first, call.began(), used)});
      return; // what follows it would only confuse
    }
    auto& entry = all[found];
    judge_wait(x, entry, last_end, call.began(), out);
    used[found] = true;
    since = entry.from;
    last_end = entry.until;
  }
}

void judge_anytime(const call_script& script, const rehearsal& call,
                   std::vector<failure>& out) {
  auto& all = call.timeline();
  for (auto& x : script.anytime) {
    auto count = static_cast<size_t>(std::count_if(
      all.begin(), all.end(), [&](auto& y) { return fits(x, y); }));
    auto wanted = x.times ? count == *x.times : count > 0;
    if (wanted)
      continue;
    auto expected = x.describe();
    if (x.times)
      expected
        += *x.times == 0 ? ", never" : fmt::format(", {} times", *x.times);
    if (count == 0) {
      out.push_back({x.line, expected, instead(x, all, 0, call.began())});
      continue;
    }
    std::string got = fmt::format("{} times", count);
    for (auto& y : all)
      if (fits(x, y))
        got += "; " + describe(y, call.began());
    out.push_back({x.line, expected, got});
  }
}

void judge_figures(const call_script& script, const rehearsal& call,
                   std::vector<failure>& out) {
  for (auto& x : script.figures) {
    caf::timespan figure{0};
    if (x.name == "duration")
      figure = call.ended() - call.began();
    else if (x.name == "silence")
      figure = call.longest_silence();
    else if (x.name == "recording")
      figure = call.recorded();
    else
      figure = call.billed();
    if (x.at_most && figure > *x.at_most)
      out.push_back(
        {x.line, fmt::format("{} of at most {}", x.name, in_words(*x.at_most)),
         in_words(figure)});
    if (x.at_least && figure < *x.at_least)
      out.push_back(
        {x.line,
         fmt::format("{} of at least {}", x.name, in_words(*x.at_least)),
         in_words(figure)});
  }
}

} // namespace

std::vector<failure> judge(const call_script& script, rehearsal& call) {
  std::vector<failure> result;
  for (auto& x : call.broken_promises())
    result.push_back({script.line, "what the engine owes to every call", x});
  judge_order(script, call, result);
  judge_anytime(script, call, result);
  judge_figures(script, call, result);
  return result;
}

rehearsed rehearse(const call_script& script) {
  rehearsed result;
  result.file = script.file;
  result.name = script.name;
  result.skipped = script.disabled;
  if (!script.disabled.empty())
    return result;
  auto from = std::chrono::steady_clock::now();
  rehearsal call{script};
  result.failures = judge(script, call);
  result.duration
    = std::chrono::duration_cast<milliseconds>(call.ended() - call.began());
  result.trace = trace_of(call.timeline(), call.began());
  result.took = std::chrono::duration_cast<std::chrono::microseconds>(
    std::chrono::steady_clock::now() - from);
  return result;
}

} // namespace velox::rehearsal
