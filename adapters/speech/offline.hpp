#pragma once

#include "protocol/ports.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Speech without any vendor and without any key: pocketsphinx listens, flite
/// speaks, the WebRTC voice detection tells speech from silence. English only.

namespace velox::speech {

struct offline_speech_options {
  /// Worker threads for decoding and synthesis. A live call needs about 0.05
  /// of one while its caller speaks.
  size_t threads = 2;
  /// Where the acoustic model ("en-us/") and "cmudict-en-us.dict" are.
  std::string model_directory = "/usr/share/pocketsphinx/model/en-us";
  /// Decoders (7 MB each) that wait for the next call.
  size_t max_idle_decoders = 32;
  /// Sentences kept once they were spoken, in bytes: 32 MB are 70 minutes.
  size_t cache_bytes = 32u << 20;
  /// Silence after which the caller is taken to have stopped, in milliseconds.
  int hangover_ms = 450;
};

/// Owns the threads and pools behind the offline sessions. Sessions may outlive
/// it, but stay silent then. Destruction waits for the jobs that are running
/// (some 100 ms at worst).
class offline_speech {
public:
  explicit offline_speech(offline_speech_options options = {});
  ~offline_speech();

  offline_speech(const offline_speech&) = delete;
  offline_speech& operator=(const offline_speech&) = delete;

  /// The factories refuse other languages than English, and unknown voices,
  /// with a `std::invalid_argument` that says what to choose instead.
  recognizer_factory recognizers();
  synthesizer_factory synthesizers();
  voice_detector_factory voice_detectors();

  /// Builds the language model for an agent's phrases and one decoder ahead of
  /// its first call (some 50 ms). Returns the words that nobody told us how to
  /// pronounce: they cannot be recognised. Throws `std::runtime_error` when the
  /// models are not installed.
  std::vector<std::string> prewarm(const std::vector<std::string>& phrases);

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// `text` as mu-law audio, 8 kHz, now. Empty when nothing in it has a sound.
/// Throws `std::invalid_argument` for an unknown voice.
std::vector<uint8_t> speak(std::string_view text, std::string_view voice = "");

/// The words in `mulaw`, now; for tools and tests. `phrases` as in
/// `recognizer_options`. Throws `std::runtime_error` without models.
words_final transcribe(std::span<const uint8_t> mulaw,
                       const std::vector<std::string>& phrases,
                       const std::string& model_directory
                       = offline_speech_options{}.model_directory);

} // namespace velox::speech
