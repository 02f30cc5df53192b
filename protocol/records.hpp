#pragma once

#include "protocol/end_reason.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace velox {

/// Milliseconds since 1970-01-01T00:00:00Z, as stored.
using unix_ms = int64_t;

/// Who answers: one agent of one organisation, as the store keeps it.
struct agent_record {
  std::string id;
  std::string org_id;
  std::string name;
  /// E.164, the number that callers dial to reach the agent.
  std::string phone_number;
  /// BCP 47, such as "en-US".
  std::string language = "en-US";
  /// A voice name of the synthesiser, such as "slt".
  std::string voice;
  /// The language model by its name in config; "scripted" by default.
  std::string model = "scripted";
  /// The agent file (YAML) that the scripted model follows.
  std::string script;
  bool active = true;
};

struct organisation_record {
  std::string id;
  std::string name;
  /// Talk time left, in seconds.
  int64_t credit_seconds = 0;
};

enum class conversation_status : uint8_t {
  active,
  completed,
  failed,
  abandoned
};

std::string to_text(conversation_status status);

/// One call from first ring to end.
struct conversation_record {
  /// The carrier's call id (Twilio's CallSid).
  std::string call_id;
  std::string org_id;
  std::string agent_id;
  std::string caller;
  std::string called;
  conversation_status status = conversation_status::active;
  unix_ms started_at = 0;
  unix_ms ended_at = 0;      ///< 0 while the call is live
  std::string ended_because; ///< `to_text(end_reason)`, empty while live
  std::string explanation;   ///< one sentence for the operator
  std::string transfer_to;   ///< E.164, set when the agent hands over
  int64_t billed_seconds = 0;
};

/// How much of an agent's words reached the caller. A user's message is heard
/// in full by definition.
struct heard_text {
  std::string heard;  ///< played out to the caller
  std::string sent;   ///< given to the carrier, dropped before it was played
  std::string unsent; ///< never left the engine
};

/// What an answer cost, as the vendor counts it.
struct token_usage {
  int64_t prompt = 0;     ///< tokens read
  int64_t completion = 0; ///< tokens written, thoughts included
};

struct message_record {
  std::string call_id;
  uint64_t turn = 0;
  std::string role; ///< "user" or "assistant"
  std::string text; ///< all that was said or was to be said
  heard_text heard;
  unix_ms at = 0;
  std::string model{}; ///< who answered, such as "openai:gpt-4o-mini"
  token_usage usage{};
  /// Of an answer: from the end of the caller's turn to its first sound; 0: not
  /// known.
  int64_t latency_ms = 0;
};

/// One file with both sides of a call. A call that went on after the engine was
/// restarted has several, each placed on the clock of the call.
struct recording_record {
  std::string call_id;
  std::string org_id;
  std::string file;   ///< its name in the recordings' directory; unique
  std::string key_id; ///< of the key that opens it
  /// 0 while the call is live, and for ever when it was cut off by a crash.
  int64_t duration_ms = 0;
  int64_t size = 0; ///< bytes on disk; 0 as above
  unix_ms created_at = 0;
  unix_ms delete_after = 0; ///< the last moment at which it is kept
};

/// One line of the call log.
struct call_event {
  std::string call_id;
  /// Grows by one within a call; (call_id, sequence) is unique.
  uint64_t sequence = 0;
  unix_ms at = 0;
  /// A fixed word such as "started", "user-turn", "cancelled", "ended".
  std::string kind;
  uint64_t turn = 0;
  /// What the kind needs, as one JSON object; "{}" when nothing.
  std::string detail = "{}";
};

} // namespace velox
