#pragma once

#include "protocol/interfaces.hpp"
#include "protocol/manners.hpp"
#include "protocol/turn_policy.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

/// The abstract classes behind which the outside world sits. A session object
/// reports to its actor by message, on any thread, and is only called by its
/// actor. Destroying it ends the session: nothing is sent afterwards that
/// still matters, and no thread waits for it.

namespace velox {

// -- speech to text -----------------------------------------------------------

struct recognizer_options {
  std::string call_id;  ///< for the log
  std::string language; ///< BCP 47
  /// What callers of this agent are likely to say: whole phrases, lower case,
  /// no punctuation. A recogniser may build its language model of them.
  std::vector<std::string> phrases;
};

/// One caller's speech becoming words. Audio is G.711 mu-law, 8 kHz, mono.
class speech_recognizer {
public:
  virtual ~speech_recognizer() = default;

  /// The next stretch of the caller's audio, without gaps; usually 100 ms.
  virtual void hear(std::vector<uint8_t> mulaw) = 0;

  /// Our own voice detection says that the caller began to speak. The audio of
  /// the onset was heard already (up to 300 ms before this call).
  virtual void utterance_began() = 0;

  /// Our own voice detection says that the caller stopped. Exactly one
  /// `words_final` follows (empty when nothing was understood). A recogniser
  /// that judges turns itself may hold it back while it reports
  /// `words_partial` with `turn_hint::open`.
  virtual void utterance_ended() = 0;
};

/// Starts a session that reports `words_partial`, `words_final` and
/// `provider_failed` to `client`. May throw: the actor that called it ends.
using recognizer_factory = std::function<std::unique_ptr<speech_recognizer>(
  const recognizer_options&, recognition_client_actor client)>;

// -- text to speech -----------------------------------------------------------

/// How an agent says a word.
struct pronunciation {
  std::string word;     ///< as it is written; case does not matter
  std::string say_as{}; ///< respelled: "vee lox"
  std::string ipa{};    ///< for voices that take SSML phonemes
};

struct synthesizer_options {
  std::string call_id;
  std::string language; ///< BCP 47
  std::string voice;    ///< empty: the provider's default for the language
  std::vector<pronunciation> pronunciations{};
};

/// Sentences becoming audio, one after the other, in the order of `say`.
class speech_synthesizer {
public:
  virtual ~speech_synthesizer() = default;

  /// Reports the audio of `x` as `sentence_audio`, offsets growing from 0, the
  /// final piece with `last` set (it may be empty).
  virtual void say(const sentence& x) = 0;

  /// Drops everything of `turn` and of turns before it. Audio that is already
  /// on its way may still arrive; its receiver drops it by its number.
  virtual void cancel(uint64_t turn) = 0;
};

/// Starts a session that reports `sentence_audio` and `provider_failed`.
using synthesizer_factory = std::function<std::unique_ptr<speech_synthesizer>(
  const synthesizer_options&, synthesis_client_actor client)>;

// -- language model -----------------------------------------------------------

/// Answers turn by turn.
class language_model {
public:
  virtual ~language_model() = default;

  /// Starts to answer: `tokens` follow, then one `answer_done`, or
  /// `provider_failed` at any moment.
  virtual void answer(const prompt& x) = 0;

  /// Stops working on `turn` and on turns before it.
  virtual void cancel(uint64_t turn) = 0;

  /// What its `tool_calls` brought; the answer goes on. Never called for a
  /// model that calls no tools.
  virtual void use_results(const tool_results&) {}
};

/// Something that a model may ask for.
struct tool_definition {
  std::string name;        ///< letters, digits, '_' and '-'; at most 64
  std::string description; ///< for the model
  /// The arguments as JSON Schema, one object.
  std::string parameters = R"({"type":"object","properties":{}})";
};

/// What a model's tools do.
class tool_port {
public:
  virtual ~tool_port() = default;

  /// What an agent's model may ask for.
  virtual std::vector<tool_definition> tools(const agent_record& of) = 0;

  /// Does it. `done` is called once, on any thread, with the call's id and
  /// name.
  virtual void call(const std::string& call_id, const tool_call& x,
                    std::function<void(tool_result)> done)
    = 0;
};

struct language_model_options {
  std::string call_id;
  agent_record agent;
  std::string instructions{}; ///< the system prompt
  std::vector<tool_definition> tools{};
};

using language_model_factory = std::function<std::unique_ptr<language_model>(
  const language_model_options&, answer_client_actor client)>;

// -- the caller's voice, frame by frame ---------------------------------------

enum class voice_change : uint8_t { none, started, stopped };

/// Tells the caller's voice from silence, noise and the echo of our own voice.
/// It runs at the socket on every frame, so it must take microseconds. Its
/// clock is the audio itself: it neither reads the time nor allocates per
/// frame.
class voice_detector {
public:
  virtual ~voice_detector() = default;

  /// The next stretch of the caller's audio (mu-law, 8 kHz, any length).
  /// Returns the last change in it.
  virtual voice_change near_end(std::span<const uint8_t> mulaw) = 0;

  /// What is queued for the caller to hear next, behind what was queued before.
  virtual void far_end(std::span<const uint8_t> mulaw) = 0;

  /// What is queued and not yet played is dropped (`clear` was sent).
  virtual void far_end_cleared() = 0;

  /// From 0 (only a clear voice counts) to 1 (the least sound counts).
  virtual void set_sensitivity(double) {}
};

using voice_detector_factory = std::function<std::unique_ptr<voice_detector>()>;

/// One tone that was heard, in the order of the audio.
using tone_event = std::variant<key_pressed, tone_heard>;

/// Hears keys (DTMF), beeps and faxes in the caller's audio. It runs at the
/// socket on every frame, so it must take microseconds.
class tone_detector {
public:
  virtual ~tone_detector() = default;

  /// The next stretch of the caller's audio (mu-law, 8 kHz, any length); adds
  /// what it heard.
  virtual void
  near_end(std::span<const uint8_t> mulaw, std::vector<tone_event>& heard)
    = 0;
};

/// What to listen for in a call.
struct listening_options {
  double sensitivity = 0.5; ///< see manners::sensitivity
  bool keys = true;         ///< keys in the audio
  bool machines = false;    ///< beeps and faxes; for calls that we placed
};

using tone_detector_factory
  = std::function<std::unique_ptr<tone_detector>(const listening_options&)>;

// -- the carrier's leg --------------------------------------------------------

/// The wire of one call, as its stream actor sees it. Called on the call's home
/// shard only; reports to the actor given to `report_to`.
class carrier_leg {
public:
  virtual ~carrier_leg() = default;

  /// Events of the leg go to `client` from now on (a fresh stream actor after a
  /// restart). What came before the first call was kept, within bounds.
  virtual void report_to(leg_client_actor client) = 0;

  /// What matters in the caller's audio from now on.
  virtual void listen_for(const listening_options&) {}

  /// Queues mu-law audio for the caller.
  virtual void play(uint64_t turn, std::span<const uint8_t> mulaw) = 0;

  /// Asks the carrier to report `name` once all that was queued has been heard.
  virtual void mark(const std::string& name) = 0;

  /// Drops all audio that the caller has not heard yet, here and at the
  /// carrier.
  virtual void clear() = 0;

  /// Closes the socket with a WebSocket close code (RFC 6455, 7.4) and reason.
  virtual void close(uint16_t code, std::string reason) = 0;
};

using carrier_leg_ptr = std::shared_ptr<carrier_leg>;

/// What a media socket says of itself in its first messages, already checked
/// against the signed token.
struct leg_start {
  std::string call_id;   ///< CallSid
  std::string stream_id; ///< StreamSid
  std::string agent_id;
  std::string org_id;
  std::string caller;      ///< E.164 or what the carrier says ("anonymous")
  std::string called;      ///< E.164
  std::string token_nonce; ///< used once
  bool resumed = false;    ///< the call goes on after its socket was lost
  /// We have called them: `caller` is our number, `called` is theirs.
  bool outbound = false;
};

// -- the agent ----------------------------------------------------------------

/// What the call itself says, in the agent's words, when no model is asked.
struct agent_lines {
  std::string still_there = "Are you still there?";
  std::string idle_goodbye
    = "I cannot hear you, so I will hang up now. Goodbye.";
  std::string out_of_credit = "I am sorry, this call has to end now. Goodbye.";
  std::string too_long = "We have reached the end of our time. Goodbye.";
  std::string trouble
    = "I am sorry, I have a technical problem. Please call again. Goodbye.";
  std::string closing = "I am sorry, I have to end the call now. Goodbye.";
  std::string reconnected = "Sorry, we were cut off for a moment.";
  /// The first words of a call; empty: the model is asked for them.
  std::string greeting{};
  /// Said while the caller waits for an answer; never the same twice in a row.
  std::vector<std::string> fillers{"One moment, please.", "Let me see.",
                                   "Just a second."};
  /// To a waiting caller who asks whether anybody is there.
  std::string here = "Yes, I am here. One moment, please.";
  /// When the caller is asked for the second time.
  std::string still_there_again = "I cannot hear you. Are you still there?";
  std::string almost_over = "We have about a minute left.";
  std::string recording_notice = "This call is recorded.";
  std::string recording_question
    = "Is it all right if this call is recorded? Please say yes or no.";
};

/// A language that an agent can change to.
struct spoken_language {
  std::string language;       ///< BCP 47
  std::string name;           ///< as people call it: "Spanish"
  std::string voice{};        ///< empty: the provider's default
  std::string instructions{}; ///< added to the agent's own
  agent_lines lines{};
};

/// What the engine needs to know of an agent beside its record.
struct agent_briefing {
  std::vector<std::string> phrases; ///< for `recognizer_options`
  agent_lines lines;
  std::string instructions{};    ///< for `language_model_options`
  std::string transfer_number{}; ///< E.164: who takes over; may be empty
  /// Providers in the order in which they are tried, each "vendor" or
  /// "vendor:model" (models) or "vendor:voice" (voices). Empty: the engine's.
  std::vector<std::string> recognizers{};
  std::vector<std::string> voices{};
  std::vector<std::string> models{};
  /// Empty: the engine's.
  std::optional<turn_policy> turns{};
  velox::manners manners{};
  /// Beside the agent's own.
  std::vector<spoken_language> languages{};
  std::vector<pronunciation> pronunciations{};
};

// -- providers ----------------------------------------------------------------

/// One way to do a stage's work.
template <class Factory>
struct provider {
  std::string name;    ///< for the log and the store: "openai:gpt-4o-mini"
  std::string gateway; ///< whom to ask first: "openai"; empty: nobody
  Factory make;
};

/// How many words of the caller make a turn harder than small talk; chooses
/// between models.
struct complexity_rule {
  std::size_t medium_from = 15; ///< words
  std::size_t large_from = 50;  ///< words
};

/// Who works for one call, by stage, in the order of preference.
struct call_providers {
  std::vector<provider<recognizer_factory>> recognizers;
  std::vector<provider<synthesizer_factory>> voices;
  /// For turns of each complexity; a turn falls back on those of the others.
  std::vector<provider<language_model_factory>> small_models{};
  std::vector<provider<language_model_factory>> medium_models{};
  std::vector<provider<language_model_factory>> models; ///< large, or all turns
  complexity_rule complexity{};
};

using provider_source
  = std::function<call_providers(const agent_record&, const agent_briefing&)>;

// -- the carrier, beside its leg ----------------------------------------------

/// What the carrier's own API does to a live call. Any thread; `done` may be
/// called on another, with an empty text or what went wrong.
class carrier_control {
public:
  virtual ~carrier_control() = default;

  /// Replaces what the carrier does with the call by these instructions
  /// (TwiML). The media socket ends with it.
  virtual void
  update_call(const std::string& call_id, const std::string& instructions,
              std::function<void(std::string)> done)
    = 0;

  /// Hangs up.
  virtual void complete_call(const std::string& call_id,
                             std::function<void(std::string)> done)
    = 0;
};

// -- recording ----------------------------------------------------------------

struct recording_options {
  std::string call_id;
  std::string org_id;
  unix_ms started_at = 0; ///< of the call: where the recording's time begins
};

/// Starts a recorder. May throw: the call is then not recorded, and its log
/// says so.
using recorder_factory
  = std::function<recorder_actor(const recording_options&)>;

using briefing_source = std::function<agent_briefing(const agent_record&)>;

} // namespace velox
