#pragma once

#include "bench/turn_board.hpp"
#include "bench/websocket_codec.hpp"
#include "protocol/twilio_peer.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace velox::bench {

/// What callers saw within one stretch of time; all times in milliseconds.
/// README.md says what each means.
struct observations {
  uint64_t frames_out = 0;        ///< 20 ms frames written to the server
  double frames_in = 0;           ///< audio from the server, in 20 ms frames
  std::vector<double> generator;  ///< how late our own frames were written
  std::vector<double> handled;    ///< frame lateness at the server
  std::vector<double> gap;        ///< silence within an answer
  std::vector<double> clear;      ///< speech onset to `clear`
  std::vector<double> echo;       ///< a media frame to its echo (floor only)
  uint64_t unanswered_onsets = 0; ///< barge-ins without `clear` in 5 s
};

/// Which server a caller talks to.
enum class server_kind : uint8_t { floor, engine };

/// One simulated Twilio call: a frame every 20 ms, silence most of the time;
/// lets the agent speak for a while, talks over it for 600 ms, listens again.
/// Plays the agent's audio out in real time, returns marks and honours clear.
class caller {
public:
  static constexpr std::chrono::milliseconds frame_length{20};

  /// `socket` is connected, and owned from now on. Begins the handshake. With
  /// `turns` it speaks when those want it, and notes the answers there.
  caller(server_kind kind, size_t number, int socket,
         turn_board* turns = nullptr);
  ~caller();

  caller(const caller&) = delete;
  caller& operator=(const caller&) = delete;

  int socket() const { return socket_; }

  /// The handshake is over: `tick` may be called every 20 ms.
  bool open() const { return open_; }

  /// The server closed the socket, or never was one.
  bool lost() const { return lost_; }

  /// The server has sent audio.
  bool answered() const { return answered_; }

  /// Sends the frame that is due at `due`.
  void tick(clock::time_point due, observations& to);

  /// Reads what has arrived. Call it when the socket is readable.
  void read(observations& to);

private:
  struct pending_mark {
    std::string name;
    clock::time_point due;
  };

  void begin_handshake();
  void finish_handshake(std::string_view bytes, observations& to);
  void on_frame(opcode code, std::string_view payload, observations& to);
  void on_text(std::string_view text, observations& to);
  void on_media(size_t bytes, clock::time_point now, observations& to);
  void on_clear(clock::time_point now, observations& to);
  bool speaks(clock::time_point now);
  void note_onset(clock::time_point now, observations& to);
  void return_marks(clock::time_point until);
  void queue_text();
  void flush();

  server_kind kind_;
  size_t number_;
  int socket_;
  turn_board* turns_;
  bool open_ = false;
  bool lost_ = false;
  bool answered_ = false;
  std::string handshake_;
  frame_reader frames_;
  twilio_peer_writer writer_;
  std::minstd_rand random_;
  uint32_t mask_;
  std::string text_; ///< the message being made
  std::string out_;  ///< what waits to be written

  // What the caller hears.
  clock::time_point played_until_{};
  size_t answer_heard_ = 0; ///< bytes of the present answer that arrived
  clock::time_point answer_began_{};
  std::deque<pending_mark> marks_;

  // What the caller says.
  uint64_t ticks_ = 0;
  clock::duration patience_{};
  int loud_frames_left_ = 0;
  int loud_run_ = 0;
  std::optional<clock::time_point> onset_;
  std::optional<clock::time_point> ping_;
  std::deque<clock::time_point> echoes_due_;
};

} // namespace velox::bench
