#pragma once

#include "adapters/net/outbound.hpp"
#include "adapters/providers/vendors.hpp"
#include "adapters/speech/synthesizers/phrase_cache.hpp"
#include "config/settings.hpp"
#include "protocol/ports.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace velox::providers {

/// What needs no vendor.
struct offline_factories {
  recognizer_factory recognizer; ///< "pocketsphinx"
  synthesizer_factory voice;     ///< "flite"
  language_model_factory model;  ///< "scripted"
  std::string default_voice = "slt";
};

/// A vendor as all calls share it.
struct gateway_spec {
  std::string name;
  uint64_t max_concurrent = 0; ///< 0: no limit
};

/// Everybody who can work for a call, and who does. Any thread; the sessions
/// live on the way out of the thread that calls a factory.
class catalogue {
public:
  catalogue(config::provider_settings settings, keys_ptr keys,
            net::outbound_source out, offline_factories offline);

  /// Who works for a call of this agent, by the keys as they are now: whom the
  /// agent names, else whom the settings name, else those whose keys are set,
  /// else the offline ones. Vendors without a key are left out while somebody
  /// else is there.
  call_providers
  choose(const agent_record& agent, const agent_briefing& briefing) const;

  /// One sentence for each provider that the agent or the settings name and
  /// that cannot be used: why, and the fix.
  std::vector<std::string> unusable(const agent_briefing& briefing) const;

  /// Every vendor there is, whether it has a key by now or not.
  std::vector<gateway_spec> gateways() const;

  // -- one by its name, as lists write it; throw std::invalid_argument for
  // -- names that do not exist

  provider<recognizer_factory> recognizer(std::string_view choice) const;
  /// `from_memory`: only what is in the phrase cache, at no vendor's gateway.
  provider<synthesizer_factory>
  voice(std::string_view choice, bool from_memory = false) const;
  provider<language_model_factory> model(std::string_view choice) const;

private:
  struct model_lists {
    std::vector<std::string> small;
    std::vector<std::string> medium;
    std::vector<std::string> large;
  };

  net::vendor vendor_of(const vendor_info& x) const;
  bool usable(stage what, std::string_view choice) const;
  std::vector<std::string>
  usable_of(stage what, const std::vector<std::string>& list) const;
  std::vector<std::string>
  configured(stage what, std::initializer_list<std::string_view> names) const;
  std::vector<std::string> recognizers_for(const agent_briefing& x) const;
  std::vector<std::string>
  voices_for(const agent_record& agent, const agent_briefing& x) const;
  model_lists models_for(const agent_briefing& x) const;
  model_lists automatic_models() const;

  const config::provider_settings settings_;
  keys_ptr keys_;
  net::outbound_source out_;
  offline_factories offline_;
  std::shared_ptr<speech::phrase_cache> cache_;
};

/// The choice of `x`, for calls.
provider_source source_of(std::shared_ptr<const catalogue> x);

} // namespace velox::providers
