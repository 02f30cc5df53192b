#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace velox::speech {

/// A language model as files that decoders load.
class model_files;

/// What a decoder made of one utterance.
struct understood {
  std::string text; ///< lower-case words; empty when it was no known speech
  double confidence = 0; ///< 0 to 1
};

/// How well an utterance matched, as pocketsphinx sees it.
struct match_scores {
  double acoustic = 0;      ///< mean log score per frame of the words, below 0
  double log_posterior = 0; ///< of the best path among all, 0 or below
  int frames = 0;           ///< 10 ms frames with words in them
  int words = 0;
};

/// Pocketsphinx for one call at a time: words from mu-law audio. Costs about
/// 16 ms and 7 MB to make and 0.05 of a core while it listens. Not
/// thread-safe, but may move from thread to thread.
class decoder {
public:
  /// Throws `std::runtime_error` when the acoustic model is not there.
  decoder(const std::string& acoustic_model, const model_files& model);
  ~decoder();

  decoder(const decoder&) = delete;
  decoder& operator=(const decoder&) = delete;

  /// Forgets what was learned about the line of the previous call.
  void begin_call();

  void begin_utterance();

  /// An utterance began and has not ended.
  bool in_utterance() const;

  /// The next stretch of the utterance.
  void feed(std::span<const uint8_t> mulaw);

  /// The words so far; empty while they may well be none.
  std::string partial();

  /// Ends the utterance.
  understood end_utterance();

  /// Of the last ended utterance.
  match_scores scores() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace velox::speech
