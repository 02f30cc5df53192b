#include "adapters/providers/catalogue.hpp"

#include "adapters/language/models/models.hpp"
#include "adapters/providers/last_words.hpp"
#include "adapters/speech/recognizers/recognizers.hpp"
#include "adapters/speech/synthesizers/synthesizers.hpp"
#include "adapters/speech/synthesizers/voices.hpp"
#include "config/vendors.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace velox::providers {

namespace {

using strings = std::vector<std::string>;

/// What Gemini offers for the hardest turns.
constexpr auto gemini_pro = "gemini-2.5-pro";

std::string name_of(std::string_view vendor, std::string_view detail) {
  return detail.empty() ? std::string{vendor}
                        : fmt::format("{}:{}", vendor, detail);
}

[[noreturn]] void no_such(stage what, std::string_view name) {
  throw std::invalid_argument{
    fmt::format("there is no {} '{}'", to_text(what), name)};
}

std::string_view or_else(std::string_view a, std::string_view b) {
  return a.empty() ? b : a;
}

/// `make` with the voice that was chosen for it; the agent's own voice stays
/// when it is this vendor's, or nobody knows whose it is.
synthesizer_factory with_voice(synthesizer_factory make, std::string vendor,
                               std::string chosen, std::string otherwise) {
  return [make = std::move(make), vendor = std::move(vendor),
          chosen = std::move(chosen), otherwise = std::move(otherwise)](
           const synthesizer_options& options,
           const synthesis_client_actor& client) {
    auto x = options;
    auto owner = speech::vendor_of_voice(x.voice);
    if (!chosen.empty())
      x.voice = chosen;
    else if (x.voice.empty() || (!owner.empty() && owner != vendor))
      x.voice = otherwise;
    return make(x, client);
  };
}

synthesizer_factory make_voice(std::string_view name, net::vendor vendor,
                               speech::voice_options options) {
  if (name == "deepgram")
    return speech::deepgram_voice(std::move(vendor), std::move(options));
  if (name == "elevenlabs")
    return speech::elevenlabs_voice(std::move(vendor), std::move(options));
  if (name == "cartesia")
    return speech::cartesia_voice(std::move(vendor), std::move(options));
  if (name == "openai")
    return speech::openai_voice(std::move(vendor), std::move(options));
  if (name == "azure")
    return speech::azure_voice(std::move(vendor), std::move(options));
  return speech::google_voice(std::move(vendor), std::move(options));
}

/// The model that speaks and the voice where none is named.
struct voice_defaults {
  std::string model;
  std::string voice;
};

voice_defaults
voice_defaults_of(const config::provider_settings& x, std::string_view name) {
  if (name == "deepgram")
    return {"", x.deepgram.voice};
  if (name == "elevenlabs")
    return {x.elevenlabs.model, x.elevenlabs.voice};
  if (name == "cartesia")
    return {x.cartesia.model, x.cartesia.voice};
  if (name == "openai")
    return {x.openai.speech_model, x.openai.voice};
  if (name == "azure")
    return {"", x.azure.voice};
  return {"", x.google.voice};
}

std::string_view
model_default_of(const config::provider_settings& x, std::string_view name) {
  if (name == "openai")
    return x.openai.model;
  if (name == "gemini")
    return x.gemini.model;
  if (name == "anthropic")
    return x.anthropic.model;
  return x.ollama.model;
}

/// Servers that imitate OpenAI know the older name of a limit, and not all
/// think of usage.
bool imitates_openai(std::string_view base_url) {
  return base_url.find("api.openai.com") == base_url.npos;
}

template <class Make>
auto all_of(const strings& names, Make make) {
  std::vector<decltype(make(std::string_view{}))> result;
  for (auto& name : names)
    result.push_back(make(name));
  return result;
}

} // namespace

catalogue::catalogue(config::provider_settings settings, keys_ptr keys,
                     net::outbound_source out, offline_factories offline)
  : settings_(std::move(settings)), keys_(std::move(keys)),
    out_(std::move(out)), offline_(std::move(offline)),
    cache_(std::make_shared<speech::phrase_cache>()) {}

net::vendor catalogue::vendor_of(const vendor_info& x) const {
  return {out_, [keys = keys_, &x] { return access_of(x, *keys); }};
}

// -- by name ------------------------------------------------------------------

provider<recognizer_factory>
catalogue::recognizer(std::string_view choice) const {
  auto [name, detail] = config::parse_choice(choice);
  if (name == "pocketsphinx")
    return {std::string{name}, "", offline_.recognizer};
  auto info = find_vendor(stage::recognizer, name);
  if (info == nullptr)
    no_such(stage::recognizer, name);
  auto vendor = vendor_of(*info);
  provider<recognizer_factory> result{"", std::string{info->gateway}, {}};
  if (name == "flux" || detail.starts_with("flux")) {
    result.name = name_of("deepgram", or_else(detail, "flux"));
    result.make = speech::flux_recognizer(vendor, {std::string{detail}});
  } else if (name == "deepgram") {
    auto model = std::string{or_else(detail, settings_.deepgram.model)};
    result.name = name_of(name, model);
    result.make = speech::deepgram_recognizer(vendor, {model});
  } else if (name == "assemblyai") {
    auto model = std::string{or_else(detail, settings_.assemblyai.model)};
    result.name = name_of(name, model);
    result.make = speech::assemblyai_recognizer(vendor, {model});
  } else {
    auto model = std::string{or_else(detail, settings_.google.model)};
    result.name = name_of(name, model);
    result.make = speech::google_recognizer(vendor, {model});
  }
  return result;
}

provider<synthesizer_factory>
catalogue::voice(std::string_view choice, bool from_memory) const {
  auto [name, detail] = config::parse_choice(choice);
  std::string chosen{detail};
  if (name == "flite") // it remembers its sentences itself
    return {
      name_of(name, detail), "",
      with_voice(offline_.voice, "offline", chosen, offline_.default_voice)};
  auto info = find_vendor(stage::voice, name);
  if (info == nullptr)
    no_such(stage::voice, name);
  auto defaults = voice_defaults_of(settings_, name);
  std::string vendor{info->gateway};
  speech::voice_options options;
  options.model = defaults.model;
  auto make = from_memory ? speechless_voice()
                          : make_voice(name, vendor_of(*info), options);
  // The cache goes by the voice, so it must be told the one that is used.
  return {from_memory ? "phrase-cache" : name_of(name, detail),
          from_memory ? "" : vendor,
          with_voice(speech::cached(cache_, vendor, std::move(make)), vendor,
                     chosen, defaults.voice)};
}

provider<language_model_factory>
catalogue::model(std::string_view choice) const {
  auto [name, detail] = config::parse_choice(choice);
  if (name == "scripted")
    return {std::string{name}, "", offline_.model};
  auto info = find_vendor(stage::model, name);
  if (info == nullptr)
    no_such(stage::model, name);
  auto vendor = vendor_of(*info);
  language::model_options options;
  options.model = or_else(detail, model_default_of(settings_, name));
  options.name = name_of(name, options.model);
  provider<language_model_factory> result{
    options.name, std::string{info->gateway}, {}};
  if (name == "openai") {
    options.legacy_max_tokens = imitates_openai(vendor.access().base_url);
    result.make = language::openai_model(vendor, options);
  } else if (name == "gemini") {
    result.make = language::gemini_model(vendor, options);
  } else if (name == "anthropic") {
    result.make = language::anthropic_model(vendor, options);
  } else {
    options.header_timeout = net::milliseconds{20'000}; // it may have to load
    result.make = language::ollama_model(vendor, options);
  }
  return result;
}

// -- the choice ---------------------------------------------------------------

bool catalogue::usable(stage what, std::string_view choice) const {
  auto info = find_vendor(what, config::parse_choice(choice).vendor);
  return info == nullptr || is_configured(*info, *keys_);
}

strings catalogue::usable_of(stage what, const strings& list) const {
  strings result;
  for (auto& x : list)
    if (usable(what, x))
      result.push_back(x);
  // With nobody to do it the vendor's refusal tells more than silence.
  return result.empty() ? list : result;
}

strings
catalogue::configured(stage what,
                      std::initializer_list<std::string_view> names) const {
  strings result;
  for (auto name : names)
    if (is_configured(*find_vendor(what, name), *keys_))
      result.emplace_back(name);
  return result;
}

strings catalogue::recognizers_for(const agent_briefing& x) const {
  if (!x.recognizers.empty())
    return usable_of(stage::recognizer, x.recognizers);
  if (!settings_.recognizers.empty())
    return usable_of(stage::recognizer, settings_.recognizers);
  auto result = configured(stage::recognizer, {"deepgram", "assemblyai"});
  return result.empty() ? strings{"pocketsphinx"} : result;
}

strings catalogue::voices_for(const agent_record& agent,
                              const agent_briefing& x) const {
  if (!x.voices.empty())
    return usable_of(stage::voice, x.voices);
  if (!settings_.voices.empty())
    return usable_of(stage::voice, settings_.voices);
  auto result
    = configured(stage::voice, {"deepgram", "elevenlabs", "cartesia", "azure"});
  std::string owner{speech::vendor_of_voice(agent.voice)};
  auto info = find_vendor(stage::voice, owner);
  if (info != nullptr && is_configured(*info, *keys_)) {
    std::erase(result, owner);
    result.insert(result.begin(), owner);
  }
  // A vendor that cannot speak the language is nobody to fall back on.
  std::erase_if(result, [&](const std::string& name) {
    return name != owner && voice_defaults_of(settings_, name).voice.empty()
           && speech::default_voice(name, agent.language).empty();
  });
  return result.empty() ? strings{"flite"} : result;
}

catalogue::model_lists catalogue::automatic_models() const {
  auto all
    = configured(stage::model, {"openai", "gemini", "anthropic", "ollama"});
  if (all.empty())
    return {{}, {}, {"scripted"}};
  model_lists result;
  if (all.size() > 1 && all.back() == "ollama") {
    result.small = {"ollama"};
    all.pop_back();
  }
  if (all.front() == "gemini") {
    result.medium = {"gemini"};
    all.front() = name_of("gemini", gemini_pro);
  }
  result.large = std::move(all);
  return result;
}

catalogue::model_lists catalogue::models_for(const agent_briefing& x) const {
  if (!x.models.empty())
    return {{}, {}, usable_of(stage::model, x.models)};
  auto result
    = settings_.models.empty()
        ? automatic_models()
        : model_lists{{}, {}, usable_of(stage::model, settings_.models)};
  auto replace = [&](strings& list, const strings& by) {
    if (!by.empty())
      list = usable_of(stage::model, by);
  };
  replace(result.small, settings_.small_models);
  replace(result.medium, settings_.medium_models);
  auto large = usable_of(stage::model, settings_.large_models);
  for (auto& name : large)
    std::erase(result.large, name);
  result.large.insert(result.large.begin(), large.begin(), large.end());
  return result;
}

call_providers catalogue::choose(const agent_record& agent,
                                 const agent_briefing& briefing) const {
  auto model_named = [this](std::string_view x) { return model(x); };
  auto models = models_for(briefing);
  call_providers result;
  result.recognizers = all_of(recognizers_for(briefing),
                              [this](auto x) { return recognizer(x); });
  auto voices = voices_for(agent, briefing);
  result.voices = all_of(voices, [this](auto x) { return voice(x); });
  if (!result.voices.front().gateway.empty()) // for the apology, if need be
    result.voices.push_back(voice(voices.front(), true));
  result.small_models = all_of(models.small, model_named);
  result.medium_models = all_of(models.medium, model_named);
  result.models = all_of(models.large, model_named);
  result.complexity = {settings_.medium_from, settings_.large_from};
  return result;
}

strings catalogue::unusable(const agent_briefing& briefing) const {
  strings result;
  auto look = [&](stage what, const strings& list) {
    for (auto& x : list)
      if (!usable(what, x)) {
        auto info = find_vendor(what, config::parse_choice(x).vendor);
        result.push_back(fmt::format(
          "the {} '{}' has no {}; set {}", to_text(what), x,
          info->address.empty() ? "address" : "key",
          info->address.empty() ? fmt::format("providers.{}.url", info->gateway)
                                : std::string{info->key}));
      }
  };
  look(stage::recognizer, briefing.recognizers);
  look(stage::recognizer, settings_.recognizers);
  look(stage::voice, briefing.voices);
  look(stage::voice, settings_.voices);
  for (auto list :
       {&briefing.models, &settings_.models, &settings_.small_models,
        &settings_.medium_models, &settings_.large_models})
    look(stage::model, *list);
  return result;
}

provider_source source_of(std::shared_ptr<const catalogue> x) {
  return [x = std::move(x)](const agent_record& agent,
                            const agent_briefing& briefing) {
    return x->choose(agent, briefing);
  };
}

std::vector<gateway_spec> catalogue::gateways() const {
  std::vector<gateway_spec> result;
  for (auto& x : all_vendors()) {
    auto known = std::any_of(result.begin(), result.end(),
                             [&](auto& y) { return y.name == x.gateway; });
    auto settings = config::find_vendor(settings_, x.gateway);
    if (!known)
      result.push_back({std::string{x.gateway}, settings->concurrency});
  }
  return result;
}

} // namespace velox::providers
