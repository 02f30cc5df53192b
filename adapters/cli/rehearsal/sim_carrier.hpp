#pragma once

#include "adapters/cli/rehearsal/virtual_world.hpp"
#include "protocol/ports.hpp"

#include <map>
#include <memory>
#include <random>

namespace velox::rehearsal {

/// How the line between the engine and the carrier behaves.
struct line_quality {
  caf::timespan uplink = milliseconds{20};   ///< from the engine
  caf::timespan downlink = milliseconds{20}; ///< to the engine
  caf::timespan jitter{0};                   ///< added to marks on their way
  double marks_lost = 0;                     ///< share that never comes back
};

/// What the carrier was told to do, as the engine said it.
struct wire_record {
  enum class kind : uint8_t {
    play, ///< of a sentence
    mark,
    clear,
    close,
    sound, ///< audio that is no sentence: tones (of a turn), a background
  };
  kind what = kind::play;
  virtual_world::time_point at;
  uint64_t turn = 0;  ///< of audio, by its content, not by its label
  uint32_t index = 0; ///< of audio: the sentence
  uint64_t label = 0; ///< of audio: the turn the engine named
  size_t bytes = 0;   ///< of audio
  std::string text{}; ///< name of a mark, reason of a close
  uint16_t code = 0;  ///< of a close
};

/// A stretch of the agent's voice that reached the caller's ear.
struct ear_record {
  uint64_t turn = 0;
  uint32_t index = 0;
  virtual_world::time_point from;
  virtual_world::time_point until;
  bool sound = false; ///< no sentence: tones (of a turn), a background
};

/// What each sentence was to say, by turn and index, as far as the audio's tags
/// can tell them apart (their lowest eight bits). The voice fills it in.
using sentence_texts = std::map<std::pair<uint64_t, uint32_t>, std::string>;

/// 15 characters a second, as the ledger assumes of an unknown voice.
inline constexpr size_t bytes_per_character = 532;

/// The audio of a simulated sentence: bytes say whose they are, so that a
/// carrier can tell whatever label it arrives under.
std::vector<uint8_t> tagged_audio(uint64_t turn, uint32_t index, size_t bytes);

/// A carrier as Twilio documents its own: plays what is queued at 8000 bytes a
/// second, returns a mark once it is reached, and on `clear` drops the queue
/// and returns its marks at once.
class sim_carrier final : public carrier_leg {
public:
  using time_point = virtual_world::time_point;

  sim_carrier(virtual_world& world, line_quality line, uint64_t seed);

  // -- the engine's side
  void report_to(leg_client_actor client) override;
  void play(uint64_t turn, std::span<const uint8_t> mulaw) override;
  void mark(const std::string& name) override;
  void clear() override;
  void close(uint16_t code, std::string reason) override;

  /// Tells the engine what happened on the leg. While nobody listens there,
  /// events are kept, of audio about five seconds.
  template <class T>
  void report(T x) {
    if (closed_)
      return;
    if (listening())
      caf::anon_send(client_, std::move(x));
    else if (kept_.size() < 50 || !std::is_same_v<T, caller_audio>)
      kept_.emplace_back([this, x] { caf::anon_send(client_, x); });
  }

  // -- the caller's side
  /// The socket is gone: nothing passes any more, either way.
  void cut_wire() { closed_ = true; }

  bool closed() const { return closed_; }

  /// Since when the caller hears the agent without a pause; none while they do
  /// not.
  std::optional<time_point> hearing_since(time_point now) const;

  /// Since when the caller hears nothing; none while they do.
  std::optional<time_point> quiet_since(time_point now) const;

  // -- for the record
  const std::shared_ptr<sentence_texts>& texts() const { return texts_; }

  const std::vector<wire_record>& wire() const { return wire_; }

  /// What the ear got, cut at `until`.
  std::vector<ear_record> ear(time_point until = time_point::max()) const;

  /// How long the ear heard `turn`, up to `until`.
  milliseconds heard(uint64_t turn, time_point until = time_point::max()) const;

private:
  struct pending_mark {
    std::string name;
    time_point reached; ///< by the caller's ear
    time_point back;    ///< when the engine is told
    uint64_t id = 0;
  };

  bool listening() const;
  void play_sound(uint64_t turn, size_t bytes);
  void return_mark(std::string name, time_point reached);

  virtual_world& world_;
  line_quality line_;
  std::mt19937_64 random_;
  leg_client_actor client_;
  std::vector<std::function<void()>> kept_;
  std::vector<wire_record> wire_;
  std::vector<ear_record> ear_;
  std::vector<pending_mark> marks_;
  time_point buffer_end_{};
  time_point last_return_{};
  time_point started_;
  uint64_t next_mark_ = 0;
  bool closed_ = false;
  std::shared_ptr<sentence_texts> texts_ = std::make_shared<sentence_texts>();
};

} // namespace velox::rehearsal
