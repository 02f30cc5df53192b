#include "protocol/standard_webhooks.hpp"

#include <gtest/gtest.h>

using namespace velox;
using standard_webhooks::verdict;

namespace {

struct vector {
  std::string secret;
  std::string id;
  int64_t at;
  std::string body;
  std::string signature;
};

/// Of the specification's repository, and computed by OpenSSL.
const vector vectors[] = {
  {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
   1614265330, R"({"test": 2432232314})",
   "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
  {"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
   "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", 1767225600,
   R"({"type":"call.completed","timestamp":"2026-01-01T00:00:00Z","data":{"id":"CA1"}})",
   "v1,br7grJrdeA48Ptg22U7pRayVII0AtbFVk0eQiiu+hzg="},
};

} // namespace

TEST(StandardWebhooks, SignAsTheVectors) {
  for (auto& x : vectors) {
    auto out = standard_webhooks::sign({x.secret}, x.id, x.at, x.body);
    EXPECT_EQ(out.signature, x.signature);
    EXPECT_EQ(out.timestamp, std::to_string(x.at));
    EXPECT_EQ(out.id, x.id);
    EXPECT_EQ(standard_webhooks::verify(x.secret, out, x.body, x.at),
              verdict::valid);
  }
}

TEST(StandardWebhooks, SignTwiceWhileASecretIsChanged) {
  auto& [first, id, at, body, signature] = vectors[0];
  auto second = vectors[1].secret;
  auto out = standard_webhooks::sign({second, first}, id, at, body);
  EXPECT_NE(out.signature.find(' '), std::string::npos);
  EXPECT_EQ(standard_webhooks::verify(first, out, body, at), verdict::valid);
  EXPECT_EQ(standard_webhooks::verify(second, out, body, at), verdict::valid);
  EXPECT_EQ(
    standard_webhooks::verify(standard_webhooks::make_secret(), out, body, at),
    verdict::mismatch);
}

TEST(StandardWebhooks, RefuseWhatWasChanged) {
  auto& x = vectors[1];
  auto good = standard_webhooks::sign({x.secret}, x.id, x.at, x.body);
  auto check = [&](const standard_webhooks::headers& given,
                   const std::string& body, int64_t now) {
    return standard_webhooks::verify(x.secret, given, body, now);
  };
  EXPECT_EQ(check(good, x.body + " ", x.at), verdict::mismatch);
  EXPECT_EQ(check(good, x.body, x.at + 301), verdict::too_old);
  EXPECT_EQ(check(good, x.body, x.at - 301), verdict::too_new);
  EXPECT_EQ(check(good, x.body, x.at + 300), verdict::valid);
  auto other = good;
  other.id = "msg_other";
  EXPECT_EQ(check(other, x.body, x.at), verdict::mismatch);
  other = good;
  other.timestamp = "now";
  EXPECT_EQ(check(other, x.body, x.at), verdict::malformed);
  other = good;
  other.signature = "v1a,AAAA " + good.signature;
  EXPECT_EQ(check(other, x.body, x.at), verdict::valid);
  other.signature = "";
  EXPECT_EQ(check(other, x.body, x.at), verdict::mismatch);
}

TEST(StandardWebhooks, SecretsAreFreshAndWellFormed) {
  auto a = standard_webhooks::make_secret();
  EXPECT_TRUE(standard_webhooks::is_secret(a)) << a;
  EXPECT_NE(a, standard_webhooks::make_secret());
  EXPECT_EQ(a.size(), 6u + 44u);
  for (auto bad : {"", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2La",
                   "whsec_!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!"})
    EXPECT_FALSE(standard_webhooks::is_secret(bad)) << bad;
  EXPECT_THROW(standard_webhooks::sign({"whsec_AAAA"}, "id", 1, ""),
               std::invalid_argument);
}

TEST(StandardWebhooks, IdsHoldNoFullStop) {
  EXPECT_EQ(standard_webhooks::webhook_id("call.ended:CA1"), "call-ended:CA1");
  EXPECT_THROW(
    standard_webhooks::sign({vectors[0].secret}, "call.ended", 1, ""),
    std::invalid_argument);
}

TEST(StandardWebhooks, WrapWhatIsTold) {
  EXPECT_EQ(standard_webhooks::payload("call.ended", 1767225600123,
                                       R"({"call_id":"CA1"})"),
            R"({"type":"call.ended","timestamp":"2026-01-01T00:00:00.123Z",)"
            R"("data":{"call_id":"CA1"}})");
  EXPECT_EQ(standard_webhooks::rfc3339(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(standard_webhooks::rfc3339(951'782'399'999),
            "2000-02-28T23:59:59.999Z");
}
