#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace velox {

/// What one unit of a vendor's product costs.
struct price {
  std::string stage;   ///< "carrier", "stt", "llm", "tts" or "tools"
  std::string product; ///< "deepgram", "deepgram:nova-3"; "*": any other
  /// "second", "prompt_token", "completion_token", "character" or "call".
  std::string unit;
  /// Micro-units of the currency per million of the unit.
  int64_t micro_per_million = 0;

  bool operator==(const price&) const = default;
};

/// Prices that count together, in one currency.
struct price_list {
  std::string currency = "USD"; ///< ISO 4217
  std::vector<price> prices;
};

} // namespace velox
