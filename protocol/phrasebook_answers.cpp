#include "protocol/phrasebook.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace velox {

namespace {

/// How people answer: lower case, no marks, words between single blanks.
/// Longer phrases hide the shorter ones in them: "no problem" is a yes.
struct answers {
  std::string_view language;
  std::span<const std::string_view> yes, no;
};

using phrases = std::string_view;

constexpr auto en_yes = std::to_array<phrases>(
  {"yes",           "yeah",          "yep",        "yup",
   "sure",          "okay",          "ok",         "of course",
   "certainly",     "absolutely",    "definitely", "fine",
   "all right",     "alright",       "go ahead",   "i agree",
   "i do",          "correct",       "no problem", "i don't mind",
   "i do not mind", "not a problem", "why not",    "uh huh",
   "please do"});
constexpr auto en_no = std::to_array<phrases>({"no",
                                               "nope",
                                               "nah",
                                               "not",
                                               "don't",
                                               "do not",
                                               "i refuse",
                                               "never",
                                               "rather not",
                                               "no thanks",
                                               "no thank you",
                                               "not okay",
                                               "not ok",
                                               "not fine",
                                               "not sure",
                                               "i don't agree",
                                               "i do not agree",
                                               "of course not",
                                               "absolutely not",
                                               "certainly not",
                                               "definitely not",
                                               "not all right",
                                               "not really",
                                               "sure not",
                                               "not correct",
                                               "disagree"});

constexpr auto es_yes = std::to_array<phrases>(
  {"sí", "si", "claro", "vale", "de acuerdo", "por supuesto", "bueno",
   "está bien", "correcto", "adelante", "sin problema", "no hay problema",
   "no me importa", "cómo no", "desde luego", "acepto"});
constexpr auto es_no = std::to_array<phrases>(
  {"no", "nunca", "para nada", "de ninguna manera", "no gracias",
   "no estoy de acuerdo", "no quiero", "no acepto", "claro que no",
   "por supuesto que no", "desde luego que no", "no está bien", "tampoco"});

constexpr auto de_yes = std::to_array<phrases>({"ja",
                                                "jawohl",
                                                "jo",
                                                "klar",
                                                "natürlich",
                                                "gerne",
                                                "gern",
                                                "okay",
                                                "ok",
                                                "in ordnung",
                                                "einverstanden",
                                                "sicher",
                                                "genau",
                                                "passt",
                                                "kein problem",
                                                "von mir aus",
                                                "selbstverständlich",
                                                "das geht",
                                                "stimmt",
                                                "nichts dagegen"});
constexpr auto de_no = std::to_array<phrases>(
  {"nein", "nee", "nö", "nicht", "auf keinen fall", "lieber nicht",
   "nicht einverstanden", "bin dagegen", "nein danke", "keinesfalls",
   "nicht in ordnung", "niemals", "natürlich nicht", "sicher nicht",
   "das geht nicht", "stimmt nicht"});

constexpr auto fr_yes = std::to_array<phrases>(
  {"oui", "ouais", "d'accord", "bien sûr", "ok", "okay", "certainement",
   "volontiers", "allez-y", "pas de problème", "aucun problème", "entendu",
   "ça me va", "tout à fait", "j'accepte", "pourquoi pas"});
constexpr auto fr_no = std::to_array<phrases>(
  {"non", "pas", "jamais", "pas du tout", "non merci", "pas d'accord",
   "je refuse", "surtout pas", "certainement pas", "bien sûr que non",
   "je n'accepte pas"});

constexpr auto pt_yes = std::to_array<phrases>(
  {"sim", "claro", "pode", "pode sim", "tudo bem", "está bem", "tá bom", "ok",
   "okay", "com certeza", "de acordo", "concordo", "sem problema",
   "não tem problema", "não me importo", "pois não"});
constexpr auto pt_no
  = std::to_array<phrases>({"não", "nunca", "de jeito nenhum", "não obrigado",
                            "não obrigada", "não concordo", "claro que não",
                            "não pode", "com certeza não", "nem pensar"});

constexpr auto it_yes = std::to_array<phrases>(
  {"sì", "si", "certo", "certamente", "va bene", "d'accordo", "ok", "okay",
   "volentieri", "come no", "nessun problema", "non c'è problema", "acconsento",
   "accetto", "perfetto", "naturalmente"});
constexpr auto it_no
  = std::to_array<phrases>({"no", "non", "mai", "no grazie", "assolutamente no",
                            "certo che no", "non sono d'accordo", "non va bene",
                            "non acconsento", "non accetto", "per niente"});

constexpr auto hi_yes
  = std::to_array<phrases>({"हाँ", "हां", "जी", "जी हाँ", "जी हां", "ठीक है", "ज़रूर",
                            "जरूर", "बिल्कुल", "कोई बात नहीं", "सही है", "haan",
                            "ji", "theek hai", "yes", "ok", "कोई समस्या नहीं"});
constexpr auto hi_no
  = std::to_array<phrases>({"नहीं", "जी नहीं", "ना", "मत", "बिल्कुल नहीं", "ठीक नहीं",
                            "nahi", "nahin", "no", "सही नहीं", "ठीक नहीं है"});

constexpr auto all_answers = std::to_array<answers>({
  {"en", en_yes, en_no},
  {"es", es_yes, es_no},
  {"de", de_yes, de_no},
  {"fr", fr_yes, fr_no},
  {"pt", pt_yes, pt_no},
  {"it", it_yes, it_no},
  {"hi", hi_yes, hi_no},
});

/// Capitals that callers' answers have beyond ASCII.
constexpr auto capitals
  = std::to_array<std::pair<phrases, phrases>>({{"Í", "í"},
                                                {"Ì", "ì"},
                                                {"Ö", "ö"},
                                                {"Ü", "ü"},
                                                {"Ã", "ã"},
                                                {"Á", "á"},
                                                {"É", "é"},
                                                {"Ó", "ó"},
                                                {"Ç", "ç"},
                                                {"È", "è"},
                                                {"Û", "û"}});

/// Marks beyond ASCII, as blanks; the apostrophe stays one.
constexpr auto marks = std::to_array<std::pair<phrases, phrases>>({{"¿", " "},
                                                                   {"¡", " "},
                                                                   {"…", " "},
                                                                   {"।", " "},
                                                                   {"’", "'"},
                                                                   {"“", " "},
                                                                   {"”", " "},
                                                                   {"–", " "}});

/// " yes i do ": lower case, without marks, blanks at both ends.
std::string plain(std::string_view text) {
  std::string result = " ";
  while (!text.empty()) {
    auto replace = [&](auto& table) {
      for (auto& [from, to] : table)
        if (text.starts_with(from)) {
          result += to;
          text.remove_prefix(from.size());
          return true;
        }
      return false;
    };
    if (replace(capitals) || replace(marks))
      continue;
    char c = text[0];
    text.remove_prefix(1);
    bool letter = (c >= 'a' && c <= 'z') || static_cast<uint8_t>(c) >= 0x80
                  || c == '\'' || (c >= '0' && c <= '9');
    result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a')
              : letter             ? c
                                   : ' ';
  }
  result += ' ';
  // Not std::ranges::unique: clang 14 cannot make its result.
  auto doubled = std::unique(result.begin(), result.end(), [](char a, char b) {
    return a == ' ' && b == ' ';
  });
  result.erase(doubled, result.end());
  return result;
}

/// What somebody may say, and what it means.
struct phrase {
  phrases words;
  bool yes;
};

std::vector<phrase> by_length(const answers& x) {
  std::vector<phrase> result;
  for (auto words : x.yes)
    result.push_back({words, true});
  for (auto words : x.no)
    result.push_back({words, false});
  std::ranges::stable_sort(result, std::ranges::greater{},
                           [](const phrase& y) { return y.words.size(); });
  return result;
}

std::string_view primary_of(std::string_view language) {
  return language.substr(0, language.find_first_of("-_"));
}

} // namespace

std::optional<bool>
yes_or_no(std::string_view text, std::string_view language) {
  auto known
    = std::ranges::find(all_answers, primary_of(language), &answers::language);
  auto rest = plain(text);
  bool yes = false, no = false;
  // The longest first: what it was found in is no answer of its own.
  for (auto& x :
       by_length(known == all_answers.end() ? all_answers[0] : *known)) {
    auto words = plain(x.words);
    for (auto at = rest.find(words); at != std::string::npos;
         at = rest.find(words)) {
      rest.replace(at, words.size(), " | ");
      (x.yes ? yes : no) = true;
    }
  }
  if (yes == no)
    return std::nullopt;
  return yes;
}

} // namespace velox
