#pragma once

#include "adapters/cli/rehearsal/sim_cue.hpp"

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
    echo,      ///< the agent's own voice comes back, quietly, for `length`
    beep,      ///< the tone of an answering machine has ended
    fax,       ///< the tone of a fax machine
    wait,      ///< does nothing for `length`
  };
  using moment = cue::moment;

  act what = act::say;
  moment when = moment::quiet;
  caf::timespan wait = milliseconds{500};
  /// What is said, "<pause 900ms>" where the caller stops to think; keys.
  std::string text{};
  caf::timespan length{0};

  // -- of what is said
  /// What the recogniser makes of it; none: the same.
  std::optional<std::string> heard_as{};
  double confidence = 0.9;
  /// A tenth of a second each.
  size_t batches_per_word = 3;

  // -- of keys
  caf::timespan between_keys{0};

  // -- of the moment
  std::string agent_says{};
  size_t word = 0;
  /// How long the moment is waited for; what never comes is then skipped over
  /// and the step done.
  caf::timespan patience = seconds{15};

  /// When it is done.
  cue its_cue() const { return {when, wait, agent_says, word}; }
};

/// What a caller did, and when.
struct caller_record {
  caller_step::act what = caller_step::act::say;
  std::string text{};
  virtual_world::time_point from;
  virtual_world::time_point until; ///< far away while it lasts
};

/// What was said without a pause, and how well it is understood.
struct utterance {
  std::vector<std::string> words;
  double confidence = 0.9;
  bool echo = false; ///< the agent's own words
};

/// What a recogniser that hears audio looks up.
using utterance_words = std::vector<utterance>;

/// A text with its pauses taken apart: what is said, and the silence behind it.
struct spoken_piece {
  std::string text;
  caf::timespan pause{0};
};

/// Splits at "<pause 900ms>"; units are ms and s. A mark that is none is an
/// error: `std::nullopt`.
std::optional<std::vector<spoken_piece>> spoken_pieces(const std::string& text);

/// The person on the phone: follows a script, and sends audio, mostly silence,
/// ten times a second until the leg is closed.
class sim_caller {
public:
  using time_point = virtual_world::time_point;

  /// The caller does nothing before `connect`.
  sim_caller(virtual_world& world, sim_carrier& carrier,
             std::vector<caller_step> script);

  void connect();

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
  void begin_sound(const caller_step& x);
  void begin_piece();
  void repeat_agent();
  void press(const caller_step& x);
  void send_audio();
  void end_sound();

  virtual_world& world_;
  sim_carrier& carrier_;
  std::vector<caller_step> script_;
  std::shared_ptr<utterance_words> words_ = std::make_shared<utterance_words>();
  std::vector<caller_record> record_;
  size_t step_ = 0;
  time_point began_{};
  time_point step_since_{};
  std::vector<spoken_piece> pieces_; ///< of the step under way, the next last
  caller_step saying_;
  time_point pause_until_{};
  time_point busy_until_{}; ///< pressing keys, waiting
  bool speaking_ = false;
  bool dead_ = false;
  size_t ticks_left_ = 0; ///< of the sound under way
  size_t ticks_made_ = 0;
  size_t ticks_per_word_ = 3;
  size_t words_in_piece_ = 0;
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
