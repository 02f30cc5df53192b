#include "protocol/anthropic.hpp"

#include "adapters/language/models/chat_session.hpp"
#include "adapters/language/models/endpoint.hpp"

namespace velox::language {

namespace {

class anthropic_codec : public chat_codec {
public:
  explicit anthropic_codec(bool prefill) : prefill_(prefill) {}

  chat_style style() const override { return {prefill_, true}; }

  net::request request(const net::vendor_access& access,
                       const chat_request& x) const override {
    net::request out;
    out.url = versioned(access.base_url, "/v1", false) + "/messages";
    out.headers = {{"Content-Type", "application/json"},
                   {"x-api-key", access.key},
                   {"anthropic-version", "2023-06-01"}};
    out.body = anthropic_body(x);
    return out;
  }

  std::unique_ptr<chat_stream> open() const override {
    return std::make_unique<anthropic_stream>();
  }

  std::vector<std::string>
  results(const std::vector<tool_result>& results) const override {
    return {anthropic_results(results)};
  }

  chat_trouble trouble(int status, std::string_view body) const override {
    return anthropic_trouble(status, body);
  }

private:
  bool prefill_;
};

} // namespace

language_model_factory
anthropic_model(net::vendor vendor, model_options options) {
  options.name = model_name(options.name, "anthropic", options.model);
  auto codec = std::make_shared<anthropic_codec>(options.prefill);
  return chat_model(std::move(vendor), std::move(codec), std::move(options));
}

} // namespace velox::language
