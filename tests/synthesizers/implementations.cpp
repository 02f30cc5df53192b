#include "tests/synthesizers/implementations.hpp"

#include "adapters/speech/resampler.hpp"
#include "protocol/g711.hpp"
#include "tests/support/vendors/fake_azure_speech.hpp"
#include "tests/support/vendors/fake_cartesia.hpp"
#include "tests/support/vendors/fake_deepgram_speak.hpp"
#include "tests/support/vendors/fake_elevenlabs.hpp"
#include "tests/support/vendors/fake_google_tts.hpp"
#include "tests/support/vendors/fake_openai_speech.hpp"

namespace velox::test {

namespace {

using speech::voice_options;
using speech::voice_transport;

template <class Fake>
implementation
of(std::string name, synthesizer_factory (*make)(net::vendor, voice_options),
   voice_transport transport) {
  implementation result;
  result.name = std::move(name);
  result.socket = transport == voice_transport::socket;
  result.fake = [] { return std::make_unique<Fake>(); };
  result.make = [make, transport](net::vendor vendor, voice_options options) {
    options.transport = transport;
    return make(std::move(vendor), options);
  };
  return result;
}

/// As a telephone hears the fake's 24 kHz.
std::vector<uint8_t> openai_audio(std::string_view text) {
  auto pcm = fake_openai_speech::pcm_of(text);
  std::vector<int16_t> samples;
  for (size_t i = 0; i + 1 < pcm.size(); i += 2)
    samples.push_back(static_cast<int16_t>(pcm[i] | pcm[i + 1] << 8));
  speech::resampler to_8k{24000, 8000};
  std::vector<int16_t> ours;
  to_8k.process(samples, ours);
  to_8k.finish(ours);
  std::vector<uint8_t> result(ours.size());
  linear_to_mulaw(ours, result);
  return result;
}

std::vector<implementation> make_all() {
  constexpr auto socket = voice_transport::socket;
  constexpr auto http = voice_transport::http;
  using namespace speech;
  std::vector<implementation> result;
  result.push_back(
    of<fake_deepgram_speak>("DeepgramSocket", deepgram_voice, socket));
  result.push_back(
    of<fake_deepgram_speak>("DeepgramHttp", deepgram_voice, http));
  result[0].limit = result[1].limit = 2000;
  result.push_back(
    of<fake_elevenlabs>("ElevenlabsSocket", elevenlabs_voice, socket));
  result.push_back(
    of<fake_elevenlabs>("ElevenlabsHttp", elevenlabs_voice, http));
  result[2].limit = result[3].limit = 5000;
  result[2].markup = result[3].markup = voice_markup::breaks;
  result.push_back(of<fake_cartesia>("Cartesia", cartesia_voice, socket));
  result.back().markup = voice_markup::breaks;
  result.push_back(of<fake_openai_speech>("Openai", openai_voice, http));
  result.back().audio_of = openai_audio;
  result.back().limit = 4096;
  result.push_back(of<fake_azure_speech>("Azure", azure_voice, http));
  result.back().markup = voice_markup::ssml;
  result.back().limit = 1000;
  result.push_back(of<fake_google_tts>("Google", google_voice, http));
  result.back().markup = voice_markup::ssml;
  result.back().streams = false;
  result.back().limit = 5000;
  return result;
}

} // namespace

const std::vector<implementation>& implementations() {
  static const auto all = make_all();
  return all;
}

} // namespace velox::test
