#include "actors/provider_access.hpp"

#include "protocol/json.hpp"

namespace velox::actors {

namespace {

const char* to_text(provider_errc x) {
  switch (x) {
    case provider_errc::broken: return "broken";
    case provider_errc::unreachable: return "unreachable";
    case provider_errc::timed_out: return "timed-out";
    case provider_errc::unauthorized: return "unauthorized";
    case provider_errc::out_of_quota: return "out-of-quota";
    case provider_errc::rate_limited: return "rate-limited";
    case provider_errc::overloaded: return "overloaded";
    case provider_errc::bad_request: return "bad-request";
    case provider_errc::unavailable: return "unavailable";
  }
  return "";
}

} // namespace

provider_source
fixed_providers(recognizer_factory recognizer, synthesizer_factory voice,
                language_model_factory model) {
  call_providers all;
  all.recognizers = {{"only", "", std::move(recognizer)}};
  all.voices = {{"only", "", std::move(voice)}};
  all.models = {{"only", "", std::move(model)}};
  return [all](const agent_record&, const agent_briefing&) { return all; };
}

log_entry
provider_failure(const std::string& provider, const provider_failed& x) {
  return {"provider-failed", 0,
          json_object{}
            .add("stage", x.stage)
            .add("provider", provider)
            .add("code", to_text(x.code))
            .add("why", x.why)
            .str()};
}

} // namespace velox::actors
