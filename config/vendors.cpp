#include "config/vendors.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace velox::config {

provider_choice parse_choice(std::string_view text) {
  // Models may have colons of their own: "ollama:phi3:mini".
  auto colon = std::min(text.find(':'), text.size());
  return {text.substr(0, colon), text.substr(std::min(colon + 1, text.size()))};
}

std::string
choice_problem(std::string_view text, std::span<const std::string_view> names) {
  auto choice = parse_choice(text);
  if (std::find(names.begin(), names.end(), choice.vendor) == names.end())
    return fmt::format("names '{}', which does not exist; there are {}",
                       choice.vendor, fmt::join(names, ", "));
  if (text.ends_with(':'))
    return fmt::format("has nothing behind the colon of '{}'; name what is "
                       "meant or remove the colon",
                       text);
  return "";
}

const vendor_settings*
find_vendor(const provider_settings& x, std::string_view name) {
  if (name == "deepgram" || name == "flux")
    return &x.deepgram;
  if (name == "assemblyai")
    return &x.assemblyai;
  if (name == "google")
    return &x.google;
  if (name == "elevenlabs")
    return &x.elevenlabs;
  if (name == "cartesia")
    return &x.cartesia;
  if (name == "openai")
    return &x.openai;
  if (name == "azure")
    return &x.azure;
  if (name == "gemini")
    return &x.gemini;
  if (name == "anthropic")
    return &x.anthropic;
  if (name == "ollama")
    return &x.ollama;
  return nullptr;
}

} // namespace velox::config
