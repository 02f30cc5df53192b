#include "actors/phrases.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <utility>

namespace velox::actors {

namespace {

using list = std::span<const std::string_view>;

bool is_word_byte(unsigned char c) {
  return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
         || (c >= 'A' && c <= 'Z');
}

/// How many bytes of `text` are a mark in UTF-8 that ends a word: quotes,
/// dashes, the ellipsis, inverted marks, a no-break space, the danda.
size_t gap_length(std::string_view text) {
  static constexpr std::string_view gaps[]
    = {"\u00a0", "\u00a1", "\u00ab", "\u00bb", "\u00bf", "\u2010",
       "\u2011", "\u2012", "\u2013", "\u2014", "\u201c", "\u201d",
       "\u201e", "\u2026", "\u0964", "\u3001", "\u3002", "\uff1f"};
  for (auto gap : gaps)
    if (text.starts_with(gap))
      return gap.size();
  return 0;
}

size_t apostrophe_length(std::string_view text) {
  for (std::string_view mark : {"'", "\u2018", "\u2019"})
    if (text.starts_with(mark))
      return mark.size();
  return 0;
}

/// Appends the first character of `text` in lower case; returns its bytes.
size_t append_lower(std::string& to, std::string_view text) {
  auto c = static_cast<unsigned char>(text[0]);
  if (c >= 'A' && c <= 'Z') {
    to += static_cast<char>(c - 'A' + 'a');
    return 1;
  }
  to += text[0];
  auto next
    = text.size() > 1 ? static_cast<unsigned char>(text[1]) : uint8_t{0};
  // U+00C0 to U+00DE, but for the multiplication sign.
  if (c == 0xc3 && next >= 0x80 && next <= 0x9e && next != 0x97) {
    to += static_cast<char>(next + 0x20);
    return 2;
  }
  return 1;
}

// -- the lists, by language
// ----------------------------------------------------

constexpr std::string_view sounds[]
  = {"mm",     "mmm", "hm", "hmm", "mhm", "mm-hm", "mm-hmm",
     "uh-huh", "ah",  "oh", "aha", "ok",  "okay"};

constexpr std::string_view english[]
  = {"yeah",        "yes",        "yep",       "yup",         "right",
     "sure",        "all right",  "alright",   "i see",       "got it",
     "go on",       "go ahead",   "of course", "good",        "great",
     "fine",        "cool",       "nice",      "makes sense", "that's right",
     "i know",      "really",     "wow",       "exactly",     "perfect",
     "sounds good", "understood", "oh okay",   "thank you",   "thanks"};

constexpr std::string_view spanish[]
  = {"sí",    "si",       "vale",       "claro",    "ya",     "ajá",
     "bueno", "bien",     "de acuerdo", "entiendo", "ya veo", "exacto",
     "eso",   "perfecto", "muy bien",   "siga",     "dígame", "gracias"};

constexpr std::string_view german[]
  = {"ja",           "jaja",       "genau",  "klar",  "gut",   "alles klar",
     "stimmt",       "richtig",    "ach so", "achso", "aha",   "verstehe",
     "ich verstehe", "in ordnung", "na gut", "schön", "super", "danke"};

constexpr std::string_view french[]
  = {"oui",      "ouais",        "d'accord", "bien",       "très bien",
     "bien sûr", "je vois",      "voilà",    "exactement", "parfait",
     "entendu",  "je comprends", "euh",      "merci"};

constexpr std::string_view hindi[]
  = {"हाँ",    "हां",    "जी",        "जी हाँ",    "जी हां",   "अच्छा", "ठीक",
     "ठीक है", "सही",   "सही है",     "haan",     "han",     "ji",   "ji haan",
     "achha", "accha", "theek hai", "thik hai", "sahi hai"};

constexpr std::string_view portuguese[] = {
  "sim",     "tá",      "tá bom",    "está bem", "certo",    "claro", "é",
  "entendi", "entendo", "beleza",    "isso",     "perfeito", "pois",  "pois é",
  "aham",    "bom",     "muito bem", "obrigado", "obrigada"};

/// Words that stop a speaker, in the languages of the lists.
constexpr std::string_view stops[]
  = {"stop",   "wait",   "no",     "nope",    "hold on", "para",     "pare",
     "espera", "espere", "alto",   "stopp",   "warte",   "halt",     "nein",
     "moment", "non",    "arrête", "arrêtez", "attends", "attendez", "रुको",
     "रुकिए",   "नहीं",    "ruko",   "nahin",   "nahi",    "não",      "espere"};

constexpr std::string_view english_presence[] = {"hello",
                                                 "hey",
                                                 "hi",
                                                 "are you there",
                                                 "are you still there",
                                                 "you there",
                                                 "you still there",
                                                 "still there",
                                                 "anybody there",
                                                 "anyone there",
                                                 "is anybody there",
                                                 "is anyone there",
                                                 "is someone there",
                                                 "can you hear me",
                                                 "do you hear me",
                                                 "are you still on the line",
                                                 "did i lose you",
                                                 "have i lost you"};

constexpr std::string_view spanish_presence[]
  = {"hola",      "aló",       "oiga",       "oye",         "está ahí",
     "estás ahí", "sigue ahí", "sigues ahí", "hay alguien", "hay alguien ahí",
     "me oye",    "me oyes",   "me escucha", "me escuchas"};

constexpr std::string_view german_presence[]
  = {"hallo",          "sind sie da",        "sind sie noch da",
     "bist du da",     "bist du noch da",    "noch da",
     "ist da jemand",  "ist da noch jemand", "ist jemand da",
     "hören sie mich", "hörst du mich",      "können sie mich hören"};

constexpr std::string_view french_presence[] = {"allô",
                                                "allo",
                                                "bonjour",
                                                "vous êtes là",
                                                "vous êtes toujours là",
                                                "êtes-vous là",
                                                "tu es là",
                                                "il y a quelqu'un",
                                                "vous m'entendez",
                                                "tu m'entends"};

constexpr std::string_view hindi_presence[]
  = {"हैलो",  "हेलो",   "सुन रहे हैं", "आप सुन रहे हैं",    "क्या आप सुन रहे हैं",
     "आप हैं", "कोई है", "hello",   "sun rahe hain", "koi hai"};

constexpr std::string_view portuguese_presence[] = {"alô",
                                                    "olá",
                                                    "oi",
                                                    "está aí",
                                                    "você está aí",
                                                    "ainda está aí",
                                                    "tem alguém aí",
                                                    "está me ouvindo",
                                                    "você está me ouvindo",
                                                    "está a ouvir-me"};

struct language_lists {
  std::string_view language;
  list backchannels;
  list presence;
};

constexpr language_lists all_lists[] = {
  {"en", english, english_presence}, {"es", spanish, spanish_presence},
  {"de", german, german_presence},   {"fr", french, french_presence},
  {"hi", hindi, hindi_presence},     {"pt", portuguese, portuguese_presence},
};

const language_lists* lists_of(std::string_view tag) {
  auto language = primary_language(tag);
  auto i = std::find_if(std::begin(all_lists), std::end(all_lists),
                        [&](auto& x) { return x.language == language; });
  return i == std::end(all_lists) ? nullptr : i;
}

std::vector<std::string> to_strings(list x) {
  return {x.begin(), x.end()};
}

} // namespace

std::vector<std::string> plain_words(std::string_view text) {
  std::vector<std::string> result;
  std::string word;
  auto end_word = [&] {
    if (!word.empty())
      result.push_back(std::exchange(word, {}));
  };
  while (!text.empty()) {
    auto size = apostrophe_length(text);
    if (size == 0) {
      size = gap_length(text);
      if (size > 0 || !is_word_byte(static_cast<unsigned char>(text[0]))) {
        end_word();
        size = std::max<size_t>(size, 1);
      } else {
        size = append_lower(word, text);
      }
    }
    text.remove_prefix(size);
  }
  end_word();
  return result;
}

std::string primary_language(std::string_view tag) {
  std::string result;
  for (auto c : tag.substr(0, tag.find_first_of("-_")))
    append_lower(result, std::string_view{&c, 1});
  return result;
}

// -- phrases
// -------------------------------------------------------------------

phrases::phrases(const std::vector<std::string>& list) {
  for (auto& x : list)
    if (auto words = plain_words(x); !words.empty())
      list_.push_back(std::move(words));
  std::stable_sort(list_.begin(), list_.end(),
                   [](auto& a, auto& b) { return a.size() > b.size(); });
}

/// How many words from `at` on are a phrase; 0: none.
size_t phrases::match(const std::vector<std::string>& words, size_t at) const {
  for (auto& x : list_)
    if (x.size() <= words.size() - at
        && std::equal(x.begin(), x.end(),
                      words.begin() + static_cast<ptrdiff_t>(at)))
      return x.size();
  return 0;
}

/// Whether all from `at` on is the beginning of a phrase; its last word may be
/// half said.
bool phrases::begins(const std::vector<std::string>& words, size_t at) const {
  auto left = words.size() - at;
  return std::any_of(list_.begin(), list_.end(), [&](auto& x) {
    if (x.size() < left)
      return false;
    for (size_t i = 0; i + 1 < left; ++i)
      if (x[i] != words[at + i])
        return false;
    return x[left - 1].starts_with(words.back());
  });
}

bool phrases::only(std::string_view text) const {
  return others(text) == 0 && !plain_words(text).empty();
}

bool phrases::may_become(std::string_view text) const {
  auto words = plain_words(text);
  size_t at = 0;
  while (at < words.size()) {
    if (begins(words, at))
      return true;
    auto size = match(words, at);
    if (size == 0)
      return false;
    at += size;
  }
  return !words.empty();
}

size_t phrases::others(std::string_view text) const {
  auto words = plain_words(text);
  size_t result = 0;
  for (size_t at = 0; at < words.size();) {
    auto size = match(words, at);
    result += size == 0 ? 1 : 0;
    at += std::max<size_t>(size, 1);
  }
  return result;
}

// -- the two lists
// -------------------------------------------------------------

phrases
backchannels(std::string_view language, const std::vector<std::string>& own) {
  auto entries = own;
  if (own.empty()) {
    entries = to_strings(sounds);
    if (auto* x = lists_of(language))
      entries.insert(entries.end(), x->backchannels.begin(),
                     x->backchannels.end());
  }
  static const phrases stoppers{to_strings(stops)};
  // Also within a phrase: "no problem" begins with what stops a speaker.
  std::erase_if(entries, [](auto& x) {
    return stoppers.others(x) < plain_words(x).size();
  });
  return phrases{entries};
}

phrases presence_questions(std::string_view language) {
  auto* x = lists_of(language);
  return x == nullptr ? phrases{} : phrases{to_strings(x->presence)};
}

} // namespace velox::actors
