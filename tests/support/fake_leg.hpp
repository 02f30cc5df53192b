#pragma once

#include "protocol/ports.hpp"
#include "tests/support/actor_test.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace velox::test {

/// A carrier with a caller at its end, in virtual time. It plays at the speed
/// of speech what it is given, returns marks when the ear has reached them,
/// drops what was not heard on `clear`, and remembers everything. Whatever is
/// sent to it after `close` is dropped, and nothing is reported any more.
class fake_leg : public carrier_leg,
                 public std::enable_shared_from_this<fake_leg> {
public:
  using time_point = virtual_world::time_point;

  /// One thing that the engine wrote, in order.
  struct written {
    enum class kind : uint8_t { audio, mark, clear, close };
    kind what = kind::audio;
    time_point at;
    uint64_t turn = 0;    ///< of audio
    std::string name;     ///< of a mark; the reason of a close
    size_t bytes = 0;     ///< of audio
    uint16_t code = 0;    ///< of a close
    time_point played_at; ///< when the audio begins to sound
  };

  /// `latency` is how long a returned mark travels.
  static std::shared_ptr<fake_leg>
  make(virtual_world& world, caf::timespan latency = milliseconds{0});

  // -- the engine's side (carrier_leg)
  // ---------------------------------------------------------

  void report_to(leg_client_actor client) override;
  void play(uint64_t turn, std::span<const uint8_t> mulaw) override;
  void mark(const std::string& name) override;
  void clear() override;
  void close(uint16_t code, std::string reason) override;

  // -- the caller
  // ------------------------------------------------------------

  /// From now on audio, silence at least, comes in every 100 ms.
  void pick_up();

  /// Nothing comes in any more: a ghost.
  void fall_silent() { line_open_ = false; }

  /// Speaks, from the next 100 ms on, behind what is being said already.
  void say(std::string_view text);

  /// A voice, or what sounds like one, without words.
  void make_noise(caf::timespan span);

  /// Presses a key.
  void press(char digit);

  /// Ends the call as a carrier does.
  void hang_up();

  /// The socket breaks.
  void lose_wire(end_reason why = end_reason::wire_lost);

  /// Sends anything to the engine, as long as the leg is open. What comes
  /// before the first `report_to` is kept for it.
  template <class T>
  void report(T x) {
    send([x](const leg_client_actor& to) { caf::anon_send(to, x); });
  }

  /// Whether the caller is speaking, or is about to.
  bool speaking() const { return voice_ || !speech_.empty(); }

  // -- what came of it
  // --------------------------------------------------------

  bool closed() const { return closed_; }
  const std::vector<written>& log() const { return log_; }

  /// The code of the close; 0 while open.
  uint16_t close_code() const;

  /// The text of what the caller's ear heard of `turn` up to now, without
  /// blanks at its end.
  std::string heard(uint64_t turn) const;

  /// The same of all turns, in the order of sound.
  std::string heard() const;

  /// When the last thing queued so far is heard.
  time_point played_until() const { return played_until_; }

  /// Audio of an old turn was written behind its `clear`.
  bool stale_audio() const { return stale_audio_; }

  /// How far the engine ever was ahead of the ear.
  caf::timespan longest_lead() const { return longest_lead_; }

  size_t count(written::kind what) const;

  // -- faults
  // ----------------------------------------------------------------

  /// Marks are swallowed.
  bool drop_marks = false;

private:
  explicit fake_leg(virtual_world& world, caf::timespan latency)
    : world_(world), latency_(latency) {}

  struct piece {
    uint64_t turn = 0;
    time_point starts;
    std::vector<uint8_t> audio;
  };

  void send(std::function<void(const leg_client_actor&)> what);
  void tick();
  void tick_later();
  void return_mark(uint64_t number);

  virtual_world& world_;
  caf::timespan latency_;
  leg_client_actor client_;
  std::vector<std::function<void(const leg_client_actor&)>> kept_;
  bool closed_ = false;

  // The caller's mouth.
  bool line_open_ = false;
  bool ticking_ = false;
  bool voice_ = false;
  std::deque<std::vector<uint8_t>> speech_; ///< utterances, the first under way

  // The caller's ear.
  std::vector<piece> sound_;
  time_point played_until_{};
  std::map<uint64_t, std::string> marks_; ///< not returned yet, in order
  uint64_t next_mark_ = 0;
  uint64_t cleared_turn_ = 0;
  uint64_t played_turn_ = 0;
  bool stale_audio_ = false;
  caf::timespan longest_lead_{0};
  std::vector<written> log_;
};

} // namespace velox::test
