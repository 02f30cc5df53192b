#include "actors/phrases.hpp"

#include <gtest/gtest.h>

namespace velox::actors {

namespace {

using words = std::vector<std::string>;

TEST(PlainWords, AreComparable) {
  EXPECT_EQ(plain_words("Mm-hm, that's right."),
            (words{"mm", "hm", "thats", "right"}));
  EXPECT_EQ(plain_words("\u00bfS\u00cd? \u201cYa\u201d\u2026"),
            (words{"s\u00ed", "ya"}));
  EXPECT_EQ(plain_words("it\u2019s  5"), (words{"its", "5"}));
  EXPECT_EQ(plain_words("\u0920\u0940\u0915 \u0939\u0948\u0964"),
            (words{"\u0920\u0940\u0915", "\u0939\u0948"}));
  EXPECT_EQ(plain_words(" .,- "), words{});
  EXPECT_EQ(plain_words("\xc3"), words{"\xc3"}) << "cut off within UTF-8";
}

TEST(PrimaryLanguage, IsTheFirstPartOfTheTag) {
  EXPECT_EQ(primary_language("en-US"), "en");
  EXPECT_EQ(primary_language("PT_br"), "pt");
  EXPECT_EQ(primary_language(""), "");
}

TEST(Phrases, AreAllOfAnUtteranceOrNot) {
  phrases x{{"I see", "mm-hm", "okay"}};
  EXPECT_TRUE(x.only("Okay."));
  EXPECT_TRUE(x.only("mm-hm, okay. I see!"));
  EXPECT_FALSE(x.only("okay but"));
  EXPECT_FALSE(x.only("I"));
  EXPECT_FALSE(x.only(""));
  EXPECT_EQ(x.others("okay I want it"), 3u);
  EXPECT_EQ(x.others("I see you"), 1u);
}

TEST(Phrases, MayBeginInAnUnfinishedWord) {
  phrases x{{"I see", "okay"}};
  EXPECT_TRUE(x.may_become("o"));
  EXPECT_TRUE(x.may_become("okay I"));
  EXPECT_TRUE(x.may_become("okay I s"));
  EXPECT_TRUE(x.may_become("okay okay"));
  EXPECT_FALSE(x.may_become("okay I w"));
  EXPECT_FALSE(x.may_become("I seem"));
  EXPECT_FALSE(x.may_become("s"));
  EXPECT_FALSE(x.may_become(""));
}

struct example {
  const char* language;
  const char* text;
  bool listens;
};

class Backchannels : public testing::TestWithParam<example> {};

TEST_P(Backchannels, AreKnown) {
  EXPECT_EQ(backchannels(GetParam().language).only(GetParam().text),
            GetParam().listens)
    << GetParam().language << ": " << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
  Examples, Backchannels,
  testing::Values(
    example{"en-US", "Mm-hmm.", true}, example{"en-GB", "yeah, right", true},
    example{"en", "uh-huh okay", true}, example{"en", "that's right", true},
    example{"en", "no", false}, example{"en", "stop", false},
    example{"en", "wait", false}, example{"en", "okay stop", false},
    example{"en", "yeah but", false}, example{"en", "one", false},
    example{"es-MX", "S\u00ed, claro.", true}, example{"es", "vale", true},
    example{"es", "espera", false}, example{"es", "no", false},
    example{"de-DE", "Ja, genau.", true}, example{"de", "alles klar", true},
    example{"de", "nein", false}, example{"de", "warte", false},
    example{"fr", "d'accord", true}, example{"fr", "D\u2019accord !", true},
    example{"fr", "non", false}, example{"fr", "attends", false},
    example{"hi", "\u0920\u0940\u0915 \u0939\u0948\u0964", true},
    example{"hi-IN", "achha", true}, example{"hi", "ruko", false},
    example{"pt-BR", "t\u00e1 bom", true}, example{"pt", "n\u00e3o", false},
    example{"ja", "okay", true}, example{"ja", "yeah", false},
    example{"", "mm-hm", true}));

TEST(OwnBackchannels, ReplaceTheListButStopNobodyFromStopping) {
  auto x = backchannels("en", {"roger", "stop", "No", "no problem"});
  EXPECT_TRUE(x.only("Roger."));
  EXPECT_FALSE(x.only("okay"));
  EXPECT_FALSE(x.only("stop"));
  EXPECT_FALSE(x.only("no"));
  EXPECT_FALSE(x.only("no problem"));
}

TEST(PresenceQuestions, AreKnown) {
  auto x = presence_questions("en-US");
  EXPECT_TRUE(x.only("Hello?"));
  EXPECT_TRUE(x.only("Hello? Are you there?"));
  EXPECT_TRUE(x.only("can you hear me"));
  EXPECT_FALSE(x.only("are you there on sunday"));
  EXPECT_TRUE(x.may_become("hello are"));
  EXPECT_FALSE(x.may_become("hello can you book"));
  EXPECT_TRUE(presence_questions("de").only("Hallo, sind Sie noch da?"));
  EXPECT_TRUE(
    presence_questions("es").only("\u00bfHola? \u00bfSigue ah\u00ed?"));
  EXPECT_FALSE(presence_questions("ja").only("hello"));
}

} // namespace

} // namespace velox::actors
