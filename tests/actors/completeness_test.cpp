#include "actors/completeness.hpp"

#include <gtest/gtest.h>

namespace velox::actors {

namespace {

constexpr auto sure = completion::sure;
constexpr auto usual = completion::usual;
constexpr auto unsure = completion::unsure;

struct example {
  const char* words;
  completion verdict;
  const char* asked = "";
  uint32_t digits = 0;
};

class Completeness : public testing::Test {
protected:
  template <size_t N>
  void check(const char* language, const example (&table)[N]) {
    completeness judge{language};
    for (auto& x : table)
      EXPECT_EQ(judge.judge(x.words, judge.asked_by(x.asked, x.digits)),
                x.verdict)
        << language << ": \"" << x.words << "\" to \"" << x.asked << "\"";
  }
};

constexpr auto phone = "What is your phone number?";
constexpr auto right = "Is that right?";

TEST_F(Completeness, OfEnglish) {
  constexpr example table[] = {
    // Small words that want another.
    {"I want a table for two and", unsure},
    {"I'd like to book it for", unsure},
    {"I need to speak to the", unsure},
    {"because", unsure},
    {"I would like a", unsure},
    {"It is about my", unsure},
    {"I want to.", unsure},
    {"can I", unsure},
    {"my name is", unsure},
    {"the problem is", unsure},
    {"I am calling about", unsure},
    {"at half past", unsure},
    {"if", unsure},
    {"can I come in on", unsure},
    {"do you have anything free on", unsure},
    {"are you open after", unsure},
    {"I would like to come next", unsure},
    {"we would like the room with", unsure},
    // Hesitations.
    {"um", unsure},
    {"I want, uh", unsure},
    {"let me see", unsure},
    {"it's on the card, let me check", unsure},
    {"hold on", unsure},
    {"one moment please", unsure},
    {"just a second, thanks", unsure},
    {"I think you know", unsure},
    // No answer yet.
    {"I'm not sure", unsure, "Which day would suit you?"},
    {"um maybe", unsure, "How many people?"},
    {"I'm not sure", usual, "How can I help you?"},
    {"maybe", usual, right},
    // Said in full.
    {"I want a table for two", usual},
    {"book me a room please", usual},
    {"what are your opening hours", usual},
    {"where are you from", usual},
    {"what is it for", usual},
    {"which street are you on", usual},
    {"it is", usual},
    {"yes I am", usual},
    {"I'd like this", usual},
    {"I think so", usual},
    {"tea", usual},
    {"", usual},
    // Closed questions.
    {"yes", sure, right},
    {"Yes, please.", sure, right},
    {"no", sure, "Would you like a receipt?"},
    {"okay", sure, right},
    {"yes it is", sure, right},
    {"no I don't", sure, "Do you have an account with us?"},
    {"that's right", sure, right},
    {"yes I can", sure, "Can you come at nine?"},
    {"uh huh", sure, right},
    {"yes", usual},
    {"yes", usual, "What would you like?"},
    {"yes but", unsure, right},
    {"yes and the other one", usual, right},
    {"well I can", unsure, "Can you come at nine?"},
    // Goodbyes.
    {"goodbye", sure},
    {"no thank you", sure},
    {"No, thanks.", sure},
    {"that's all", sure},
    {"okay thanks bye", sure},
    {"that will be all thank you", sure},
    {"have a nice day", sure},
    // Telephone numbers and codes.
    {"my number is five five", unsure},
    {"five five five", unsure, phone},
    {"555", unsure, phone},
    {"555 0134", usual, phone},
    {"five five five oh one three four two", unsure, phone},
    {"five five five oh one three four two two one", sure, phone},
    {"555-013-4221", sure, phone},
    {"It's 555 013 4221.", sure},
    {"one", unsure, phone},
    {"one two three", unsure, "Please say the code.", 4},
    {"one two three four", sure, "Please say the code.", 4},
    {"1234", sure, "Please say the code.", 4},
    {"12", unsure, "Please say the code.", 4},
    {"my account number is four two", unsure},
    {"it is", unsure, phone},
    {"this is", unsure, "May I have your name?"},
    {"I don't know what it is", usual, "May I have your name?"},
    {"it is", sure, right},
    {"double", unsure, phone},
    {"four one five", unsure, "At which number can we reach you?"},
    {"four one five", unsure, "What number can we reach you at?"},
    // Other numbers.
    {"four", sure, "How many people?"},
    {"four people", usual, "How many people?"},
    {"a table at 10 30", usual},
    {"room 12", usual},
    {"twenty", sure, "How old are you?"},
    // Spelling.
    {"s m i", unsure},
    {"it's spelled b r", unsure},
    {"S", unsure, "Please spell your name."},
    {"Smith", usual, "What is your last name?"},
    {"j o n at", unsure, "What is your email?"},
    // Days.
    {"on the fifth of", unsure},
    {"in march", unsure, "When were you born?"},
    {"the fifth of march", sure, "What day would you like?"},
    {"march the fifth", sure, "What is your date of birth?"},
    {"tomorrow", sure, "When would you like to come?"},
    {"on friday", sure, "Which day suits you?"},
    {"at three pm", sure, "At what time?"},
    {"on friday", usual},
    // Addresses.
    {"I live at", unsure},
    {"42 Baker", unsure, "What is your address?"},
    {"42 Baker Street", usual, "What is your address?"},
    {"forty two", unsure, "What is your address?"},
    {"ann dot", unsure, "What is your email address?"},
    // Punctuation.
    {"Two things,", unsure},
    {"I was wondering...", unsure},
  };
  static_assert(std::size(table) >= 80);
  check("en-US", table);
}

TEST_F(Completeness, OfSpanish) {
  constexpr auto vale = "\u00bfEst\u00e1 bien as\u00ed?";
  constexpr example table[] = {
    {"quiero una mesa para", unsure},
    {"me llamo", unsure},
    {"quiero hablar con el", unsure},
    {"eh", unsure},
    {"a ver", unsure},
    {"mi n\u00famero es", unsure},
    {"mi n\u00famero es cinco cinco", unsure},
    {"quiz\u00e1s", unsure, "\u00bfQu\u00e9 d\u00eda?"},
    {"quiero una mesa", usual},
    {"S\u00ed, claro.", sure, vale},
    {"no", sure, vale},
    {"s\u00ed", usual, "\u00bfQu\u00e9 desea?"},
    {"no gracias", sure},
    {"eso es todo", sure},
    {"cuatro", sure, "\u00bfCu\u00e1ntos son?"},
    {"uno dos tres cuatro", sure, "Diga el c\u00f3digo.", 4},
    {"el cinco de", unsure},
    {"el cinco de marzo", sure, "\u00bfQu\u00e9 d\u00eda?"},
    {"ma\u00f1ana", sure, "\u00bfCu\u00e1ndo quiere venir?"},
  };
  check("es-ES", table);
}

TEST_F(Completeness, OfGerman) {
  constexpr auto ok = "Ist das richtig?";
  constexpr example table[] = {
    {"ich h\u00e4tte gern einen Tisch f\u00fcr", unsure},
    {"mein Name ist", unsure},
    {"ich m\u00f6chte mit der", unsure},
    {"\u00e4hm", unsure},
    {"Moment", unsure},
    {"meine Nummer ist null drei", unsure},
    {"vielleicht", unsure, "Wann m\u00f6chten Sie kommen?"},
    {"einen Tisch f\u00fcr zwei", usual},
    {"Ja, bitte.", sure, ok},
    {"nein", sure, "M\u00f6chten Sie noch etwas?"},
    {"das stimmt", sure, ok},
    {"ja", usual, "Was m\u00f6chten Sie?"},
    {"Nein, danke.", sure},
    {"das w\u00e4r's", usual},
    {"das war's", sure},
    {"Tsch\u00fcss", sure},
    {"vier", sure, "Wie viele Personen?"},
    {"eins zwei drei vier", sure, "Bitte nennen Sie den Code.", 4},
    {"am f\u00fcnften", usual},
    {"am f\u00fcnften M\u00e4rz", sure, "Wann m\u00f6chten Sie kommen?"},
    {"morgen", sure, "Wann m\u00f6chten Sie kommen?"},
  };
  check("de-DE", table);
}

/// Of other languages only the punctuation counts.
TEST_F(Completeness, OfUnknownLanguages) {
  constexpr example table[] = {
    {"ich will und", usual},
    {"tak", usual, "Zgadza si\u0119?"},
    {"dobrze,", unsure},
    {"no wi\u0119c...", unsure},
    {"\u0906\u092a\u0915\u093e \u0928\u093e\u092e", usual},
    {"1234", usual},
    {"", usual},
  };
  check("pl-PL", table);
}

struct asked_example {
  const char* text;
  wanted answer;
};

TEST(Questions, AreToldApart) {
  constexpr asked_example table[] = {
    {"Is that right?", wanted::yes_or_no},
    {"Thank you. Would you like anything else?", wanted::yes_or_no},
    {"What can I do for you?", wanted::anything},
    {"Your table is booked.", wanted::anything},
    {"What is your phone number?", wanted::digits},
    {"Could I have your phone number, please?", wanted::digits},
    {"Is this your phone number?", wanted::yes_or_no},
    {"At which number can we reach you?", wanted::digits},
    {"Please tell me your account number.", wanted::digits},
    {"How many people will come?", wanted::quantity},
    {"May I have your name?", wanted::name},
    {"Could you spell that for me?", wanted::name},
    {"When would you like to come?", wanted::date},
    {"What is your email address?", wanted::address},
    {"Tea or coffee?", wanted::yes_or_no},
    {"", wanted::anything},
  };
  completeness judge{"en"};
  for (auto& x : table)
    EXPECT_EQ(judge.asked_by(x.text).answer, x.answer) << x.text;
  EXPECT_EQ(judge.asked_by("Key it in.", 6).digits, 6u);
  EXPECT_EQ(completeness{"pl"}.asked_by("Tak?").answer, wanted::anything);
  EXPECT_EQ(completeness{"pl"}.asked_by("Kod?", 4).answer, wanted::digits);
}

} // namespace

} // namespace velox::actors
