#pragma once

#include "protocol/ports.hpp"

#include <string>
#include <string_view>

namespace velox::speech {

/// Whose voice this is, by its name: "elevenlabs" ("el_..."), "deepgram"
/// ("aura-..."), "azure" ("hi-IN-SwaraNeural"), "google" (Wavenet, Neural2,
/// Chirp, Standard...), "openai", "offline" (flite's); else empty.
std::string_view vendor_of_voice(std::string_view voice);

/// The name as its vendor knows it: without "el_".
std::string_view without_voice_prefix(std::string_view voice);

/// What `vendor` speaks a language (BCP 47) with unless a voice was chosen;
/// empty when it does not speak it, or nobody chose one yet. An empty language
/// is English.
std::string_view
default_voice(std::string_view vendor, std::string_view language);

/// The voice of a session: the one that was chosen, or the default when there
/// is none or it is another vendor's (who speaks in that one's place). Throws
/// std::invalid_argument when there is no default.
std::string
voice_for(std::string_view vendor, const synthesizer_options& options);

/// "hi" of "hi-IN"; "en" of an empty language.
std::string primary_language(std::string_view language);

} // namespace velox::speech
