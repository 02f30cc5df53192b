#pragma once

#include "config/settings.hpp"

#include <filesystem>
#include <string>

namespace velox::config {

/// What only the engine and those it trusts may know. Never logged.
struct secrets {
  std::string twilio_auth_token; ///< signs Twilio's requests
  std::string admin_api_key;     ///< opens the API and the console
  std::string stream_token_key;  ///< signs the tokens of media sockets
};

/// The secrets in `<data_dir>/secrets.yaml`. The first to ask makes them
/// (random, mode 0600), also when several processes start at once: all get
/// the same. Creates `data_dir`. Throws `config_error` (loader.hpp) when the
/// file cannot be written, read or understood.
secrets load_or_create_secrets(const std::filesystem::path& data_dir);

/// The same for the settings' data directory, where secrets that the settings
/// (or the environment) give win over those in the file.
secrets load_or_create_secrets(const settings& given);

/// The file in the data directory with the recordings' key.
inline constexpr const char* recording_key_file = "recording.key";

/// The key that the engine has made for recordings, 64 hexadecimal digits, kept
/// in `<data_dir>/recording.key` (mode 0600) apart from the other secrets:
/// those may be removed to get new ones, this one never while recordings need
/// it. Makes it as `load_or_create_secrets` makes those; throws `config_error`.
std::string load_or_create_recording_key(const std::filesystem::path& data_dir);

/// The file in the data directory with the key of webhooks' secrets.
inline constexpr const char* webhook_key_file = "webhooks.key";

/// The key that seals the secrets of organisations' webhooks in the database:
/// the settings' own, else one that is made as the recordings' key is. 64
/// hexadecimal digits; throws `config_error`.
std::string load_or_create_webhook_key(const settings& given);

} // namespace velox::config
