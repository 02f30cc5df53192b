#include "protocol/gemini.hpp"

#include "adapters/language/models/chat_session.hpp"
#include "adapters/language/models/endpoint.hpp"

namespace velox::language {

namespace {

class gemini_codec : public chat_codec {
public:
  explicit gemini_codec(const model_options& options)
    : settings_{options.thinking_budget, options.thinking_level} {
    if (!settings_.thinking_budget && settings_.thinking_level.empty())
      settings_ = gemini_without_thoughts(options.model);
  }

  chat_style style() const override { return {false, true}; }

  net::request request(const net::vendor_access& access,
                       const chat_request& x) const override {
    net::request out;
    // "models/" unless the name says where it is, as "tunedModels/..." does.
    auto* folder = x.model.find('/') == std::string::npos ? "/models/" : "/";
    out.url = versioned(access.base_url, "/v1beta", false) + folder
              + path_encoded(x.model) + ":streamGenerateContent?alt=sse";
    // Not in the query, where it would end up in somebody's log.
    out.headers
      = {{"Content-Type", "application/json"}, {"x-goog-api-key", access.key}};
    out.body = gemini_body(x, settings_);
    return out;
  }

  std::unique_ptr<chat_stream> open() const override {
    return std::make_unique<gemini_stream>();
  }

  std::vector<std::string>
  results(const std::vector<tool_result>& results) const override {
    return {gemini_results(results)};
  }

  chat_trouble trouble(int status, std::string_view body) const override {
    return gemini_trouble(status, body);
  }

private:
  gemini_settings settings_;
};

} // namespace

language_model_factory gemini_model(net::vendor vendor, model_options options) {
  options.name = model_name(options.name, "gemini", options.model);
  auto codec = std::make_shared<gemini_codec>(options);
  return chat_model(std::move(vendor), std::move(codec), std::move(options));
}

} // namespace velox::language
