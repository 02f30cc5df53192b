#include "protocol/standard_webhooks.hpp"
#include "protocol/stripe_event.hpp"
#include "protocol/stripe_form.hpp"
#include "protocol/stripe_signature.hpp"
#include "tests/fuzz/expect.hpp"

using namespace velox;

/// What Stripe sends, and what somebody sends in its name.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  stripe::event out;
  auto problem = stripe::read_event(text, out);
  // Either all that every event has, or a reason and nothing.
  expect(problem.empty() == !out.id.empty());
  if (problem.empty()) {
    expect(!out.type.empty() && out.created > 0);
    expect(out.object.index() == 0 || !out.object_id.empty());
  }
  (void)stripe::read_subscription(text);
  (void)stripe::read_invoice_payment(text);
  expect(stripe::describe_refusal(400, text).size() < 300);

  // Nobody guesses a signature.
  expect(stripe::check_signature(text, "whsec_secret", "body", 0)
         != stripe::signature_result::valid);
  auto header = stripe::signature_header("whsec_secret", 7, text);
  expect(stripe::check_signature(header, "whsec_secret", text, 7)
         == stripe::signature_result::valid);
  auto half = std::string{text.substr(0, size / 2)};
  standard_webhooks::headers given{half, std::string{text.substr(size / 2)},
                                   std::string{text}};
  expect(standard_webhooks::verify(
           "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", given, text, 0)
         != standard_webhooks::verdict::valid);

  if (auto path = stripe::name_path(text)) {
    std::vector<std::string_view> parts{path->begin(), path->end()};
    expect(stripe::nested_name(parts) == text);
  }
  return 0;
}
