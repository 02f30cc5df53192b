#include "protocol/base64.hpp"

#include <gtest/gtest.h>

#include <random>

using namespace velox;

namespace {

std::vector<uint8_t> bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

std::vector<uint8_t> random_bytes(std::mt19937& random, size_t size) {
  std::vector<uint8_t> data(size);
  for (auto& byte : data)
    byte = static_cast<uint8_t>(random());
  return data;
}

} // namespace

TEST(Base64, EncodesTheExamplesOfRfc4648) {
  EXPECT_EQ(encode_base64(bytes_of("")), "");
  EXPECT_EQ(encode_base64(bytes_of("f")), "Zg==");
  EXPECT_EQ(encode_base64(bytes_of("fo")), "Zm8=");
  EXPECT_EQ(encode_base64(bytes_of("foo")), "Zm9v");
  EXPECT_EQ(encode_base64(bytes_of("foob")), "Zm9vYg==");
  EXPECT_EQ(encode_base64(bytes_of("fooba")), "Zm9vYmE=");
  EXPECT_EQ(encode_base64(bytes_of("foobar")), "Zm9vYmFy");
}

TEST(Base64, AppendsWhatItDecodes) {
  auto out = bytes_of("x");
  EXPECT_TRUE(decode_base64("Zm9vYmE=", out));
  EXPECT_EQ(out, bytes_of("xfooba"));
}

TEST(Base64, RefusesBadInputAndLeavesTheOutputAlone) {
  for (auto* bad : {"Z", "Zg", "Zg=", "Zg===", "====", "=", "Zm9v=", "Zm=v",
                    "Zm9v Zg==", "Zm9vZg==Zm9v", "Zh==", "Zm9=", "Zm9-",
                    "Zm9\xff", "Zg==\n"}) {
    auto out = bytes_of("x");
    EXPECT_FALSE(decode_base64(bad, out)) << bad;
    EXPECT_EQ(out, bytes_of("x")) << bad;
  }
}

TEST(Base64, ReadsBackEveryLength) {
  std::mt19937 random{1};
  for (size_t size = 0; size < 400; ++size) {
    auto data = random_bytes(random, size);
    std::string text;
    append_base64(text, data);
    EXPECT_EQ(text.size(), base64_size(size));
    std::vector<uint8_t> back;
    ASSERT_TRUE(decode_base64(text, back)) << size;
    EXPECT_EQ(back, data) << size;
  }
}

TEST(Base64, VectorAndScalarVersionsAgree) {
  std::mt19937 random{2};
  for (size_t size = 0; size < 300; ++size) {
    auto data = random_bytes(random, size);
    std::string fast, slow;
    append_base64(fast, data);
    append_base64_scalar(slow, data);
    ASSERT_EQ(fast, slow) << size;
    std::vector<uint8_t> back;
    ASSERT_TRUE(decode_base64_scalar(slow, back)) << size;
    EXPECT_EQ(back, data) << size;
  }
}

TEST(Base64, BothVersionsJudgeEveryByteAlike) {
  // 64 characters are long enough for the vector version's loop.
  const std::string good(64, 'A');
  for (size_t place : {0, 5, 15, 16, 40, 63}) {
    for (int byte = 0; byte < 256; ++byte) {
      auto text = good;
      text[place] = static_cast<char>(byte);
      std::vector<uint8_t> fast, slow;
      EXPECT_EQ(decode_base64(text, fast), decode_base64_scalar(text, slow))
        << place << ' ' << byte;
      EXPECT_EQ(fast, slow) << place << ' ' << byte;
    }
  }
}

TEST(Base64, UrlAlphabetNeedsNoPadding) {
  EXPECT_EQ(encode_base64url(bytes_of("\xfb\xff\xfe")), "-__-");
  EXPECT_EQ(encode_base64url(bytes_of("f")), "Zg");
  std::vector<uint8_t> out;
  EXPECT_TRUE(decode_base64url("-__-Zg", out));
  EXPECT_EQ(out, bytes_of("\xfb\xff\xfe"
                          "f"));
  for (auto* bad : {"Zg==", "+//+", "Z", "Zh", "Zm9vZ"}) {
    std::vector<uint8_t> none;
    EXPECT_FALSE(decode_base64url(bad, none)) << bad;
    EXPECT_TRUE(none.empty()) << bad;
  }
}
