#include "protocol/sentence_splitter.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

using namespace velox;

namespace {

using pieces = std::vector<std::string>;

/// What comes out when `text` arrives in tokens of `size` bytes.
pieces split(std::string_view text, size_t size = 1) {
  sentence_splitter splitter;
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

std::string joined(const pieces& x) {
  std::string result;
  for (auto& piece : x)
    result += piece;
  return without_space(result);
}

constexpr auto samples = std::to_array<std::string_view>({
  "Hello there. How are you? Fine!",
  "Dr. Smith will see you at 3.5 p.m. today. Is that OK?",
  "Write to joe.smith@example.com or www.example.com/a?b=c. Thanks.",
  "1. First item\n2. Second item\n\n- Third",
  "Well... let me see. So... Next.",
  "नमस्ते। आप कैसे हैं? मैं ठीक हूँ।",
  "她说：“好。”然后走了！真的？",
  "\"Really?\" she said. (Yes.) 'No.' Then",
  "I would be happy to help you with your order today, and after that we can "
  "talk about the delivery — or the price; whatever you like.",
  "bad \xff\xe0 utf8 \xe0\xa4. tail\xe0",
  "  \n \t ",
  "... ! ?",
});

} // namespace

TEST(SentenceSplitter, CutsSentences) {
  EXPECT_EQ(split("Hello there. How are you? Fine!"),
            (pieces{"Hello there.", "How are you?", "Fine!"}));
  EXPECT_EQ(split("Wait!! What?! OK."), (pieces{"Wait!!", "What?!", "OK."}));
  EXPECT_EQ(split("no capitals. none at all."),
            (pieces{"no capitals.", "none at all."}));
  EXPECT_EQ(split("First line\nSecond line\n\n- Third"),
            (pieces{"First line", "Second line", "- Third"}));
}

TEST(SentenceSplitter, SpeaksAsSoonAsTheNextTokenBegins) {
  sentence_splitter splitter;
  splitter.push("Sure.");
  EXPECT_FALSE(splitter.next());
  splitter.push(" I");
  EXPECT_EQ(splitter.next(), "Sure.");
  EXPECT_FALSE(splitter.next());
  splitter.push(" can.");
  EXPECT_FALSE(splitter.next());
  EXPECT_EQ(splitter.flush(), "I can.");
  EXPECT_FALSE(splitter.flush());
}

TEST(SentenceSplitter, LeavesOneSentenceWhole) {
  for (auto* whole :
       {"Dr. Smith and Mrs. Jones vs. Prof. Lee are in.",
        "Bring fruit, e.g. apples, i.e. the red ones.",
        "We open at 9 a.m. on Monday.", "It costs $3.50 or Rs. 500 each.",
        "The number is 3.14159 exactly.", "Call No. 5 on Jan. 3 please.",
        "J. R. R. Tolkien and J.R.R. Tolkien wrote it.",
        "The U.S. dollar is up.", "Mail joe.smith@mail.example.com now.",
        "See https://example.com/a?b=c.d!x for more.",
        "Visit www.example.com today.", "Well... let me see.",
        "Hmm… let me see.", "It is 555. 0100. 22 for you.", "1. Open the door.",
        "She said \"Stop!\" and left.", "Bring milk, eggs, etc. when you come.",
        "Version v1.2.3 is out.", "It is, however, short."})
    EXPECT_EQ(split(whole), pieces{whole});
}

TEST(SentenceSplitter, AnAbbreviationMayEndASentence) {
  EXPECT_EQ(split("We close at 5 p.m. Call then."),
            (pieces{"We close at 5 p.m.", "Call then."}));
  EXPECT_EQ(split("Milk, eggs, etc. Anything else?"),
            (pieces{"Milk, eggs, etc.", "Anything else?"}));
  EXPECT_EQ(split("No. We do not."), (pieces{"No.", "We do not."}));
  EXPECT_EQ(split("It costs 5. That is all."),
            (pieces{"It costs 5.", "That is all."}));
  EXPECT_EQ(split("So... Next one."), (pieces{"So...", "Next one."}));
}

TEST(SentenceSplitter, KeepsClosingMarksWithTheirSentence) {
  EXPECT_EQ(
    split("He said \"Go.\" We went. (Fast.) **Done.** Bye"),
    (pieces{"He said \"Go.\"", "We went.", "(Fast.)", "**Done.**", "Bye"}));
}

TEST(SentenceSplitter, KnowsOtherScripts) {
  EXPECT_EQ(split("नमस्ते। आप कैसे हैं? ठीक।"),
            (pieces{"नमस्ते।", "आप कैसे हैं?", "ठीक।"}));
  EXPECT_EQ(split("你好。你好吗？很好！"),
            (pieces{"你好。", "你好吗？", "很好！"}));
}

TEST(SentenceSplitter, CutsALongFirstSentenceAtAClause) {
  auto text = "I would be happy to help you with your order today, and we can "
              "talk about delivery, which is free, in a moment.";
  EXPECT_EQ(split(text),
            (pieces{"I would be happy to help you with your order today,",
                    "and we can talk about delivery, which is free, in a "
                    "moment."}));
  EXPECT_EQ(split("The whole amount that you owe us is 1,000,000 euros."),
            (pieces{"The whole amount that you owe us is 1,000,000 euros."}));
  EXPECT_EQ(
    split("It is the blue door on the left hand side — you will see.").front(),
    "It is the blue door on the left hand side —");
  EXPECT_EQ(
    split("It is the blue door on the left hand side - you will see.").front(),
    "It is the blue door on the left hand side -");
}

TEST(SentenceSplitter, EveryAnswerHasAFirstSentence) {
  auto text = "I would be happy to help you with your order today, and more.";
  sentence_splitter splitter;
  for (int answer = 0; answer < 2; ++answer) {
    splitter.push(text);
    EXPECT_EQ(splitter.next(),
              "I would be happy to help you with your order today,");
    EXPECT_EQ(splitter.flush(), "and more.");
    EXPECT_FALSE(splitter.flush());
  }
}

TEST(SentenceSplitter, CutsWhatNeverEnds) {
  std::string text;
  while (text.size() < 3000)
    text += "word ";
  auto result = split(text, 7);
  EXPECT_GE(result.size(), 5u);
  for (auto& piece : result)
    EXPECT_LE(piece.size(), 410u);
  EXPECT_EQ(joined(result), without_space(text));
}

TEST(SentenceSplitter, NeverEmitsWhiteSpace) {
  EXPECT_EQ(split("  \n\n \t "), pieces{});
  EXPECT_EQ(split(""), pieces{});
  for (auto& piece : split("A.\n\n\n B. \n"))
    EXPECT_FALSE(without_space(piece).empty());
}

TEST(SentenceSplitter, TokensMayEndAnywhere) {
  for (auto text : samples) {
    auto whole = split(text, text.size());
    EXPECT_EQ(joined(whole), without_space(text)) << text;
    for (size_t size = 1; size < text.size(); ++size)
      EXPECT_EQ(split(text, size), whole) << text << " by " << size;
  }
}

TEST(SentenceSplitter, LosesNothingOfRandomText) {
  constexpr std::string_view alphabet
    = "aB1. .!?,;-\n\"')\xe0\xa5\xa4…—e.g. Dr";
  std::mt19937 random{3};
  for (int round = 0; round < 3000; ++round) {
    std::string text(random() % 120, ' ');
    for (char& c : text)
      c = alphabet[random() % alphabet.size()];
    auto bytewise = split(text);
    ASSERT_EQ(joined(bytewise), without_space(text)) << text;
    ASSERT_EQ(bytewise, split(text, 1 + random() % 30)) << text;
    for (auto& piece : bytewise)
      ASSERT_FALSE(without_space(piece).empty()) << text;
  }
}
