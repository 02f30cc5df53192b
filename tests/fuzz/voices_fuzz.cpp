#include "protocol/azure_speech.hpp"
#include "protocol/base64.hpp"
#include "protocol/cartesia.hpp"
#include "protocol/deepgram_speak.hpp"
#include "protocol/elevenlabs.hpp"
#include "protocol/google_tts.hpp"
#include "protocol/json.hpp"
#include "protocol/openai_speech.hpp"
#include "protocol/transcription.hpp"
#include "protocol/utf8.hpp"
#include "protocol/xml.hpp"
#include "tests/fuzz/expect.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>

using namespace velox;

namespace {

/// Within what a sentence may take, and then some: a day.
bool is_sane(int64_t ms) {
  return std::abs(ms) <= 2 * 86'400'000;
}

// -- what the vendors send ----------------------------------------------------

void read_deepgram(std::string_view text) {
  auto x = parse_deepgram_speak(text);
  if (x.kind == deepgram_speak_event::malformed)
    expect(x.sequence == -1 && x.code.empty());
  deepgram_speak_error(text);
}

void read_cartesia(std::string_view text) {
  auto x = parse_cartesia(text);
  if (x.kind != cartesia_event::chunk)
    expect(x.audio.empty());
  if (x.kind != cartesia_event::timestamps)
    expect(x.words.empty());
  for (auto& word : x.words)
    expect(is_sane(word.start_ms) && is_sane(word.end_ms));
}

std::vector<std::tuple<std::string, int64_t, int64_t>>
words_of(const character_times& x, size_t cut) {
  auto part = [&x](size_t from, size_t to) {
    character_times result;
    for (auto i = from; i < to; ++i) {
      result.characters.push_back(x.characters[i]);
      result.start_ms.push_back(x.start_ms[i]);
      result.end_ms.push_back(x.end_ms[i]);
    }
    return result;
  };
  word_builder builder;
  std::vector<std::tuple<std::string, int64_t, int64_t>> result;
  auto take = [&result](const std::vector<spoken_word>& words) {
    for (auto& word : words)
      result.emplace_back(word.text, word.start_ms, word.end_ms);
  };
  take(builder.add(part(0, cut), 7));
  take(builder.add(part(cut, x.characters.size()), 7));
  take(builder.finish());
  return result;
}

/// It does not matter where the vendor cuts a sentence's characters.
void read_elevenlabs(std::string_view text) {
  elevenlabs_error(text);
  auto x = parse_elevenlabs(text);
  if (!x.valid) {
    expect(x.audio.empty() && x.times.empty());
    return;
  }
  auto count = x.times.characters.size();
  expect(x.times.start_ms.size() == count && x.times.end_ms.size() == count);
  for (size_t i = 0; i < count; ++i)
    expect(is_sane(x.times.start_ms[i]) && is_sane(x.times.end_ms[i]));
  auto whole = words_of(x.times, count);
  expect(words_of(x.times, count / 2) == whole);
  expect(std::none_of(whole.begin(), whole.end(),
                      [](auto& word) { return std::get<0>(word).empty(); }));
}

struct openai_answer {
  bool good = true;
  bool done = false;
  std::vector<uint8_t> pcm;

  bool operator==(const openai_answer&) const = default;
};

openai_answer openai_answer_of(std::string_view bytes, size_t size) {
  openai_speech_events events;
  openai_answer out;
  while (out.good && !bytes.empty()) {
    auto piece = bytes.substr(0, size);
    bytes.remove_prefix(piece.size());
    out.good = events.feed(piece, out.pcm);
  }
  out.done = events.done();
  return out;
}

/// The first byte says how long the pieces are; it must not matter.
void read_openai(std::string_view text) {
  openai_speech_error(text);
  auto piece = static_cast<uint8_t>(text[0]) % size_t{16} + 1;
  text.remove_prefix(1);
  expect(openai_answer_of(text, piece)
         == openai_answer_of(text, text.size() + 1));
}

/// The samples lie in the file, and those of an answer are the file's.
void read_google(std::string_view text) {
  google_tts_error(text);
  parse_google_tts(text);
  std::vector<uint8_t> file{text.begin(), text.end()};
  auto samples = mulaw_of_wav(file);
  if (samples)
    expect(samples->data() >= file.data()
           && samples->data() + samples->size() <= file.data() + file.size());
  auto body = json_object{}.add("audioContent", encode_base64(file)).str();
  auto answer = parse_google_tts(body);
  expect(answer.has_value() == samples.has_value());
  if (answer)
    expect(std::equal(answer->begin(), answer->end(), samples->begin(),
                      samples->end()));
  file.clear();
  for (char c : wav_of_mulaw(text))
    file.push_back(static_cast<uint8_t>(c));
  samples = mulaw_of_wav(file);
  expect(samples
         && std::equal(
           samples->begin(), samples->end(), text.begin(), text.end(),
           [](uint8_t a, char b) { return a == static_cast<uint8_t>(b); }));
}

// -- what we send: any text stays text ----------------------------------------

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    auto length = utf8_length(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

/// `body` is an object whose `member` is `text`, bad UTF-8 apart.
void expect_text(const std::string& body, std::string_view member,
                 std::string_view text) {
  rapidjson::Document json;
  expect(read_json(body, json) == json_error::none);
  auto found = json_text(json, member);
  expect(found && is_utf8(*found));
  if (is_utf8(text))
    expect(*found == text);
}

void write_json(const std::string& text) {
  expect_text(deepgram_speak_body(text), "text", text);
  expect_text(deepgram_speak_text(text), "text", text);
  elevenlabs_options eleven{.voice = text, .model = text, .language = text};
  expect_text(elevenlabs_body(eleven, text), "text", text);
  expect_text(elevenlabs_begin(eleven, text), "context_id", text);
  expect_text(elevenlabs_text(text, text), "context_id", text);
  cartesia_options sonic{.voice = text, .model = text, .language = text};
  expect_text(cartesia_say(sonic, text, text), "transcript", text);
  expect_text(cartesia_cancel(text), "context_id", text);
  openai_speech_options coral{
    .voice = text, .model = text, .instructions = text};
  expect_text(openai_speech_body(coral, text), "input", text);
  rapidjson::Document json;
  google_tts_options neural{.voice = text, .language = text};
  expect(read_json(google_tts_body(neural, text), json) == json_error::none);
  for (auto& target : {deepgram_speak_target(text), elevenlabs_target(eleven),
                       elevenlabs_socket_target(eleven)})
    expect(std::all_of(target.begin(), target.end(),
                       [](char c) { return c > ' ' && c < '\x7f'; }));
}

void write_ssml(std::string_view text) {
  xml::element root;
  expect(xml::read(azure_ssml(text, text, text), root).empty());
  expect(root.name == "speak" && root.children.size() == 1);
  expect(root.children[0].name == "voice" && root.children[0].children.empty());
  expect(text.starts_with(language_of_voice(text)));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  std::string_view text{reinterpret_cast<const char*>(data), size};
  read_deepgram(text);
  read_cartesia(text);
  read_elevenlabs(text);
  read_openai(text);
  read_google(text);
  auto said = text.substr(0, 1000);
  write_json(std::string{said});
  write_ssml(said);
  return 0;
}
