#pragma once

#include "bench/endings/spoken.hpp"
#include "protocol/messages.hpp"

#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace velox::bench {

/// What the engine notices of a caller, and when.
struct heard {
  audio_time at{0};
  std::variant<voice_started, voice_stopped, words_partial, words_final> what;
};

/// What the recogniser is taken to need from the last audio it is given to its
/// words. Its threads really need some time, which the machine and its load
/// decide; a fixed one makes the figures the same everywhere. Measured: see
/// `ear::work_after_voice`; speech.md has 50 ms.
inline constexpr audio_time recognition_latency{50};

/// How long we wait for a recogniser before we call it broken.
inline constexpr std::chrono::seconds recogniser_patience{60};

/// The offline voice detection and recogniser, with the vocabulary of an agent,
/// fed as the media socket feeds them: frames of 20 ms, batches of 100 ms. The
/// time is that of the audio. Safe to use from several threads.
class ear {
public:
  /// `threads`: that decode. Throws `std::runtime_error` without the models.
  ear(std::vector<std::string> phrases, size_t threads);
  ~ear();

  ear(const ear&) = delete;
  ear& operator=(const ear&) = delete;

  /// All that is noticed of one call, in order. The same audio gives the same.
  /// Throws `std::runtime_error` when the recogniser fails or falls silent.
  std::vector<heard> listen(std::span<const uint8_t> mulaw);

  /// CPU time from the end of each voice to its words, in milliseconds: what
  /// `recognition_latency` stands for. It is the delay on a core that is free.
  std::vector<double> work_after_voice() const;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// What the agent that comes with the engine (config/agents/clinic.yaml)
/// expects to hear.
std::vector<std::string> clinic_phrases();

} // namespace velox::bench
