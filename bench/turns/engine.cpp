#include "bench/turns/engine.hpp"

#include "adapters/language/models/models.hpp"
#include "adapters/speech/recognizers/recognizers.hpp"
#include "adapters/speech/synthesizers/synthesizers.hpp"
#include "bench/engine_server.hpp"
#include "bench/turns/floor.hpp"

namespace velox::bench {

namespace {

call_providers
providers_at(const vendor_places& places, const net::outbound_ptr& out) {
  auto vendor = [&](const std::string& url) {
    return net::vendor{
      [out] { return out; },
      [access = net::vendor_access{url, "test-key"}] { return access; }};
  };
  speech::flux_options flux;
  flux.eager_eot_threshold.reset(); // from the end of the turn, not before
  language::model_options model;
  model.model = "bench";
  call_providers x;
  x.recognizers.push_back(
    {"flux", "deepgram",
     speech::flux_recognizer(vendor(places.recognizer), flux)});
  x.voices.push_back(
    {"deepgram", "deepgram", speech::deepgram_voice(vendor(places.voice))});
  x.models.push_back({"openai:bench", "openai",
                      language::openai_model(vendor(places.model), model)});
  return x;
}

} // namespace

void run_turn_engine(const vendor_places& places) {
  net::outbound_ptr out;
  engine_setup setup;
  setup.choose = [&](boost::asio::io_context& io) -> provider_source {
    net::outbound_options options;
    options.ca_file = places.ca_file;
    options.environment_proxy = false;
    out = net::make_outbounds(options, {&io}).front();
    return [x = providers_at(places, out)](const agent_record&,
                                           const agent_briefing&) { return x; };
  };
  setup.gateways = {"deepgram", "openai"};
  setup.greeting = "Hello.";
  setup.asks_the_idle = false;
  setup.tells_clears = false;
  setup.figures = [&] { return to_figures(out->counts()); };
  setup.stop = [&] { out->stop(); };
  run_engine_server(setup);
}

} // namespace velox::bench
