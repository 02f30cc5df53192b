#include "config/provider_keys.hpp"

#include "config/vendors.hpp"

namespace velox::config {

namespace {

constexpr uint64_t minute = 60'000;

/// The place of a member of `settings::providers`.
template <auto Member>
setting_place at(settings& x) {
  return &(x.providers.*Member);
}

/// The place of a vendor's member.
template <auto Vendor, auto Member>
setting_place of(settings& x) {
  return &(x.providers.*Vendor.*Member);
}

using place_function = setting_place (*)(settings&);
using names = std::span<const std::string_view>;

setting_key
text(std::string_view name, place_function in, std::string_view meaning) {
  return {.name = name, .in = in, .meaning = meaning};
}

setting_key
required(std::string_view name, place_function in, std::string_view meaning) {
  return {.name = name, .in = in, .meaning = meaning, .may_be_empty = false};
}

setting_key secret(std::string_view name, place_function in,
                   std::string_view meaning, std::string_view environment) {
  return {.name = name,
          .in = in,
          .meaning = meaning,
          .environment = environment,
          .secret = true};
}

setting_key address(std::string_view name, place_function in,
                    std::string_view meaning, std::string_view environment) {
  return {.name = name,
          .in = in,
          .meaning = meaning,
          .environment = environment,
          .kind = text_kind::vendor_url};
}

setting_key limit(std::string_view name, place_function in) {
  return {.name = name,
          .in = in,
          .meaning = "How much may be under way at once: sessions, requests; "
                     "0: no limit of ours.",
          .least = 0,
          .most = 100'000};
}

setting_key choices(std::string_view name, place_function in,
                    std::string_view meaning, names from) {
  return {.name = name,
          .in = in,
          .meaning = meaning,
          .choices = {from.begin(), from.end()},
          .kind = text_kind::provider};
}

setting_key
words(std::string_view name, place_function in, std::string_view meaning) {
  return {
    .name = name, .in = in, .meaning = meaning, .least = 1, .most = 10'000};
}

using all = provider_settings;
using any = vendor_settings;

void add_choice(std::vector<setting_key>& to) {
  to.push_back({.name = "providers.ca_file",
                .in = at<&all::ca_file>,
                .meaning
                = "Authorities to trust beside the system's (PEM file), for "
                  "self-hosted servers.",
                .kind = text_kind::file});
  to.push_back({.name = "providers.hedge_after",
                .in = at<&all::hedge_after>,
                .meaning = "A model that has said nothing for so long gets a "
                           "rival; 0s: never.",
                .least = 0,
                .most = minute});
  to.push_back(
    choices("providers.recognizers", at<&all::recognizers>,
            "Who listens, in the order in which they are tried; "
            "empty: those of deepgram and assemblyai that have a key, "
            "else pocketsphinx.",
            recognizer_names));
  to.push_back(
    choices("providers.voices", at<&all::voices>,
            "Who speaks; empty: the agent's voice tells, else those "
            "of deepgram, elevenlabs, cartesia and azure that have a "
            "key, else flite.",
            voice_names));
  to.push_back(choices("providers.models", at<&all::models>,
                       "Who thinks; empty: those of openai, gemini, anthropic "
                       "and ollama that have a key or a URL, else the agent's "
                       "script.",
                       model_names));
  to.push_back(choices("providers.small_models", at<&all::small_models>,
                       "Who thinks first about short turns of the caller; "
                       "empty: ollama when it has a URL and models is empty.",
                       model_names));
  to.push_back(choices("providers.medium_models", at<&all::medium_models>,
                       "The same for longer turns; empty: Gemini's own model "
                       "when it comes first and models is empty.",
                       model_names));
  to.push_back(choices("providers.large_models", at<&all::large_models>,
                       "The same for the longest; empty: Gemini's Pro when it "
                       "comes first and models is empty.",
                       model_names));
  to.push_back(words("providers.medium_from", at<&all::medium_from>,
                     "Turns of so many words are no short ones."));
  to.push_back(words("providers.large_from", at<&all::large_from>,
                     "Turns of so many words are the longest ones."));
}

void add_deepgram(std::vector<setting_key>& to) {
  constexpr auto me = &all::deepgram;
  to.push_back(secret("providers.deepgram.key", of<me, &any::key>,
                      "Deepgram's key, for listening and speaking.",
                      "DEEPGRAM_API_KEY"));
  to.push_back(address("providers.deepgram.url", of<me, &any::url>,
                       "Where it listens; empty: https://api.deepgram.com.",
                       "DEEPGRAM_URL"));
  to.push_back(address(
    "providers.deepgram.speak_url", of<me, &deepgram_settings::speak_url>,
    "Where it speaks; empty: as it listens.", "DEEPGRAM_SPEAK_URL"));
  to.push_back(
    limit("providers.deepgram.concurrency", of<me, &any::concurrency>));
  to.push_back(required("providers.deepgram.model",
                        of<me, &deepgram_settings::model>,
                        "The model that listens where none is named."));
  to.push_back(text("providers.deepgram.voice",
                    of<me, &deepgram_settings::voice>,
                    "The voice where none is named; empty: by language."));
}

void add_listeners(std::vector<setting_key>& to) {
  constexpr auto assembly = &all::assemblyai;
  to.push_back(secret("providers.assemblyai.key", of<assembly, &any::key>,
                      "AssemblyAI's key, for listening.",
                      "ASSEMBLYAI_API_KEY"));
  to.push_back(address("providers.assemblyai.url", of<assembly, &any::url>,
                       "Empty: https://streaming.assemblyai.com.",
                       "ASSEMBLYAI_URL"));
  to.push_back(
    limit("providers.assemblyai.concurrency", of<assembly, &any::concurrency>));
  to.push_back(text("providers.assemblyai.model",
                    of<assembly, &assemblyai_settings::model>,
                    "The model where none is named; empty: by language."));
  constexpr auto google = &all::google;
  to.push_back(secret("providers.google.key", of<google, &any::key>,
                      "Google Cloud's key, for listening and speaking.",
                      "GOOGLE_API_KEY"));
  to.push_back(address("providers.google.url", of<google, &any::url>,
                       "Where it listens; empty: "
                       "https://speech.googleapis.com.",
                       "GOOGLE_SPEECH_URL"));
  to.push_back(address("providers.google.speak_url",
                       of<google, &google_settings::speak_url>,
                       "Where it speaks; empty: "
                       "https://texttospeech.googleapis.com.",
                       "GOOGLE_SPEAK_URL"));
  to.push_back(
    limit("providers.google.concurrency", of<google, &any::concurrency>));
  to.push_back(required("providers.google.model",
                        of<google, &google_settings::model>,
                        "The model that listens where none is named."));
  to.push_back(text("providers.google.voice",
                    of<google, &google_settings::voice>,
                    "The voice where none is named; empty: by language."));
}

void add_voices(std::vector<setting_key>& to) {
  constexpr auto eleven = &all::elevenlabs;
  to.push_back(secret("providers.elevenlabs.key", of<eleven, &any::key>,
                      "ElevenLabs' key, for speaking.", "ELEVENLABS_API_KEY"));
  to.push_back(address("providers.elevenlabs.url", of<eleven, &any::url>,
                       "Empty: https://api.elevenlabs.io.", "ELEVENLABS_URL"));
  to.push_back(
    limit("providers.elevenlabs.concurrency", of<eleven, &any::concurrency>));
  to.push_back(required("providers.elevenlabs.model",
                        of<eleven, &voice_settings::model>,
                        "The model that speaks."));
  to.push_back(text("providers.elevenlabs.voice",
                    of<eleven, &voice_settings::voice>,
                    "The voice's id where none is named; empty: by "
                    "language."));
  constexpr auto cartesia = &all::cartesia;
  to.push_back(secret("providers.cartesia.key", of<cartesia, &any::key>,
                      "Cartesia's key, for speaking.", "CARTESIA_API_KEY"));
  to.push_back(address("providers.cartesia.url", of<cartesia, &any::url>,
                       "Empty: https://api.cartesia.ai.", "CARTESIA_URL"));
  to.push_back(
    limit("providers.cartesia.concurrency", of<cartesia, &any::concurrency>));
  to.push_back(required("providers.cartesia.model",
                        of<cartesia, &voice_settings::model>,
                        "The model that speaks."));
  to.push_back(text("providers.cartesia.voice",
                    of<cartesia, &voice_settings::voice>,
                    "The voice's id where none is named; empty: by "
                    "language."));
  constexpr auto azure = &all::azure;
  to.push_back(secret("providers.azure.key", of<azure, &any::key>,
                      "Azure's speech key, for speaking.", "AZURE_SPEECH_KEY"));
  to.push_back(address("providers.azure.url", of<azure, &any::url>,
                       "The region's, such as "
                       "https://westeurope.tts.speech.microsoft.com.",
                       "AZURE_SPEECH_URL"));
  to.push_back(
    limit("providers.azure.concurrency", of<azure, &any::concurrency>));
  to.push_back(text("providers.azure.voice", of<azure, &azure_settings::voice>,
                    "The voice where none is named; empty: by language."));
}

void add_openai(std::vector<setting_key>& to) {
  constexpr auto me = &all::openai;
  to.push_back(secret("providers.openai.key", of<me, &any::key>,
                      "OpenAI's key, for thinking and speaking, or that of a "
                      "server that speaks the same.",
                      "OPENAI_API_KEY"));
  to.push_back(address("providers.openai.url", of<me, &any::url>,
                       "Empty: https://api.openai.com/v1. Groq, vLLM, SGLang "
                       "and others go here.",
                       "OPENAI_BASE_URL"));
  to.push_back(
    limit("providers.openai.concurrency", of<me, &any::concurrency>));
  to.push_back(required("providers.openai.model",
                        of<me, &openai_settings::model>,
                        "The model that thinks where none is named."));
  to.push_back(required("providers.openai.speech_model",
                        of<me, &openai_settings::speech_model>,
                        "The model that speaks."));
  to.push_back(text("providers.openai.voice", of<me, &openai_settings::voice>,
                    "The voice where none is named; empty: by language."));
}

void add_thinkers(std::vector<setting_key>& to) {
  constexpr auto gemini = &all::gemini;
  to.push_back(secret("providers.gemini.key", of<gemini, &any::key>,
                      "Gemini's key, for thinking.", "GEMINI_API_KEY"));
  to.push_back(address("providers.gemini.url", of<gemini, &any::url>,
                       "Empty: https://generativelanguage.googleapis.com.",
                       "GEMINI_BASE_URL"));
  to.push_back(
    limit("providers.gemini.concurrency", of<gemini, &any::concurrency>));
  to.push_back(required("providers.gemini.model",
                        of<gemini, &model_settings::model>,
                        "The model where none is named."));
  constexpr auto anthropic = &all::anthropic;
  to.push_back(secret("providers.anthropic.key", of<anthropic, &any::key>,
                      "Anthropic's key, for thinking.", "ANTHROPIC_API_KEY"));
  to.push_back(address("providers.anthropic.url", of<anthropic, &any::url>,
                       "Empty: https://api.anthropic.com.",
                       "ANTHROPIC_BASE_URL"));
  to.push_back(
    limit("providers.anthropic.concurrency", of<anthropic, &any::concurrency>));
  to.push_back(required("providers.anthropic.model",
                        of<anthropic, &model_settings::model>,
                        "The model where none is named."));
  constexpr auto ollama = &all::ollama;
  to.push_back(secret("providers.ollama.key", of<ollama, &any::key>,
                      "The key of an Ollama server behind a gateway; empty: it "
                      "asks for none.",
                      "OLLAMA_API_KEY"));
  to.push_back(address("providers.ollama.url", of<ollama, &any::url>,
                       "Your Ollama server, such as http://localhost:11434; "
                       "empty: none.",
                       "PHI3_SERVICE_URL"));
  to.push_back(
    limit("providers.ollama.concurrency", of<ollama, &any::concurrency>));
  to.push_back(required("providers.ollama.model",
                        of<ollama, &model_settings::model>,
                        "The model where none is named."));
}

} // namespace

std::vector<setting_key> provider_setting_keys() {
  std::vector<setting_key> result;
  add_choice(result);
  add_deepgram(result);
  add_listeners(result);
  add_voices(result);
  add_openai(result);
  add_thinkers(result);
  return result;
}

} // namespace velox::config
