#include "adapters/speech/synthesizers/http_voice.hpp"
#include "adapters/speech/synthesizers/voices.hpp"
#include "protocol/azure_speech.hpp"
#include "protocol/pronouncer.hpp"

namespace velox::speech {

namespace {

constexpr const char* vendor_name = "azure";

http_recipe recipe(const std::string& voice, const std::string& language,
                   const pronouncer& write) {
  http_recipe result;
  result.ask = [voice, language, write](const net::vendor_access& access,
                                        const std::string& text) {
    net::request request;
    request.method = "POST";
    request.url = access.base_url + std::string{azure_speech_path};
    request.headers = {
      {"Content-Type", "application/ssml+xml"},
      {"X-Microsoft-OutputFormat", std::string{azure_speech_format}},
      {"User-Agent", "velox"}, // asked for; a request without one is refused
    };
    if (!access.key.empty())
      request.headers.emplace_back("Ocp-Apim-Subscription-Key", access.key);
    request.body = azure_ssml_of(voice, language, write(text));
    return request;
  };
  result.reader = [](const net::response_head&) { return make_plain_reader(); };
  // Its error texts are for people and have no codes.
  result.error_code = [](std::string_view) { return std::string{}; };
  return result;
}

} // namespace

synthesizer_factory azure_voice(net::vendor vendor, voice_options options) {
  return [vendor = std::move(vendor),
          options = std::move(options)](const synthesizer_options& wanted,
                                        const synthesis_client_actor& client) {
    auto voice = voice_for(vendor_name, wanted);
    // The voice knows best which language it speaks.
    std::string language{language_of_voice(voice)};
    if (language.empty())
      language = wanted.language.empty() ? "en-US" : wanted.language;
    auto out = vendor.out();
    auto session = std::make_shared<http_voice>(
      vendor_name, out, client, text_limit{azure_speech_limit}, options,
      vendor.access,
      recipe(voice, language,
             {wanted.pronunciations, language, voice_markup::ssml}));
    return make_voice_handle(std::move(session), std::move(out));
  };
}

} // namespace velox::speech
