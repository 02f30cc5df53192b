#include "adapters/speech/synthesizers/http_voice.hpp"
#include "adapters/speech/synthesizers/voices.hpp"
#include "protocol/azure_speech.hpp"
#include "protocol/google_tts.hpp"
#include "protocol/pronouncer.hpp"

namespace velox::speech {

namespace {

constexpr const char* vendor_name = "google";

/// The whole answer is one JSON object.
class whole_reader : public answer_reader {
public:
  bool feed(std::string_view bytes, heard_audio&) override {
    body_ += bytes;
    return true;
  }

  bool finish(heard_audio& out) override {
    auto samples = parse_google_tts(body_);
    if (samples)
      out.mulaw = std::move(*samples);
    return samples.has_value();
  }

private:
  std::string body_;
};

/// SSML only where there is some: the Chirp voices know none.
std::string body_of(const google_tts_options& settings, const std::string& text,
                    const pronouncer& write) {
  bool plain = settings.voice.find("Chirp") != std::string::npos;
  auto written = write(text);
  if (plain || written.find('<') == std::string::npos)
    return google_tts_body(settings, plain ? written : text);
  return google_tts_ssml_body(settings, written);
}

http_recipe
recipe(const google_tts_options& settings, const pronouncer& write) {
  http_recipe result;
  result.ask = [settings, write](const net::vendor_access& access,
                                 const std::string& text) {
    auto request = json_post(access.base_url + std::string{google_tts_path},
                             body_of(settings, text, write));
    // Neither goes into the query: queries end up in the logs of proxies.
    if (access.key.starts_with("ya29."))
      request.headers.emplace_back("Authorization", "Bearer " + access.key);
    else if (!access.key.empty())
      request.headers.emplace_back("X-Goog-Api-Key", access.key);
    return request;
  };
  result.reader = [](const net::response_head&) {
    return std::make_unique<whole_reader>();
  };
  result.error_code = google_tts_error;
  return result;
}

} // namespace

synthesizer_factory google_voice(net::vendor vendor, voice_options options) {
  return [vendor = std::move(vendor),
          options = std::move(options)](const synthesizer_options& wanted,
                                        const synthesis_client_actor& client) {
    google_tts_options settings;
    settings.voice = voice_for(vendor_name, wanted);
    settings.language = language_of_voice(settings.voice);
    if (settings.language.empty())
      settings.language = wanted.language.empty() ? "en-US" : wanted.language;
    settings.speed = options.speed;
    auto out = vendor.out();
    auto session = std::make_shared<http_voice>(
      vendor_name, out, client, text_limit{google_tts_limit, true}, options,
      vendor.access,
      recipe(settings, {wanted.pronunciations, wanted.language,
                        settings.voice.find("Chirp") != std::string::npos
                          ? voice_markup::none
                          : voice_markup::ssml}));
    return make_voice_handle(std::move(session), std::move(out));
  };
}

} // namespace velox::speech
