#include "actors/lexicon.hpp"

#include "actors/phrases.hpp"

namespace velox::actors {

namespace {

using word = std::string_view;

namespace en {

constexpr word goes_on[]
  = {"and",   "or",     "but",     "because", "cause",  "if",         "when",
     "while", "which",  "who",     "whose",   "than",   "as",         "a",
     "an",    "the",    "my",      "your",    "our",    "their",      "his",
     "its",   "to",     "of",      "for",     "from",   "with",       "without",
     "at",    "by",     "in",      "into",    "on",     "about",      "between",
     "after", "before", "until",   "around",  "near",   "not",        "just",
     "like",  "also",   "im",      "ill",     "id",     "ive",        "i",
     "we",    "want",   "need",    "would",   "could",  "can",        "should",
     "will",  "past",   "quarter", "half",    "dot",    "underscore", "dash",
     "plus",  "mister", "mr",      "mrs",     "doctor", "dr",         "saint",
     "very",  "called", "double",  "triple",  "next"};
constexpr word hesitations[] = {"um",
                                "uh",
                                "er",
                                "erm",
                                "hmm",
                                "hm",
                                "let me see",
                                "let me think",
                                "let me check",
                                "let me look",
                                "lets see",
                                "hold on",
                                "hang on",
                                "one moment",
                                "one second",
                                "just a second",
                                "just a moment",
                                "you know",
                                "i mean",
                                "wait a second",
                                "how do i say"};
constexpr word doubts[]
  = {"im not sure", "i am not sure", "i dont know", "i do not know", "maybe",
     "perhaps",     "probably",      "i think",     "lets say"};
constexpr word goodbyes[] = {"goodbye",         "bye",
                             "bye bye",         "no thank you",
                             "no thanks",       "thats all",
                             "that is all",     "thats it",
                             "that is it",      "that will be all",
                             "thatll be all",   "nothing else",
                             "im done",         "have a nice day",
                             "have a good day", "see you",
                             "im all set",      "thats everything"};
constexpr word yes_no[] = {"yes",
                           "no",
                           "yeah",
                           "yep",
                           "nope",
                           "yup",
                           "sure",
                           "correct",
                           "right",
                           "okay",
                           "ok",
                           "absolutely",
                           "definitely",
                           "exactly",
                           "of course",
                           "thats right",
                           "thats correct",
                           "that is right",
                           "that is correct",
                           "thats wrong",
                           "not really",
                           "i do",
                           "i dont",
                           "it is",
                           "it isnt",
                           "i am",
                           "im not",
                           "i would",
                           "no i dont",
                           "uh huh",
                           "mm hm",
                           "mhm",
                           "yes it is",
                           "not at all",
                           "sounds good",
                           "all right",
                           "alright",
                           "i think so",
                           "i hope so",
                           "i guess so",
                           "i can",
                           "i will",
                           "i could",
                           "wrong",
                           "never"};
constexpr word polite[]
  = {"please", "thanks", "thank you", "sir", "madam", "maam", "oh", "indeed"};
constexpr word digits[]
  = {"zero", "oh",   "o",   "nought", "one",   "two", "three",
     "four", "five", "six", "seven",  "eight", "nine"};
constexpr word numbers[]
  = {"ten",       "eleven",    "twelve",      "thirteen",   "fourteen",
     "fifteen",   "sixteen",   "seventeen",   "eighteen",   "nineteen",
     "twenty",    "thirty",    "forty",       "fifty",      "sixty",
     "seventy",   "eighty",    "ninety",      "hundred",    "thousand",
     "million",   "first",     "second",      "third",      "fourth",
     "fifth",     "sixth",     "seventh",     "eighth",     "ninth",
     "tenth",     "eleventh",  "twelfth",     "thirteenth", "fourteenth",
     "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
     "twentieth", "thirtieth", "double",      "triple"};
constexpr word months[]
  = {"january", "february", "march",     "april",   "may",      "june",
     "july",    "august",   "september", "october", "november", "december"};
constexpr word days[]
  = {"monday", "tuesday", "wednesday", "thursday", "friday",    "saturday",
     "sunday", "today",   "tomorrow",  "tonight",  "noon",      "midnight",
     "am",     "pm",      "oclock",    "morning",  "afternoon", "evening"};
constexpr word streets[]
  = {"street",    "avenue", "road",   "lane",    "drive",
     "boulevard", "court",  "place",  "way",     "square",
     "terrace",   "close",  "circle", "highway", "parkway"};
constexpr word asks_first[]
  = {"what", "whats", "who", "where", "which", "how", "when", "why"};
constexpr word pronouns[]
  = {"it", "he", "she", "that", "there", "they", "we", "i", "you", "this"};
constexpr word is[]
  = {"is", "are", "was", "were", "am", "do", "does", "did", "have", "has"};
constexpr word asks_digits[] = {"what number",
                                "which number",
                                "phone number",
                                "telephone number",
                                "card number",
                                "account number",
                                "order number",
                                "reference number",
                                "member number",
                                "pin",
                                "code",
                                "security number",
                                "digits",
                                "number to reach",
                                "callback number",
                                "zip",
                                "postcode",
                                "booking number",
                                "confirmation number"};
constexpr word asks_quantity[]
  = {"how many", "how much", "how old", "how large", "how big"};
constexpr word asks_name[]
  = {"your name",         "name please",    "last name",
     "first name",        "full name",      "spell",
     "who am i speaking", "who is calling", "whos calling"};
constexpr word asks_date[]
  = {"when",      "what date",  "which date",    "what day", "which day",
     "what time", "which time", "date of birth", "birthday"};
constexpr word asks_address[]
  = {"address", "email", "e mail", "where do you live", "street"};
constexpr word asks_openly[]
  = {"what", "whats", "which",   "who",      "where",  "when",
     "why",  "how",   "tell me", "describe", "explain"};

} // namespace en

namespace es {

constexpr word goes_on[]
  = {"y",     "e",      "o",      "u",       "pero",   "porque",   "pues",
     "que",   "si",     "cuando", "donde",   "como",   "el",       "la",
     "los",   "las",    "un",     "una",     "unos",   "unas",     "mi",
     "mis",   "tu",     "su",     "sus",     "de",     "del",      "a",
     "al",    "en",     "con",    "sin",     "por",    "para",     "sobre",
     "entre", "desde",  "hasta",  "soy",     "quiero", "quisiera", "necesito",
     "puedo", "me",     "se",     "lo",      "muy",    "más",      "punto",
     "guion", "arroba", "calle",  "avenida", "señor",  "señora",   "llamo"};
constexpr word hesitations[]
  = {"eh",         "em",         "este",   "a ver",  "déjeme ver",
     "déjame ver", "un momento", "espere", "espera", "o sea",
     "pues",       "mmm",        "hmm"};
constexpr word doubts[]
  = {"no sé",  "no estoy seguro", "no estoy segura", "quizás",
     "quizá",  "tal vez",         "a lo mejor",      "creo",
     "digamos"};
constexpr word goodbyes[]
  = {"adiós",       "hasta luego", "no gracias",   "nada más",
     "eso es todo", "chao",        "hasta pronto", "es todo"};
constexpr word yes_no[]
  = {"sí",           "si",          "no",           "claro",
     "vale",         "correcto",    "exacto",       "de acuerdo",
     "por supuesto", "bueno",       "eso es",       "así es",
     "para nada",    "desde luego", "claro que sí", "claro que no"};
constexpr word polite[] = {"gracias", "por favor", "señor", "señora"};
constexpr word digits[] = {"cero",  "uno",  "una",   "dos",  "tres", "cuatro",
                           "cinco", "seis", "siete", "ocho", "nueve"};
constexpr word numbers[]
  = {"diez",     "once",      "doce",       "trece",      "catorce",
     "quince",   "dieciséis", "diecisiete", "dieciocho",  "diecinueve",
     "veinte",   "veintiuno", "veintidós",  "veintitrés", "treinta",
     "cuarenta", "cincuenta", "sesenta",    "setenta",    "ochenta",
     "noventa",  "cien",      "mil",        "primero"};
constexpr word months[]
  = {"enero", "febrero", "marzo",      "abril",   "mayo",      "junio",
     "julio", "agosto",  "septiembre", "octubre", "noviembre", "diciembre"};
constexpr word days[]
  = {"lunes",   "martes", "miércoles", "jueves", "viernes", "sábado",
     "domingo", "hoy",    "mañana",    "tarde",  "noche",   "mediodía"};
constexpr word streets[] = {"calle", "avenida", "plaza", "paseo"};
constexpr word asks_first[]
  = {"qué", "quién", "dónde", "cuál", "cómo", "cuándo", "cuánto", "cuántos"};
constexpr word pronouns[] = {"eso", "lo", "así", "yo", "él", "ella"};
constexpr word is[] = {"es", "son", "está", "estoy", "tengo", "hay"};
constexpr word asks_digits[] = {"número de teléfono",
                                "teléfono",
                                "número de cuenta",
                                "código",
                                "pin",
                                "número de pedido",
                                "número de tarjeta",
                                "código postal"};
constexpr word asks_quantity[] = {"cuántos", "cuántas", "cuánto", "cuánta"};
constexpr word asks_name[]
  = {"su nombre", "tu nombre", "cómo se llama", "cómo te llamas",
     "apellido",  "deletrear", "deletree",      "con quién hablo"};
constexpr word asks_date[] = {"cuándo",     "qué día",  "qué fecha",
                              "a qué hora", "qué hora", "fecha de nacimiento"};
constexpr word asks_address[] = {"dirección", "correo", "email", "dónde vive"};
constexpr word asks_openly[]
  = {"qué",  "cuál",   "cuáles",  "quién",    "dónde",
     "cómo", "cuándo", "por qué", "cuénteme", "dígame"};

} // namespace es

namespace de {

constexpr word goes_on[] = {
  "und",    "oder",    "aber",     "weil",    "dass",  "wenn",        "ob",
  "denn",   "sondern", "der",      "die",     "das",   "den",         "dem",
  "des",    "ein",     "eine",     "einen",   "einem", "einer",       "mein",
  "meine",  "meinen",  "meiner",   "ihr",     "ihre",  "von",         "vom",
  "zu",     "zum",     "zur",      "mit",     "ohne",  "für",         "bei",
  "beim",   "in",      "im",       "am",      "um",    "nach",        "vor",
  "bis",    "über",    "zwischen", "als",     "wie",   "ich",         "wir",
  "möchte", "will",    "kann",     "würde",   "nicht", "sehr",        "punkt",
  "herr",   "frau",    "halb",     "viertel", "minus", "unterstrich", "heiße"};
constexpr word hesitations[] = {"äh",
                                "ähm",
                                "öh",
                                "hm",
                                "hmm",
                                "also",
                                "naja",
                                "na ja",
                                "moment",
                                "einen moment",
                                "sekunde",
                                "warten sie",
                                "mal sehen",
                                "lassen sie mich sehen",
                                "lass mich sehen",
                                "mal überlegen",
                                "sozusagen"};
constexpr word doubts[]
  = {"ich weiß nicht", "weiß nicht",     "ich bin nicht sicher",
     "vielleicht",     "wahrscheinlich", "ich glaube",
     "ich denke",      "sagen wir"};
constexpr word goodbyes[]
  = {"tschüss",       "auf wiederhören", "auf wiedersehen", "nein danke",
     "das ist alles", "das wars",        "das war alles",   "sonst nichts",
     "ciao",          "schönen tag noch"};
constexpr word yes_no[] = {"ja",
                           "nein",
                           "nee",
                           "jawohl",
                           "klar",
                           "genau",
                           "richtig",
                           "stimmt",
                           "natürlich",
                           "okay",
                           "ok",
                           "in ordnung",
                           "gerne",
                           "gern",
                           "doch",
                           "falsch",
                           "auf keinen fall",
                           "auf jeden fall",
                           "das stimmt",
                           "das ist richtig"};
constexpr word polite[] = {"bitte", "danke", "dankeschön", "vielen dank"};
constexpr word digits[] = {"null", "eins", "ein",   "zwei",   "zwo",  "drei",
                           "vier", "fünf", "sechs", "sieben", "acht", "neun"};
constexpr word numbers[]
  = {"zehn",     "elf",      "zwölf",    "dreizehn", "vierzehn", "fünfzehn",
     "sechzehn", "siebzehn", "achtzehn", "neunzehn", "zwanzig",  "dreißig",
     "vierzig",  "fünfzig",  "sechzig",  "siebzig",  "achtzig",  "neunzig",
     "hundert",  "tausend",  "erste",    "ersten",   "zweite",   "zweiten",
     "dritte",   "dritten",  "vierte",   "vierten",  "fünfte",   "fünften",
     "sechsten", "siebten",  "achten",   "neunten",  "zehnten"};
constexpr word months[]
  = {"januar", "februar", "märz",      "april",   "mai",      "juni",
     "juli",   "august",  "september", "oktober", "november", "dezember"};
constexpr word days[] = {"montag",  "dienstag", "mittwoch",   "donnerstag",
                         "freitag", "samstag",  "sonntag",    "sonnabend",
                         "heute",   "morgen",   "übermorgen", "uhr",
                         "mittag",  "abend",    "nachmittag", "vormittag"};
constexpr word streets[] = {"straße", "weg", "platz", "allee", "gasse"};
constexpr word asks_first[]
  = {"was", "wer", "wo", "wann", "wie", "warum", "welche", "worum"};
constexpr word pronouns[] = {"es", "er", "sie", "das", "ich", "wir", "da"};
constexpr word is[] = {"ist", "sind", "war", "lautet", "bin", "habe", "hat"};
constexpr word asks_digits[]
  = {"telefonnummer", "rufnummer",     "kundennummer", "kontonummer",
     "kartennummer",  "bestellnummer", "postleitzahl", "code",
     "pin",           "handynummer"};
constexpr word asks_quantity[]
  = {"wie viele", "wie viel", "wieviel", "wie alt"};
constexpr word asks_name[]
  = {"ihr name",   "ihren namen", "dein name",      "deinen namen",
     "wie heißen", "wie heißt",   "buchstabieren",  "nachname",
     "nachnamen",  "vorname",     "mit wem spreche"};
constexpr word asks_date[]
  = {"wann",         "welches datum", "welcher tag",
     "welchem tag",  "welchen tag",   "um wie viel uhr",
     "wie viel uhr", "geburtsdatum",  "uhrzeit"};
constexpr word asks_address[]
  = {"adresse", "anschrift", "email", "e mail", "wo wohnen"};
constexpr word asks_openly[] = {
  "was",     "wer",     "wo",      "wann",  "wie",      "warum",      "welche",
  "welcher", "welches", "welchen", "worum", "erzählen", "beschreiben"};

} // namespace de

#define VELOX_LEXICON(code)                                                    \
  {                                                                            \
#code, code::goes_on, code::hesitations, code::doubts, code::goodbyes,     \
      code::yes_no, code::polite, code::digits, code::numbers, code::months,   \
      code::days, code::streets, code::asks_first, code::pronouns, code::is,   \
      code::asks_digits, code::asks_quantity, code::asks_name,                 \
      code::asks_date, code::asks_address, code::asks_openly                   \
  }

constexpr lexicon lexicons[]
  = {VELOX_LEXICON(en), VELOX_LEXICON(es), VELOX_LEXICON(de)};

#undef VELOX_LEXICON

} // namespace

const lexicon* lexicon_of(std::string_view language) {
  auto code = primary_language(language);
  for (auto& x : lexicons)
    if (x.language == code)
      return &x;
  return nullptr;
}

} // namespace velox::actors
