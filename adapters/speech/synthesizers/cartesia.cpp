#include "protocol/cartesia.hpp"

#include "adapters/speech/synthesizers/http_voice.hpp"
#include "adapters/speech/synthesizers/socket_voice.hpp"
#include "adapters/speech/synthesizers/voices.hpp"

#include <map>

namespace velox::speech {

namespace {

constexpr const char* vendor_name = "cartesia";

/// Cartesia names no limit; a sentence is never this long.
constexpr size_t characters_at_once = 2000;

/// Each sentence is a context.
class cartesia_socket : public socket_voice {
public:
  cartesia_socket(net::outbound_ptr out, const synthesis_client_actor& client,
                  const voice_options& options,
                  std::function<net::vendor_access()> access,
                  cartesia_options settings)
    : socket_voice(vendor_name, std::move(out), client, {characters_at_once},
                   options, std::move(access)),
      settings_(std::move(settings)) {}

private:
  net::socket_request request(const net::vendor_access& access) override {
    net::socket_request result;
    result.url = socket_url(access.base_url) + "/tts/websocket";
    result.headers.emplace_back("Cartesia-Version", cartesia_version);
    if (!access.key.empty())
      result.headers.emplace_back("X-API-Key", access.key);
    return result;
  }

  std::string error_code(std::string_view body) override {
    return parse_cartesia(body).code;
  }

  void forget() override { wanted_.clear(); }

  static std::string name_of(uint64_t id) {
    return "sentence-" + std::to_string(id);
  }

  void speak(uint64_t id, const std::string& text) override {
    auto context = name_of(id);
    write(cartesia_say(settings_, context, text));
    wanted_.emplace(std::move(context), id);
  }

  void stop(uint64_t id) override {
    auto context = name_of(id);
    if (wanted_.erase(context) > 0)
      write(cartesia_cancel(context));
  }

  void on_text(std::string_view text) override {
    using kind = cartesia_event;
    auto message = parse_cartesia(text);
    auto i = wanted_.find(message.context);
    auto id = i == wanted_.end() ? 0 : i->second;
    switch (message.kind) {
      case kind::chunk:
      case kind::timestamps:
        heard(id, message.audio, std::move(message.words));
        break;
      case kind::done:
        wanted_.erase(message.context);
        done(id);
        break;
      case kind::error: on_error(id, message); break;
      case kind::malformed:
        fail(
          {provider_errc::broken, name() + ": a message that makes no sense"});
        break;
      case kind::unknown: break;
    }
  }

  /// An error of a context that was cancelled is no trouble.
  void on_error(uint64_t id, const cartesia_message& x) {
    auto why = x.status != 0 ? failure_of(name(), x.status, {}, x.code)
                             : failure_of(name(), x.code);
    if (id != 0)
      fail(id, std::move(why));
    else if (x.context.empty() && owed())
      fail(why);
  }

  const cartesia_options settings_;
  std::map<std::string, uint64_t> wanted_; ///< contexts and their utterances
};

} // namespace

synthesizer_factory cartesia_voice(net::vendor vendor, voice_options options) {
  return [vendor = std::move(vendor),
          options = std::move(options)](const synthesizer_options& wanted,
                                        const synthesis_client_actor& client) {
    cartesia_options settings;
    settings.voice = voice_for(vendor_name, wanted);
    settings.language = primary_language(wanted.language);
    if (!options.model.empty())
      settings.model = options.model;
    auto out = vendor.out();
    auto session = std::make_shared<cartesia_socket>(out, client, options,
                                                     vendor.access, settings);
    session->write_with(
      {wanted.pronunciations, wanted.language, voice_markup::breaks});
    return make_voice_handle(std::move(session), std::move(out));
  };
}

} // namespace velox::speech
