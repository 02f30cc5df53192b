#include "adapters/speech/flite/synthesizer.hpp"

#include "adapters/speech/client.hpp"
#include "adapters/speech/flite/voices.hpp"
#include "protocol/pronouncer.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <span>
#include <stdexcept>

namespace velox::speech {

namespace {

/// Audio per message, in bytes: 100 ms.
constexpr size_t piece_size = 800;

} // namespace

/// One call's voice. Says one sentence at a time, on the session's strand;
/// `cancel` may come from another thread meanwhile.
class flite_synthesizer::speaker {
public:
  speaker(const synthesis_client_actor& client,
          std::shared_ptr<sentence_cache> cache, std::string voice_name,
          pronouncer write)
    : client(client), cache_(std::move(cache)),
      voice_name_(std::move(voice_name)), voice_(find_flite_voice(voice_name_)),
      write_(std::move(write)) {}

  void say(const sentence& x) {
    if (unwanted(x.turn))
      return;
    try {
      say_or_throw(x);
    } catch (const std::exception& ex) {
      client.tell(provider_failed{"tts", ex.what()});
    }
  }

  void cancel(uint64_t turn) {
    if (turn >= first_wanted_.load())
      first_wanted_.store(turn + 1);
  }

  client_of<synthesis_client_actor> client;

private:
  bool unwanted(uint64_t turn) const {
    return client.left() || turn < first_wanted_.load();
  }

  void say_or_throw(const sentence& x) {
    auto text = readable_text(write_(x.text));
    if (text.empty()) {
      client.tell(sentence_audio{x.turn, x.index, 0, {}, true, {}, x.attempt});
      return;
    }
    if (auto known = cache_->find(voice_name_, text)) {
      send_pieces(x, *known, 0, true);
      return;
    }
    std::vector<uint8_t> all;
    size_t sent = 0;
    auto whole = speak_with_flite(voice_, text, [&](auto mulaw) {
      all.insert(all.end(), mulaw.begin(), mulaw.end());
      sent = send_pieces(x, all, sent, false);
      return !unwanted(x.turn);
    });
    if (!whole)
      return;
    auto kept = std::make_shared<std::vector<uint8_t>>(std::move(all));
    cache_->keep(voice_name_, text, kept);
    send_pieces(x, *kept, sent, true);
  }

  /// Sends what is complete of `mulaw` from `offset` on, with `rest` all of it.
  /// Returns how far it got.
  size_t send_pieces(const sentence& x, std::span<const uint8_t> mulaw,
                     size_t offset, bool rest) {
    while (!unwanted(x.turn)) {
      auto left = mulaw.size() - offset;
      auto last = rest && left <= piece_size;
      if (left < piece_size && !last)
        break;
      auto piece = mulaw.subspan(offset, std::min(left, piece_size));
      client.tell(sentence_audio{x.turn,
                                 x.index,
                                 offset,
                                 {piece.begin(), piece.end()},
                                 last,
                                 {},
                                 x.attempt});
      offset += piece.size();
      if (last)
        break;
    }
    return offset;
  }

  std::shared_ptr<sentence_cache> cache_;
  std::string voice_name_;
  const flite_voice& voice_;
  const pronouncer write_;
  /// Written by the actor's thread only.
  std::atomic<uint64_t> first_wanted_ = 0;
};

flite_synthesizer::flite_synthesizer(const synthesizer_options& options,
                                     const synthesis_client_actor& client,
                                     std::shared_ptr<sentence_cache> cache,
                                     std::shared_ptr<strand> jobs)
  : jobs_(std::move(jobs)) {
  if (!options.language.empty() && !options.language.starts_with("en"))
    throw std::invalid_argument("the offline voices speak English only, not \""
                                + options.language
                                + "\": choose another speech provider for the "
                                  "agent");
  speaker_ = std::make_shared<speaker>(
    client, std::move(cache), options.voice,
    pronouncer{options.pronunciations, "en-US", voice_markup::none});
}

flite_synthesizer::~flite_synthesizer() {
  speaker_->client.leave();
  jobs_->close([] {});
}

void flite_synthesizer::say(const sentence& x) {
  jobs_->post([speaker = speaker_, x] { speaker->say(x); });
}

void flite_synthesizer::cancel(uint64_t turn) {
  speaker_->cancel(turn);
}

} // namespace velox::speech
