#pragma once

#include "tests/support/vendors/fake_vendor.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the fakes of all recognisers share: an ear for spelled audio
/// (tests/support/spelled_audio.hpp), so that they understand exactly what
/// reached them, and their vices. Their clock is the audio, as the vendors' is.

namespace velox::test {

/// Reads what audio spells, word by word.
class fake_ear {
public:
  struct word {
    std::string text;
    double start = 0; ///< seconds since the first audio
    double end = 0;
  };

  /// `spellings`: words that mean others ("namaste").
  explicit fake_ear(std::map<std::string, std::string> spellings = {})
    : spellings_(std::move(spellings)) {}

  void hear(std::string_view mulaw);

  /// The words since `forget`; the last one may still grow.
  std::vector<word> words() const;
  /// The same as one text.
  std::string text() const;
  /// Whether there was a voice since `forget`, with or without words.
  bool voice() const { return voice_; }
  /// How long nobody has spoken by now, in milliseconds.
  int64_t silence_ms() const { return silence_ / 8; }
  double now() const { return static_cast<double>(heard_) / 8000; }
  /// Where `forget` was called last.
  double since() const { return since_; }
  void forget();

private:
  struct letter {
    char text = ' ';
    double at = 0;
  };

  std::map<std::string, std::string> spellings_;
  std::vector<letter> letters_;
  bool voice_ = false;
  int64_t silence_ = 0; ///< samples
  int64_t heard_ = 0;   ///< samples
  double since_ = 0;
};

/// What a fake does beside its duty.
struct stt_plan {
  std::map<std::string, std::string> spellings{};
  bool deaf = false;     ///< takes everything, says nothing
  bool finalizes = true; ///< answers Finalize
  bool endpoints = true; ///< notices the end of speech by itself
  int64_t end_ms = 300;  ///< silence that ends a turn (Flux, AssemblyAI)
  int stalls_at = -1;    ///< after so many words: falls silent
  int resets_at = -1;    ///< after so many words: a TCP reset
  int closes_at = -1;    ///< after so many words: closes with these
  uint16_t close_code = 1011;
  std::string close_reason{};
  std::string last_frame{};        ///< sent before it closes
  milliseconds idle_limit{10'000}; ///< without a message
};

/// A fake recogniser; which one is told by the function that it is made with.
class stt_fake {
public:
  using behaviour = void (*)(stt_fake& self, const vendor_request& request,
                             vendor_connection& connection);

  explicit stt_fake(behaviour f)
    : vendor_(
      [this, f](const vendor_request& request, vendor_connection& connection) {
        f(*this, request, connection);
      }) {}

  fake_vendor& vendor() { return vendor_; }

  void set_plan(stt_plan x);
  stt_plan plan() const;

  // -- what it was sent
  void note_audio(std::string_view bytes);
  void note_text(std::string_view text);
  /// All audio, as it came.
  std::string audio() const;
  /// Sizes of the messages.
  std::vector<std::size_t> audio_sizes() const;
  std::vector<std::string> texts() const;
  /// Waits, at most 5 s, until it was sent `text` so often.
  bool wait_for_text(std::string_view text, std::size_t times = 1) const;
  /// Waits, at most 5 s, for so many bytes of audio.
  bool wait_for_audio(std::size_t bytes) const;

private:
  mutable std::mutex mutex_;
  stt_plan plan_;
  std::string audio_;
  std::vector<std::size_t> sizes_;
  std::vector<std::string> texts_;
  fake_vendor vendor_; ///< goes first: its threads use the others
};

/// Misbehaves as planned once `words` were heard. True: say no more.
bool act_up(const stt_plan& plan, std::size_t words,
            vendor_connection& connection);

} // namespace velox::test
