#pragma once

#include "bench/endings/judges.hpp"

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace velox::bench {

/// Who judged, in the order of the report.
inline constexpr std::array<std::string_view, 5> ending_judges{
  "velox", "velox, words not judged", "silence of 500 ms", "silence of 700 ms",
  "silence of 1000 ms"};

/// One utterance and what each judge made of it.
struct ending {
  utterance said;
  std::string heard; ///< the recogniser's words, breaths joined by " / "
  std::array<verdict, ending_judges.size()> verdicts;
};

struct ending_results {
  std::vector<ending> endings; ///< in the order of the corpus
  /// CPU time from the end of each voice to its words, in milliseconds.
  std::vector<double> latencies;
};

struct ending_plan {
  std::string corpus = corpus_path();
  size_t threads = 2;
};

/// Judges one utterance.
ending judge(ear& listener, const utterance& x);

/// Says the whole corpus to all judges. The verdicts are the same every time,
/// whatever the number of threads. Throws as `load_corpus` and `ear` do.
ending_results
measure_endings(const ending_plan& x,
                const std::function<void(const std::string&)>& progress);

/// What makes a run fail: utterances that some judge never took for complete.
std::vector<std::string> missing(const ending_results& x);

} // namespace velox::bench
