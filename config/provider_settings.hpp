#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// Whom the engine may ask to listen, think and speak.

namespace velox::config {

/// What all vendors have in common.
struct vendor_settings {
  std::string key;          ///< empty: none
  std::string url;          ///< empty: the vendor's own
  uint64_t concurrency = 0; ///< sessions or requests at once; 0: no limit
  bool operator==(const vendor_settings&) const = default;

  /// Whether it can be used: hosted vendors want a key, self-hosted servers a
  /// URL.
  bool configured() const { return !key.empty() || !url.empty(); }
};

struct deepgram_settings : vendor_settings {
  std::string speak_url;
  std::string model = "nova-3";
  std::string voice;
  bool operator==(const deepgram_settings&) const = default;
};

struct assemblyai_settings : vendor_settings {
  std::string model;
  bool operator==(const assemblyai_settings&) const = default;
};

struct google_settings : vendor_settings {
  std::string speak_url;
  std::string model = "latest_long";
  std::string voice;
  bool operator==(const google_settings&) const = default;
};

/// A vendor of voices, or of both models and voices.
struct voice_settings : vendor_settings {
  std::string model;
  std::string voice;
  bool operator==(const voice_settings&) const = default;
};

struct openai_settings : vendor_settings {
  std::string model = "gpt-4o-mini";
  std::string speech_model = "gpt-4o-mini-tts";
  std::string voice;
  bool operator==(const openai_settings&) const = default;
};

struct azure_settings : vendor_settings {
  std::string voice;
  bool operator==(const azure_settings&) const = default;
};

struct model_settings : vendor_settings {
  std::string model;
  bool operator==(const model_settings&) const = default;
};

struct provider_settings {
  std::string ca_file;
  std::chrono::milliseconds hedge_after{1500}; ///< 0: never
  /// Who is tried in which order; empty: as the keys that are set suggest.
  std::vector<std::string> recognizers;
  std::vector<std::string> voices;
  std::vector<std::string> models;
  /// For turns of each complexity, before `models`.
  std::vector<std::string> small_models;
  std::vector<std::string> medium_models;
  std::vector<std::string> large_models;
  uint64_t medium_from = 15; ///< words
  uint64_t large_from = 50;  ///< words

  deepgram_settings deepgram;
  assemblyai_settings assemblyai;
  google_settings google;
  voice_settings elevenlabs{{}, "eleven_flash_v2_5", ""};
  voice_settings cartesia{{}, "sonic-3", ""};
  openai_settings openai;
  azure_settings azure;
  model_settings gemini{{}, "gemini-2.5-flash"};
  model_settings anthropic{{}, "claude-haiku-4-5"};
  model_settings ollama{{}, "phi3"};
  bool operator==(const provider_settings&) const = default;
};

} // namespace velox::config
