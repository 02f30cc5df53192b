#pragma once

#include "protocol/records.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>

/// What calls use of vendors, on its way to a price (persistence/costs.hpp).

namespace velox {

/// A stage has used something of a vendor. Sent to the call.
struct usage_noted {
  uint64_t turn = 0;   ///< 0: the call as a whole
  std::string stage;   ///< "stt", "llm", "tts" or "tools"
  std::string product; ///< as in config: "deepgram:nova-3"; a tool's name
  /// "second" of audio, "prompt_token", "completion_token", "character" (of
  /// text, as Unicode code points) or "call" of a tool.
  std::string unit;
  int64_t quantity = 0;
};

/// The same as it is stored: once per (call, turn, stage, unit, attempt).
struct usage_event {
  std::string call_id;
  uint64_t turn = 0;
  std::string stage;
  std::string unit;
  /// Tells apart what a turn used of the same kind.
  uint64_t attempt = 0;
  std::string product;
  int64_t quantity = 0;
  unix_ms at = 0;
};

template <class Inspector>
auto inspect(Inspector& f, usage_noted& x) {
  return f(caf::meta::type_name("usage_noted"), x.turn, x.stage, x.product,
           x.unit, x.quantity);
}

template <class Inspector>
auto inspect(Inspector& f, usage_event& x) {
  return f(caf::meta::type_name("usage_event"), x.call_id, x.turn, x.stage,
           x.unit, x.attempt, x.product, x.quantity, x.at);
}

} // namespace velox
