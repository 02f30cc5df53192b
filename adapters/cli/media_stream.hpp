#pragma once

#include "adapters/cli/call_reporter.hpp"
#include "adapters/cli/caller_script.hpp"
#include "adapters/cli/media_socket.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace velox::cli {

/// What lasts from the first ring to the end, through any number of media
/// streams: what the caller does, what was heard, the count of everything.
struct call_progress {
  call_progress(std::vector<script_step> steps, call_time pause)
    : script(std::move(steps)), ear(pause) {}

  /// Time since the call began.
  call_time now() const {
    return std::chrono::duration_cast<call_time>(
      std::chrono::steady_clock::now() - began);
  }

  std::chrono::steady_clock::time_point began
    = std::chrono::steady_clock::now();
  caller_script script;
  agent_ear ear;
  /// When the caller fell silent before the answer that was timed last.
  std::optional<call_time> timed;
  call_summary summary;
  /// Both sides since the call began, mu-law, of equal length.
  std::vector<uint8_t> caller_audio;
  std::vector<uint8_t> agent_audio; ///< as heard
  bool protocol_broken = false;
};

/// What one media stream needs to know.
struct media_stream_options {
  std::string url; ///< ws:// or wss://
  /// The same as the TwiML writes it: what the upgrade is signed for.
  std::string signed_url;
  std::string auth_token;
  std::string account_sid;
  std::string call_id;
  std::map<std::string, std::string, std::less<>> parameters;
  call_time deadline{120'000}; ///< since the call began: hang up then
  bool insecure = false;
};

/// How a media stream ended.
struct stream_outcome {
  bool caller_hung_up = false;
  std::string reason; ///< of the caller, or what the close frame says
};

/// Opens the stream and carries it, in real time on the calling thread, until
/// the engine closes it, the script is done, time is up, or the user
/// interrupts (SIGINT, SIGTERM). Throws as `open_media_socket` does.
stream_outcome run_media_stream(const media_stream_options& options,
                                call_progress& call, call_reporter& reporter);

} // namespace velox::cli
