#include "protocol/base64.hpp"
#include "protocol/stream_token.hpp"
#include "tests/fuzz/expect.hpp"

using namespace velox;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  // Nobody guesses a signature.
  stream_token token;
  auto error = verify_stream_token(text, "secret", 0, token);
  expect(error == token_error::malformed
         || error == token_error::bad_signature);
  expect(token == stream_token{});

  std::vector<uint8_t> bytes;
  if (decode_base64url(text, bytes))
    expect(encode_base64url(bytes) == text);
  else
    expect(bytes.empty());

  auto field = std::string{text.substr(0, stream_token_field_limit)};
  stream_token sent{field, field, field, field, 5, size % 2 == 0};
  auto ticket = sign_stream_token(sent, "secret");
  expect(verify_stream_token(ticket, "secret", 4, token) == token_error::none);
  expect(token == sent);
  expect(verify_stream_token(ticket, "secret", 5, token)
         == token_error::expired);
  return 0;
}
