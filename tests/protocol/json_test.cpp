#include "protocol/json.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <limits>

using namespace velox;

namespace {

std::string as_json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

json_error status_of(std::string_view text, size_t max_depth = json_max_depth) {
  rapidjson::Document document;
  return read_json(text, document, max_depth);
}

} // namespace

TEST(Json, WritesMembersOfEveryKind) {
  auto text = json_object{}
                .add("text", "a \"b\"")
                .add("n", 3)
                .add("big", std::numeric_limits<uint64_t>::max())
                .add("half", 0.5)
                .add("yes", true)
                .add_null("none")
                .add("list", json_array{}.add("x").add(1).add(false).add(2.5))
                .add("inner", json_object{}.add("a", std::string{"b"}))
                .str();
  EXPECT_EQ(text, R"({"text":"a \"b\"","n":3,"big":18446744073709551615,)"
                  R"("half":0.5,"yes":true,"none":null,)"
                  R"("list":["x",1,false,2.5],"inner":{"a":"b"}})");
  EXPECT_EQ(json_object{}.str(), "{}");
  EXPECT_EQ(json_array{}.str(), "[]");
}

TEST(Json, InfinityBecomesNull) {
  auto infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(json_object{}.add("x", infinity).str(), R"({"x":null})");
}

TEST(Json, EscapesStrings) {
  EXPECT_EQ(as_json("a\\b\n\r\t\x01\x7f"), "\"a\\\\b\\n\\r\\t\\u0001\\u007f\"");
  EXPECT_EQ(as_json("नमस्ते 😀"), "\"नमस्ते 😀\"");
}

TEST(Json, BytesThatAreNotUtf8AreReplaced) {
  for (auto* bad : {"\xff", "\x80", "\xc0", "\xed\xa0\x80", "\xe0\x80\x80",
                    "\xf5\x80\x80\x80", "\xe2\x82"}) {
    auto text = as_json(bad);
    EXPECT_NE(text.find("\xef\xbf\xbd"), std::string::npos);
    EXPECT_EQ(status_of(text), json_error::none) << text;
  }
}

TEST(Json, EveryByteStringBecomesValidJson) {
  for (int first = 0; first < 256; ++first)
    for (int second = 0; second < 256; ++second) {
      std::string pair{static_cast<char>(first), static_cast<char>(second)};
      ASSERT_EQ(status_of(as_json(pair)), json_error::none)
        << first << ' ' << second;
    }
}

TEST(Json, RefusesWhatIsNotJson) {
  for (auto text :
       {std::string_view{""}, std::string_view{"{"}, std::string_view{"{} x"},
        std::string_view{"{}\0x", 4}, std::string_view{"{\"a\":\"\xff\"}"},
        std::string_view{"{'a':1}"}, std::string_view{"[1,]"}})
    EXPECT_EQ(status_of(text), json_error::malformed) << text;
}

TEST(Json, BoundsTheNesting) {
  EXPECT_EQ(status_of("[[[1]]]", 3), json_error::none);
  EXPECT_EQ(status_of("[[[[1]]]]", 3), json_error::too_deep);
  EXPECT_EQ(status_of(R"(["[[[[\"[[["])", 1), json_error::none);
  EXPECT_EQ(status_of(std::string(1'000'000, '[')), json_error::too_deep);
}

TEST(Json, ReadsZerosOfAnySize) {
  for (std::string zero : {"0e99", "0e-61", "0.0E300", "-0e7"}) {
    rapidjson::Document x;
    ASSERT_EQ(read_json("{\"d\":" + zero + "}", x), json_error::none) << zero;
    EXPECT_EQ(json_number(x, "d"), 0.) << zero;
  }
}

TEST(Json, ReadsMembersWithoutSurprises) {
  rapidjson::Document x;
  ASSERT_EQ(read_json(R"({"s":"t","i":7,"is":"8","d":0.5,"b":true,"n":null,)"
                      R"("o":{"s":"u"}})",
                      x),
            json_error::none);
  EXPECT_EQ(json_text(x, "s"), "t");
  EXPECT_FALSE(json_text(x, "i"));
  EXPECT_FALSE(json_text(x, "missing"));
  EXPECT_EQ(json_integer(x, "i"), 7);
  EXPECT_EQ(json_integer(x, "is"), 8);
  EXPECT_FALSE(json_integer(x, "s"));
  EXPECT_FALSE(json_integer(x, "d"));
  EXPECT_EQ(json_number(x, "d"), 0.5);
  EXPECT_EQ(json_number(x, "i"), 7);
  EXPECT_EQ(json_bool(x, "b"), true);
  EXPECT_FALSE(json_bool(x, "n"));
  ASSERT_TRUE(json_member(x, "o"));
  EXPECT_EQ(json_text(*json_member(x, "o"), "s"), "u");
  // Asking something that is no object is not an error either.
  EXPECT_FALSE(json_text(*json_member(x, "i"), "s"));
}
