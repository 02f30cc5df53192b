#include "protocol/spoken_text.hpp"

#include "protocol/sentence_splitter.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

using namespace velox;

namespace {

/// What is spoken of `text` when it arrives in pieces of `size` bytes.
std::string spoken(std::string_view text, size_t size = 1) {
  spoken_text filter;
  std::string out;
  while (!text.empty()) {
    auto piece = text.substr(0, size);
    text.remove_prefix(piece.size());
    filter.push(piece, out);
  }
  filter.flush(out);
  return out;
}

using pieces = std::vector<std::string>;

pieces split(std::string_view text, size_t size = 1) {
  sentence_splitter splitter{speech_rules};
  pieces result;
  while (!text.empty()) {
    auto token = text.substr(0, size);
    text.remove_prefix(token.size());
    splitter.push(token);
    while (auto sentence = splitter.next())
      result.push_back(*sentence);
  }
  while (auto sentence = splitter.flush())
    result.push_back(*sentence);
  return result;
}

std::string without_space(std::string_view text) {
  std::string result;
  for (char c : text)
    if (!isspace(static_cast<unsigned char>(c)))
      result += c;
  return result;
}

struct row {
  std::string_view written, spoken;
};

constexpr auto rows = std::to_array<row>({
  {"plain text, as it is.", "plain text, as it is."},
  {"**Bold** and *soft* and __both__ and _so_.",
   "Bold and soft and both and so."},
  {"***Very*** ~~not~~ `code`.", "Very not code."},
  {"# Title\n## Two\ntext", "Title\nTwo\ntext"},
  {"- one\n* two\n+ three\n  • four\n> five", "one\ntwo\nthree\n  four\nfive"},
  {"a\n---\nb\n***\nc", "a\n\nb\n\nc"},
  {"1. First\n2. Second", "1. First\n2. Second"},
  {"Great 👍 thanks! 😊", "Great thanks! "},
  {"👋 Hello 👨‍👩‍👧 there ☎️.", "Hello there ."},
  {"Flags 🇩🇪🇫🇷, keys 1️⃣.", "Flags , keys 1."},
  // What looks like a mark and is none.
  {"Press # or * now, or *9, or #5.", "Press # or * now, or *9, or #5."},
  {"5*3 is 15, 5 * 3 too, -5 degrees.", "5*3 is 15, 5 * 3 too, -5 degrees."},
  {"joe_smith@x.org and snake_case_name",
   "joe_smith@x.org and snake_case_name"},
  {"A well-known e-mail - yes - it is.", "A well-known e-mail - yes - it is."},
  {"https://x.org/a_b_c#top~me", "https://x.org/a_b_c#top~me"},
  {"€5, ½, “quoted”, ¿qué?, नमस्ते।, 你好。",
   "€5, ½, “quoted”, ¿qué?, नमस्ते।, 你好。"},
  {"क्‍ष joins", "क्‍ष joins"}, // the joiner is spelling here
  {"\xff\xe0 \xf0\x9f", "\xff\xe0 \xf0\x9f"},
  {"", ""},
  {"**", ""},
});

} // namespace

TEST(SpokenText, DropsWhatIsNotSpoken) {
  for (auto& [written, expected] : rows)
    for (size_t size = 1; size <= written.size() + 1; ++size)
      EXPECT_EQ(spoken(written, size), expected) << written << " by " << size;
}

TEST(SpokenText, IsTheSameHoweverTheTextIsCut) {
  constexpr auto parts = std::to_array<std::string_view>(
    {"*", "**",           "_",  "#", " ", "\n",   "-", "`",   "a",   "7", ".",
     "👍", "\xe2\x80\x8d", "~~", ">", "ü", "\xff", "•", "---", "\r\n"});
  std::mt19937 random{5};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (size_t i = random() % 30; i > 0; --i)
      text += parts[random() % parts.size()];
    auto whole = spoken(text, text.size() + 1);
    ASSERT_EQ(spoken(text), whole) << text;
    ASSERT_EQ(spoken(text, 1 + random() % 9), whole) << text;
    // Nothing is made up, nothing changes places.
    size_t at = 0;
    for (char c : whole) {
      at = text.find(c, at);
      ASSERT_NE(at, text.npos) << text;
      ++at;
    }
  }
}

// -- the splitter with these rules

TEST(SpeechRules, SpeakTheFirstClauseEarly) {
  EXPECT_EQ(split("Sure, I can help you with that, one moment please."),
            (pieces{"Sure, I can help you with that,", "one moment please."}));
  EXPECT_EQ(split("Well, yes, no, maybe."), (pieces{"Well, yes, no, maybe."}));
  EXPECT_EQ(split("Let me look that up - it takes a second."),
            (pieces{"Let me look that up -", "it takes a second."}));
  EXPECT_EQ(split("Ja. Am Montag haben wir geöffnet, und am Dienstag auch."),
            (pieces{"Ja.", "Am Montag haben wir geöffnet, und am Dienstag "
                           "auch."}));
  EXPECT_EQ(split("我们星期一早上九点开门，晚上六点关门。"),
            (pieces{"我们星期一早上九点开门，", "晚上六点关门。"}));
  EXPECT_EQ(split("That comes to $1,250.50 in all, tax included."),
            (pieces{"That comes to $1,250.50 in all,", "tax included."}));
}

TEST(SpeechRules, SpeakNoMarks) {
  EXPECT_EQ(split("**We open at 9.** \n\n- Monday\n- Tuesday\n\nSee you! 👋"),
            (pieces{"We open at 9.", "Monday", "Tuesday", "See you!"}));
  EXPECT_EQ(split("👍"), pieces{});
  EXPECT_EQ(split("## Prices\n1. Trim: `$20`."),
            (pieces{"Prices", "1. Trim: $20."}));
}

TEST(SpeechRules, LeaveSpokenThingsWhole) {
  for (auto* whole :
       {"Dr. J. R. Smith is in.", "It opens at 9 a.m. on St. James St. 5.",
        "Call 555-0100, ext. 7.", "It is €1.250,50 or $3.50.",
        "That is joe.smith@mail.example.com.", "See https://x.org/a,b;c.",
        "S-M-I-T-H, right?", "Wait... what?!", "At 10:30 p.m. sharp.",
        "¿Cómo está usted?", "(It is open.)", "No. 5, 2nd floor."})
    EXPECT_EQ(split(whole), pieces{whole});
  EXPECT_EQ(split("¿Qué? ¡Sí! Bueno."), (pieces{"¿Qué?", "¡Sí!", "Bueno."}));
  EXPECT_EQ(split("ठीक है। और?"), (pieces{"ठीक है।", "और?"}));
  EXPECT_EQ(split("She said “Go.” We went."),
            (pieces{"She said “Go.”", "We went."}));
}

TEST(SpeechRules, LoseNothingThatIsSpoken) {
  constexpr auto parts = std::to_array<std::string_view>(
    {"Dr. ",  "one ", "two, ",    "three. ", "**",   "*",  "\n- ",
     "e.g. ", "5.5 ", "👍",        "? ",      "!",    "—",  "。",
     "। ",    "`",    "# ",       "_x_ ",    "\n\n", "\"", "… ",
     "a.m. ", "B",    "\xf0\x9f", ") "});
  std::mt19937 random{11};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (size_t i = random() % 40; i > 0; --i)
      text += parts[random() % parts.size()];
    auto whole = split(text, text.size() + 1);
    ASSERT_EQ(split(text), whole) << text;
    ASSERT_EQ(split(text, 1 + random() % 20), whole) << text;
    std::string joined;
    for (auto& piece : whole) {
      ASSERT_FALSE(without_space(piece).empty()) << text;
      joined += piece;
    }
    ASSERT_EQ(without_space(joined), without_space(spoken(text))) << text;
  }
}
