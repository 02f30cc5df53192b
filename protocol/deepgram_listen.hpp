#pragma once

#include "protocol/recognised_words.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Deepgram's live recognition, `wss://api.deepgram.com/v1/listen` (Deepgram's
/// asyncapi.yml of 2026-07): how it is asked, what its frames say, and how they
/// become one final per utterance.

namespace velox {

struct deepgram_listen_settings {
  std::string model = "nova-3";
  std::string language = "en"; ///< BCP 47, or "multi"
  /// Silence after which Deepgram takes the caller to have stopped, in
  /// milliseconds. Unset: 300, and 100 for "multi" as the vendor advises.
  std::optional<int> endpointing_ms{};
  int utterance_end_ms = 1000; ///< at least 1000
  bool interim_results = true; ///< `utterance_end_ms` needs it
  bool vad_events = true;
  bool smart_format = true;
  std::vector<std::string> phrases{};
  query_extras extra{};
};

/// Model and language as Deepgram takes them. Nova-3 hears English by itself
/// and ten languages as "multi"; for all others nova-2 stands in.
struct deepgram_choice {
  std::string model;
  std::string language;
};

deepgram_choice
choose_deepgram(std::string_view model, std::string_view language);

/// The request target, for mu-law, 8 kHz, mono.
std::string deepgram_listen_target(const deepgram_listen_settings& x);

// -- client frames (text) -----------------------------------------------------

inline constexpr std::string_view deepgram_keep_alive
  = R"({"type":"KeepAlive"})";
inline constexpr std::string_view deepgram_finalize = R"({"type":"Finalize"})";
inline constexpr std::string_view deepgram_close_stream
  = R"({"type":"CloseStream"})";

// -- server frames ------------------------------------------------------------

struct deepgram_word {
  std::string text; ///< as it is to be read ("Hi,")
  double start = 0; ///< seconds since the first audio
  double end = 0;
};

/// What one stretch of audio says. An interim one is replaced by the next.
struct deepgram_results {
  std::string transcript;
  double confidence = 1;
  double start = 0;    ///< seconds since the first audio
  double duration = 0; ///< seconds
  bool is_final = false;
  bool speech_final = false;
  bool from_finalize = false;
  std::vector<deepgram_word> words;
};

/// No word for `utterance_end_ms`.
struct deepgram_utterance_end {
  double last_word_end = -1; ///< seconds; -1: there was no word
};

struct deepgram_speech_started {};

/// Seen in older SDKs only.
struct deepgram_error {
  std::string code;
};

/// Anything else, such as Metadata.
struct deepgram_other {};

using deepgram_event
  = std::variant<deepgram_other, deepgram_results, deepgram_utterance_end,
                 deepgram_speech_started, deepgram_error>;

/// Reads a frame; none when it is no JSON object with a type, or a Results
/// frame without alternatives.
std::optional<deepgram_event> parse_deepgram_listen(std::string_view frame);

// -- what it amounts to -------------------------------------------------------

/// Makes Deepgram's segments and our own voice detection agree: every end of an
/// utterance gets exactly one final, no word is reported twice. It neither
/// waits nor sends; its owner keeps the time.
class deepgram_utterances {
public:
  /// Our voice detection: the caller began to speak.
  void began();

  /// The caller stopped. True: Deepgram has to be asked for the rest
  /// (`deepgram_finalize`), the final is due.
  bool ended(recognised_list& out);

  void on(const deepgram_results& x, recognised_list& out);
  void on(const deepgram_utterance_end& x, recognised_list& out);

  /// Deepgram took too long: the oldest due final with what there is.
  void give_up(recognised_list& out);

  /// How many finals are owed.
  size_t due() const { return due_; }

private:
  std::string all() const;
  void settle(const deepgram_results& x);
  void finish(recognised_list& out);
  void tell_partial(recognised_list& out);
  deepgram_results unreported(const deepgram_results& x) const;

  std::string settled_text_;
  mean_confidence settled_confidence_;
  deepgram_results interim_;
  std::string last_partial_;
  bool voice_ = false;
  bool settled_ = false;      ///< speech_final, and nothing since
  double words_until_ = -1;   ///< seconds: the end of what is held here
  double reported_until_ = 0; ///< seconds: what is before was in a final
  size_t due_ = 0;
  size_t asked_ = 0; ///< Finalize frames that were not answered
};

} // namespace velox
