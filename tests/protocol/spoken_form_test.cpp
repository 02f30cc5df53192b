#include "protocol/spoken_form.hpp"

#include "protocol/utf8.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

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

/// What sentences with numbers are made of.
constexpr auto scraps = std::to_array<std::string_view>({"1",
                                                         "2",
                                                         "05",
                                                         "12",
                                                         "2026",
                                                         "21",
                                                         "1234567",
                                                         "$",
                                                         "€",
                                                         ".",
                                                         ",",
                                                         "-",
                                                         "–",
                                                         "/",
                                                         ":",
                                                         "(",
                                                         ")",
                                                         "+",
                                                         "#",
                                                         "%",
                                                         "&",
                                                         "@",
                                                         " ",
                                                         " ",
                                                         " ",
                                                         "am",
                                                         "p.m.",
                                                         "Nov",
                                                         "de",
                                                         "km",
                                                         "°C",
                                                         "ext.",
                                                         "v",
                                                         "A",
                                                         "x",
                                                         "the",
                                                         "word",
                                                         "a.com",
                                                         "é",
                                                         "½",
                                                         "<break time=\"1s\"/>",
                                                         "**",
                                                         "\xff",
                                                         "😊",
                                                         "USD",
                                                         "No. ",
                                                         "Uhr",
                                                         "Mio.",
                                                         "code",
                                                         "_",
                                                         "~",
                                                         "*",
                                                         "[a](b)",
                                                         "=",
                                                         "\n",
                                                         "th",
                                                         "º",
                                                         "'s",
                                                         "III",
                                                         "<",
                                                         ">"});

std::string scribble(std::mt19937& random) {
  std::string result;
  for (auto n = random() % 14; n > 0; --n)
    result += scraps[random() % scraps.size()];
  return result;
}

constexpr auto languages
  = std::to_array<const char*>({"en-US", "en-GB", "es", "es-MX", "de", "fr"});

} // namespace

TEST(SpokenForm, LeavesAloneWhatNeedsNothing) {
  for (auto* text :
       {"", "Hello.", "Well, yes - I think so!", "¿Qué tal? Muy bien.",
        "Schöne Grüße an Frau Müller.", "NASA, the FBI and Henry VIII.",
        "It's a well-known fact; isn't it?", "नमस्ते, आप कैसे हैं।", "你好。",
        "“Quoted”, (aside) … and so on", "Mr. Smith met Dr. Jones."})
    for (auto* language : languages)
      EXPECT_EQ(spoken_form(text, language), text) << language;
}

TEST(SpokenForm, IsItsOwnSpokenForm) {
  for (uint32_t seed = 0; seed < 4000; ++seed) {
    std::mt19937 random{seed};
    auto text = scribble(random);
    for (auto* language : languages) {
      auto said = spoken_form(text, language);
      ASSERT_EQ(spoken_form(said, language), said)
        << seed << " " << language << ": " << text;
      ASSERT_TRUE(is_utf8(said)) << seed;
      ASSERT_LE(said.size(), 64 + 32 * text.size()) << seed;
    }
  }
}

TEST(SpokenForm, DropsWhatIsNoUtf8) {
  EXPECT_EQ(spoken_form("a\xff\xc3 b 5", "en"), "a b five");
  EXPECT_EQ(spoken_form("\xf0\x9f", "de"), "");
}

TEST(SpokenForm, KnowsTheRegion) {
  EXPECT_EQ(spoken_form("3/4/2026", "en-US"),
            "March fourth, twenty twenty-six");
  EXPECT_EQ(spoken_form("3/4/2026", "en-GB"), "April third, twenty twenty-six");
  EXPECT_EQ(spoken_form("3/4/2026", "en"), spoken_form("3/4/2026", "en-US"));
  EXPECT_EQ(spoken_form("1.500", "es-ES"), "mil quinientos");
  EXPECT_EQ(spoken_form("1,500", "es-MX"), "mil quinientos");
}

TEST(SpokenForm, KeepsTagsAndWhatTheyMean) {
  EXPECT_EQ(spoken_form("<prosody rate=\"slow\">5</prosody>", "en"),
            "<prosody rate=\"slow\">five</prosody>");
  EXPECT_EQ(
    spoken_form("<say-as interpret-as=\"digits\">5</say-as> of 5", "en"),
    "<say-as interpret-as=\"digits\">5</say-as> of five");
  // Cut by the end of a sentence.
  EXPECT_EQ(spoken_form("<emphasis>5 is enough", "en"), "five is enough");
  EXPECT_EQ(spoken_form("5 < 6 and 7 > 6", "en"), "five < six and seven > six");
}

// -- the way back

TEST(WrittenUpTo, CountsAWordOnceAllOfItWasSaid) {
  std::string written = "It costs $5.20 today, 8-10 times.";
  std::string spoken
    = "It costs five dollars and twenty cents today, eight to ten times.";
  ASSERT_EQ(spoken_form(written, "en"), spoken);
  auto up_to = [&](std::string_view said) {
    auto end = written_up_to(written, spoken, spoken.find(said) + said.size());
    return written.substr(0, end);
  };
  EXPECT_EQ(up_to("It"), "It");
  EXPECT_EQ(up_to("It cos"), "It");
  EXPECT_EQ(up_to("costs"), "It costs");
  EXPECT_EQ(up_to("twenty"), "It costs");
  EXPECT_EQ(up_to("twenty cents"), "It costs $5.20");
  EXPECT_EQ(up_to("today,"), "It costs $5.20 today,");
  EXPECT_EQ(up_to("eight to"), "It costs $5.20 today,");
  EXPECT_EQ(up_to("ten"), "It costs $5.20 today, 8-10");
  EXPECT_EQ(up_to("times."), written);
}

TEST(WrittenUpTo, CopesWithNothing) {
  EXPECT_EQ(written_up_to("", "", 0), 0u);
  EXPECT_EQ(written_up_to("😊", "", 0), 4u);
  EXPECT_EQ(written_up_to("😊 Hi", "Hi", 0), 0u);
  EXPECT_EQ(written_up_to("😊 Hi", "Hi", 2), 7u);
  EXPECT_EQ(written_up_to("5", "five", 3), 0u);
  EXPECT_EQ(written_up_to("5", "five", 99), 1u);
}

TEST(WrittenUpTo, IsTheSamePlaceInTheSameText) {
  std::string text = "One two, three. One two again";
  for (size_t at = 0; at <= text.size(); ++at) {
    auto end = text.find(' ', at);
    auto begin
      = at == text.size() || text[at] == ' ' ? at : text.rfind(' ', at);
    auto expected = begin == std::string::npos ? 0 : begin;
    EXPECT_EQ(written_up_to(text, text, at), expected) << at << " " << end;
  }
}

TEST(WrittenUpTo, GrowsWithWhatWasSaid) {
  for (uint32_t seed = 0; seed < 2000; ++seed) {
    std::mt19937 random{seed};
    auto written = "Well " + scribble(random) + " and " + scribble(random);
    auto spoken = spoken_form(written, "en-US");
    size_t last = 0;
    for (size_t at = 0; at <= spoken.size(); ++at) {
      auto now = written_up_to(written, spoken, at);
      ASSERT_GE(now, last) << seed << ": " << written;
      ASSERT_LE(now, written.size());
      // It is the end of a word.
      ASSERT_TRUE(now == 0 || now == written.size() || written[now] == ' '
                  || written[now] == '\n')
        << seed << ": " << written << " " << now;
      last = now;
    }
    ASSERT_EQ(last, written.size()) << seed << ": " << written;
  }
}
