#pragma once

#include "config/settings.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>

/// The names of those who can do a stage's work, as settings and agent files
/// write them: "vendor", "vendor:model" or "vendor:voice".

namespace velox::config {

inline constexpr std::array<std::string_view, 5> recognizer_names{
  "deepgram", "flux", "assemblyai", "google", "pocketsphinx"};

inline constexpr std::array<std::string_view, 7> voice_names{
  "deepgram", "elevenlabs", "cartesia", "openai", "azure", "google", "flite"};

inline constexpr std::array<std::string_view, 5> model_names{
  "openai", "gemini", "anthropic", "ollama", "scripted"};

/// One entry of such a list, cut at its first colon.
struct provider_choice {
  std::string_view vendor;
  std::string_view detail; ///< the model or voice; empty: the vendor's default
};

provider_choice parse_choice(std::string_view text);

/// What is wrong with `text` as an entry of a list whose vendors are `names`;
/// empty when nothing is. The text says which vendors there are.
std::string
choice_problem(std::string_view text, std::span<const std::string_view> names);

/// The settings of the vendor of this name, such as "deepgram" ("flux" is
/// Deepgram's too); null for those that need none and for unknown names.
const vendor_settings*
find_vendor(const provider_settings& x, std::string_view name);

} // namespace velox::config
