#pragma once

#include "adapters/net/outbound.hpp"
#include "protocol/ports.hpp"
#include "protocol/transcription.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// Recognition by vendors: their sessions behind `speech_recognizer`, and their
/// transcripts of recordings.
///
/// A session dies once, with `provider_failed`; to connect again or to ask
/// another vendor is the work of who made it. Audio that comes before the
/// vendor answers is kept, the last ten seconds of it. Every session reads its
/// key when it is made, and lives on the calling thread's way out.

namespace velox::speech {

/// Where the vendors are when `net::vendor_access` names no other place. A base
/// URL may be http(s) or ws(s), and may have a path of its own.
inline constexpr std::string_view deepgram_url = "https://api.deepgram.com";
inline constexpr std::string_view assemblyai_url
  = "https://streaming.assemblyai.com";
inline constexpr std::string_view google_speech_url
  = "https://speech.googleapis.com";
inline constexpr std::string_view openai_url = "https://api.openai.com/v1";

/// More parameters of the query, by their names at the vendor; they replace
/// ours of the same name.
using query_parameters = std::vector<std::pair<std::string, std::string>>;

// -- live ---------------------------------------------------------------------

struct deepgram_options {
  /// Languages that nova-3 does not hear go to nova-2.
  std::string model = "nova-3";
  /// Unset: 300, and 100 in several languages at once ("multi").
  std::optional<int> endpointing_ms{};
  int utterance_end_ms = 1000; ///< at least 1000
  bool interim_results = true;
  bool vad_events = true;
  bool smart_format = true;
  query_parameters extra{};
  /// How long a final may take once the caller has stopped.
  net::milliseconds patience{700};
  /// Without audio for so long the vendor is told that we are there; it hangs
  /// up after 10 s.
  net::milliseconds keep_alive{4'000};
};

/// Deepgram's live recognition (`/v1/listen`). Our own voice detection says
/// when an utterance is over.
recognizer_factory
deepgram_recognizer(net::vendor x, deepgram_options options = {});

struct flux_options {
  std::string model{};        ///< empty: flux-general-en or -multi
  double eot_threshold = 0.7; ///< 0.5 to 0.9
  /// Unset: the vendor never says that a turn is likely over.
  std::optional<double> eager_eot_threshold = 0.5;
  int eot_timeout_ms = 5000; ///< 500 to 10000
  query_parameters extra{};
  /// How long a turn may take to open once the caller has stopped.
  net::milliseconds patience{700};
  /// A turn that is open and of which nothing comes while the caller is
  /// silent; while they speak, four times `eot_timeout_ms` if that is longer.
  net::milliseconds stalled{3'000};
};

/// Deepgram Flux (`/v2/listen`): the vendor judges turns. Its clock is the
/// audio, so it is fed silence when the caller's pauses.
recognizer_factory flux_recognizer(net::vendor x, flux_options options = {});

struct assemblyai_options {
  std::string model{}; ///< empty: by language
  /// Punctuated turns. The words are reported without waiting for them.
  bool format_turns = false;
  std::optional<double> end_of_turn_confidence_threshold{};
  std::optional<int> min_turn_silence_ms{};
  int max_turn_silence_ms = 1280;
  query_parameters extra{};
  /// How long a turn may take to open once the caller has stopped.
  net::milliseconds patience{700};
  /// A turn that is open and of which nothing comes.
  net::milliseconds stalled{3'000};
  /// Without audio for so long the vendor is told that we are there.
  net::milliseconds keep_alive{4'000};
};

/// AssemblyAI's Universal-Streaming v3: the vendor judges turns.
recognizer_factory
assemblyai_recognizer(net::vendor x, assemblyai_options options = {});

struct google_options {
  std::string model = "latest_long"; ///< "phone_call", "latest_short" ...
  /// How long one answer may take.
  net::milliseconds patience{5'000};
};

/// Google Speech-to-Text v1 by REST: each utterance, as our own voice detection
/// cuts it, is one request to `speech:recognize`. The vendor streams by gRPC
/// only, which is not among our libraries; so there are no partial words, and
/// the final comes a request later than it could. The key is an OAuth 2 token,
/// or an API key ("AIza...").
recognizer_factory
google_recognizer(net::vendor x, google_options options = {});

// -- recordings ---------------------------------------------------------------

struct recording {
  std::string audio; ///< the file's bytes
  /// "audio/wav", "audio/mpeg" ..., or `raw_mulaw_type`.
  std::string content_type = "audio/wav";
  std::string language{}; ///< BCP 47; empty: the vendor finds out
  /// Each channel by itself, where the vendor can: caller and agent are one
  /// each in a carrier's recording.
  bool each_channel = false;
};

using transcription_result = std::variant<transcription, provider_failed>;

/// Turns recordings into text. Several may be under way at once. Destroying it
/// gives up what is, and nothing is reported afterwards.
class transcriber {
public:
  virtual ~transcriber() = default;

  /// `done` is called once, on the thread of the outbound that it was made
  /// with, never during this call. No speech at all is an empty text.
  virtual void
  transcribe(recording x, std::function<void(transcription_result)> done)
    = 0;
};

struct transcriber_options {
  std::string model{};      ///< empty: nova-3, whisper-1
  query_parameters extra{}; ///< Deepgram only
  /// From the last byte sent to the first of the answer. Long recordings take
  /// long.
  net::milliseconds patience{120'000};
};

/// Deepgram's `POST /v1/listen`.
std::unique_ptr<transcriber>
deepgram_transcriber(net::vendor x, transcriber_options options = {});

/// OpenAI's `POST /audio/transcriptions` below a base URL that ends in "/v1",
/// or a Whisper server that speaks the same.
std::unique_ptr<transcriber>
whisper_transcriber(net::vendor x, transcriber_options options = {});

} // namespace velox::speech
