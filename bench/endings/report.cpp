#include "bench/endings/report.hpp"

#include "bench/statistics.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <iterator>
#include <numeric>

namespace velox::bench {

namespace {

using text = std::back_insert_iterator<std::string>;
using choice = std::function<bool(const ending&)>;

/// One judge over some utterances.
struct score {
  size_t utterances = 0;
  size_t cut = 0;
  std::vector<double> delays; ///< in milliseconds

  double mean() const {
    return delays.empty() ? 0
                          : std::accumulate(delays.begin(), delays.end(), 0.)
                              / static_cast<double>(delays.size());
  }
};

score score_of(const ending_results& x, size_t judge, const choice& chosen) {
  score result;
  for (auto& ending : x.endings) {
    if (!chosen(ending))
      continue;
    auto& verdict = ending.verdicts[judge];
    ++result.utterances;
    result.cut += verdict.cut ? 1 : 0;
    if (verdict.delay)
      result.delays.push_back(static_cast<double>(verdict.delay->count()));
  }
  return result;
}

void write_judges(text to, const ending_results& x, const char* title,
                  const choice& chosen) {
  auto count = score_of(x, 0, chosen).utterances;
  fmt::format_to(to, "\n| {} ({}) | cut | delay p50 | p90 | mean |\n", title,
                 count);
  fmt::format_to(to, "|---|---|---|---|---|\n");
  for (size_t i = 0; i < ending_judges.size(); ++i) {
    auto y = score_of(x, i, chosen);
    fmt::format_to(to, "| {} | {} ({:.0f} %) | {:.0f} | {:.0f} | {:.0f} |\n",
                   ending_judges[i], y.cut,
                   y.utterances == 0 ? 0.
                                     : 100. * static_cast<double>(y.cut)
                                         / static_cast<double>(y.utterances),
                   percentile(y.delays, 0.5), percentile(y.delays, 0.9),
                   y.mean());
  }
}

void write_kinds(text to, const ending_results& x) {
  fmt::format_to(to, "\n| cut / mean delay | utterances |");
  for (auto judge : ending_judges)
    fmt::format_to(to, " {} |", judge);
  fmt::format_to(to, "\n|---|---|---|---|---|---|---|\n");
  for (auto kind : utterance_kinds()) {
    auto chosen = [kind](auto& y) { return y.said.kind == kind; };
    fmt::format_to(to, "| {} | {} |", kind, score_of(x, 0, chosen).utterances);
    for (size_t i = 0; i < ending_judges.size(); ++i) {
      auto y = score_of(x, i, chosen);
      fmt::format_to(to, " {} / {:.0f} |", y.cut, y.mean());
    }
    fmt::format_to(to, "\n");
  }
}

void write_details(text to, const ending_results& x) {
  for (auto& ending : x.endings) {
    fmt::format_to(to, "\n[{}{}] {}\n  heard: {}\n", ending.said.kind,
                   ending.said.held_out ? ", held out" : "", ending.said.say,
                   ending.heard);
    for (size_t i = 0; i < ending_judges.size(); ++i) {
      auto& verdict = ending.verdicts[i];
      fmt::format_to(
        to, "  {:<24} {:<4} {}\n", ending_judges[i], verdict.cut ? "CUT" : "",
        verdict.delay ? fmt::format("{} ms", verdict.delay->count()) : "never");
    }
  }
}

} // namespace

std::string to_text(const ending_results& x, bool details) {
  std::string result;
  text to{result};
  if (details)
    write_details(to, x);
  fmt::format_to(to,
                 "\nTurn endings: premature cuts, and milliseconds from the "
                 "caller's last sound to the turn\n");
  write_judges(to, x, "all", [](auto&) { return true; });
  write_judges(to, x, "seen", [](auto& y) { return !y.said.held_out; });
  write_judges(to, x, "held out", [](auto& y) { return y.said.held_out; });
  write_kinds(to, x);
  return result;
}

} // namespace velox::bench
