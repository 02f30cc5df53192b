#include "config/vendor_keys.hpp"

#include "config/keys.hpp"
#include "config/vendors.hpp"

#include <algorithm>
#include <array>

namespace velox::config {

namespace {

/// Keys and addresses; everything else is looked at when the engine starts.
bool is_reread(const setting_key& key) {
  return key.secret || key.kind == text_kind::vendor_url;
}

std::string value_of(const setting_key& key, settings& x) {
  auto place = key.in(x);
  auto text = std::get_if<std::string*>(&place);
  return text != nullptr ? **text : "";
}

} // namespace

bool is_live_setting(std::string_view name) {
  auto keys = setting_keys();
  auto known = std::find_if(keys.begin(), keys.end(),
                            [&](auto& x) { return x.name == name; });
  return known != keys.end() && name.starts_with("providers.")
         && is_reread(*known);
}

vendor_keys::vendor_keys(settings now, settings_source source)
  : now_(std::move(now)), source_(std::move(source)) {}

vendor_settings vendor_keys::vendor(std::string_view name) const {
  std::lock_guard guard{mutex_};
  auto known = find_vendor(now_.providers, name);
  return known != nullptr ? *known : vendor_settings{};
}

std::string vendor_keys::speak_url(std::string_view name) const {
  std::lock_guard guard{mutex_};
  if (name == "deepgram")
    return now_.providers.deepgram.speak_url;
  if (name == "google")
    return now_.providers.google.speak_url;
  return "";
}

twilio_settings vendor_keys::twilio() const {
  std::lock_guard guard{mutex_};
  return now_.twilio;
}

std::vector<std::string> vendor_keys::reload() {
  if (!source_)
    return {};
  auto fresh = source_(); // reads files: not under the lock
  std::vector<std::string> changed;
  std::lock_guard guard{mutex_};
  for (auto& key : setting_keys()) {
    if (!is_reread(key))
      continue;
    auto value = value_of(key, fresh);
    if (value == value_of(key, now_))
      continue;
    changed.emplace_back(key.name);
    assign(key, now_, value);
  }
  return changed;
}

} // namespace velox::config
