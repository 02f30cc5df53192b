#include "protocol/stream_token.hpp"

#include "protocol/base64.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

using namespace velox;

namespace {

const stream_token example{"CA00000000000000000000000000000001",
                           "agent-1",
                           "org-1",
                           "0123456789abcdef",
                           1'000'000,
                           true};

} // namespace

TEST(StreamToken, ReadsBackWhatWasSigned) {
  stream_token back;
  auto text = sign_stream_token(example, "secret");
  EXPECT_EQ(verify_stream_token(text, "secret", 999'999, back),
            token_error::none);
  EXPECT_EQ(back, example);
}

TEST(StreamToken, KeepsTheFlagAndNegativeTimes) {
  auto other = example;
  other.resume = false;
  other.expires_at_ms = -5;
  stream_token back;
  EXPECT_EQ(verify_stream_token(sign_stream_token(other, "s"), "s", -6, back),
            token_error::none);
  EXPECT_EQ(back, other);
}

TEST(StreamToken, ExpiresAtItsTime) {
  stream_token back;
  auto text = sign_stream_token(example, "secret");
  EXPECT_EQ(verify_stream_token(text, "secret", 1'000'000, back),
            token_error::expired);
  EXPECT_EQ(back, stream_token{});
}

TEST(StreamToken, EveryAlteredCharacterIsNoticed) {
  auto text = sign_stream_token(example, "secret");
  for (size_t i = 0; i < text.size(); ++i) {
    auto altered = text;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    stream_token back;
    EXPECT_NE(verify_stream_token(altered, "secret", 0, back),
              token_error::none)
      << i;
    EXPECT_EQ(back, stream_token{}) << i;
  }
}

TEST(StreamToken, AnotherOrNoSecretIsABadSignature) {
  stream_token back;
  auto text = sign_stream_token(example, "secret");
  EXPECT_EQ(verify_stream_token(text, "Secret", 0, back),
            token_error::bad_signature);
  auto unsigned_text = sign_stream_token(example, "");
  EXPECT_EQ(verify_stream_token(unsigned_text, "", 0, back),
            token_error::bad_signature);
}

TEST(StreamToken, WhatIsNoTokenIsMalformed) {
  stream_token back;
  for (auto text :
       {std::string{}, std::string{"."}, std::string{"abc"},
        std::string{"AQ.AQ"}, std::string{"a b.c"}, std::string(100'000, 'A'),
        sign_stream_token(example, "s") + "A"})
    EXPECT_EQ(verify_stream_token(text, "s", 0, back), token_error::malformed);
}

TEST(StreamToken, FitsIntoATwimlParameter) {
  std::string longest(stream_token_field_limit, 'x');
  stream_token token{longest, longest, longest, longest, 1, false};
  auto text = sign_stream_token(token, "secret");
  EXPECT_LT(text.size(), 480u);
  stream_token back;
  EXPECT_EQ(verify_stream_token(text, "secret", 0, back), token_error::none);
  EXPECT_EQ(back, token);
  token.call_id += 'x';
  EXPECT_THROW(sign_stream_token(token, "secret"), std::length_error);
}

TEST(RandomHex, IsHexadecimalAndNew) {
  EXPECT_EQ(random_hex(0), "");
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    auto text = random_hex(16);
    EXPECT_EQ(text.size(), 32u);
    EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_TRUE(seen.insert(text).second);
  }
}
