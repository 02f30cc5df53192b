#include "adapters/speech/pocketsphinx/recognizer.hpp"

#include "adapters/speech/client.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>

namespace velox::speech {

namespace {

/// Kept from before an utterance, in bytes: 500 ms. Our voice detection may be
/// 300 ms late, and a word begins softly.
constexpr size_t onset_size = 4000;

/// Decoded at a time, in bytes (100 ms): between two of these a session that
/// ended is noticed.
constexpr size_t step_size = 800;

/// A decoder's memory grows with the utterance: after this many bytes (20 s) it
/// is asked for its words and begins anew.
constexpr size_t max_stretch = 160000;

/// Words kept of an utterance that does not end, in bytes of text.
constexpr size_t max_text = 2000;

/// Between two partial results, in bytes of audio (200 ms).
constexpr size_t partial_interval = 1600;

} // namespace

/// One call's decoder and what it understood so far. Its functions run on the
/// session's strand, one at a time.
class pocketsphinx_recognizer::listener {
public:
  listener(const recognition_client_actor& client,
           std::shared_ptr<decoder_pool> decoders,
           std::vector<std::string> phrases)
    : client(client), decoders_(std::move(decoders)),
      phrases_(std::move(phrases)) {}

  void prepare() {
    guarded([this] { decoder_.emplace(decoders_->acquire(phrases_)); });
  }

  void begin() {
    guarded([this] {
      so_far_ = {};
      last_partial_.clear();
      since_partial_ = 0;
      begin_stretch();
    });
  }

  void feed(const std::vector<uint8_t>& mulaw) {
    guarded([&] {
      std::span<const uint8_t> rest = mulaw;
      while (!rest.empty() && !client.left()) {
        auto step = rest.first(std::min(step_size, rest.size()));
        rest = rest.subspan(step.size());
        (*decoder_)->feed(step);
        stretch_ += step.size();
        since_partial_ += step.size();
        if (stretch_ >= max_stretch) {
          end_stretch();
          begin_stretch();
        }
      }
      report_partial();
    });
  }

  void end() {
    guarded([this] {
      end_stretch();
      client.tell(words_final{so_far_.text, so_far_.confidence});
    });
  }

  void release() { decoder_.reset(); }

  client_of<recognition_client_actor> client;

private:
  /// Runs `f` unless the session has ended or failed before.
  template <class F>
  void guarded(F f) {
    if (client.left() || failed_)
      return;
    try {
      f();
    } catch (const std::exception& ex) {
      failed_ = true;
      client.tell(provider_failed{"stt", ex.what()});
    }
  }

  void begin_stretch() {
    (*decoder_)->begin_utterance();
    stretch_ = 0;
  }

  void end_stretch() {
    auto more = (*decoder_)->end_utterance();
    if (more.text.empty() || so_far_.text.size() + more.text.size() > max_text)
      return;
    if (so_far_.text.empty()) {
      so_far_ = std::move(more);
      return;
    }
    so_far_.text += ' ' + more.text;
    so_far_.confidence = std::min(so_far_.confidence, more.confidence);
  }

  void report_partial() {
    if (client.left() || since_partial_ < partial_interval)
      return;
    auto text = (*decoder_)->partial();
    if (!so_far_.text.empty())
      text = so_far_.text + (text.empty() ? "" : " ") + text;
    if (text.empty() || text == last_partial_)
      return;
    since_partial_ = 0;
    last_partial_ = text;
    client.tell(words_partial{std::move(text)});
  }

  std::shared_ptr<decoder_pool> decoders_;
  std::vector<std::string> phrases_;
  std::optional<decoder_pool::lease> decoder_;
  understood so_far_;
  std::string last_partial_;
  size_t since_partial_ = 0;
  size_t stretch_ = 0;
  bool failed_ = false;
};

pocketsphinx_recognizer::pocketsphinx_recognizer(
  const recognizer_options& options, const recognition_client_actor& client,
  std::shared_ptr<decoder_pool> decoders, std::shared_ptr<strand> jobs)
  : listener_(
    std::make_shared<listener>(client, std::move(decoders), options.phrases)),
    jobs_(std::move(jobs)) {
  if (!options.language.empty() && !options.language.starts_with("en"))
    throw std::invalid_argument(
      "the offline recogniser understands English only, not \""
      + options.language + "\": choose another speech provider for the agent");
  jobs_->post([x = listener_] { x->prepare(); });
}

pocketsphinx_recognizer::~pocketsphinx_recognizer() {
  listener_->client.leave();
  jobs_->close([x = listener_] { x->release(); });
}

void pocketsphinx_recognizer::hear(std::vector<uint8_t> mulaw) {
  if (in_utterance_) {
    jobs_->post([x = listener_, audio = std::move(mulaw)] { x->feed(audio); });
    return;
  }
  onset_.insert(onset_.end(), mulaw.begin(), mulaw.end());
  if (onset_.size() > onset_size)
    onset_.erase(onset_.begin(),
                 onset_.end() - static_cast<ptrdiff_t>(onset_size));
}

void pocketsphinx_recognizer::utterance_began() {
  if (in_utterance_)
    return;
  in_utterance_ = true;
  std::vector<uint8_t> audio(onset_.begin(), onset_.end());
  onset_.clear();
  jobs_->post([x = listener_, audio = std::move(audio)] {
    x->begin();
    x->feed(audio);
  });
}

void pocketsphinx_recognizer::utterance_ended() {
  if (!in_utterance_)
    return;
  in_utterance_ = false;
  jobs_->post([x = listener_] { x->end(); });
}

} // namespace velox::speech
