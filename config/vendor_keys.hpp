#pragma once

#include "config/settings.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace velox::config {

/// Where the settings came from, to be read once more. Throws `config_error`.
using settings_source = std::function<settings()>;

/// The vendors' keys and addresses as they are now: a key that was changed in
/// its file opens the next session, no call is dropped for it. Any thread.
class vendor_keys {
public:
  /// Without a source nothing is ever read again.
  explicit vendor_keys(settings now, settings_source source = {});

  /// By the vendor's name, such as "deepgram"; all empty for unknown ones.
  vendor_settings vendor(std::string_view name) const;

  /// Where Deepgram ("deepgram") and Google ("google") speak, which has an
  /// address of its own there; empty: where they listen.
  std::string speak_url(std::string_view name) const;

  /// Twilio's account, token and address.
  twilio_settings twilio() const;

  /// Reads files and environment files again and takes over keys and addresses.
  /// Returns the names of the settings that changed, such as
  /// "providers.openai.key"; secrets that are read at the start only are among
  /// them. When something is wrong all stays as it was, and `config_error`
  /// tells what.
  std::vector<std::string> reload();

private:
  mutable std::mutex mutex_;
  settings now_;
  settings_source source_;
};

/// Whether a change of this setting counts without a new start.
bool is_live_setting(std::string_view name);

} // namespace velox::config
