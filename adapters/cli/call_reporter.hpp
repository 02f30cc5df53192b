#pragma once

#include "adapters/cli/caller_script.hpp"

#include <cstdint>
#include <iosfwd>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace velox {
class json_object;
}

namespace velox::cli {

/// What became of a call; the value is the exit code of `velox call`.
enum class call_outcome : int {
  ok = 0,
  not_answered = 1,   ///< nothing was heard of the agent
  usage = 2,          ///< bad options or config
  refused = 3,        ///< the engine cannot be reached or refused the call
  protocol_error = 4, ///< the engine broke the carrier's protocol
};

/// The printed name, such as "not-answered".
std::string_view to_text(call_outcome outcome);

/// The numbers of a call that is over.
struct call_summary {
  call_outcome outcome = call_outcome::ok;
  std::string reason; ///< why the call ended
  call_time duration{0};
  call_time agent_spoke{0}; ///< voice heard
  /// From the caller's last sound to the agent's first, one per answer.
  std::vector<call_time> latencies;
  uint64_t frames_sent = 0;
  uint64_t frames_received = 0;
  uint64_t marks = 0;
  uint64_t clears = 0;
  call_time latest_frame{0}; ///< how late the latest of our frames was
};

/// Prints what happens in a call: for people, or as JSON lines. Every line of
/// JSON is an object with "event" and "at_ms" (since the call began); the
/// README of this folder lists the events. May be called from two threads.
class call_reporter {
public:
  struct options {
    bool json = false;
    bool colour = false; ///< for people only
  };

  call_reporter(std::ostream& out, options x) : out_(out), options_(x) {}

  void call_started(std::string_view call_id, std::string_view from,
                    std::string_view to, std::string_view engine);
  void
  stream_opened(call_time at, std::string_view url, std::string_view stream_id);
  void stream_closed(call_time at, uint16_t code, std::string_view reason);

  /// The carrier follows a verb of the TwiML; `detail` is its number, text or
  /// address.
  void verb(call_time at, std::string_view name, std::string_view detail);

  /// The agent can be heard; `latency` since the caller fell silent.
  void agent_started(call_time at, std::optional<call_time> latency);
  void agent_ended(call_time at, call_time lasted);

  void caller_began(call_time at, const script_step& step);
  void caller_ended(call_time at, const script_step& step);
  void dtmf(call_time at, char digit);

  /// The engine dropped audio that was not yet played.
  void clear(call_time at, call_time dropped);
  /// A mark went back to the engine.
  void mark(call_time at, std::string_view name, bool cleared);

  /// What the engine understood of the caller.
  void understood(call_time at, uint64_t turn, std::string_view text,
                  double confidence);
  /// The agent is about to say a sentence, or was heard saying it.
  void
  sentence(call_time at, uint64_t turn, int64_t index, std::string_view text);
  void sentence_heard(call_time at, uint64_t turn, int64_t index);
  void interrupted(call_time at, uint64_t turn, std::string_view heard,
                   std::string_view sent, std::string_view unsent);
  void child_restarted(call_time at, std::string_view child);
  /// The engine's own reason for the end.
  void engine_ended(call_time at, std::string_view reason,
                    std::string_view explanation);

  /// Something the user should know.
  void notice(call_time at, std::string_view text);
  void protocol_error(call_time at, std::string_view text);

  void ended(call_time at, std::string_view reason);
  void summary(const call_summary& x);

private:
  enum class style : uint8_t { plain, caller, agent, dim, alarm };

  void emit(const json_object& line);
  void print(call_time at, style s, std::string_view text);

  std::mutex mutex_;
  std::ostream& out_;
  options options_;
};

} // namespace velox::cli
