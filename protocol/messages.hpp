#pragma once

#include "protocol/records.hpp"
#include "protocol/usage.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// Everything that the actors say to each other. One struct per message; the
/// comment says what it means for the person on the phone. What is done for a
/// turn carries the turn's number; turns only grow.

namespace velox {

// -- from the caller
// -----------------------------------------------------------

/// The caller's audio since the last message of this kind: mu-law, 8 kHz.
struct caller_audio {
  std::vector<uint8_t> mulaw;
  /// When its first byte was heard, on the carrier's clock: milliseconds since
  /// its stream began; -1: not known. What the carrier lost is no part of it.
  int64_t at_ms = -1;
};

/// Something, speech or silence, came from the caller's side.
struct caller_heard {};

/// The caller began to speak.
struct voice_started {};

/// The caller stopped speaking.
struct voice_stopped {};

/// The caller pressed a key: '0'-'9', '*', '#', 'A'-'D'.
struct key_pressed {
  char digit = '0';
};

/// A tone on the caller's side that no person makes.
enum class line_tone : uint8_t {
  beep, ///< an answering machine is ready; sent when the beep has ended
  fax,  ///< CED or CNG
};

struct tone_heard {
  line_tone what = line_tone::beep;
};

/// Who has answered a call that we placed, as the carrier sees it (Twilio's
/// AnsweredBy).
enum class answerer : uint8_t {
  unknown,
  human,
  machine,       ///< its greeting goes on
  machine_ready, ///< its greeting is over: it records
  fax,
};

struct answered_by {
  answerer who = answerer::unknown;
};

/// The caller has heard everything up to the mark of this name.
struct mark_reached {
  std::string name;
};

/// The caller or the carrier hung up.
struct caller_hung_up {};

/// The media socket is gone, or had to be closed.
struct wire_closed {
  end_reason why = end_reason::wire_lost;
  std::string explanation;
};

/// Nothing at all came from the caller's side for `silence_ms` milliseconds.
struct caller_gone {
  int64_t silence_ms = 0;
};

// -- recognition
// ---------------------------------------------------------------

/// What a recogniser that judges turns itself (Deepgram Flux, AssemblyAI) makes
/// of the words so far.
enum class turn_hint : uint8_t {
  none,        ///< it does not judge
  open,        ///< the caller will go on: wait for its `words_final`
  likely_over, ///< the turn seems complete; `open` takes it back
};

/// What the caller seems to be saying; replaced by the next one.
struct words_partial {
  std::string text;
  turn_hint hint = turn_hint::none;
};

/// What the caller said; empty when it was not understood.
struct words_final {
  std::string text;
  double confidence = 1; ///< 0 to 1
  /// The recogniser is sure that the caller's turn is over: wait for no more.
  bool turn_over = false;
};

/// All that was said so far is understood: it need not be heard again.
struct utterance_settled {};

/// Why a provider could not do its work; decides whether it is worth asking
/// again.
enum class provider_errc : uint8_t {
  broken,       ///< the connection was lost, or what came made no sense
  unreachable,  ///< no connection
  timed_out,    ///< no answer in time
  unauthorized, ///< the key is missing, wrong or not allowed (401, 403)
  out_of_quota, ///< nothing left to spend (402, insufficient_quota)
  rate_limited, ///< too many requests at once (429)
  overloaded,   ///< the vendor's trouble (500 to 599)
  bad_request,  ///< it does not take what we ask (other 4xx)
  unavailable,  ///< our own gateway says no: breaker open, quota used
};

/// A provider session ("stt", "tts", "llm") cannot go on: the last message that
/// it sends. `why` is for operators: never a key, a number or what was said.
struct provider_failed {
  std::string stage;
  std::string why;
  provider_errc code = provider_errc::broken;
  int64_t retry_after_ms = 0; ///< what the vendor asks for; 0: nothing
  uint32_t attempt = 0;       ///< of the prompt or sentence it is about
};

/// The vendor has accepted a session: it is there, and takes our key.
struct session_ready {};

/// All providers of a stage have failed, and were tried again in vain.
struct stage_failed {
  std::string stage;
};

// -- turns
// ---------------------------------------------------------------------

/// The caller has finished a turn and waits for the answer. Empty text: they
/// spoke, but nothing was understood.
struct user_turn {
  std::string text;
  double confidence = 1;
  /// What they keyed in at its end, without the key that ended the entry; the
  /// text has it in words.
  std::string keys{};
};

/// The caller's turn seems to be over with these words. The model may begin to
/// think; nothing is said before the `user_turn`.
struct turn_likely_over {
  std::string text;
  double confidence = 1;
};

/// It was not over after all.
struct turn_goes_on {};

/// The caller, who waits for `turn`, asks whether anybody is there. It goes on.
struct presence_asked {
  uint64_t turn = 0;
};

/// What the agent has said last in `turn`, which is complete: a question may
/// want a short answer, or keys.
struct question_asked {
  uint64_t turn = 0;
  std::string text;
  uint32_t digits = 0; ///< how many keys make the answer; 0: not known
};

/// The caller has been asked or told something and says nothing.
struct caller_idle {
  uint32_t times = 1; ///< how often in a row
};

/// Drop everything made for `turn` and for turns before it.
struct cancel {
  uint64_t turn = 0;
};

/// The interruption of `turn` was none: go on with what was not heard.
struct resume_turn {
  uint64_t turn = 0;
};

/// A stage has made no progress for too long: "stt", or "answer" when the
/// caller waits for the rest of `turn` (llm or tts, the call knows which; 0:
/// the answer has no number yet).
struct stage_late {
  std::string stage;
  uint64_t turn = 0;
};

/// The agent has the floor as `turn`: an answer is being made, or the engine
/// says something of its own accord (greeting, apology, farewell). Sent again
/// for the same turn when a sentence that may not be interrupted begins or
/// ends.
struct floor_taken {
  uint64_t turn = 0;
  bool interruptible = true; ///< whether the caller may talk over it
};

// -- the answer
// ----------------------------------------------------------------

/// One message of the conversation as the language model gets it.
struct chat_message {
  std::string role;         ///< "user", "assistant"
  std::string text;         ///< for the assistant: what the caller heard of it
  bool interrupted = false; ///< the caller cut it short
};

/// Please answer `turn`.
struct prompt {
  uint64_t turn = 0;
  /// The conversation so far as heard, the caller's last words at its end.
  /// Empty: the call begins, greet.
  std::vector<chat_message> history;
  /// What this turn has said already (after a restart): go on behind it.
  std::string said_so_far;
  /// The index of the next sentence: how many `said_so_far` consists of.
  uint32_t first_sentence = 0;
  /// What the model asked to be reminded of, from its last `answer_done`.
  std::string memory;
  /// 0 to 1: how sure the recogniser is of the caller's last words.
  double confidence = 1;
  /// Counts the sessions that were asked the same; what they report says it.
  uint32_t attempt = 0;
  /// What the caller keyed in at the end of their last words.
  std::string keys{};
};

/// Begin to think about `ahead`, in silence: the prompt itself, or
/// `forget_speculation`, follows.
struct speculation {
  prompt ahead;
};

struct forget_speculation {};

/// The caller waits for `turn`: say this if the answer has not gone on.
struct fill_silence {
  uint64_t turn = 0;
  /// How many sentences of the turn the caller has heard: all that there are.
  uint32_t after = 0;
  std::string text;
};

/// The model waits for its tools, or no longer does: what is late is not the
/// model.
struct tools_at_work {
  uint64_t turn = 0;
  bool on = false;
};

/// From now on the caller is heard, and spoken to, in this language.
struct use_language {
  std::string language;       ///< BCP 47
  std::string voice{};        ///< empty: the provider's default
  std::string instructions{}; ///< for sessions of models that begin now
};

/// The model wants to go on in another language.
struct language_chosen {
  std::string language; ///< BCP 47
};

/// The next piece of the answer's text.
struct tokens {
  uint64_t turn = 0;
  std::string text;
  uint32_t attempt = 0;
};

/// Something that the model wants done before it goes on.
struct tool_call {
  std::string id; ///< the vendor's; empty when it gives none
  std::string name;
  std::string arguments = "{}"; ///< one JSON object
};

/// The model stops here until it has the results of all of these.
struct tool_calls {
  uint64_t turn = 0;
  std::vector<tool_call> calls;
  uint32_t attempt = 0;
};

struct tool_result {
  std::string id;            ///< of the call
  std::string name;          ///< of the tool
  std::string output = "{}"; ///< one JSON value
  bool failed = false;
};

/// What the model had asked for, in the order of its calls.
struct tool_results {
  uint64_t turn = 0;
  std::vector<tool_result> results;
};

/// What happens once the answer was heard.
enum class next_step : uint8_t { listen, hang_up, transfer };

/// The answer is complete.
struct answer_done {
  uint64_t turn = 0;
  next_step then = next_step::listen;
  std::string transfer_to; ///< E.164, with `next_step::transfer`
  std::string memory;      ///< handed back with the next prompt
  std::string model{};     ///< who answered, such as "openai:gpt-4o-mini"
  token_usage usage{};
  uint32_t attempt = 0;
  /// Keys to press for the machine at the other end, behind the last sentence:
  /// 0-9 * # A-D, 'w' waits half a second.
  std::string press{};
  /// How many keys the caller is asked for; 0: none, or any number.
  uint32_t expects_keys = 0;
};

/// One sentence to be said. `index` counts from 0 within the turn.
struct sentence {
  uint64_t turn = 0;
  uint32_t index = 0;
  std::string text;
  /// Counts the sessions that were asked to say it.
  uint32_t attempt = 0;
  /// Said to fill a silence: no part of what the model answers.
  bool filler = false;
};

/// When a word is heard, counted from the first sound of its sentence.
struct spoken_word {
  std::string text;
  int64_t start_ms = 0;
  int64_t end_ms = 0;
};

/// All sentences of the turn are known: there are `count`.
struct sentences_complete {
  uint64_t turn = 0;
  uint32_t count = 0;
};

/// A piece of a sentence's audio, mu-law, 8 kHz, from byte `offset` on. What
/// the receiver has already (after a restart of its sender) is skipped.
struct sentence_audio {
  uint64_t turn = 0;
  uint32_t index = 0;
  uint64_t offset = 0;
  std::vector<uint8_t> mulaw;
  bool last = false;
  /// Words whose times the vendor told with this piece; each once.
  std::vector<spoken_word> words{};
  uint32_t attempt = 0;
  /// It was spoken before and kept: no vendor was asked for it.
  bool remembered = false;
};

// -- what the caller heard
// -----------------------------------------------------

/// The first audio of `turn` is on its way to the caller.
struct playback_started {
  uint64_t turn = 0;
};

/// All audio of the sentence went to the carrier; it lasts `duration_ms`.
struct sentence_sent {
  uint64_t turn = 0;
  uint32_t index = 0;
  int64_t duration_ms = 0;
};

/// The caller heard the sentence to its end.
struct sentence_heard {
  uint64_t turn = 0;
  uint32_t index = 0;
};

/// The caller heard all of `turn`.
struct playback_finished {
  uint64_t turn = 0;
};

/// `turn` was cut off: sentences before `index` were heard; of `index` so many
/// milliseconds were played, had been sent, and exist in all.
struct playback_cut {
  uint64_t turn = 0;
  uint32_t index = 0;
  int64_t heard_ms = 0;
  int64_t sent_ms = 0;
  int64_t total_ms = 0; ///< 0: not known yet, its audio was still being made
  /// Words of `index` whose times the voice told.
  std::vector<spoken_word> words{};
};

/// The caller waits and hears nothing: play the agent's background sound until
/// the next sentence, or until told to stop.
struct ambience {
  bool on = false;
};

// -- recording
// -----------------------------------------------------------------

/// A stretch of one side of the call, mu-law, 8 kHz, in the order of each side.
struct recorded_audio {
  bool agent = false; ///< else the caller
  int64_t at_ms = 0;  ///< when it is heard: milliseconds since the call began
  std::vector<uint8_t> mulaw;
};

/// The caller does not hear what the agent's side has from here on.
struct recording_cut {
  int64_t at_ms = 0;
};

/// What has become of a recording.
struct recording_done {
  std::string file; ///< its name in the recordings' directory; empty: none
  int64_t duration_ms = 0;
};

// -- the call and its neighbours
// -----------------------------------------------

/// Something happened that the call log should keep.
struct log_entry {
  std::string kind;
  uint64_t turn = 0;
  std::string detail = "{}"; ///< one JSON object
};

/// A new part of the call log, in order, for the store.
struct call_log_batch {
  std::vector<call_event> events;
  std::vector<message_record> messages;
  std::vector<usage_event> usage{};
  int64_t fence = 0; ///< of the call's lease (`call_lease`); 0: not checked
};

/// May this call have a slot? Sent by the call itself, which is monitored.
struct admit_call {
  std::string call_id;
  std::string token_nonce;
};

/// A slot for a live call. Refused with `errc`.
struct admitted {
  uint64_t live_calls = 0; ///< with this one
};

/// Who is on the line?
struct list_calls {};

/// The live call with this id, please.
struct find_call {
  std::string call_id;
};

/// No new calls; tell me when the last one has ended.
struct drain {};

/// How many calls are live, and how many may be.
struct registry_status {
  uint64_t live_calls = 0;
  uint64_t limit = 0;
  bool draining = false;
};

/// End the call, saying goodbye if it can.
struct end_call {
  end_reason why = end_reason::ended_by_operator;
  std::string explanation;
};

/// Kill the child of this name ("llm"), as a drill.
struct kill_child {
  std::string name;
};

/// How one actor of a call is doing.
struct actor_status {
  std::string name;
  std::string doing;    ///< "listening", "speaking", ...
  uint64_t mailbox = 0; ///< messages waiting
  uint64_t handled = 0; ///< messages handled
  uint64_t restarts = 0;
};

/// How one call is doing: its supervisor first, then the children.
struct call_status {
  std::string call_id;
  std::string agent_name;
  std::string org_id;
  unix_ms started_at = 0;
  uint64_t turn = 0;
  std::vector<actor_status> actors;
};

/// The organisation's talk time is used up.
struct credit_exhausted {};

/// The call has lasted as long as it may.
struct deadline_reached {};

/// ... and soon will have.
struct deadline_near {
  int64_t left_ms = 0;
};

// -- providers
// -----------------------------------------------------------------

/// May I use this provider now? Who is admitted holds a place until it says
/// `provider_used` or ends.
struct use_provider {
  std::string provider; ///< "deepgram"
};

struct provider_admitted {
  uint64_t ticket = 0;
};

/// How it went so far. Gives the place back unless `more` follows.
struct provider_used {
  std::string provider;
  uint64_t ticket = 0;
  bool more = false;
  bool failed = false;
  provider_errc code = provider_errc::broken; ///< when it failed
  int64_t retry_after_ms = 0;
  int64_t latency_ms = -1; ///< to the first result; -1: there was none
};

/// How are the providers doing?
struct list_providers {};

struct provider_status {
  std::string provider;
  std::string breaker; ///< "closed", "open", "half-open"
  uint64_t in_use = 0;
  uint64_t limit = 0; ///< places; 0: no limit
  uint64_t admitted = 0;
  uint64_t refused = 0;
  uint64_t failed = 0;
};

// -- stores
// --------------------------------------------------------------------

struct find_agent_by_number {
  std::string phone_number; ///< E.164
};

struct find_agent {
  std::string org_id;
  std::string agent_id;
};

struct find_conversation {
  std::string call_id;
};

/// All that was said in a call, oldest first.
struct list_messages {
  std::string org_id;
  std::string call_id;
};

/// The call log behind `after` (0: from the start), oldest first, at most 500.
struct list_events {
  std::string call_id;
  uint64_t after = 0;
};

/// A call begins, or goes on when its id is known already.
struct open_conversation {
  conversation_record conversation;
  /// Of the call's lease: whoever has a lower one writes no more. 0: not known.
  int64_t fence = 0;
  std::string node{}; ///< who has the lease; empty: not known
};

/// A recording has begun, or (the same file again) is complete.
struct recording_stored {
  recording_record recording;
};

/// The recordings of an organisation, newest first, at most 500.
struct list_recordings {
  std::string org_id;
  std::string call_id{}; ///< empty: of all calls
};

/// Recordings of all organisations that may not be kept any longer, at most
/// 100. For the engine's own housekeeping.
struct list_due_recordings {
  unix_ms now = 0;
};

/// The file is gone; so may be its row.
struct forget_recording {
  std::string org_id;
  std::string file;
};

/// Names of files. As a question: which of these does no row name?
struct stray_recordings {
  std::vector<std::string> files;
};

/// The conversation is over.
struct close_conversation {
  std::string call_id;
  conversation_status status = conversation_status::completed;
  unix_ms at = 0;
  end_reason why = end_reason::caller_hung_up;
  std::string explanation;
  std::string transfer_to;
  int64_t billed_seconds = 0;
  int64_t fence = 0; ///< of the call's lease; 0: not checked
};

} // namespace velox
