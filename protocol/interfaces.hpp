#pragma once

#include "protocol/billing.hpp"
#include "protocol/messages.hpp"
#include "protocol/sessions.hpp"

#include <caf/atom.hpp>
#include <caf/typed_actor.hpp>

#include <vector>

/// Who can say what to whom: every actor of the engine, typed. Read this after
/// messages.hpp and you have read the architecture (design.md, section 2).
/// Take the narrowest handle that does the job.

namespace velox {

struct peers;
struct live_call;

// -- narrow handles, for sessions at the edge
// ----------------------------------

/// Hears what happens on a carrier's leg: the stream actor.
using leg_client_actor = caf::typed_actor<
  // The caller's audio, in batches of about 100 ms.
  caf::reacts_to<caller_audio>,
  // The caller began to speak; sent before the audio of that moment.
  caf::reacts_to<voice_started>,
  // The caller stopped; sent after the audio of that moment.
  caf::reacts_to<voice_stopped>,
  // A key was pressed.
  caf::reacts_to<key_pressed>,
  // An answering machine's beep, or a fax.
  caf::reacts_to<tone_heard>,
  // The caller has heard all up to this mark (or it was cleared).
  caf::reacts_to<mark_reached>,
  // The carrier ended the call properly.
  caf::reacts_to<caller_hung_up>,
  // The socket is gone; nothing follows.
  caf::reacts_to<wire_closed>>;

/// Hears what a recogniser understood: the stt actor.
using recognition_client_actor
  = caf::typed_actor<caf::reacts_to<session_ready>,
                     caf::reacts_to<words_partial>, caf::reacts_to<words_final>,
                     caf::reacts_to<provider_failed>>;

/// Gets the audio of sentences: the tts actor.
using synthesis_client_actor
  = caf::typed_actor<caf::reacts_to<sentence_audio>,
                     caf::reacts_to<provider_failed>>;

/// Gets the answer of a language model: the llm actor.
using answer_client_actor
  = caf::typed_actor<caf::reacts_to<tokens>, caf::reacts_to<answer_done>,
                     caf::reacts_to<tool_calls>,
                     caf::reacts_to<provider_failed>>;

// -- engine-wide actors
// --------------------------------------------------------

/// Who is on the line. Its mailbox is the one place where calls are admitted.
using call_registry_actor = caf::typed_actor<
  // A call wants a slot. Errors: engine_full, duplicate_call, token_replayed,
  // engine_stopping. The slot is free again when the sender ends, however.
  caf::replies_to<admit_call>::with<admitted>,
  // How full the engine is.
  caf::replies_to<caf::get_atom>::with<registry_status>,
  // All live calls.
  caf::replies_to<list_calls>::with<std::vector<live_call>>,
  // One live call. Error: unknown_call.
  caf::replies_to<find_call>::with<live_call>,
  // The engine stops: admit nobody any more; answered when the last call ended.
  caf::replies_to<drain>::with<registry_status>>;

/// Talk time of organisations. Errors of all requests: not_found,
/// store_failed. Whoever gets no answer asks again: nothing is booked twice.
using ledger_actor = caf::typed_actor<
  // A call is about to begin, or begins. Error: out_of_credit.
  caf::replies_to<reserve_talk_time>::with<talk_time>,
  // The next piece of talk. What nothing covers is owed, not refused.
  caf::replies_to<charge>::with<talk_time>,
  // The call is over.
  caf::replies_to<settle_call>::with<call_bill>,
  // ... before it began.
  caf::reacts_to<release_talk_time>,
  // May calls of an organisation begin?
  caf::replies_to<find_credit>::with<talk_credit>,
  // For whoever looks after calls that nobody carries any more.
  caf::replies_to<list_quiet_calls>::with<quiet_calls>,
  caf::replies_to<recover_call>::with<call_recovered>>;

/// One provider as all calls see it: what it may be asked at once, and whether
/// it is worth asking.
using provider_gateway_actor = caf::typed_actor<
  // Errors: provider_unavailable (its circuit breaker is open, or it asked for
  // a pause), provider_busy (all its places are taken), not_found. The place is
  // free again when the sender ends, however.
  caf::replies_to<use_provider>::with<provider_admitted>,
  // How it went.
  caf::reacts_to<provider_used>,
  // From another node, by way of the session store.
  caf::reacts_to<breaker_changed>,
  caf::replies_to<list_providers>::with<std::vector<provider_status>>,
  // INTERNAL: see who has waited long enough.
  caf::reacts_to<caf::timeout_atom, uint64_t>>;

/// The database behind messages; may block, so it has its own thread.
using store_actor = caf::typed_actor<
  // Errors of all requests: not_found, store_failed.
  caf::replies_to<find_agent_by_number>::with<agent_record>,
  caf::replies_to<find_agent>::with<agent_record>,
  // A call begins (or goes on, when its id is known already).
  caf::replies_to<open_conversation>::with<conversation_record>,
  caf::replies_to<find_conversation>::with<conversation_record>,
  caf::replies_to<list_messages>::with<std::vector<message_record>>,
  caf::replies_to<list_events>::with<std::vector<call_event>>,
  // The next part of a call's log. Answered once it is durable.
  caf::reacts_to<call_log_batch>, caf::reacts_to<close_conversation>,
  // Recordings: the files are elsewhere, here is whose they are.
  caf::reacts_to<recording_stored>,
  caf::replies_to<list_recordings>::with<std::vector<recording_record>>,
  caf::replies_to<list_due_recordings>::with<std::vector<recording_record>>,
  caf::reacts_to<forget_recording>,
  caf::replies_to<stray_recordings>::with<stray_recordings>,
  // Is the database there? For readyz.
  caf::replies_to<caf::ok_atom>::with<caf::ok_atom>>;

// -- the call tree
// -------------------------------------------------------------

/// The supervisor of one call: owns what must survive its children (history,
/// turn number, ledger of what was heard) and decides how the call ends.
using call_actor = caf::typed_actor<
  // From the turn taker: the caller has finished a turn.
  caf::reacts_to<user_turn>,
  // From the turn taker: the caller seems to have finished, or has not.
  caf::reacts_to<turn_likely_over>, caf::reacts_to<turn_goes_on>,
  // From the turn taker: the caller says nothing.
  caf::reacts_to<caller_idle>,
  // From the turn taker: a noise, not words, interrupted a turn.
  caf::reacts_to<resume_turn>,
  // From the turn taker: words of a turn that is not finished yet; it gets them
  // back should it be restarted.
  caf::reacts_to<words_final>,
  // From the turn taker or the stream: a stage is stuck and is to be started
  // afresh.
  caf::reacts_to<stage_late>,
  // From the stt, llm or tts: none of its providers works.
  caf::reacts_to<stage_failed>,
  // From the turn taker: who has the floor now.
  caf::reacts_to<floor_changed>,
  // From the turn taker: the caller wonders whether they are still heard.
  caf::reacts_to<presence_asked>,
  // From the llm: this sentence of the answer was given to the tts.
  caf::reacts_to<sentence>,
  // From the llm: the conversation goes on in another language.
  caf::reacts_to<language_chosen>,
  // From the llm: it waits for its tools, or no longer.
  caf::reacts_to<tools_at_work>,
  // From the llm: the answer is complete, this is what follows it.
  caf::reacts_to<answer_done>,
  // From the stream: what reached the caller.
  caf::reacts_to<playback_started>, caf::reacts_to<sentence_sent>,
  caf::reacts_to<sentence_heard>, caf::reacts_to<playback_finished>,
  caf::reacts_to<playback_cut>,
  // From the stream: the leg is over.
  caf::reacts_to<caller_hung_up>, caf::reacts_to<wire_closed>,
  // From the stream, and from the carrier's own detection: who or what has
  // answered a call that we placed.
  caf::reacts_to<tone_heard>, caf::reacts_to<answered_by>,
  // From the guards: ghost_timeout, deadline, billing_ticker.
  caf::reacts_to<caller_gone>, caf::reacts_to<deadline_near>,
  caf::reacts_to<deadline_reached>, caf::reacts_to<credit_exhausted>,
  // From anybody in the tree: for the call log.
  caf::reacts_to<log_entry>,
  // From the stt, llm and tts: what a vendor will charge for.
  caf::reacts_to<usage_noted>,
  // From operators and the engine: end politely.
  caf::reacts_to<end_call>,
  // From operators: a drill. Error: unknown_child.
  caf::replies_to<kill_child>::with<caf::ok_atom>,
  // How is the call doing?
  caf::replies_to<caf::get_atom>::with<call_status>,
  // INTERNAL: the timer with this number.
  caf::reacts_to<caf::timeout_atom, uint64_t>>;

/// The carrier's leg: the only writer to the caller. Guarantees that after
/// `cancel{n}` no audio of turn n or older reaches the socket.
using stream_actor = leg_client_actor::extend<
  // The tree has (new) members.
  caf::reacts_to<peers>,
  // From the stt: a fresh recogniser need not hear the past again.
  caf::reacts_to<utterance_settled>,
  // From the tts: the next piece of a sentence.
  caf::reacts_to<sentence_audio>,
  // From the llm: how many sentences the turn has.
  caf::reacts_to<sentences_complete>,
  // From the turn taker or the call: stop talking.
  caf::reacts_to<cancel>,
  // From the call: the caller waits and hears nothing.
  caf::reacts_to<ambience>,
  // INTERNAL: the timer with this number.
  caf::reacts_to<caf::timeout_atom, uint64_t>>;

/// The recognisers of a call, one at a time.
using stt_actor = recognition_client_actor::extend<
  caf::reacts_to<peers>, caf::reacts_to<caller_audio>,
  caf::reacts_to<voice_started>, caf::reacts_to<voice_stopped>,
  // From the llm: the caller goes on in another language.
  caf::reacts_to<use_language>,
  // From the call, at its end: note what was used and not noted yet.
  caf::reacts_to<caf::flush_atom>,
  // INTERNAL: the timer with this number.
  caf::reacts_to<caf::timeout_atom, uint64_t>>;

/// Who has the floor; the only place that decides it.
using turn_taker_actor = caf::typed_actor<
  caf::reacts_to<peers>,
  // From the stream.
  caf::reacts_to<voice_started>, caf::reacts_to<voice_stopped>,
  caf::reacts_to<key_pressed>, caf::reacts_to<playback_started>,
  caf::reacts_to<playback_finished>,
  // From the stt.
  caf::reacts_to<words_partial>, caf::reacts_to<words_final>,
  // From the call: it speaks of its own accord (greeting, apology, farewell).
  caf::reacts_to<floor_taken>,
  // From the call: what the caller has been asked.
  caf::reacts_to<question_asked>,
  // From the llm: whose words are judged from now on.
  caf::reacts_to<use_language>,
  // INTERNAL: the timer with this number.
  caf::reacts_to<caf::timeout_atom, uint64_t>>;

/// Prompt in, sentences out.
using llm_actor
  = answer_client_actor::extend<caf::reacts_to<peers>,
                                // From the tool port.
                                caf::reacts_to<tool_result>,
                                // From the call: answer this turn.
                                caf::reacts_to<prompt>,
                                // From the call: it may come to that.
                                caf::reacts_to<speculation>,
                                caf::reacts_to<forget_speculation>,
                                // From the call: the caller has waited long.
                                caf::reacts_to<fill_silence>,
                                // From the turn taker or the call.
                                caf::reacts_to<cancel>,
                                // INTERNAL: the timer with this number.
                                caf::reacts_to<caf::timeout_atom, uint64_t>>;

/// Sentences in, audio out, in order.
using tts_actor
  = synthesis_client_actor::extend<caf::reacts_to<peers>,
                                   // From the llm or the call.
                                   caf::reacts_to<sentence>,
                                   // From the llm: for sentences that follow.
                                   caf::reacts_to<use_language>,
                                   // From the turn taker or the call.
                                   caf::reacts_to<cancel>,
                                   // INTERNAL: the timer with this number.
                                   caf::reacts_to<caf::timeout_atom, uint64_t>>;

/// Writes both sides of a call to a file. May block, so it has its own thread.
using recorder_actor = caf::typed_actor<
  // From the stream.
  caf::reacts_to<recorded_audio>, caf::reacts_to<recording_cut>,
  // From the call: it is over after so many milliseconds; finish the file.
  caf::replies_to<caf::close_atom, int64_t>::with<recording_done>>;

/// Deletes recordings that were kept long enough, and files that nobody knows.
/// May block.
using recording_retention_actor = caf::typed_actor<
  // INTERNAL: it is time to look again.
  caf::reacts_to<caf::timeout_atom, uint64_t>>;

/// Charges talk time while the call lasts.
using billing_ticker_actor = caf::typed_actor<
  // INTERNAL: the tick with this number is due.
  caf::reacts_to<caf::timeout_atom, uint64_t>,
  // From the call: it is over; charge the rest and say what it was billed in
  // all, as far as the ledger has told.
  caf::replies_to<caf::close_atom>::with<int64_t>>;

/// Watches for a caller from whom nothing comes any more.
using ghost_timeout_actor = caf::typed_actor<
  // A sign of life: the wait starts anew.
  caf::reacts_to<caller_heard>,
  // INTERNAL: the wait with this number ran out.
  caf::reacts_to<caf::timeout_atom, uint64_t>>;

/// Ends a call that has lasted too long, without help from the media path.
using deadline_actor = caf::typed_actor<
  // INTERNAL: the timer with this number.
  caf::reacts_to<caf::timeout_atom, uint64_t>>;

/// The present handles of a call's children; sent to all of them after every
/// (re)start, so that nobody keeps a dead address. A handle may be null.
struct peers {
  stream_actor stream;
  stt_actor stt;
  turn_taker_actor turn_taker;
  llm_actor llm;
  tts_actor tts;
  ghost_timeout_actor ghost_timeout;
  recorder_actor recorder{}; ///< null while nothing is recorded
};

/// One entry of the call registry.
struct live_call {
  std::string call_id;
  call_actor call;
};

} // namespace velox

#include "protocol/type_ids.hpp"
