#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace velox::recording {

enum class side : uint8_t { caller, agent };

/// Puts the two sides of a call next to each other. Audio comes in pieces with
/// its place on the clock of the call, in any order within `slack`; what nobody
/// said is silence, and where pieces overlap the later one wins. Holds some
/// seconds in memory and hands on the rest. No I/O, no clock.
class recording_tracks {
public:
  /// Gets the finished sound, in order: one byte of the caller (left), one of
  /// the agent (right), mu-law, 8 kHz. May throw.
  using sink = std::function<void(std::span<const uint8_t>)>;

  /// How far back a piece may be placed, measured from the newest one.
  static constexpr int64_t slack_ms = 8000;

  /// Nothing is placed at or beyond `longest_ms`, so that a wrong time stamp
  /// cannot fill the disk.
  recording_tracks(int64_t longest_ms, sink out);

  /// Places `mulaw` at `at_ms`, milliseconds since the call began. What lies
  /// before 0, or was handed on already, is dropped.
  void place(side whose, int64_t at_ms, std::span<const uint8_t> mulaw);

  /// The agent's side is silent from `at_ms` on: what was placed there is not
  /// heard. What is placed afterwards is.
  void cut(int64_t at_ms);

  /// Hands on the rest: so that the whole has `length_ms`, or as much as there
  /// is when that is negative. What was handed on already cannot be taken back.
  /// Nothing may follow.
  void finish(int64_t length_ms);

  /// How long what was handed on is, in ms.
  int64_t handed_on_ms() const { return handed_on_ / 8; }

private:
  /// Room for the slack and a second of what is placed ahead, in samples.
  static constexpr int64_t window = (slack_ms + 4000) * 8;

  uint8_t& at(side whose, int64_t sample);
  void make_room(int64_t end);
  void hand_on(int64_t until);

  int64_t longest_;
  sink out_;
  /// Rings of interleaved samples: what lies between `handed_on_` and `end_`.
  std::vector<uint8_t> ring_;
  std::vector<uint8_t> piece_;
  int64_t handed_on_ = 0; ///< samples
  int64_t end_ = 0;       ///< behind the newest sample of either side
};

} // namespace velox::recording
