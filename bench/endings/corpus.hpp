#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The corpus of turn endings: what callers say, and where they pause within
/// it. tests/corpus/endings.yaml; its head explains the keys.

namespace velox::bench {

/// Words said in one breath.
struct breath {
  std::string words;
  int pause_ms = 0; ///< of silence before them; 0 for the first
};

/// One turn of a caller.
struct utterance {
  std::string say; ///< as written, pauses included
  std::vector<breath> breaths;
  std::string kind;
  std::string asked; ///< by the agent before; empty: nothing
  std::string voice; ///< flite's: "slt"
  double noise_dbfs = -60;
  bool held_out = false; ///< the rules were not fitted to it
};

/// The utterances of a file, or what is wrong with it: "line 12:
/// utterances[3]: 'kind' ...; do so".
struct corpus_parsed {
  std::vector<utterance> utterances;
  std::vector<std::string> errors; ///< empty: all is well
};

/// The kinds there are, in the order of the report.
std::span<const std::string_view> utterance_kinds();

/// Splits "i need <700ms> an appointment". The problem, with its fix, or
/// nothing.
std::string parse_breaths(std::string_view say, std::vector<breath>& out);

/// Reads the text of a corpus file.
corpus_parsed parse_corpus(const std::string& yaml);

/// Reads a corpus file. Throws `std::runtime_error` that names the file and all
/// that is wrong with it.
std::vector<utterance> load_corpus(const std::string& path);

/// The corpus that comes with the source.
std::string corpus_path();

} // namespace velox::bench
