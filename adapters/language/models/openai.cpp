#include "adapters/language/models/chat_session.hpp"
#include "adapters/language/models/endpoint.hpp"
#include "protocol/openai_chat.hpp"

namespace velox::language {

namespace {

class openai_codec : public chat_codec {
public:
  explicit openai_codec(const model_options& options) : options_(options) {}

  chat_style style() const override { return {false, options_.notes_as_user}; }

  net::request request(const net::vendor_access& access,
                       const chat_request& x) const override {
    net::request out;
    out.headers
      = {{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}};
    if (options_.azure_api_version.empty()) {
      out.url = versioned(access.base_url, "/v1", true) + "/chat/completions";
      if (!access.key.empty())
        out.headers.emplace_back("Authorization", "Bearer " + access.key);
    } else {
      out.url = access.base_url + "/openai/deployments/" + path_encoded(x.model)
                + "/chat/completions?api-version="
                + path_encoded(options_.azure_api_version);
      out.headers.emplace_back("api-key", access.key);
    }
    openai_chat_settings settings;
    settings.include_usage = options_.usage_in_stream;
    settings.legacy_max_tokens = options_.legacy_max_tokens;
    settings.reasoning_effort = options_.reasoning_effort;
    out.body = openai_chat_body(x, settings);
    return out;
  }

  std::unique_ptr<chat_stream> open() const override {
    return std::make_unique<openai_chat_stream>();
  }

  std::vector<std::string>
  results(const std::vector<tool_result>& results) const override {
    return openai_chat_results(results);
  }

  chat_trouble trouble(int status, std::string_view body) const override {
    return openai_chat_trouble(status, body);
  }

private:
  model_options options_;
};

} // namespace

language_model_factory openai_model(net::vendor vendor, model_options options) {
  options.name = model_name(options.name, "openai", options.model);
  auto codec = std::make_shared<openai_codec>(options);
  return chat_model(std::move(vendor), std::move(codec), std::move(options));
}

} // namespace velox::language
