#include "protocol/phrasebook.hpp"

#include "protocol/spoken_form.hpp"

#include <gtest/gtest.h>

#include <set>

using namespace velox;

namespace {

std::vector<std::string> all_of(const agent_lines& x) {
  auto result = x.fillers;
  for (auto* line :
       {&x.still_there, &x.still_there_again, &x.idle_goodbye, &x.out_of_credit,
        &x.too_long, &x.trouble, &x.closing, &x.reconnected, &x.here,
        &x.almost_over, &x.recording_notice, &x.recording_question})
    result.push_back(*line);
  return result;
}

struct answer {
  const char *language, *text;
  std::optional<bool> meaning;
};

} // namespace

TEST(Phrasebook, HasEveryLineInEveryLanguage) {
  std::set<std::string> seen;
  for (auto& name : phrasebook_languages()) {
    auto lines = lines_for(name.language);
    EXPECT_GE(lines.fillers.size(), 4u) << name.english;
    EXPECT_TRUE(lines.greeting.empty());
    for (auto& line : all_of(lines)) {
      EXPECT_FALSE(line.empty()) << name.english;
      // None is another's, nor said twice.
      EXPECT_TRUE(seen.insert(line).second) << name.english << ": " << line;
      // It can be said as it is.
      EXPECT_EQ(spoken_form(line, name.language), line);
    }
  }
  EXPECT_EQ(seen.size(), 7u * 17u);
}

TEST(Phrasebook, KnowsLanguagesByTheirFirstPart) {
  EXPECT_EQ(find_language("es-MX")->english, "Spanish");
  EXPECT_EQ(find_language("es_MX")->own, "español");
  EXPECT_EQ(find_language("de")->own, "Deutsch");
  EXPECT_EQ(find_language("ja-JP"), nullptr);
  EXPECT_EQ(find_language(""), nullptr);
  EXPECT_EQ(lines_for("pt-BR").still_there, lines_for("pt").still_there);
  EXPECT_EQ(lines_for("ja").still_there, lines_for("en").still_there);
  EXPECT_EQ(lines_for("en").still_there, agent_lines{}.still_there);
}

TEST(Phrasebook, TellsYesFromNo) {
  for (auto& x : {answer{"en", "Yes.", true},
                  {"en", "yeah sure", true},
                  {"en", "No problem!", true},
                  {"en", "I don’t mind.", true},
                  {"en", "Okay, that's fine", true},
                  {"en", "No, thank you.", false},
                  {"en", "Absolutely not!", false},
                  {"en", "of course not", false},
                  {"en", "I'd rather not", false},
                  {"en", "I do not agree", false},
                  {"en", "not sure", false},
                  {"en", "yes, no, wait", std::nullopt},
                  {"en", "what did you say", std::nullopt},
                  {"en", "I know nothing", std::nullopt},
                  {"en", "", std::nullopt},
                  {"xx", "yes", true},
                  {"es-MX", "Sí, claro.", true},
                  {"es", "¡SÍ!", true},
                  {"es", "No hay problema.", true},
                  {"es", "claro que no", false},
                  {"es", "no, gracias", false},
                  {"es", "¿cómo?", std::nullopt},
                  {"de", "Ja, gerne.", true},
                  {"de", "Kein Problem.", true},
                  {"de", "Natürlich nicht!", false},
                  {"de", "Nein, danke.", false},
                  {"de", "Nö", false},
                  {"de", "Wie bitte?", std::nullopt},
                  {"fr", "Oui, d’accord.", true},
                  {"fr", "Pas de problème.", true},
                  {"fr", "Pas du tout !", false},
                  {"fr", "Non, merci.", false},
                  {"pt", "Sim, pode gravar.", true},
                  {"pt", "Não tem problema", true},
                  {"pt", "Claro que não.", false},
                  {"it", "Sì, va bene.", true},
                  {"it", "Certo che no.", false},
                  {"it", "Non va bene", false},
                  {"hi", "जी हाँ।", true},
                  {"hi", "कोई बात नहीं", true},
                  {"hi", "जी नहीं।", false},
                  {"hi", "बिल्कुल नहीं", false},
                  {"hi", "क्या?", std::nullopt}})
    EXPECT_EQ(yes_or_no(x.text, x.language), x.meaning)
      << x.language << ": " << x.text;
}
