#include "adapters/speech/resampler.hpp"
#include "adapters/speech/synthesizers/http_voice.hpp"
#include "adapters/speech/synthesizers/voices.hpp"
#include "protocol/g711.hpp"
#include "protocol/openai_speech.hpp"

namespace velox::speech {

namespace {

constexpr const char* vendor_name = "openai";

/// 24 kHz PCM as mu-law, 8 kHz. A sample may be cut in two by the network.
class pcm_reader : public answer_reader {
public:
  bool feed(std::string_view bytes, heard_audio& out) override {
    add({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, out);
    return true;
  }

  bool finish(heard_audio& out) override {
    std::vector<int16_t> tail;
    to_8k_.finish(tail);
    append(tail, out);
    return true;
  }

  void add(std::span<const uint8_t> bytes, heard_audio& out) {
    std::vector<int16_t> samples;
    samples.reserve(bytes.size() / 2 + 1);
    for (auto byte : bytes) {
      if (odd_)
        samples.push_back(static_cast<int16_t>(*odd_ | byte << 8));
      odd_ = odd_ ? std::nullopt : std::optional{byte};
    }
    std::vector<int16_t> ours;
    to_8k_.process(samples, ours);
    append(ours, out);
  }

private:
  static void append(const std::vector<int16_t>& samples, heard_audio& out) {
    for (auto sample : samples)
      out.mulaw.push_back(linear_to_mulaw(sample));
  }

  std::optional<uint8_t> odd_; ///< the first half of a sample
  resampler to_8k_{openai_speech_rate, mulaw_rate};
};

/// The same audio wrapped in events.
class events_reader : public answer_reader {
public:
  bool feed(std::string_view bytes, heard_audio& out) override {
    std::vector<uint8_t> pcm;
    if (!events_.feed(bytes, pcm))
      return false;
    pcm_.add(pcm, out);
    return true;
  }

  bool finish(heard_audio& out) override {
    return pcm_.finish(out) && events_.done();
  }

private:
  openai_speech_events events_;
  pcm_reader pcm_;
};

http_recipe recipe(openai_speech_options settings) {
  http_recipe result;
  result.ask = [settings = std::move(settings)](
                 const net::vendor_access& access, const std::string& text) {
    auto request
      = json_post(join_url(access.base_url, "/v1", openai_speech_path),
                  openai_speech_body(settings, text));
    if (!access.key.empty())
      request.headers.emplace_back("Authorization", "Bearer " + access.key);
    return request;
  };
  // Some servers of this API answer in events whatever they are asked for.
  result.reader
    = [](const net::response_head& head) -> std::unique_ptr<answer_reader> {
    if (net::find_header(head.headers, "content-type")
          .starts_with("text/event-stream"))
      return std::make_unique<events_reader>();
    return std::make_unique<pcm_reader>();
  };
  result.error_code = openai_speech_error;
  return result;
}

} // namespace

synthesizer_factory openai_voice(net::vendor vendor, voice_options options) {
  return [vendor = std::move(vendor),
          options = std::move(options)](const synthesizer_options& wanted,
                                        const synthesis_client_actor& client) {
    openai_speech_options settings;
    settings.voice = voice_for(vendor_name, wanted);
    settings.instructions = options.instructions;
    settings.speed = options.speed;
    if (!options.model.empty())
      settings.model = options.model;
    auto out = vendor.out();
    auto session = std::make_shared<http_voice>(
      vendor_name, out, client, text_limit{openai_speech_limit}, options,
      vendor.access, recipe(settings));
    session->write_with(
      {wanted.pronunciations, wanted.language, voice_markup::none});
    return make_voice_handle(std::move(session), std::move(out));
  };
}

} // namespace velox::speech
