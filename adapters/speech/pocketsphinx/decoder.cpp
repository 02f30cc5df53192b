#include "adapters/speech/pocketsphinx/decoder.hpp"

#include "adapters/speech/pocketsphinx/model_files.hpp"
#include "protocol/g711.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <pocketsphinx.h>
#include <sphinxbase/cmn.h>
#include <sphinxbase/err.h>
#include <stdexcept>
#include <utility>
#include <vector>

namespace velox::speech {

namespace {

/// The cepstral mean of telephone speech at −20 dBFS, to begin a call with; it
/// then follows the line and the voice. That of the acoustic model's makers
/// was taken with a good microphone.
constexpr std::array<float, 13> telephone_mean
  = {48, -3, 4, 9, 4, -4, 0, -1.5, -7, 1, -6, 2, 0};

/// Words that were less likely said are not reported.
constexpr double least_confidence = 0.4;

/// An utterance that was less likely understood is decoded once more, for some
/// 0.05 of its length.
constexpr double listen_again_below = 0.8;

/// 10 ms frames of a slowly spoken word.
constexpr int longest_word = 120;

void ignore_message(void*, err_lvl_t, const char*, ...) {}

void silence_the_library() {
  // It would write pages about itself, and the words it hears, to stderr.
  static std::once_flag once;
  std::call_once(once, [] {
    err_set_callback(ignore_message, nullptr);
    err_set_logfp(nullptr); // settings are printed past the callback
  });
}

ps_decoder_t*
make_decoder(const std::string& acoustic_model, const model_files& model) {
  silence_the_library();
  auto config = cmd_ln_init(
    nullptr, ps_args(), TRUE, "-hmm", acoustic_model.c_str(), "-lm",
    model.arpa.path().c_str(), "-dict", model.dictionary.path().c_str(),
    // Where speech begins and ends is the voice detector's business.
    "-remove_silence", "no",
    // It takes the images of `feed` for noise.
    "-remove_noise", "no", nullptr);
  auto result = config ? ps_init(config) : nullptr;
  if (config)
    cmd_ln_free_r(config); // the decoder holds a reference of its own
  if (!result)
    throw std::runtime_error(
      "cannot load the acoustic model in " + acoustic_model
      + ": install the package pocketsphinx-en-us or set the speech model "
        "directory");
  return result;
}

bool is_word(const char* text) {
  // Fillers look like <sil>, [NOISE] or ++SPN++.
  return *text != '<' && *text != '[' && *text != '+';
}

/// How likely the words were said at all: 0 to 1. A logistic fit over 173
/// phrases and 80 utterances without any known word (four synthetic voices). At
/// `least_confidence`, after listening again, 5 % of the former are rejected
/// (most of them were misheard) and 20 % of the latter are accepted.
double confidence_of(const match_scores& x) {
  if (x.frames == 0 || x.frames > x.words * longest_word)
    return 0; // noise drawn out into a word
  auto frames = static_cast<double>(x.frames);
  // Nothing that is speech fits better than this.
  auto acoustic = std::min(x.acoustic, -13000.0);
  auto score = 12.6 + 150 * x.log_posterior / frames + 2.15 * acoustic / 10000
               + 142 / frames;
  return 1 / (1 + std::exp(-score));
}

} // namespace

struct decoder::state {
  ps_decoder_t* ps = nullptr;
  match_scores scores;
  bool in_utterance = false;
  std::vector<uint8_t> heard; ///< of this utterance

  ~state() {
    if (ps)
      ps_free(ps);
  }

  cmn_t* mean() { return ps_get_feat(ps)->cmn_struct; }

  void decode(std::span<const uint8_t> mulaw) {
    // The acoustic model wants 16 kHz. Each sample is given twice: the images
    // this leaves in the upper band suit the model far better than the empty
    // band of a clean resampling (word error rate 4 % against 49 %).
    std::array<int16_t, 1600> samples;
    while (!mulaw.empty()) {
      auto n = std::min(mulaw.size(), samples.size() / 2);
      for (size_t i = 0; i < n; ++i)
        samples[2 * i] = samples[2 * i + 1] = mulaw_to_linear(mulaw[i]);
      ps_process_raw(ps, samples.data(), 2 * n, FALSE, FALSE);
      mulaw = mulaw.subspan(n);
    }
  }

  understood finish() {
    ps_end_utt(ps);
    auto text = ps_get_hyp(ps, nullptr);
    scores = measure();
    scores.log_posterior
      = logmath_log_to_ln(ps_get_logmath(ps), ps_get_prob(ps));
    return {text ? text : "", confidence_of(scores)};
  }

  match_scores measure() {
    match_scores result;
    double total = 0;
    for (auto segment = ps_seg_iter(ps); segment;
         segment = ps_seg_next(segment)) {
      if (!is_word(ps_seg_word(segment)))
        continue;
      int first = 0;
      int last = 0;
      int acoustic = 0;
      ps_seg_frames(segment, &first, &last);
      ps_seg_prob(segment, &acoustic, nullptr, nullptr);
      ++result.words;
      result.frames += last - first + 1;
      total += acoustic;
    }
    if (result.frames > 0)
      result.acoustic = total / result.frames;
    return result;
  }
};

decoder::decoder(const std::string& acoustic_model, const model_files& model)
  : state_(new state) {
  state_->ps = make_decoder(acoustic_model, model);
}

decoder::~decoder() = default;

void decoder::begin_call() {
  cmn_live_set(state_->mean(), telephone_mean.data());
  ps_start_stream(state_->ps);
}

void decoder::begin_utterance() {
  ps_start_utt(state_->ps);
  state_->in_utterance = true;
}

bool decoder::in_utterance() const {
  return state_->in_utterance;
}

void decoder::feed(std::span<const uint8_t> mulaw) {
  state_->heard.insert(state_->heard.end(), mulaw.begin(), mulaw.end());
  state_->decode(mulaw);
}

std::string decoder::partial() {
  auto text = ps_get_hyp(state_->ps, nullptr);
  auto scores = state_->measure();
  if (!text || scores.frames > scores.words * longest_word)
    return {};
  return text;
}

understood decoder::end_utterance() {
  auto result = state_->finish();
  if (result.confidence < listen_again_below && state_->scores.frames > 0) {
    // By now it knows the line and the voice better than when it began.
    ps_start_utt(state_->ps);
    state_->decode(state_->heard);
    auto again = state_->finish();
    if (again.confidence > result.confidence)
      result = std::move(again);
  }
  state_->in_utterance = false;
  state_->heard.clear();
  if (result.confidence < least_confidence)
    result.text.clear();
  return result;
}

match_scores decoder::scores() const {
  return state_->scores;
}

} // namespace velox::speech
