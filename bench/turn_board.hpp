#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Who speaks when in the measurement "turns", and when what became of it. All
/// that is measured carries the number of its call and turn, from the caller's
/// audio through the words, the prompt and the answer.

namespace velox::bench {

using clock = std::chrono::steady_clock; // CLOCK_MONOTONIC

struct turn_id {
  size_t call = 0;
  size_t turn = 0;

  bool operator==(const turn_id&) const = default;
};

/// What happens in a turn, in this order.
enum class turn_event : uint8_t {
  ended, ///< the recogniser writes that the turn is over
  asked, ///< the model has read the request
  token, ///< the model writes its first words
  text,  ///< the voice has read them
  sound, ///< the voice writes its first audio
  frame, ///< the caller has read its first audio
};

inline constexpr size_t turn_events = 6;

/// When each happened, in ns of CLOCK_MONOTONIC; 0: not yet.
using turn_times = std::array<int64_t, turn_events>;

/// How long the caller speaks in a turn.
inline constexpr std::chrono::milliseconds turn_speech{300};

/// 20 ms of a caller's voice in which a fake recogniser finds `x`.
std::vector<uint8_t> turn_frame(turn_id x);

/// `number` with a letter for each digit ("bc" for 12): a voice is given
/// numbers in words, and these it leaves alone.
std::string in_letters(size_t number);

/// The turn behind the last `word` in `text`, as "word 12 3 " or "word bc d ";
/// any single character may follow the numbers, and one must.
std::optional<turn_id> find_turn(std::string_view text, std::string_view word);

/// What a frame, the words, and the answers have before the numbers.
inline constexpr std::string_view frame_word = "#";
inline constexpr std::string_view question_word = "question ";
inline constexpr std::string_view answer_word = "Reply ";

/// So many calls with so many turns each, `period` apart in a call, and evenly
/// spread over the calls. Any thread, and any process that `share` led there.
class turn_board {
public:
  /// Throws std::runtime_error when there is no memory.
  turn_board(size_t calls, size_t turns, clock::duration period);

  /// The board of the process that started this one, as its `share` told.
  /// Throws std::invalid_argument when it is none.
  explicit turn_board(const std::string& shared);

  ~turn_board();

  turn_board(const turn_board&) = delete;
  turn_board& operator=(const turn_board&) = delete;

  /// How a process that we start finds this board.
  std::string share() const;

  size_t calls() const { return calls_; }

  /// The first turn begins at `at`. Nobody speaks before this call.
  void start(clock::time_point at);

  /// The turn in which `call` speaks at `now`, if it does.
  std::optional<turn_id> spoken_by(size_t call, clock::time_point now) const;

  /// It happens now. Only the first time counts.
  void note(turn_id x, turn_event what);

  /// Audio for `call`: the first of each answer is noted.
  void heard(size_t call);

  /// Whether every turn has had its answer.
  bool complete() const;

  /// When the last turn will have ended with the caller's silence.
  clock::time_point last_word() const;

  /// Of all turns that were to be.
  std::vector<turn_times> times() const;

private:
  using slot = std::array<std::atomic<int64_t>, turn_events>;

  void map();
  size_t bytes() const;
  slot* find(turn_id x) const;

  size_t calls_ = 0;
  size_t turns_ = 0;
  clock::duration period_{};
  int memory_ = -1; ///< its file descriptor; children inherit it
  std::atomic<int64_t>* start_ = nullptr; ///< all of it is mapped there
  slot* slots_ = nullptr;
};

/// What turns cost beside what the vendors' delays cost; in milliseconds.
struct turn_spans {
  size_t planned = 0;
  size_t unanswered = 0;       ///< without one of the events
  std::vector<double> whole;   ///< the sum of the next three
  std::vector<double> request; ///< `ended` to `asked`
  std::vector<double> text;    ///< `token` to `text`
  std::vector<double> frame;   ///< `sound` to `frame`
  std::vector<double> delays;  ///< what the vendors waited
};

turn_spans spans_of(const std::vector<turn_times>& x);

} // namespace velox::bench
