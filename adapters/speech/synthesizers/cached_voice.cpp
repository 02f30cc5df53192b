#include "adapters/speech/client.hpp"
#include "adapters/speech/synthesizers/phrase_cache.hpp"
#include "adapters/speech/synthesizers/text.hpp"
#include "protocol/pronouncer.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>

#include <algorithm>
#include <atomic>
#include <deque>

namespace velox::speech {

namespace {

/// Audio per message of what is known, in bytes: 100 ms.
constexpr size_t piece_bytes = 800;

/// One session between its actor and the vendor's session. Runs in an actor of
/// its own, because the vendor's session reports to an actor.
class phrase_recorder {
public:
  phrase_recorder(std::shared_ptr<phrase_cache> cache, std::string vendor,
                  const synthesizer_options& options,
                  const synthesis_client_actor& client)
    : client(client), cache_(std::move(cache)), vendor_(std::move(vendor)),
      options_(options), pronunciations_(fingerprint(options.pronunciations)) {}

  void say(const sentence& x) {
    if (unwanted(x.turn))
      return;
    item fresh;
    fresh.what = x;
    fresh.known = has_sound(x.text) ? cache_->find(key_of(x)) : nullptr;
    bool known = fresh.known != nullptr;
    queue_.push_back(std::move(fresh));
    if (known)
      say_known();
    else
      session->say(x);
  }

  void cancel(uint64_t turn) {
    unwant(turn);
    std::erase_if(queue_,
                  [turn](const item& x) { return x.what.turn <= turn; });
    session->cancel(turn);
    say_known();
  }

  void on_audio(sentence_audio& x) {
    if (unwanted(x.turn) || queue_.empty())
      return;
    auto& front = queue_.front();
    if (front.known || front.what.turn != x.turn || front.what.index != x.index)
      return;
    record(front, x);
    bool last = x.last;
    client.tell(std::move(x));
    if (!last)
      return;
    if (front.keeping && !front.said.mulaw.empty())
      cache_->keep(key_of(front.what), std::move(front.said));
    queue_.pop_front();
    say_known();
  }

  void on_failed(const provider_failed& x) {
    client.tell(x);
    client.leave();
  }

  /// From any thread.
  void unwant(uint64_t turn) {
    auto first = first_wanted_.load();
    while (first <= turn
           && !first_wanted_.compare_exchange_weak(first, turn + 1))
      ;
  }

  client_of<synthesis_client_actor> client;
  std::unique_ptr<speech_synthesizer> session; ///< the vendor's

private:
  struct item {
    sentence what;
    std::shared_ptr<const phrase> known{}; ///< null: the vendor says it
    phrase said{};
    bool keeping = true;
  };

  bool unwanted(uint64_t turn) const {
    return client.left() || turn < first_wanted_.load();
  }

  phrase_key key_of(const sentence& x) const {
    return {vendor_, options_.voice, options_.language, x.text,
            pronunciations_};
  }

  static void record(item& to, const sentence_audio& x) {
    auto& said = to.said;
    to.keeping = to.keeping && x.offset == said.mulaw.size()
                 && x.offset + x.mulaw.size() <= phrase_cache::longest;
    if (!to.keeping)
      return;
    said.mulaw.insert(said.mulaw.end(), x.mulaw.begin(), x.mulaw.end());
    said.words.insert(said.words.end(), x.words.begin(), x.words.end());
  }

  /// Says what is known and has nothing unknown before it.
  void say_known() {
    while (!queue_.empty() && queue_.front().known) {
      say_pieces(queue_.front().what, *queue_.front().known);
      queue_.pop_front();
    }
  }

  void say_pieces(const sentence& x, const phrase& known) {
    size_t word = 0;
    for (size_t at = 0; at < known.mulaw.size() && !unwanted(x.turn);) {
      auto size = std::min(piece_bytes, known.mulaw.size() - at);
      auto begin = known.mulaw.begin() + static_cast<ptrdiff_t>(at);
      sentence_audio piece;
      piece.turn = x.turn;
      piece.index = x.index;
      piece.offset = at;
      piece.mulaw.assign(begin, begin + static_cast<ptrdiff_t>(size));
      at += size;
      piece.last = at == known.mulaw.size();
      piece.attempt = x.attempt;
      piece.remembered = true;
      auto until = static_cast<int64_t>(at / 8); // milliseconds
      while (word < known.words.size()
             && (piece.last || known.words[word].start_ms < until))
        piece.words.push_back(known.words[word++]);
      client.tell(std::move(piece));
    }
  }

  std::shared_ptr<phrase_cache> cache_;
  const std::string vendor_;
  const synthesizer_options options_;
  const std::string pronunciations_;
  std::deque<item> queue_;
  std::atomic<uint64_t> first_wanted_ = 0;
};

caf::behavior recording(caf::event_based_actor* self,
                        const std::shared_ptr<phrase_recorder>& recorder) {
  // The vendor's session ends with the actor, on whatever thread that is.
  self->attach_functor([recorder] { recorder->session.reset(); });
  return {
    [recorder](const sentence& x) { recorder->say(x); },
    [recorder](const cancel& x) { recorder->cancel(x.turn); },
    [recorder](sentence_audio& x) { recorder->on_audio(x); },
    [recorder](const provider_failed& x) { recorder->on_failed(x); },
  };
}

class cached_voice : public speech_synthesizer {
public:
  cached_voice(std::shared_ptr<phrase_recorder> recorder, caf::actor actor)
    : recorder_(std::move(recorder)), actor_(std::move(actor)) {}

  ~cached_voice() override {
    recorder_->client.leave();
    caf::anon_send_exit(actor_, caf::exit_reason::kill);
  }

  void say(const sentence& x) override { caf::anon_send(actor_, x); }

  void cancel(uint64_t turn) override {
    recorder_->unwant(turn);
    caf::anon_send(actor_, velox::cancel{turn});
  }

private:
  std::shared_ptr<phrase_recorder> recorder_;
  caf::actor actor_;
};

/// The sentences of a preload, and the actor that waits for them. They keep
/// each other until the last one was said or the provider has failed.
class preloading {
public:
  preloading(std::vector<std::string> texts, std::function<void(size_t)> done)
    : texts_(std::move(texts)), done_(std::move(done)) {}

  /// Has all of them said, unless the session has failed already.
  void start(std::unique_ptr<speech_synthesizer> session) {
    std::lock_guard guard{mutex_};
    if (!done_)
      return;
    session_ = std::move(session);
    for (uint32_t i = 0; i < texts_.size(); ++i)
      session_->say({1, i, texts_[i]});
  }

  void on_audio(const sentence_audio& x) {
    said_ += x.last ? 1 : 0;
    if (x.last && said_ == texts_.size())
      finish();
  }

  void finish() {
    std::function<void(size_t)> done;
    std::unique_ptr<speech_synthesizer> session;
    {
      std::lock_guard guard{mutex_};
      done = std::exchange(done_, nullptr);
      session = std::move(session_);
    }
    if (done)
      done(said_);
    client = nullptr;
  }

  caf::actor client;

private:
  const std::vector<std::string> texts_;
  std::mutex mutex_; ///< the session is made on another thread
  std::function<void(size_t)> done_;
  std::unique_ptr<speech_synthesizer> session_;
  size_t said_ = 0; ///< the actor's
};

caf::behavior preload_client(caf::event_based_actor* self,
                             const std::shared_ptr<preloading>& state) {
  return {
    [state](const sentence_audio& x) { state->on_audio(x); },
    [self, state](const provider_failed&) {
      state->finish();
      self->quit();
    },
  };
}

} // namespace

synthesizer_factory cached(std::shared_ptr<phrase_cache> cache,
                           std::string vendor, synthesizer_factory make) {
  return [cache = std::move(cache), vendor = std::move(vendor),
          make = std::move(make)](const synthesizer_options& options,
                                  const synthesis_client_actor& client)
           -> std::unique_ptr<speech_synthesizer> {
    auto& system = client->home_system();
    auto recorder
      = std::make_shared<phrase_recorder>(cache, vendor, options, client);
    auto actor = system.spawn<caf::hidden>(recording, recorder);
    auto result = std::make_unique<cached_voice>(recorder, actor);
    // On this thread, whose way out the vendor's session is to use.
    recorder->session
      = make(options, caf::actor_cast<synthesis_client_actor>(actor));
    return result;
  };
}

void preload(caf::actor_system& system, const synthesizer_factory& make,
             const synthesizer_options& options, std::vector<std::string> texts,
             std::function<void(size_t)> done) {
  if (texts.empty()) {
    done(0);
    return;
  }
  auto state = std::make_shared<preloading>(std::move(texts), std::move(done));
  auto actor = system.spawn<caf::hidden>(preload_client, state);
  // Whoever reports to it holds it weakly.
  state->client = actor;
  state->start(make(options, caf::actor_cast<synthesis_client_actor>(actor)));
}

} // namespace velox::speech
