#pragma once

#include "protocol/ports.hpp"

#include <chrono>
#include <cstddef>

/// Providers that cost nothing, so that what is measured is the engine.

namespace velox::bench {

/// How the agent of the bench answers: so many sentences of this length.
inline constexpr size_t sentences_per_answer = 4;
inline constexpr std::chrono::milliseconds sentence_length{2'000};

/// mu-law bytes of one answer.
inline constexpr size_t answer_bytes
  = sentences_per_answer * static_cast<size_t>(sentence_length.count()) * 8;

/// The caller's voice begins with this loud frame in a row.
inline constexpr int onset_frames = 3;

/// The first byte of a loud frame; the first of a quiet one is silence.
inline constexpr uint8_t loud_byte = 0x10;

/// Understands "yes please" whatever is said, at once.
recognizer_factory instant_recognizer();

/// Answers with `sentences_per_answer` sentences, at once.
language_model_factory instant_model();

/// Makes `sentence_length` of audio of any sentence, at once.
synthesizer_factory instant_synthesizer();

/// The engine's own voice detector does its work, but what it finds is
/// replaced: the voice starts with `onset_frames` loud frames in a row and
/// stops after 450 ms without, so that a caller knows which of its frames is
/// the one. Tells the owner (`tell_owner`) how many milliseconds passed from
/// each start to the `clear` that it caused, unless `tells` is false.
voice_detector_factory predictable_detector(bool tells = true);

} // namespace velox::bench
