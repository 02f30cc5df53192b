#include "protocol/form.hpp"
#include "protocol/twilio_signature.hpp"
#include "protocol/url.hpp"
#include "tests/fuzz/expect.hpp"

using namespace velox;

/// The first line is a URL, the rest a body.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  auto url = text.substr(0, text.find('\n'));
  auto body = text.substr(std::min(url.size() + 1, text.size()));

  form fields;
  if (parse_form(body, fields) == form_error::none) {
    form back;
    expect(parse_form(encode_form(fields), back) == form_error::none);
    expect(back.fields().size() == fields.fields().size());
    for (size_t i = 0; i < fields.fields().size(); ++i)
      expect(back.fields()[i].name == fields.fields()[i].name
             && back.fields()[i].value == fields.fields()[i].value);
    auto signature = sign_twilio_request("token", url, fields);
    expect(check_twilio_form("token", signature, url, fields)
           == signature_result::valid);
    expect(check_twilio_form("other", signature, url, fields)
           == signature_result::mismatch);
  }
  if (auto parsed = parse_url(url)) {
    auto again = parse_url(parsed->str());
    expect(again && again->str() == parsed->str());
  }
  expect(percent_decode(percent_encode(text)) == text);

  auto socket = sign_twilio_request("token", url);
  expect(check_twilio_upgrade("token", socket, url) == signature_result::valid);
  constexpr std::string_view type = "application/x-www-form-urlencoded";
  twilio_request request{url, "not base64", "POST", type, body};
  expect(check_twilio_request("token", request) == signature_result::mismatch);
  return 0;
}
