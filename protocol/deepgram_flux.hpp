#pragma once

#include "protocol/recognised_words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Deepgram Flux, `wss://api.deepgram.com/v2/listen`: recognition by turns
/// (Deepgram's asyncapi.yml of 2026-07 and "Flux state machine").

namespace velox {

struct flux_settings {
  std::string model{};         ///< empty: by language
  std::string language = "en"; ///< BCP 47
  double eot_threshold = 0.7;  ///< 0.5 to 0.9
  /// 0.3 to `eot_threshold`; unset: no EagerEndOfTurn.
  std::optional<double> eager_eot_threshold = 0.5;
  int eot_timeout_ms = 5000; ///< of audio; 500 to 10000
  std::vector<std::string> phrases{};
  query_extras extra{};
};

/// The request target, for mu-law, 8 kHz.
std::string flux_target(const flux_settings& x);

inline constexpr std::string_view flux_close_stream
  = R"({"type":"CloseStream"})";

enum class flux_turn_event : uint8_t {
  update,
  start_of_turn,
  eager_end_of_turn,
  turn_resumed,
  end_of_turn,
};

struct flux_turn_info {
  flux_turn_event event = flux_turn_event::update;
  int64_t turn_index = 0;
  std::string transcript; ///< of the turn so far
  double confidence = 1;  ///< mean over the words
};

struct flux_connected {};

struct flux_error {
  std::string code;
};

/// Anything else.
struct flux_other {};

using flux_event
  = std::variant<flux_other, flux_turn_info, flux_connected, flux_error>;

/// Reads a frame; none when it is no JSON object with a type, or a TurnInfo
/// without event or turn.
std::optional<flux_event> parse_flux(std::string_view frame);

} // namespace velox
