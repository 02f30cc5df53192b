#pragma once

#include "protocol/messages.hpp"

#include <caf/meta/type_name.hpp>

/// How CAF prints and carries the messages. One function per struct of
/// messages.hpp and records.hpp, in their order.

namespace velox {

template <class Inspector>
auto inspect(Inspector& f, agent_record& x) {
  return f(caf::meta::type_name("agent_record"), x.id, x.org_id, x.name,
           x.phone_number, x.language, x.voice, x.model, x.script, x.active);
}

template <class Inspector>
auto inspect(Inspector& f, organisation_record& x) {
  return f(caf::meta::type_name("organisation_record"), x.id, x.name,
           x.credit_seconds);
}

template <class Inspector>
auto inspect(Inspector& f, conversation_record& x) {
  return f(caf::meta::type_name("conversation_record"), x.call_id, x.org_id,
           x.agent_id, x.caller, x.called, x.status, x.started_at, x.ended_at,
           x.ended_because, x.explanation, x.transfer_to, x.billed_seconds);
}

template <class Inspector>
auto inspect(Inspector& f, heard_text& x) {
  return f(caf::meta::type_name("heard_text"), x.heard, x.sent, x.unsent);
}

template <class Inspector>
auto inspect(Inspector& f, message_record& x) {
  return f(caf::meta::type_name("message_record"), x.call_id, x.turn, x.role,
           x.text, x.heard, x.at, x.model, x.usage, x.latency_ms);
}

template <class Inspector>
auto inspect(Inspector& f, recording_record& x) {
  return f(caf::meta::type_name("recording_record"), x.call_id, x.org_id,
           x.file, x.key_id, x.duration_ms, x.size, x.created_at,
           x.delete_after);
}

template <class Inspector>
auto inspect(Inspector& f, call_event& x) {
  return f(caf::meta::type_name("call_event"), x.call_id, x.sequence, x.at,
           x.kind, x.turn, x.detail);
}

template <class Inspector>
auto inspect(Inspector& f, caller_audio& x) {
  return f(caf::meta::type_name("caller_audio"), x.mulaw, x.at_ms);
}

template <class Inspector>
auto inspect(Inspector& f, caller_heard&) {
  return f(caf::meta::type_name("caller_heard"));
}

template <class Inspector>
auto inspect(Inspector& f, voice_started&) {
  return f(caf::meta::type_name("voice_started"));
}

template <class Inspector>
auto inspect(Inspector& f, voice_stopped&) {
  return f(caf::meta::type_name("voice_stopped"));
}

template <class Inspector>
auto inspect(Inspector& f, key_pressed& x) {
  return f(caf::meta::type_name("key_pressed"), x.digit);
}

template <class Inspector>
auto inspect(Inspector& f, tone_heard& x) {
  return f(caf::meta::type_name("tone_heard"), x.what);
}

template <class Inspector>
auto inspect(Inspector& f, answered_by& x) {
  return f(caf::meta::type_name("answered_by"), x.who);
}

template <class Inspector>
auto inspect(Inspector& f, mark_reached& x) {
  return f(caf::meta::type_name("mark_reached"), x.name);
}

template <class Inspector>
auto inspect(Inspector& f, caller_hung_up&) {
  return f(caf::meta::type_name("caller_hung_up"));
}

template <class Inspector>
auto inspect(Inspector& f, wire_closed& x) {
  return f(caf::meta::type_name("wire_closed"), x.why, x.explanation);
}

template <class Inspector>
auto inspect(Inspector& f, caller_gone& x) {
  return f(caf::meta::type_name("caller_gone"), x.silence_ms);
}

template <class Inspector>
auto inspect(Inspector& f, words_partial& x) {
  return f(caf::meta::type_name("words_partial"), x.text, x.hint);
}

template <class Inspector>
auto inspect(Inspector& f, words_final& x) {
  return f(caf::meta::type_name("words_final"), x.text, x.confidence,
           x.turn_over);
}

template <class Inspector>
auto inspect(Inspector& f, utterance_settled&) {
  return f(caf::meta::type_name("utterance_settled"));
}

template <class Inspector>
auto inspect(Inspector& f, provider_failed& x) {
  return f(caf::meta::type_name("provider_failed"), x.stage, x.why, x.code,
           x.retry_after_ms, x.attempt);
}

template <class Inspector>
auto inspect(Inspector& f, session_ready&) {
  return f(caf::meta::type_name("session_ready"));
}

template <class Inspector>
auto inspect(Inspector& f, stage_failed& x) {
  return f(caf::meta::type_name("stage_failed"), x.stage);
}

template <class Inspector>
auto inspect(Inspector& f, user_turn& x) {
  return f(caf::meta::type_name("user_turn"), x.text, x.confidence, x.keys);
}

template <class Inspector>
auto inspect(Inspector& f, presence_asked& x) {
  return f(caf::meta::type_name("presence_asked"), x.turn);
}

template <class Inspector>
auto inspect(Inspector& f, question_asked& x) {
  return f(caf::meta::type_name("question_asked"), x.turn, x.text, x.digits);
}

template <class Inspector>
auto inspect(Inspector& f, turn_likely_over& x) {
  return f(caf::meta::type_name("turn_likely_over"), x.text, x.confidence);
}

template <class Inspector>
auto inspect(Inspector& f, turn_goes_on&) {
  return f(caf::meta::type_name("turn_goes_on"));
}

template <class Inspector>
auto inspect(Inspector& f, caller_idle& x) {
  return f(caf::meta::type_name("caller_idle"), x.times);
}

template <class Inspector>
auto inspect(Inspector& f, cancel& x) {
  return f(caf::meta::type_name("cancel"), x.turn);
}

template <class Inspector>
auto inspect(Inspector& f, resume_turn& x) {
  return f(caf::meta::type_name("resume_turn"), x.turn);
}

template <class Inspector>
auto inspect(Inspector& f, stage_late& x) {
  return f(caf::meta::type_name("stage_late"), x.stage, x.turn);
}

template <class Inspector>
auto inspect(Inspector& f, floor_taken& x) {
  return f(caf::meta::type_name("floor_taken"), x.turn, x.interruptible);
}

template <class Inspector>
auto inspect(Inspector& f, chat_message& x) {
  return f(caf::meta::type_name("chat_message"), x.role, x.text, x.interrupted);
}

template <class Inspector>
auto inspect(Inspector& f, prompt& x) {
  return f(caf::meta::type_name("prompt"), x.turn, x.history, x.said_so_far,
           x.first_sentence, x.memory, x.confidence, x.attempt, x.keys);
}

template <class Inspector>
auto inspect(Inspector& f, speculation& x) {
  return f(caf::meta::type_name("speculation"), x.ahead);
}

template <class Inspector>
auto inspect(Inspector& f, forget_speculation&) {
  return f(caf::meta::type_name("forget_speculation"));
}

template <class Inspector>
auto inspect(Inspector& f, fill_silence& x) {
  return f(caf::meta::type_name("fill_silence"), x.turn, x.after, x.text);
}

template <class Inspector>
auto inspect(Inspector& f, tools_at_work& x) {
  return f(caf::meta::type_name("tools_at_work"), x.turn, x.on);
}

template <class Inspector>
auto inspect(Inspector& f, use_language& x) {
  return f(caf::meta::type_name("use_language"), x.language, x.voice,
           x.instructions);
}

template <class Inspector>
auto inspect(Inspector& f, language_chosen& x) {
  return f(caf::meta::type_name("language_chosen"), x.language);
}

template <class Inspector>
auto inspect(Inspector& f, tokens& x) {
  return f(caf::meta::type_name("tokens"), x.turn, x.text, x.attempt);
}

template <class Inspector>
auto inspect(Inspector& f, tool_call& x) {
  return f(caf::meta::type_name("tool_call"), x.id, x.name, x.arguments);
}

template <class Inspector>
auto inspect(Inspector& f, tool_calls& x) {
  return f(caf::meta::type_name("tool_calls"), x.turn, x.calls, x.attempt);
}

template <class Inspector>
auto inspect(Inspector& f, tool_result& x) {
  return f(caf::meta::type_name("tool_result"), x.id, x.name, x.output,
           x.failed);
}

template <class Inspector>
auto inspect(Inspector& f, tool_results& x) {
  return f(caf::meta::type_name("tool_results"), x.turn, x.results);
}

template <class Inspector>
auto inspect(Inspector& f, token_usage& x) {
  return f(caf::meta::type_name("token_usage"), x.prompt, x.completion);
}

template <class Inspector>
auto inspect(Inspector& f, answer_done& x) {
  return f(caf::meta::type_name("answer_done"), x.turn, x.then, x.transfer_to,
           x.memory, x.model, x.usage, x.attempt, x.press, x.expects_keys);
}

template <class Inspector>
auto inspect(Inspector& f, sentence& x) {
  return f(caf::meta::type_name("sentence"), x.turn, x.index, x.text, x.attempt,
           x.filler);
}

template <class Inspector>
auto inspect(Inspector& f, spoken_word& x) {
  return f(caf::meta::type_name("spoken_word"), x.text, x.start_ms, x.end_ms);
}

template <class Inspector>
auto inspect(Inspector& f, sentences_complete& x) {
  return f(caf::meta::type_name("sentences_complete"), x.turn, x.count);
}

template <class Inspector>
auto inspect(Inspector& f, sentence_audio& x) {
  return f(caf::meta::type_name("sentence_audio"), x.turn, x.index, x.offset,
           x.mulaw, x.last, x.words, x.attempt, x.remembered);
}

template <class Inspector>
auto inspect(Inspector& f, playback_started& x) {
  return f(caf::meta::type_name("playback_started"), x.turn);
}

template <class Inspector>
auto inspect(Inspector& f, sentence_sent& x) {
  return f(caf::meta::type_name("sentence_sent"), x.turn, x.index,
           x.duration_ms);
}

template <class Inspector>
auto inspect(Inspector& f, sentence_heard& x) {
  return f(caf::meta::type_name("sentence_heard"), x.turn, x.index);
}

template <class Inspector>
auto inspect(Inspector& f, playback_finished& x) {
  return f(caf::meta::type_name("playback_finished"), x.turn);
}

template <class Inspector>
auto inspect(Inspector& f, playback_cut& x) {
  return f(caf::meta::type_name("playback_cut"), x.turn, x.index, x.heard_ms,
           x.sent_ms, x.total_ms, x.words);
}

template <class Inspector>
auto inspect(Inspector& f, ambience& x) {
  return f(caf::meta::type_name("ambience"), x.on);
}

template <class Inspector>
auto inspect(Inspector& f, recorded_audio& x) {
  return f(caf::meta::type_name("recorded_audio"), x.agent, x.at_ms, x.mulaw);
}

template <class Inspector>
auto inspect(Inspector& f, recording_cut& x) {
  return f(caf::meta::type_name("recording_cut"), x.at_ms);
}

template <class Inspector>
auto inspect(Inspector& f, recording_done& x) {
  return f(caf::meta::type_name("recording_done"), x.file, x.duration_ms);
}

template <class Inspector>
auto inspect(Inspector& f, log_entry& x) {
  return f(caf::meta::type_name("log_entry"), x.kind, x.turn, x.detail);
}

template <class Inspector>
auto inspect(Inspector& f, call_log_batch& x) {
  return f(caf::meta::type_name("call_log_batch"), x.events, x.messages,
           x.usage, x.fence);
}

template <class Inspector>
auto inspect(Inspector& f, admit_call& x) {
  return f(caf::meta::type_name("admit_call"), x.call_id, x.token_nonce);
}

template <class Inspector>
auto inspect(Inspector& f, admitted& x) {
  return f(caf::meta::type_name("admitted"), x.live_calls);
}

template <class Inspector>
auto inspect(Inspector& f, list_calls&) {
  return f(caf::meta::type_name("list_calls"));
}

template <class Inspector>
auto inspect(Inspector& f, find_call& x) {
  return f(caf::meta::type_name("find_call"), x.call_id);
}

template <class Inspector>
auto inspect(Inspector& f, drain&) {
  return f(caf::meta::type_name("drain"));
}

template <class Inspector>
auto inspect(Inspector& f, registry_status& x) {
  return f(caf::meta::type_name("registry_status"), x.live_calls, x.limit,
           x.draining);
}

template <class Inspector>
auto inspect(Inspector& f, end_call& x) {
  return f(caf::meta::type_name("end_call"), x.why, x.explanation);
}

template <class Inspector>
auto inspect(Inspector& f, kill_child& x) {
  return f(caf::meta::type_name("kill_child"), x.name);
}

template <class Inspector>
auto inspect(Inspector& f, actor_status& x) {
  return f(caf::meta::type_name("actor_status"), x.name, x.doing, x.mailbox,
           x.handled, x.restarts);
}

template <class Inspector>
auto inspect(Inspector& f, call_status& x) {
  return f(caf::meta::type_name("call_status"), x.call_id, x.agent_name,
           x.org_id, x.started_at, x.turn, x.actors);
}

template <class Inspector>
auto inspect(Inspector& f, credit_exhausted&) {
  return f(caf::meta::type_name("credit_exhausted"));
}

template <class Inspector>
auto inspect(Inspector& f, deadline_reached&) {
  return f(caf::meta::type_name("deadline_reached"));
}

template <class Inspector>
auto inspect(Inspector& f, deadline_near& x) {
  return f(caf::meta::type_name("deadline_near"), x.left_ms);
}

template <class Inspector>
auto inspect(Inspector& f, use_provider& x) {
  return f(caf::meta::type_name("use_provider"), x.provider);
}

template <class Inspector>
auto inspect(Inspector& f, provider_admitted& x) {
  return f(caf::meta::type_name("provider_admitted"), x.ticket);
}

template <class Inspector>
auto inspect(Inspector& f, provider_used& x) {
  return f(caf::meta::type_name("provider_used"), x.provider, x.ticket, x.more,
           x.failed, x.code, x.retry_after_ms, x.latency_ms);
}

template <class Inspector>
auto inspect(Inspector& f, list_providers&) {
  return f(caf::meta::type_name("list_providers"));
}

template <class Inspector>
auto inspect(Inspector& f, provider_status& x) {
  return f(caf::meta::type_name("provider_status"), x.provider, x.breaker,
           x.in_use, x.limit, x.admitted, x.refused, x.failed);
}

template <class Inspector>
auto inspect(Inspector& f, find_agent_by_number& x) {
  return f(caf::meta::type_name("find_agent_by_number"), x.phone_number);
}

template <class Inspector>
auto inspect(Inspector& f, find_agent& x) {
  return f(caf::meta::type_name("find_agent"), x.org_id, x.agent_id);
}

template <class Inspector>
auto inspect(Inspector& f, find_conversation& x) {
  return f(caf::meta::type_name("find_conversation"), x.call_id);
}

template <class Inspector>
auto inspect(Inspector& f, list_messages& x) {
  return f(caf::meta::type_name("list_messages"), x.org_id, x.call_id);
}

template <class Inspector>
auto inspect(Inspector& f, list_events& x) {
  return f(caf::meta::type_name("list_events"), x.call_id, x.after);
}

template <class Inspector>
auto inspect(Inspector& f, open_conversation& x) {
  return f(caf::meta::type_name("open_conversation"), x.conversation, x.fence,
           x.node);
}

template <class Inspector>
auto inspect(Inspector& f, recording_stored& x) {
  return f(caf::meta::type_name("recording_stored"), x.recording);
}

template <class Inspector>
auto inspect(Inspector& f, list_recordings& x) {
  return f(caf::meta::type_name("list_recordings"), x.org_id, x.call_id);
}

template <class Inspector>
auto inspect(Inspector& f, list_due_recordings& x) {
  return f(caf::meta::type_name("list_due_recordings"), x.now);
}

template <class Inspector>
auto inspect(Inspector& f, forget_recording& x) {
  return f(caf::meta::type_name("forget_recording"), x.org_id, x.file);
}

template <class Inspector>
auto inspect(Inspector& f, stray_recordings& x) {
  return f(caf::meta::type_name("stray_recordings"), x.files);
}

template <class Inspector>
auto inspect(Inspector& f, close_conversation& x) {
  return f(caf::meta::type_name("close_conversation"), x.call_id, x.status,
           x.at, x.why, x.explanation, x.transfer_to, x.billed_seconds,
           x.fence);
}

} // namespace velox
