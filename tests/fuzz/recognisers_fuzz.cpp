#include "protocol/assemblyai_streaming.hpp"
#include "protocol/deepgram_flux.hpp"
#include "protocol/deepgram_listen.hpp"
#include "protocol/google_speech.hpp"
#include "protocol/judged_turns.hpp"
#include "protocol/transcription.hpp"
#include "protocol/utf8.hpp"
#include "tests/fuzz/expect.hpp"

#include <algorithm>

using namespace velox;

namespace {

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    auto length = utf8_length(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

bool is_share(double x) {
  return x >= 0 && x <= 1;
}

/// What is reported is bounded and can go into JSON; returns how many finals
/// there were, and empties the list.
size_t hear(recognised_list& list) {
  size_t finals = 0;
  for (auto& x : list)
    if (auto* partial = std::get_if<words_partial>(&x)) {
      expect(partial->text.size() <= max_utterance_text);
      expect(is_utf8(partial->text));
    } else {
      auto& final = std::get<words_final>(x);
      expect(final.text.size() <= max_utterance_text);
      expect(is_utf8(final.text) && is_share(final.confidence));
      ++finals;
    }
  list.clear();
  return finals;
}

/// A line of one letter is our voice detection or the clock, any other line a
/// frame of the vendor.
enum class happening : uint8_t { began, ended, given_up, frame };

happening what_happens(std::string_view line) {
  return line == "b"   ? happening::began
         : line == "e" ? happening::ended
         : line == "g" ? happening::given_up
                       : happening::frame;
}

template <class F>
void for_each_line(std::string_view text, F f) {
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    f(line);
  }
}

// -- Deepgram: a final answers one end of an utterance ------------------------

void read_frame(std::string_view line, deepgram_utterances& utterances,
                recognised_list& list) {
  auto event = parse_deepgram_listen(line);
  if (!event)
    return;
  if (auto* results = std::get_if<deepgram_results>(&*event))
    utterances.on(*results, list);
  else if (auto* end = std::get_if<deepgram_utterance_end>(&*event))
    utterances.on(*end, list);
}

void follow_utterances(std::string_view text) {
  deepgram_utterances utterances;
  recognised_list list;
  for_each_line(text, [&](std::string_view line) {
    auto owed = utterances.due();
    switch (what_happens(line)) {
      case happening::began: utterances.began(); break;
      case happening::ended:
        ++owed;
        utterances.ended(list);
        break;
      case happening::given_up:
        utterances.give_up(list);
        expect(list.size() == std::min<size_t>(owed, 1));
        break;
      case happening::frame: read_frame(line, utterances, list); break;
    }
    auto finals = hear(list);
    expect(finals <= 1);
    expect(utterances.due() == owed - std::min(owed, finals));
  });
}

// -- Flux and AssemblyAI: a final answers all ends before it ------------------

void read_turn(const flux_turn_info& x, judged_turns& turns,
               recognised_list& list) {
  switch (x.event) {
    case flux_turn_event::start_of_turn: turns.opened(x.turn_index); break;
    case flux_turn_event::eager_end_of_turn:
      turns.words(x.turn_index, x.transcript, turn_hint::likely_over, list);
      break;
    case flux_turn_event::end_of_turn:
      turns.over(x.turn_index, x.transcript, x.confidence, list);
      break;
    case flux_turn_event::update:
    case flux_turn_event::turn_resumed:
      turns.words(x.turn_index, x.transcript, turn_hint::open, list);
  }
}

void read_frame(std::string_view line, judged_turns& turns,
                recognised_list& list) {
  if (auto event = parse_flux(line))
    if (auto* turn = std::get_if<flux_turn_info>(&*event))
      return read_turn(*turn, turns, list);
  auto event = parse_assemblyai(line);
  if (!event)
    return;
  if (auto* turn = std::get_if<assemblyai_turn>(&*event)) {
    if (turn->over)
      turns.over(turn->order, turn->text, turn->confidence, list);
    else
      turns.words(turn->order, turn->text, turn_hint::open, list);
  } else if (auto* error = std::get_if<assemblyai_error>(&*event)) {
    assemblyai_meaning(error->code);
  }
}

void follow_turns(std::string_view text) {
  judged_turns turns;
  recognised_list list;
  for_each_line(text, [&](std::string_view line) {
    auto owed = turns.due();
    auto what = what_happens(line);
    switch (what) {
      case happening::began: turns.began(); break;
      case happening::ended:
        ++owed;
        turns.ended(list);
        break;
      case happening::given_up: turns.give_up(list); break;
      case happening::frame: read_frame(line, turns, list); break;
    }
    auto finals = hear(list);
    if (finals == 0)
      expect(turns.due() == owed);
    else
      expect(turns.due() == 0 && finals == std::max<size_t>(owed, 1));
    if (what == happening::given_up)
      expect(turns.due() == 0 && !turns.open());
  });
}

// -- whole recordings ---------------------------------------------------------

void check(const transcription& x) {
  expect(is_utf8(x.text) && is_utf8(x.language) && is_share(x.confidence));
  expect(x.duration_ms >= 0 && x.channels.size() != 1);
  for (auto& word : x.words)
    expect(is_utf8(word.text) && word.start_ms >= 0 && word.end_ms >= 0);
}

void read_recordings(std::string_view text) {
  if (auto heard = parse_google_speech(text)) {
    expect(heard->text.size() <= max_utterance_text);
    expect(is_utf8(heard->text) && is_share(heard->confidence));
  }
  if (auto heard = parse_deepgram_prerecorded(text))
    check(*heard);
  if (auto heard = parse_whisper(text))
    check(*heard);
}

// -- what we ask: no text of ours breaks out of its place ---------------------

bool is_target(std::string_view x) {
  return x.starts_with('/') && std::all_of(x.begin(), x.end(), [](char c) {
           return c > ' ' && c < '\x7f' && c != '#' && c != '"';
         });
}

void write_targets(const std::string& text) {
  deepgram_listen_settings listen;
  flux_settings flux;
  assemblyai_settings assemblyai;
  listen.model = flux.model = assemblyai.model = text;
  listen.language = flux.language = assemblyai.language = text;
  listen.phrases = flux.phrases = assemblyai.phrases = {text, "Velox"};
  listen.extra = flux.extra = assemblyai.extra = {{text, text}};
  expect(is_target(deepgram_listen_target(listen)));
  expect(is_target(flux_target(flux)));
  expect(is_target(assemblyai_target(assemblyai)));
  expect(is_target(
    deepgram_prerecorded_target(text, text, text, true, listen.extra)));
}

void write_recording(std::string_view text) {
  auto whole = whisper_request("whisper-1", "en", "audio/mpeg", text);
  expect(whole.has_value());
  constexpr std::string_view mark = "boundary=";
  auto at = whole->content_type.find(mark);
  expect(at != std::string::npos);
  auto boundary = whole->content_type.substr(at + mark.size());
  // Three fields and the recording have it before them, the last behind it.
  size_t count = 0;
  for (at = whole->body.find(boundary); at != std::string::npos;
       at = whole->body.find(boundary, at + boundary.size()))
    ++count;
  expect(count == 5);
  expect(whole->body.find(text) != std::string::npos);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  follow_utterances(text);
  follow_turns(text);
  read_recordings(text);
  write_targets(std::string{text.substr(0, 200)});
  write_recording(text);
  return 0;
}
