#include "protocol/twilio_signature.hpp"

#include <gtest/gtest.h>

using namespace velox;

namespace {

using result = signature_result;

constexpr std::string_view token = "12345";
constexpr std::string_view page = "https://mycompany.com/myapp.php?foo=1&bar=2";
constexpr std::string_view hash
  = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
constexpr std::string_view json = R"({"property": "value", "boolean": true})";

/// The parameters of the SDKs' tests, not in their order.
form parameters() {
  return form{}
    .add("To", "+18005551212")
    .add("Digits", "1234")
    .add("CallSid", "CA1234567890ABCDE")
    .add("From", "+14158675309")
    .add("Caller", "+14158675309");
}

/// `url` with `more` behind it.
std::string extended(std::string_view url, std::string_view more,
                     std::string_view value = {}) {
  std::string text{url};
  text.append(more).append(value);
  return text;
}

result check(std::string_view url, std::string_view signature) {
  return check_twilio_form(token, signature, url, parameters());
}

} // namespace

// The vectors are those of twilio-node and twilio-python.

TEST(TwilioSignature, SignsAForm) {
  EXPECT_EQ(sign_twilio_request(token, page, parameters()),
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
  EXPECT_EQ(check(page, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), result::valid);
}

TEST(TwilioSignature, AcceptsThePortSignedOrNot) {
  EXPECT_EQ(check(page, "kvajT1Ptam85bY51eRf/AJRuM3w="), result::valid);
  EXPECT_EQ(check("https://mycompany.com:443/myapp.php?foo=1&bar=2",
                  "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
            result::valid);
  EXPECT_EQ(check("http://mycompany.com/myapp.php?foo=1&bar=2",
                  "0ZXoZLH/DfblKGATFgpif+LLRf4="),
            result::valid);
  EXPECT_EQ(check("http://mycompany.com:1234/myapp.php?foo=1&bar=2",
                  "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
            result::valid);
}

TEST(TwilioSignature, KeepsUserAndPassword) {
  EXPECT_EQ(check("https://user:pass@mycompany.com/myapp.php?foo=1&bar=2",
                  "CukzLTc1tT5dXEDIHm/tKBanW10="),
            result::valid);
  EXPECT_EQ(check(page, "CukzLTc1tT5dXEDIHm/tKBanW10="), result::mismatch);
}

TEST(TwilioSignature, SortsAndDeduplicatesRepeatedNames) {
  auto fields = form{}
                  .add("Sid", "CA123")
                  .add("SidAccount", "AC123")
                  .add("Digits", "5678")
                  .add("Digits", "1234")
                  .add("Digits", "1234");
  EXPECT_EQ(
    check_twilio_form(token, "IK+Dwps556ElfBT0I3Rgjkr1wJU=", page, fields),
    result::valid);
  auto bindings = form{}
                    .add("MessagingBinding.Address", "+1325xxxxxxx")
                    .add("MessagingBinding.Address", "+1415xxxxxxx");
  EXPECT_EQ(
    check_twilio_form(token, "83O6e2vORAoJHUNzJjDWN1jz+BA=", page, bindings),
    result::valid);
}

TEST(TwilioSignature, AcceptsTheOldWayToEncodeAQuery) {
  constexpr std::string_view signature = "TfZzewPq8wqrGlMfyAud8+/IvJ0=";
  EXPECT_EQ(check(extended(page, "&Body=It%27s+amazing"), signature),
            result::valid);
  EXPECT_EQ(check(extended(page, "&Body=It's+amazing"), signature),
            result::valid);
  EXPECT_EQ(check(extended(page, "&Body=Its+amazing"), signature),
            result::mismatch);
}

TEST(TwilioSignature, ChecksTheHashOfABody) {
  auto url = extended(page, "&bodySHA256=", hash);
  EXPECT_EQ(sha256_hex(json), hash);
  EXPECT_EQ(check_twilio_body(token, "a9nBmqA0ju/hNViExpshrM61xv4=", url, json),
            result::valid);
  EXPECT_EQ(check_twilio_body(token, "a9nBmqA0ju/hNViExpshrM61xv4=", url, "{}"),
            result::body_hash_mismatch);
  EXPECT_EQ(check_twilio_body(
              token, "y77kIzt2vzLz71DgmJGsen2scGs=",
              extended("https://mycompany.com/myapp.php", "?bodySHA256=", hash),
              json),
            result::valid);
}

TEST(TwilioSignature, ChecksTheHashOfAnEmptyObject) {
  auto url = extended(
    page, "&bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310"
          "c060f61caaff8a");
  for (auto* signature :
       {"Ldidvp12m26NI7eqEvxnEpkd9Hc=", "rw/jVviOgicj2+kHZULvebnA4ag="})
    EXPECT_EQ(check_twilio_body(token, signature, url, "{}"), result::valid);
}

TEST(TwilioSignature, ChecksMediaSockets) {
  constexpr std::string_view wss = "okykUWKkAOgQseVjzERZh4soLeU=";
  constexpr std::string_view https = "767ALDRNA8VrAN2kKcJ/ivLgcfQ=";
  for (auto* url :
       {"wss://mycompany.com/media", "https://mycompany.com/media",
        "wss://mycompany.com/media/", "wss://mycompany.com:443/media"}) {
    EXPECT_EQ(check_twilio_upgrade(token, wss, url), result::valid) << url;
    EXPECT_EQ(check_twilio_upgrade(token, https, url), result::valid) << url;
  }
  auto slash = sign_twilio_request(token, "wss://mycompany.com/media/");
  EXPECT_EQ(check_twilio_upgrade(token, slash, "wss://mycompany.com/media"),
            result::valid);
  for (auto* url : {"ws://mycompany.com/media", "wss://mycompany.com/other",
                    "wss://other.com/media", "wss://mycompany.com/media?a=b"})
    EXPECT_EQ(check_twilio_upgrade(token, wss, url), result::mismatch) << url;
}

TEST(TwilioSignature, ChecksInsecureSocketsOfATestSetUp) {
  auto signature = sign_twilio_request("t", "http://127.0.0.1:8080/media");
  EXPECT_EQ(check_twilio_upgrade("t", signature, "ws://127.0.0.1:8080/media"),
            result::valid);
}

TEST(TwilioSignature, RefusesWhatIsMissingOrWrong) {
  EXPECT_EQ(check(page, ""), result::missing);
  EXPECT_EQ(
    check_twilio_form("", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", page, parameters()),
    result::missing);
  EXPECT_EQ(check(page, "RSOYDt4T1cUTdK1PDd93/VVr8B9="), result::mismatch);
  EXPECT_EQ(check(page, "RSOYDt4T1cUTdK1PDd93"), result::mismatch);
  EXPECT_EQ(check_twilio_form("54321", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", page,
                              parameters()),
            result::mismatch);
  EXPECT_EQ(check_twilio_form(token, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", page,
                              parameters().add("New", "1")),
            result::mismatch);
}

TEST(TwilioSignature, ChecksARequestByItsKind) {
  auto body = encode_form(parameters());
  twilio_request post{page, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "POST",
                      "Application/X-WWW-Form-Urlencoded; charset=UTF-8", body};
  EXPECT_EQ(check_twilio_request(token, post), result::valid);
  auto broken = extended(body, "&x=%");
  post.body = broken;
  EXPECT_EQ(check_twilio_request(token, post), result::mismatch);

  auto bare = sign_twilio_request(token, page);
  twilio_request get{page, bare, "GET", "", ""};
  EXPECT_EQ(check_twilio_request(token, get), result::valid);

  auto url = extended(page, "&bodySHA256=", hash);
  twilio_request other{url, "a9nBmqA0ju/hNViExpshrM61xv4=", "POST",
                       "application/json", json};
  EXPECT_EQ(check_twilio_request(token, other), result::valid);
  other.body = "{}";
  EXPECT_EQ(check_twilio_request(token, other), result::body_hash_mismatch);
}

TEST(TwilioSignature, ABodyThatNothingCoversIsRefused) {
  auto bare = sign_twilio_request(token, page);
  for (auto* method : {"GET", "POST"}) {
    twilio_request request{page, bare, method, "application/json", json};
    EXPECT_EQ(check_twilio_request(token, request), result::body_hash_mismatch);
  }
}
