#pragma once

#include "protocol/recognised_words.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// AssemblyAI's Universal-Streaming v3, `wss://streaming.assemblyai.com/v3/ws`
/// (AssemblyAI's usm-streaming.yml of 2026-03).

namespace velox {

struct assemblyai_settings {
  std::string model{};         ///< empty: by language
  std::string language = "en"; ///< BCP 47
  /// Punctuated turns; each arrives a second time, and later.
  bool format_turns = false;
  std::optional<double> end_of_turn_confidence_threshold{};
  std::optional<int> min_turn_silence_ms{};
  int max_turn_silence_ms = 1280;
  std::vector<std::string> phrases{};
  query_extras extra{};
};

/// The request target, for mu-law, 8 kHz.
std::string assemblyai_target(const assemblyai_settings& x);

/// An audio message holds 50 to 1000 ms; others end the session (3007).
inline constexpr size_t assemblyai_min_audio = 400;  ///< bytes of mu-law
inline constexpr size_t assemblyai_max_audio = 8000; ///< bytes of mu-law

inline constexpr std::string_view assemblyai_force_endpoint
  = R"({"type":"ForceEndpoint"})";
inline constexpr std::string_view assemblyai_keep_alive
  = R"({"type":"KeepAlive"})";
inline constexpr std::string_view assemblyai_terminate
  = R"({"type":"Terminate"})";

struct assemblyai_turn {
  int64_t order = 0;
  bool over = false;
  bool formatted = false;
  std::string text;      ///< of the turn so far, words that may change included
  double confidence = 1; ///< mean over the words
};

struct assemblyai_error {
  int64_t code = 0; ///< as the close codes: 3005, 4001 ...
};

/// Begin, SpeechStarted, Warning, Heartbeat and what is newer.
struct assemblyai_other {};

using assemblyai_event
  = std::variant<assemblyai_other, assemblyai_turn, assemblyai_error>;

/// Reads a frame; none when it is no JSON object with a type, or a Turn
/// without number.
std::optional<assemblyai_event> parse_assemblyai(std::string_view frame);

/// What an error or close code means for trying again.
provider_errc assemblyai_meaning(int64_t code);

} // namespace velox
