#include "adapters/providers/vendors.hpp"

#include "adapters/speech/recognizers/recognizers.hpp"
#include "adapters/speech/synthesizers/synthesizers.hpp"

#include <algorithm>
#include <array>

namespace velox::providers {

namespace {

constexpr auto listens = stage::recognizer;
constexpr auto speaks = stage::voice;
constexpr auto thinks = stage::model;

constexpr std::string_view deepgram_console = "https://console.deepgram.com";
constexpr std::string_view google_console
  = "https://console.cloud.google.com/apis/credentials";
constexpr std::string_view openai_console
  = "https://platform.openai.com/api-keys";

constexpr auto vendors = std::to_array<vendor_info>({
  {listens, "deepgram", "deepgram", speech::deepgram_url, "DEEPGRAM_API_KEY",
   deepgram_console, "providers.deepgram.model"},
  {listens, "flux", "deepgram", speech::deepgram_url, "DEEPGRAM_API_KEY",
   deepgram_console, ""},
  {listens, "assemblyai", "assemblyai", speech::assemblyai_url,
   "ASSEMBLYAI_API_KEY", "https://www.assemblyai.com/dashboard",
   "providers.assemblyai.model"},
  {listens, "google", "google", speech::google_speech_url, "GOOGLE_API_KEY",
   google_console, "providers.google.model"},
  {speaks, "deepgram", "deepgram", speech::deepgram_base, "DEEPGRAM_API_KEY",
   deepgram_console, "providers.deepgram.voice"},
  {speaks, "elevenlabs", "elevenlabs", speech::elevenlabs_base,
   "ELEVENLABS_API_KEY", "https://elevenlabs.io/app/settings/api-keys",
   "providers.elevenlabs.voice"},
  {speaks, "cartesia", "cartesia", speech::cartesia_base, "CARTESIA_API_KEY",
   "https://play.cartesia.ai/keys", "providers.cartesia.voice"},
  {speaks, "openai", "openai", speech::openai_base, "OPENAI_API_KEY",
   openai_console, "providers.openai.speech_model"},
  {speaks, "azure", "azure", "", "AZURE_SPEECH_KEY", "https://portal.azure.com",
   "providers.azure.voice"},
  {speaks, "google", "google", speech::google_base, "GOOGLE_API_KEY",
   google_console, "providers.google.voice"},
  {thinks, "openai", "openai", speech::openai_base, "OPENAI_API_KEY",
   openai_console, "providers.openai.model"},
  {thinks, "gemini", "gemini", "https://generativelanguage.googleapis.com",
   "GEMINI_API_KEY", "https://aistudio.google.com/apikey",
   "providers.gemini.model"},
  {thinks, "anthropic", "anthropic", "https://api.anthropic.com",
   "ANTHROPIC_API_KEY", "https://console.anthropic.com/settings/keys",
   "providers.anthropic.model"},
  {thinks, "ollama", "ollama", "", "OLLAMA_API_KEY",
   "the gateway in front of your Ollama server", "providers.ollama.model"},
});

/// Sessions make ws(s) of it where they need that.
std::string as_http(std::string_view url) {
  while (url.ends_with('/'))
    url.remove_suffix(1);
  if (!url.starts_with("ws"))
    return std::string{url};
  std::string result{"http"};
  result += url.substr(2);
  return result;
}

/// Where the operator says that it is; empty: nowhere else.
std::string address_in(const vendor_info& x, const config::vendor_keys& keys) {
  auto speak_url = x.what == speaks ? keys.speak_url(x.gateway) : std::string{};
  // Google listens and speaks on different hosts, Deepgram on one.
  if (!speak_url.empty() || (x.what == speaks && x.gateway == "google"))
    return speak_url;
  return keys.vendor(x.gateway).url;
}

} // namespace

std::string_view to_text(stage x) {
  switch (x) {
    case listens: return "recognizer";
    case speaks: return "voice";
    default: return "model";
  }
}

std::span<const vendor_info> all_vendors() {
  return vendors;
}

const vendor_info* find_vendor(stage what, std::string_view name) {
  auto found = std::find_if(vendors.begin(), vendors.end(), [&](auto& x) {
    return x.what == what && x.name == name;
  });
  return found == vendors.end() ? nullptr : &*found;
}

net::vendor_access
access_of(const vendor_info& x, const config::vendor_keys& keys) {
  auto url = address_in(x, keys);
  return {as_http(url.empty() ? x.address : std::string_view{url}),
          keys.vendor(x.gateway).key};
}

bool is_configured(const vendor_info& x, const config::vendor_keys& keys) {
  auto has_url = !address_in(x, keys).empty();
  // Those without an address of their own are nowhere until one is set.
  return x.address.empty() ? has_url
                           : has_url || !keys.vendor(x.gateway).key.empty();
}

} // namespace velox::providers
