#pragma once

#include "adapters/cli/rehearsal/sim_carrier.hpp"

#include <string>
#include <vector>

namespace velox::rehearsal {

/// One thing that a simulated caller does.
struct caller_step {
  enum class act : uint8_t {
    say,       ///< `text`, three words a second
    noise,     ///< a sound without words, `length` long
    keys,      ///< presses the keys in `text`
    hang_up,   ///< properly
    drop_wire, ///< the socket is gone
    die,       ///< nothing comes any more, yet the socket stays
  };
  enum class moment : uint8_t {
    quiet,      ///< once the agent was silent for `wait`
    over_agent, ///< once the agent was heard for `wait`
    answered,   ///< once the agent spoke, and then was silent for `wait`
    later,      ///< `wait` after the step before
  };
  act what = act::say;
  moment when = moment::quiet;
  caf::timespan wait = milliseconds{500};
  std::string text{};
  caf::timespan length{0};
};

/// What a caller did, and when.
struct caller_record {
  caller_step::act what = caller_step::act::say;
  std::string text{};
  virtual_world::time_point from;
  virtual_world::time_point until; ///< far away while it lasts
};

/// The words of each utterance: what a recogniser that hears audio looks up.
using utterance_words = std::vector<std::vector<std::string>>;

/// The person on the phone: follows a script, and sends audio, mostly silence,
/// ten times a second until the leg is closed.
class sim_caller {
public:
  using time_point = virtual_world::time_point;

  /// The caller does nothing before `connect`.
  sim_caller(virtual_world& world, sim_carrier& carrier,
             std::vector<caller_step> script);

  void connect();

  /// Moments that never come (the agent never speaks) are skipped after this.
  static constexpr caf::timespan patience = seconds{15};

  const std::vector<caller_record>& record() const { return record_; }

  const std::shared_ptr<utterance_words>& words() const { return words_; }

  /// Whether the caller makes a sound right now.
  bool speaking() const { return speaking_; }

  /// No audio comes any more although nobody hung up.
  bool dead() const { return dead_; }

private:
  void tick();
  void begin_step(const caller_step& x);
  bool due(const caller_step& x) const;
  void send_audio();
  void end_sound();

  virtual_world& world_;
  sim_carrier& carrier_;
  std::vector<caller_step> script_;
  std::shared_ptr<utterance_words> words_ = std::make_shared<utterance_words>();
  std::vector<caller_record> record_;
  size_t step_ = 0;
  time_point step_since_{};
  bool speaking_ = false;
  bool dead_ = false;
  size_t ticks_left_ = 0; ///< of the sound under way
  size_t ticks_made_ = 0;
  bool with_words_ = false;
};

/// What one batch of the caller's audio stands for, as a recogniser reads it.
struct heard_batch {
  bool voice = false;
  std::optional<std::pair<size_t, size_t>> word; ///< utterance, word
};

/// The bytes of one batch (100 ms).
inline constexpr size_t batch_bytes = 800;

heard_batch read_batch(const uint8_t* batch);

} // namespace velox::rehearsal
