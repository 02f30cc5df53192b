#include "protocol/elevenlabs.hpp"

#include "adapters/speech/synthesizers/http_voice.hpp"
#include "adapters/speech/synthesizers/socket_voice.hpp"
#include "adapters/speech/synthesizers/voices.hpp"

#include <cstdlib>
#include <map>
#include <set>

namespace velox::speech {

namespace {

constexpr const char* vendor_name = "elevenlabs";

/// Mu-law bytes per millisecond.
constexpr size_t bytes_per_ms = 8;

net::header_list authorization(const net::vendor_access& access) {
  if (access.key.empty())
    return {};
  return {{"xi-api-key", access.key}};
}

void append(std::vector<spoken_word>& to, std::vector<spoken_word> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

/// Each sentence is a context: it is flushed and closed as soon as it is
/// written, so that its final message tells its end. What was flushed cannot be
/// stopped; of a cancelled context everything is dropped by its name.
class elevenlabs_socket : public socket_voice {
public:
  elevenlabs_socket(net::outbound_ptr out, const synthesis_client_actor& client,
                    const voice_options& options,
                    std::function<net::vendor_access()> access,
                    elevenlabs_options settings)
    : socket_voice(vendor_name, std::move(out), client, {elevenlabs_limit},
                   options, std::move(access)),
      settings_(std::move(settings)) {}

private:
  struct context {
    word_builder words;
    size_t bytes = 0;
  };

  /// A cancelled context counts until its final message.
  bool ready() const override { return open_.size() < elevenlabs_contexts; }

  net::socket_request request(const net::vendor_access& access) override {
    net::socket_request result;
    result.url = socket_url(
      join_url(access.base_url, "/v1", elevenlabs_socket_target(settings_)));
    result.headers = authorization(access);
    return result;
  }

  std::string error_code(std::string_view body) override {
    return elevenlabs_error(body);
  }

  void forget() override {
    open_.clear();
    wanted_.clear();
  }

  static std::string name_of(uint64_t id) {
    return "sentence-" + std::to_string(id);
  }

  void speak(uint64_t id, const std::string& text) override {
    auto context_name = name_of(id);
    open_.insert(context_name);
    wanted_[context_name].first = id;
    write(elevenlabs_begin(settings_, context_name));
    write(elevenlabs_text(context_name, text));
    write(elevenlabs_flush(context_name));
    write(elevenlabs_close_context(context_name));
  }

  void stop(uint64_t id) override { wanted_.erase(name_of(id)); }

  void on_text(std::string_view text) override {
    auto message = parse_elevenlabs(text);
    if (!message.error.empty()) {
      fail(failure_of(name(), message.error));
      return;
    }
    if (!message.valid) {
      fail({provider_errc::broken, name() + ": a message that makes no sense"});
      return;
    }
    auto i = wanted_.find(message.context);
    if (i != wanted_.end())
      take(i->second.first, i->second.second, message);
    if (!message.final || over())
      return;
    open_.erase(message.context);
    auto known = wanted_.extract(message.context);
    if (known.empty())
      go_on(); // a place is free
    else
      done(known.mapped().first);
  }

  void take(uint64_t id, context& x, const elevenlabs_message& message) {
    // Times count from the start of their piece.
    auto offset = static_cast<int64_t>(x.bytes / bytes_per_ms);
    auto words = x.words.add(message.times, offset);
    if (message.final)
      append(words, x.words.finish());
    x.bytes += message.audio.size();
    heard(id, message.audio, std::move(words));
  }

  const elevenlabs_options settings_;
  std::set<std::string> open_;
  std::map<std::string, std::pair<uint64_t, context>> wanted_;
};

/// Lines of JSON, each with audio and the times of its characters.
class lines_reader : public answer_reader {
public:
  bool feed(std::string_view bytes, heard_audio& out) override {
    rest_ += bytes;
    size_t begin = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos;
         end = rest_.find('\n', begin)) {
      if (!take(std::string_view{rest_}.substr(begin, end - begin), out))
        return false;
      begin = end + 1;
    }
    rest_.erase(0, begin);
    return true;
  }

  bool finish(heard_audio& out) override {
    bool whole = take(rest_, out);
    append(out.words, words_.finish());
    return whole;
  }

private:
  bool take(std::string_view line, heard_audio& out) {
    if (line.find_first_not_of(" \r") == std::string_view::npos)
      return true;
    auto message = parse_elevenlabs(line);
    if (!message.valid || !message.error.empty())
      return false;
    append(out.words, words_.add(message.times, offset_of(message.times)));
    bytes_ += message.audio.size();
    out.mulaw.insert(out.mulaw.end(), message.audio.begin(),
                     message.audio.end());
    return true;
  }

  /// The reference does not say whether times count from the start of the
  /// piece or of the answer: what is nearer to where we are is meant.
  int64_t offset_of(const character_times& x) const {
    auto here = static_cast<int64_t>(bytes_ / bytes_per_ms);
    if (x.empty())
      return here;
    return std::abs(x.start_ms[0] - here) < x.start_ms[0] ? 0 : here;
  }

  std::string rest_;
  size_t bytes_ = 0;
  word_builder words_;
};

http_recipe recipe(elevenlabs_options settings) {
  http_recipe result;
  result.ask = [settings = std::move(settings)](
                 const net::vendor_access& access, const std::string& text) {
    auto request
      = json_post(join_url(access.base_url, "/v1", elevenlabs_target(settings)),
                  elevenlabs_body(settings, text));
    for (auto& header : authorization(access))
      request.headers.push_back(header);
    return request;
  };
  result.reader = [](const net::response_head&) {
    return std::make_unique<lines_reader>();
  };
  result.error_code = elevenlabs_error;
  return result;
}

} // namespace

synthesizer_factory
elevenlabs_voice(net::vendor vendor, voice_options options) {
  return [vendor = std::move(vendor),
          options = std::move(options)](const synthesizer_options& wanted,
                                        const synthesis_client_actor& client) {
    elevenlabs_options settings;
    settings.voice = voice_for(vendor_name, wanted);
    settings.language = primary_language(wanted.language);
    settings.speed = options.speed;
    if (!options.model.empty())
      settings.model = options.model;
    // Other models refuse a language code.
    if (settings.model.find("_v2_5") == std::string::npos)
      settings.language.clear();
    auto out = vendor.out();
    std::shared_ptr<voice_session> session;
    if (options.transport == voice_transport::http)
      session = std::make_shared<http_voice>(
        vendor_name, out, client, text_limit{elevenlabs_limit}, options,
        vendor.access, recipe(settings));
    else
      session = std::make_shared<elevenlabs_socket>(out, client, options,
                                                    vendor.access, settings);
    // Of SSML all models but the third generation take pauses.
    bool breaks = settings.model.find("_v3") == std::string::npos;
    session->write_with({wanted.pronunciations, wanted.language,
                         breaks ? voice_markup::breaks : voice_markup::none});
    return make_voice_handle(std::move(session), std::move(out));
  };
}

} // namespace velox::speech
