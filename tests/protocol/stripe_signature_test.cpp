#include "protocol/stripe_signature.hpp"

#include <gtest/gtest.h>

using namespace velox;
using stripe::check_signature;
using stripe::signature_result;

namespace {

constexpr std::string_view secret = "whsec_test_secret";
constexpr std::string_view body
  = R"({"id":"evt_test_1","object":"event","type":"invoice.paid"})";
constexpr int64_t at = 1767225600;
constexpr std::string_view v1
  = "14001c63bea2aed4e924c801f8f3d6aef2f351db2fc4f617cc26630f59a9c116";

std::string header(std::string_view signature = v1) {
  return "t=1767225600,v1=" + std::string{signature};
}

} // namespace

TEST(StripeSignature, IsThatOfTheVectors) {
  EXPECT_EQ(stripe::sign_v1(secret, "1767225600", body), v1);
  EXPECT_EQ(stripe::sign_v1("whsec_wrong", "1767225600", body),
            "b528982dac621bc46e4aeb91cfad8852a49244d93cc32eafe47f28a96289aaa5");
  EXPECT_EQ(stripe::sign_v1(secret, "1614556828",
                            R"({"id":"evt_test_webhook","object":"event"})"),
            "0de228cc58c87d41b6f32da11581aaed8b1312a008d83c91d99433e59746abae");
  EXPECT_EQ(stripe::signature_header(secret, at, body), header());
}

TEST(StripeSignature, IsCheckedInAllItsParts) {
  struct test_case {
    const char* what;
    std::string header;
    std::string_view secret;
    std::string body;
    int64_t now;
    signature_result wanted;
  };
  const std::string good{body};
  const auto other = std::string(64, '0');
  const std::vector<test_case> cases{
    {"as sent", header(), secret, good, at, signature_result::valid},
    {"five minutes late", header(), secret, good, at + 300,
     signature_result::valid},
    {"later", header(), secret, good, at + 301, signature_result::too_old},
    {"five minutes early", header(), secret, good, at - 300,
     signature_result::valid},
    {"earlier", header(), secret, good, at - 301, signature_result::too_new},
    {"old and forged", header(other), secret, good, at + 301,
     signature_result::mismatch},
    {"two v1, the second good", header(other) + ",v1=" + std::string{v1},
     secret, good, at, signature_result::valid},
    {"a v0 beside it", header() + ",v0=abc", secret, good, at,
     signature_result::valid},
    {"only a v0", "t=1767225600,v0=" + std::string{v1}, secret, good, at,
     signature_result::malformed},
    {"blanks between", "t=1767225600, v1=" + std::string{v1}, secret, good, at,
     signature_result::valid},
    {"another body", header(), secret, good + " ", at,
     signature_result::mismatch},
    {"another secret", header(), "whsec_wrong", good, at,
     signature_result::mismatch},
    {"a shorter v1", header(v1.substr(1)), secret, good, at,
     signature_result::mismatch},
    {"upper case", header("14001C63"), secret, good, at,
     signature_result::mismatch},
    {"another time", "t=1767225601,v1=" + std::string{v1}, secret, good, at,
     signature_result::mismatch},
    {"no time", "v1=" + std::string{v1}, secret, good, at,
     signature_result::malformed},
    {"time is no number", "t=soon,v1=" + std::string{v1}, secret, good, at,
     signature_result::malformed},
    {"time below zero", "t=-1,v1=" + std::string{v1}, secret, good, at,
     signature_result::malformed},
    {"nothing", "", secret, good, at, signature_result::missing},
    {"no secret of ours", header(), "", good, at, signature_result::missing},
    {"rubbish", ",,=,t", secret, good, at, signature_result::malformed},
  };
  for (auto& x : cases)
    EXPECT_EQ(check_signature(x.header, x.secret, x.body, x.now), x.wanted)
      << x.what;
}
