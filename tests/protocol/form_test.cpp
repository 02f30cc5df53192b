#include "protocol/form.hpp"

#include <gtest/gtest.h>

using namespace velox;

TEST(Form, ReadsFieldsInTheirOrder) {
  form x;
  ASSERT_EQ(parse_form("To=%2B1800&From=a+b&To=second&Empty=&Bare&&=v", x),
            form_error::none);
  ASSERT_EQ(x.fields().size(), 6u);
  EXPECT_EQ(x.get("To"), "+1800");
  EXPECT_EQ(x.get("From"), "a b");
  EXPECT_EQ(x.fields()[2].value, "second");
  EXPECT_EQ(x.find("Empty"), "");
  EXPECT_EQ(x.find("Bare"), "");
  EXPECT_EQ(x.find(""), "v");
  EXPECT_FALSE(x.find("to"));
  EXPECT_EQ(x.get("to"), "");
}

TEST(Form, KeepsBytesAndFurtherEqualSigns) {
  form x;
  ASSERT_EQ(parse_form("a=b=c&d=%00%ff%FF", x), form_error::none);
  EXPECT_EQ(x.get("a"), "b=c");
  EXPECT_EQ(x.get("d"), std::string_view("\0\xff\xff", 3));
}

TEST(Form, RefusesBadEscapesAndLeavesTheOutputAlone) {
  for (auto* bad : {"a=%", "a=%4", "a=%4g", "%zz=b", "a=b&c=%%41"}) {
    form x;
    x.add("kept", "1");
    EXPECT_EQ(parse_form(bad, x), form_error::bad_escape) << bad;
    EXPECT_EQ(x.get("kept"), "1");
    EXPECT_EQ(x.fields().size(), 1u);
  }
}

TEST(Form, IsBounded) {
  form x;
  EXPECT_EQ(parse_form("a&b&c", x, {.fields = 2}), form_error::too_many_fields);
  EXPECT_EQ(parse_form("a&b&", x, {.fields = 2}), form_error::none);
  EXPECT_EQ(parse_form("abc", x, {.bytes = 2}), form_error::too_large);
}

TEST(Form, ReadsBackWhatItWrites) {
  form x;
  for (int byte = 0; byte < 256; ++byte)
    x.add(std::string(1, static_cast<char>(byte)), "x&=+ %");
  form back;
  ASSERT_EQ(parse_form(encode_form(x), back), form_error::none);
  ASSERT_EQ(back.fields().size(), 256u);
  for (size_t i = 0; i < 256; ++i) {
    EXPECT_EQ(back.fields()[i].name, x.fields()[i].name);
    EXPECT_EQ(back.fields()[i].value, "x&=+ %");
  }
}

TEST(Form, WritesAsBrowsersDo) {
  EXPECT_EQ(encode_form(form{}.add("To", "+1 800").add("x-y", "a/b~")),
            "To=%2B1+800&x-y=a%2Fb~");
}

TEST(PercentEncoding, TreatsPlusAsItself) {
  EXPECT_EQ(percent_encode("a b+c/ä"), "a%20b%2Bc%2F%C3%A4");
  EXPECT_EQ(percent_decode("a%20b+c"), "a b+c");
  EXPECT_FALSE(percent_decode("%2"));
}
