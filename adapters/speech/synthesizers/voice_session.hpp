#pragma once

#include "adapters/net/outbound.hpp"
#include "adapters/speech/client.hpp"
#include "adapters/speech/synthesizers/failures.hpp"
#include "adapters/speech/synthesizers/synthesizers.hpp"
#include "adapters/speech/synthesizers/text.hpp"
#include "protocol/ports.hpp"
#include "protocol/pronouncer.hpp"

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace velox::speech {

/// What all vendors' sessions share: the order of sentences, one being made
/// ahead of the one that is delivered, pieces, deadlines, cancelling, and the
/// one failure that ends it all. A vendor's own class knows how to have one
/// text said and reports by number what comes of it.
///
/// Lives on the thread of its `net::outbound`; only `unwant` and `leave` are
/// for any thread.
class voice_session : public std::enable_shared_from_this<voice_session> {
public:
  voice_session(std::string name, net::outbound_ptr out,
                const synthesis_client_actor& client, text_limit limit,
                const voice_options& options);
  virtual ~voice_session() = default;

  /// How sentences are written for a voice that takes no SSML. Without it they
  /// come as they are, tags and all.
  void write_with(pronouncer x) { writer_ = std::move(x); }

  void open() { connect(); }
  void say(const sentence& x);
  void cancel(uint64_t turn);
  void end();

  /// From now on nothing of `turn` and before is reported.
  void unwant(uint64_t turn);

  /// From now on nothing at all is reported.
  void leave() { client_.leave(); }

protected:
  using clock = std::chrono::steady_clock;

  // -- what a vendor's class does
  /// Gets ready for the first text.
  virtual void connect() {}
  /// Has `text` said as utterance `id`.
  virtual void start(uint64_t id, const std::string& text) = 0;
  /// Utterance `id` is not wanted any more: stops it at the vendor.
  virtual void stop(uint64_t id) = 0;
  /// Nothing more is wanted.
  virtual void disconnect() = 0;
  /// How many utterances the vendor may have at once.
  virtual size_t width() const { return 2; }
  /// Whether the vendor would take another one now; else call `go_on` later.
  virtual bool ready() const { return true; }
  /// Whether we keep utterance `id` waiting ourselves, so that no deadline
  /// counts.
  virtual bool holding(uint64_t) const { return false; }

  // -- what a vendor's class reports; unknown numbers are ignored
  void heard(uint64_t id, std::span<const uint8_t> mulaw,
             std::vector<spoken_word> words = {});
  void done(uint64_t id);
  /// The utterance failed: the session ends when its turn to be heard comes.
  void fail(uint64_t id, voice_failure why);
  /// Everything failed.
  void fail(const voice_failure& why);

  /// Starts what may be started.
  void go_on();

  /// Whether the vendor owes us audio.
  bool owed() const;

  /// After a vendor left in a friendly way before it said a word of what is
  /// owed: makes all of it start anew, once. False when that will not do.
  bool restart_owed();

  /// Whether the session has failed or was ended.
  bool over() const { return over_; }

  /// This session as its own class, for handlers that must not keep it.
  template <class Session>
  std::weak_ptr<Session> weak() {
    return std::static_pointer_cast<Session>(shared_from_this());
  }

  const std::string& name() const { return name_; }
  net::outbound& out() { return *out_; }

private:
  /// A sentence, or a part of one that is longer than the vendor's limit.
  struct utterance {
    uint64_t id = 0;
    sentence what;          ///< `text` is that of the part
    bool ends = true;       ///< the sentence ends with it
    bool started = false;   ///< at the vendor
    bool finished = false;  ///< all its audio is here
    bool restarted = false; ///< see `restart_owed`
    size_t received = 0;    ///< bytes
    clock::time_point progress{};
    std::vector<uint8_t> audio{}; ///< not delivered yet
    std::vector<spoken_word> words{};
    std::optional<voice_failure> failed{};
  };

  std::vector<std::string> parts_of(const std::string& text) const;
  utterance* find(uint64_t id);
  void deliver();
  void send_audio(utterance& x);
  std::vector<spoken_word> take_words(utterance& x, uint64_t end, bool last);
  void pop_front();
  void report(const voice_failure& why, uint32_t attempt);
  void watch();
  void look();

  const std::string name_;
  const net::outbound_ptr out_;
  client_of<synthesis_client_actor> client_;
  const text_limit limit_;
  std::optional<pronouncer> writer_;
  const net::milliseconds first_audio_;
  const net::milliseconds stall_;
  /// Written by the handle's thread.
  std::atomic<uint64_t> first_wanted_ = 0;

  std::deque<utterance> queue_; ///< the front one is being delivered
  uint64_t last_id_ = 0;
  uint64_t offset_ = 0;     ///< bytes delivered of the front's sentence
  uint64_t part_begin_ = 0; ///< where in its sentence the front begins
  bool over_ = false;
  std::unique_ptr<net::timer> timer_;
  /// The one that fired last: it must outlive its own function.
  std::unique_ptr<net::timer> fired_;
};

/// What a factory returns: hands everything to the session on its thread, and
/// ends it when it goes.
std::unique_ptr<speech_synthesizer>
make_voice_handle(std::shared_ptr<voice_session> session,
                  net::outbound_ptr out);

} // namespace velox::speech
