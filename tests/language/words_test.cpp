#include "adapters/language/scripted/words.hpp"

#include <gtest/gtest.h>

using namespace velox::language;

TEST(Words, AreTheSameHoweverTheyAreWritten) {
  struct {
    const char* text;
    const char* expected;
  } cases[] = {
    {"What's up, Doc?", "what is up doc"},
    {"I'd don't can't won't we're", "i would do not can not will not we are"},
    {"it\xe2\x80\x99s", "it is"},
    {"two thirty p. m.", "two thirty pm"},
    {"2:30pm", "two thirty pm"},
    {"14:05", "fourteen oh five"},
    {"9:00", "nine oclock"},
    {"nine o'clock", "nine oclock"},
    {"the 15th and 21st", "the fifteenth and twenty first"},
    {"555-0123", "five five five zero one two three"},
    {"2027", "twenty twenty seven"},
    {"12345678901234567890", "one two three four five six seven eight nine "
                             "zero one two three four five six seven eight "
                             "nine zero"},
    {"um, uh, well", "well"},
    {"uh huh", "yes"},
    {"'quoted'", "quoted"},
    {"...!?", ""},
    {"Jos\xc3\xa9", "jos\xc3\xa9"},
  };
  for (auto& [text, expected] : cases)
    EXPECT_EQ(join(to_words(text)), expected) << text;
}

TEST(Words, LookAlike) {
  EXPECT_EQ(similarity("parking", "parking"), 1);
  EXPECT_EQ(similarity("park", "parking"), 0.9);
  EXPECT_EQ(similarity("apointment", "appointment"), 0.7);
  EXPECT_EQ(similarity("hosue", "house"), 0.7);
  EXPECT_EQ(similarity("time", "dime"), 0);
  EXPECT_EQ(similarity("address", "dress"), 0);
  EXPECT_EQ(similarity("", "a"), 0);
}

TEST(Words, NumbersAreReadAndSpoken) {
  for (int64_t n = 0; n < 100; ++n) {
    auto words = to_words(number_words(n));
    auto found = small_number(words, 0);
    ASSERT_TRUE(found) << n;
    EXPECT_EQ(found->value, n);
    EXPECT_EQ(found->length, words.size());
    EXPECT_EQ(cardinal(words, 0)->value, n);
  }
  for (int64_t n = 1; n <= 31; ++n) {
    auto words = to_words(ordinal_words(n));
    auto found = ordinal(words, 0);
    ASSERT_TRUE(found) << n;
    EXPECT_EQ(found->value, n);
    EXPECT_EQ(found->length, words.size());
  }
  EXPECT_EQ(cardinal(to_words("two hundred and five"), 0)->value, 205);
  EXPECT_EQ(cardinal(to_words("three thousand forty two"), 0)->value, 3042);
  EXPECT_EQ(cardinal(to_words("five six"), 0)->length, 1u);
  EXPECT_FALSE(cardinal(to_words("hundred"), 0));
  EXPECT_FALSE(small_number(to_words("none"), 0));
  EXPECT_FALSE(ordinal(to_words("thirty second"), 0));
  EXPECT_EQ(digit_words("05-1"), "zero five one");
}
