#pragma once

#include "adapters/net/outbound.hpp"
#include "config/vendor_keys.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace velox::providers {

enum class stage : uint8_t { recognizer, voice, model };

/// "recognizer", "voice" or "model".
std::string_view to_text(stage x);

/// One thing that one vendor can do.
struct vendor_info {
  stage what;
  std::string_view name;    ///< as lists write it: "flux"
  std::string_view gateway; ///< the vendor: "deepgram"
  std::string_view address; ///< its own; empty: it has none
  std::string_view key;     ///< the variable with its key
  /// Where keys are made, for people.
  std::string_view keys_at;
  /// The setting that names its model; empty: none.
  std::string_view model_setting;
};

/// All that vendors can do; what needs no vendor is not among it.
std::span<const vendor_info> all_vendors();

/// Null when no vendor does that under this name.
const vendor_info* find_vendor(stage what, std::string_view name);

using keys_ptr = std::shared_ptr<const config::vendor_keys>;

/// Where `x` is and its key, as they are now. The URL is http(s), without a
/// slash at its end.
net::vendor_access
access_of(const vendor_info& x, const config::vendor_keys& keys);

/// Whether `x` has a key, or an address of one's own that may ask for none.
bool is_configured(const vendor_info& x, const config::vendor_keys& keys);

} // namespace velox::providers
