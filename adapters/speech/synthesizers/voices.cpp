#include "adapters/speech/synthesizers/voices.hpp"

#include "protocol/azure_speech.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace velox::speech {

namespace {

struct voice_row {
  std::string_view vendor;
  std::string_view language; ///< a whole tag is preferred to its first part
  std::string_view voice;
};

/// Voices that are on each vendor's own list.
constexpr auto defaults = std::to_array<voice_row>({
  {"deepgram", "en", "aura-2-thalia-en"},
  {"deepgram", "es", "aura-2-celeste-es"},
  // One voice speaks all languages of the model.
  {"elevenlabs", "en", "EXAVITQu4vr4xnSDxMaL"},
  {"elevenlabs", "es", "EXAVITQu4vr4xnSDxMaL"},
  {"elevenlabs", "hi", "EXAVITQu4vr4xnSDxMaL"},
  {"cartesia", "en", "694f9389-aac1-45b6-b726-9d9369183238"},
  {"cartesia", "es", "694f9389-aac1-45b6-b726-9d9369183238"},
  {"cartesia", "hi", "694f9389-aac1-45b6-b726-9d9369183238"},
  {"openai", "en", "coral"},
  {"openai", "es", "coral"},
  {"openai", "hi", "coral"},
  {"azure", "en-IN", "en-IN-NeerjaNeural"},
  {"azure", "en", "en-US-JennyNeural"},
  {"azure", "es", "es-ES-ElviraNeural"},
  {"azure", "hi", "hi-IN-SwaraNeural"},
  {"google", "en-IN", "en-IN-Neural2-A"},
  {"google", "en", "en-US-Neural2-F"},
  {"google", "es", "es-ES-Neural2-A"},
  {"google", "hi", "hi-IN-Neural2-A"},
  {"offline", "en", "slt"},
});

constexpr auto openai_voices = std::to_array<std::string_view>(
  {"alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage",
   "shimmer", "verse", "marin", "cedar"});

constexpr auto flite_voices
  = std::to_array<std::string_view>({"slt", "awb", "rms", "kal16"});

constexpr auto google_families = std::to_array<std::string_view>(
  {"-Wavenet-", "-Neural2-", "-Chirp", "-Standard-", "-Studio-", "-News-",
   "-Polyglot-", "-Journey-", "-Casual-"});

constexpr std::string_view elevenlabs_prefix = "el_";

template <class List>
bool holds(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

} // namespace

std::string_view vendor_of_voice(std::string_view voice) {
  if (voice.starts_with(elevenlabs_prefix))
    return "elevenlabs";
  if (voice.starts_with("aura-"))
    return "deepgram";
  if (holds(openai_voices, voice))
    return "openai";
  if (holds(flite_voices, voice))
    return "offline";
  if (language_of_voice(voice).empty())
    return {};
  for (auto family : google_families)
    if (voice.find(family) != std::string_view::npos)
      return "google";
  return voice.find("Neural") != std::string_view::npos ? "azure" : "";
}

std::string_view without_voice_prefix(std::string_view voice) {
  if (voice.starts_with(elevenlabs_prefix))
    voice.remove_prefix(elevenlabs_prefix.size());
  return voice;
}

std::string_view
default_voice(std::string_view vendor, std::string_view language) {
  auto primary = primary_language(language);
  std::string_view result;
  for (auto& row : defaults) {
    if (row.vendor != vendor)
      continue;
    if (row.language == language)
      return row.voice;
    if (row.language == primary)
      result = row.voice;
  }
  return result;
}

std::string
voice_for(std::string_view vendor, const synthesizer_options& options) {
  auto owner = vendor_of_voice(options.voice);
  if (!options.voice.empty() && (owner.empty() || owner == vendor))
    return std::string{without_voice_prefix(options.voice)};
  auto result = default_voice(vendor, options.language);
  if (result.empty())
    throw std::invalid_argument(
      std::string{vendor} + " has no voice for the language \""
      + options.language + "\": name one, or choose another speech provider");
  return std::string{result};
}

std::string primary_language(std::string_view language) {
  auto result = std::string{language.substr(0, language.find_first_of("-_"))};
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result.empty() ? "en" : result;
}

} // namespace velox::speech
