#include "adapters/language/models/chat_session.hpp"
#include "adapters/language/models/endpoint.hpp"
#include "protocol/ollama_chat.hpp"

namespace velox::language {

namespace {

class ollama_codec : public chat_codec {
public:
  explicit ollama_codec(const model_options& options)
    : settings_{options.keep_alive, options.context},
      notes_as_user_(options.notes_as_user) {}

  chat_style style() const override { return {false, notes_as_user_}; }

  net::request request(const net::vendor_access& access,
                       const chat_request& x) const override {
    net::request out;
    out.url = access.base_url + "/api/chat";
    out.headers = {{"Content-Type", "application/json"}};
    // Behind a proxy it may ask for a key.
    if (!access.key.empty())
      out.headers.emplace_back("Authorization", "Bearer " + access.key);
    out.body = ollama_chat_body(x, settings_);
    return out;
  }

  std::unique_ptr<chat_stream> open() const override {
    return std::make_unique<ollama_chat_stream>();
  }

  std::vector<std::string>
  results(const std::vector<tool_result>& results) const override {
    return ollama_chat_results(results);
  }

  chat_trouble trouble(int status, std::string_view body) const override {
    return ollama_chat_trouble(status, body);
  }

private:
  ollama_chat_settings settings_;
  bool notes_as_user_;
};

} // namespace

language_model_factory ollama_model(net::vendor vendor, model_options options) {
  options.name = model_name(options.name, "ollama", options.model);
  auto codec = std::make_shared<ollama_codec>(options);
  return chat_model(std::move(vendor), std::move(codec), std::move(options));
}

} // namespace velox::language
