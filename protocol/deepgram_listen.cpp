#include "protocol/deepgram_listen.hpp"

#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <array>

namespace velox {

namespace {

/// Times of two frames are the same within this, in seconds.
constexpr double slack = 0.02;

constexpr std::array<std::string_view, 9> heard_by_multi
  = {"es", "fr", "de", "hi", "ru", "pt", "ja", "it", "nl"};

std::vector<deepgram_word> read_words(const rapidjson::Value& alternative) {
  std::vector<deepgram_word> result;
  auto* words = json_member(alternative, "words");
  if (!words || !words->IsArray())
    return result;
  for (auto& x : words->GetArray()) {
    auto text = json_text(x, "punctuated_word");
    if (!text)
      text = json_text(x, "word");
    if (text)
      result.push_back({std::string{*text}, json_number(x, "start").value_or(0),
                        json_number(x, "end").value_or(0)});
  }
  return result;
}

std::optional<deepgram_event> read_results(const rapidjson::Value& frame) {
  auto* channel = json_member(frame, "channel");
  auto* all = channel ? json_member(*channel, "alternatives") : nullptr;
  if (!all || !all->IsArray() || all->Empty())
    return std::nullopt;
  auto& best = (*all)[0];
  deepgram_results x;
  x.transcript = std::string{json_text(best, "transcript").value_or("")};
  x.confidence = json_number(best, "confidence").value_or(1);
  x.words = read_words(best);
  x.start = json_number(frame, "start").value_or(0);
  x.duration = json_number(frame, "duration").value_or(0);
  x.speech_final = json_bool(frame, "speech_final").value_or(false);
  x.from_finalize = json_bool(frame, "from_finalize").value_or(false);
  // Both settle what was said, whatever the frame forgets.
  x.is_final = x.speech_final || x.from_finalize
               || json_bool(frame, "is_final").value_or(false);
  return deepgram_event{std::move(x)};
}

} // namespace

// -- asking -------------------------------------------------------------------

deepgram_choice
choose_deepgram(std::string_view model, std::string_view language) {
  auto primary = primary_language(language);
  if (!model.starts_with("nova-3"))
    return {std::string{model},
            language.empty() ? "en" : std::string{language}};
  if (primary == "en" || primary == "multi")
    return {std::string{model}, primary};
  if (std::find(heard_by_multi.begin(), heard_by_multi.end(), primary)
      != heard_by_multi.end())
    return {std::string{model}, "multi"};
  return {"nova-2", primary};
}

std::string deepgram_listen_target(const deepgram_listen_settings& x) {
  auto choice = choose_deepgram(x.model, x.language);
  query_writer query{"/v1/listen", x.extra};
  query.add("model", choice.model)
    .add("language", choice.language)
    .add("encoding", "mulaw")
    .add("sample_rate", int64_t{8000})
    .add("channels", int64_t{1})
    .flag("interim_results", x.interim_results)
    .add("endpointing", int64_t{x.endpointing_ms.value_or(
                          choice.language == "multi" ? 100 : 300)});
  if (x.interim_results)
    query.add("utterance_end_ms", int64_t{std::max(1000, x.utterance_end_ms)});
  query.flag("vad_events", x.vad_events).flag("smart_format", x.smart_format);
  // Older models know "keywords" instead, which are single words.
  auto nova_3 = choice.model.starts_with("nova-3");
  for (auto& term : select_keyterms(x.phrases))
    if (nova_3 || count_words(term) == 1)
      query.add(nova_3 ? "keyterm" : "keywords", term);
  return query.str();
}

// -- reading ------------------------------------------------------------------

std::optional<deepgram_event> parse_deepgram_listen(std::string_view frame) {
  rapidjson::Document document;
  if (read_json(frame, document) != json_error::none)
    return std::nullopt;
  auto type = json_text(document, "type");
  if (!type)
    return std::nullopt;
  if (*type == "Results")
    return read_results(document);
  if (*type == "UtteranceEnd")
    return deepgram_utterance_end{
      json_number(document, "last_word_end").value_or(-1)};
  if (*type == "SpeechStarted")
    return deepgram_speech_started{};
  if (*type == "Error")
    return deepgram_error{
      std::string{json_text(document, "variant").value_or("")}};
  return deepgram_other{};
}

// -- utterances ---------------------------------------------------------------

void deepgram_utterances::began() {
  voice_ = true;
  settled_ = false;
}

bool deepgram_utterances::ended(recognised_list& out) {
  voice_ = false;
  ++due_;
  if (due_ > 1 || !settled_) {
    ++asked_;
    return true;
  }
  finish(out);
  return false;
}

void deepgram_utterances::on(const deepgram_results& given,
                             recognised_list& out) {
  auto x = unreported(given);
  if (!x.transcript.empty()) {
    settled_ = false;
    words_until_ = std::max(words_until_, x.words.empty() ? x.start + x.duration
                                                          : x.words.back().end);
  }
  if (x.is_final)
    settle(x);
  else
    interim_ = x;
  tell_partial(out);
  bool anything = !all().empty();
  if (x.speech_final && anything)
    settled_ = true;
  // An answer to an older question, whose utterance was reported without it,
  // says nothing of the one that is due.
  bool outdated = x.from_finalize && asked_ > due_ && !anything;
  if (x.from_finalize && asked_ > 0)
    --asked_;
  bool over = x.speech_final && anything;
  if (due_ > 0 ? over || (x.from_finalize && !outdated) : over && !voice_)
    finish(out);
}

void deepgram_utterances::on(const deepgram_utterance_end& x,
                             recognised_list& out) {
  // One that follows a final of ours is about what was in it.
  if (x.last_word_end >= 0 && x.last_word_end <= reported_until_ + slack)
    return;
  if (due_ > 0 || (!voice_ && !all().empty()))
    finish(out);
  else if (!all().empty())
    settled_ = true;
}

void deepgram_utterances::give_up(recognised_list& out) {
  if (due_ == 0)
    return;
  // The settled version of what we report now may still come.
  if (!interim_.transcript.empty())
    words_until_ = std::max(words_until_, interim_.words.empty()
                                            ? interim_.start + interim_.duration
                                            : interim_.words.back().end);
  finish(out);
  asked_ = due_; // it does not answer every question
}

std::string deepgram_utterances::all() const {
  auto result = settled_text_;
  append_words(result, interim_.transcript);
  return result;
}

void deepgram_utterances::settle(const deepgram_results& x) {
  interim_ = {};
  if (x.transcript.empty())
    return;
  append_words(settled_text_, x.transcript);
  settled_confidence_.add(
    x.confidence, x.words.empty() ? count_words(x.transcript) : x.words.size());
}

void deepgram_utterances::finish(recognised_list& out) {
  auto confidence = settled_confidence_;
  if (!interim_.transcript.empty())
    confidence.add(interim_.confidence, count_words(interim_.transcript));
  out.push_back(words_final{all(), confidence.value()});
  reported_until_ = std::max(reported_until_, words_until_);
  settled_text_.clear();
  settled_confidence_ = {};
  interim_ = {};
  last_partial_.clear();
  settled_ = false;
  if (due_ > 0)
    --due_;
}

void deepgram_utterances::tell_partial(recognised_list& out) {
  auto text = all();
  if (text.empty() || text == last_partial_)
    return;
  last_partial_ = text;
  out.push_back(words_partial{std::move(text)});
}

/// Without the words that a final of ours had already: after `give_up` the
/// settled version of the same stretch still arrives.
deepgram_results
deepgram_utterances::unreported(const deepgram_results& x) const {
  if (x.transcript.empty() || reported_until_ <= x.start + slack)
    return x;
  auto result = x;
  result.transcript.clear();
  std::erase_if(result.words, [this](const deepgram_word& word) {
    return word.start + slack < reported_until_;
  });
  for (auto& word : result.words)
    append_words(result.transcript, word.text);
  return result;
}

} // namespace velox
