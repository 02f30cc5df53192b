#include "adapters/providers/catalogue.hpp"

#include "config/vendors.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::providers;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

class Catalogue : public testing::Test {
protected:
  catalogue make() {
    keys = std::make_shared<const config::vendor_keys>(settings);
    return {settings.providers,
            keys,
            []() -> net::outbound_ptr { return nullptr; },
            {}};
  }

  call_providers choose() { return make().choose(agent, briefing); }

  template <class List>
  static std::vector<std::string> names(const List& list) {
    std::vector<std::string> result;
    for (auto& x : list)
      result.push_back(x.name);
    return result;
  }

  template <class List>
  static std::vector<std::string> gateways_of(const List& list) {
    std::vector<std::string> result;
    for (auto& x : list)
      result.push_back(x.gateway);
    return result;
  }

  config::settings settings;
  config::provider_settings& x = settings.providers;
  keys_ptr keys;
  agent_record agent;
  agent_briefing briefing;
};

} // namespace

TEST_F(Catalogue, WithoutKeysEverythingIsOffline) {
  auto who = choose();
  EXPECT_THAT(names(who.recognizers), ElementsAre("pocketsphinx"));
  EXPECT_THAT(names(who.voices), ElementsAre("flite"));
  EXPECT_THAT(names(who.models), ElementsAre("scripted"));
  EXPECT_THAT(names(who.small_models), IsEmpty());
  EXPECT_THAT(names(who.medium_models), IsEmpty());
  EXPECT_EQ(who.recognizers[0].gateway + who.voices[0].gateway
              + who.models[0].gateway,
            "");
}

TEST_F(Catalogue, KeysThatAreSetDecide) {
  x.deepgram.key = x.openai.key = "k";
  auto who = choose();
  EXPECT_THAT(names(who.recognizers), ElementsAre("deepgram:nova-3"));
  EXPECT_THAT(names(who.voices), ElementsAre("deepgram", "phrase-cache"));
  EXPECT_THAT(names(who.models), ElementsAre("openai:gpt-4o-mini"));
  EXPECT_THAT(gateways_of(who.models), ElementsAre("openai"));
  EXPECT_TRUE(who.recognizers[0].make);
  EXPECT_TRUE(who.voices[0].make);
  EXPECT_TRUE(who.models[0].make);
}

TEST_F(Catalogue, ModelsStandInForEachOtherInTheirOrder) {
  x.anthropic.key = "k";
  EXPECT_THAT(names(choose().models),
              ElementsAre("anthropic:claude-haiku-4-5"));
  x.gemini.key = "k";
  auto who = choose();
  EXPECT_THAT(names(who.models), ElementsAre("gemini:gemini-2.5-pro",
                                             "anthropic:claude-haiku-4-5"));
  EXPECT_THAT(names(who.medium_models), ElementsAre("gemini:gemini-2.5-flash"));
  EXPECT_THAT(names(who.small_models), IsEmpty());
  x.openai.url = "http://vllm:8000/v1"; // no key: it asks for none
  who = choose();
  EXPECT_THAT(names(who.models),
              ElementsAre("openai:gpt-4o-mini", "gemini:gemini-2.5-flash",
                          "anthropic:claude-haiku-4-5"));
  EXPECT_THAT(names(who.medium_models), IsEmpty());
}

TEST_F(Catalogue, ComplexityGoesFromPhiToFlashToPro) {
  x.ollama.url = "http://phi3:11434";
  EXPECT_THAT(names(choose().models), ElementsAre("ollama:phi3"));
  x.gemini.key = "k";
  x.medium_from = 7;
  x.large_from = 70;
  auto who = choose();
  EXPECT_THAT(names(who.small_models), ElementsAre("ollama:phi3"));
  EXPECT_THAT(names(who.medium_models), ElementsAre("gemini:gemini-2.5-flash"));
  EXPECT_THAT(names(who.models), ElementsAre("gemini:gemini-2.5-pro"));
  EXPECT_EQ(who.complexity.medium_from, 7u);
  EXPECT_EQ(who.complexity.large_from, 70u);
  briefing.models = {"gemini"};
  who = choose();
  EXPECT_THAT(names(who.small_models), IsEmpty());
  EXPECT_THAT(names(who.medium_models), IsEmpty());
  EXPECT_THAT(names(who.models), ElementsAre("gemini:gemini-2.5-flash"));
}

TEST_F(Catalogue, AgentGoesBeforeSettingsAndSettingsBeforeKeys) {
  x.deepgram.key = x.openai.key = x.elevenlabs.key = x.gemini.key = "k";
  x.recognizers = {"pocketsphinx"};
  x.voices = {"elevenlabs:el_1", "flite"};
  x.models = {"gemini:g", "scripted"};
  x.small_models = {"openai:tiny"};
  x.large_models = {"openai:huge"};
  auto who = choose();
  EXPECT_THAT(names(who.recognizers), ElementsAre("pocketsphinx"));
  EXPECT_THAT(names(who.voices),
              ElementsAre("elevenlabs:el_1", "flite", "phrase-cache"));
  EXPECT_THAT(names(who.small_models), ElementsAre("openai:tiny"));
  EXPECT_THAT(names(who.models),
              ElementsAre("openai:huge", "gemini:g", "scripted"));
  briefing.recognizers
    = {"flux", "deepgram:nova-2", "deepgram:flux-general-en"};
  briefing.voices = {"deepgram:aura-2-odysseus-en"};
  briefing.models = {"openai:gpt-4o"};
  who = choose();
  EXPECT_THAT(names(who.recognizers),
              ElementsAre("deepgram:flux", "deepgram:nova-2",
                          "deepgram:flux-general-en"));
  EXPECT_THAT(gateways_of(who.recognizers),
              ElementsAre("deepgram", "deepgram", "deepgram"));
  EXPECT_THAT(names(who.voices),
              ElementsAre("deepgram:aura-2-odysseus-en", "phrase-cache"));
  EXPECT_THAT(names(who.models), ElementsAre("openai:gpt-4o"));
  EXPECT_THAT(names(who.small_models), IsEmpty());
}

TEST_F(Catalogue, VoiceIdChoosesTheVendor) {
  x.deepgram.key = x.elevenlabs.key = "k";
  EXPECT_THAT(names(choose().voices),
              ElementsAre("deepgram", "elevenlabs", "phrase-cache"));
  agent.voice = "el_EXAVITQu4vr4xnSDxMaL";
  EXPECT_THAT(names(choose().voices),
              ElementsAre("elevenlabs", "deepgram", "phrase-cache"));
  agent.voice = "coral"; // OpenAI's, which has no key
  EXPECT_THAT(names(choose().voices),
              ElementsAre("deepgram", "elevenlabs", "phrase-cache"));
  agent.language = "hi-IN"; // Deepgram speaks no Hindi
  EXPECT_THAT(names(choose().voices),
              ElementsAre("elevenlabs", "phrase-cache"));
}

TEST_F(Catalogue, UnusableOnesAreLeftOutAndNamedWithTheFix) {
  x.deepgram.key = "k";
  briefing.recognizers = {"assemblyai", "deepgram"};
  briefing.models = {"openai", "gemini:pro"};
  x.voices = {"azure", "deepgram"};
  auto who = choose();
  EXPECT_THAT(names(who.recognizers), ElementsAre("deepgram:nova-3"));
  EXPECT_THAT(names(who.voices), ElementsAre("deepgram", "phrase-cache"));
  // Nobody is left: the vendor says what is wrong.
  EXPECT_THAT(names(who.models),
              ElementsAre("openai:gpt-4o-mini", "gemini:pro"));
  EXPECT_THAT(make().unusable(briefing),
              ElementsAre("the recognizer 'assemblyai' has no key; set "
                          "ASSEMBLYAI_API_KEY",
                          "the voice 'azure' has no address; set "
                          "providers.azure.url",
                          "the model 'openai' has no key; set OPENAI_API_KEY",
                          "the model 'gemini:pro' has no key; set "
                          "GEMINI_API_KEY"));
}

TEST_F(Catalogue, EveryNameThatListsAdmitExists) {
  auto all = make();
  for (auto name : config::recognizer_names)
    EXPECT_NO_THROW(all.recognizer(name)) << name;
  for (auto name : config::voice_names)
    EXPECT_NO_THROW(all.voice(name)) << name;
  for (auto name : config::model_names)
    EXPECT_NO_THROW(all.model(name)) << name;
  EXPECT_THROW(all.recognizer("openai"), std::invalid_argument);
  EXPECT_THROW(all.voice("gemini"), std::invalid_argument);
  EXPECT_THROW(all.model("deepgram"), std::invalid_argument);
}

TEST_F(Catalogue, EveryVendorHasOneGatewayWithItsLimit) {
  x.deepgram.concurrency = 7;
  std::vector<std::string> seen;
  for (auto& gateway : make().gateways()) {
    EXPECT_EQ(gateway.max_concurrent, gateway.name == "deepgram" ? 7u : 0u);
    seen.push_back(gateway.name);
  }
  EXPECT_THAT(seen,
              testing::UnorderedElementsAre(
                "deepgram", "assemblyai", "google", "elevenlabs", "cartesia",
                "openai", "azure", "gemini", "anthropic", "ollama"));
}

TEST_F(Catalogue, AddressesAreTheVendorsUnlessOneIsSet) {
  auto address = [&](stage what, std::string_view name) {
    make();
    return access_of(*find_vendor(what, name), *keys).base_url;
  };
  for (auto& vendor : all_vendors()) {
    EXPECT_THAT(std::string{vendor.address}, Not(testing::EndsWith("/")));
    if (vendor.name != "azure" && vendor.name != "ollama") {
      EXPECT_THAT(std::string{vendor.address}, HasSubstr("https://"));
    }
  }
  EXPECT_EQ(address(stage::voice, "deepgram"), "https://api.deepgram.com");
  x.deepgram.url = "wss://listen.internal/dg/";
  EXPECT_EQ(address(stage::recognizer, "flux"), "https://listen.internal/dg");
  EXPECT_EQ(address(stage::voice, "deepgram"), "https://listen.internal/dg");
  x.deepgram.speak_url = "ws://speak.internal";
  EXPECT_EQ(address(stage::voice, "deepgram"), "http://speak.internal");
  x.google.url = "http://google.internal";
  EXPECT_EQ(address(stage::voice, "google"),
            "https://texttospeech.googleapis.com");
}

TEST_F(Catalogue, KeysAreLookedAtForEachCall) {
  settings.providers.openai.key = "";
  auto fresh = settings;
  fresh.providers.openai.key = "k";
  auto live = std::make_shared<config::vendor_keys>(settings,
                                                    [fresh] { return fresh; });
  catalogue all{settings.providers,
                live,
                []() -> net::outbound_ptr { return nullptr; },
                {}};
  EXPECT_THAT(names(all.choose(agent, briefing).models),
              ElementsAre("scripted"));
  live->reload();
  EXPECT_THAT(names(all.choose(agent, briefing).models),
              ElementsAre("openai:gpt-4o-mini"));
}
