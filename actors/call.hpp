#pragma once

#include "actors/call_journal.hpp"
#include "actors/call_services.hpp"
#include "actors/conversation.hpp"
#include "actors/llm.hpp"
#include "actors/machine_screen.hpp"
#include "actors/pinned.hpp"
#include "actors/supervisor.hpp"
#include "actors/waiting_caller.hpp"

#include <array>
#include <deque>
#include <optional>

namespace velox::actors {

struct call_options {
  leg_start start;
  carrier_leg_ptr leg;
  std::shared_ptr<const call_services> services;
};

struct call_state;
using call_pointer = pinned_pointer<call_actor, call_state>;

/// The supervisor of one call. Its work is spread over several sources:
/// call.cpp (who may speak to it, timers), call_start.cpp (admission),
/// call_opening.cpp (the first words, or a machine's), call_dialogue.cpp
/// (turns), call_silence.cpp (who waits hears something), call_language.cpp,
/// call_recording.cpp, call_session.cpp (what other nodes know of it),
/// call_end.cpp (how it ends).
struct call_state {
  static inline const char* name = "call";

  explicit call_state(call_pointer self) : self(self) {}

  enum class phase : uint8_t {
    starting, ///< not admitted yet, or its agent not known
    live,
    saying_goodbye, ///< ends once the last sentence was heard
    closing,        ///< the leg is gone; the rest is being stored
  };

  /// The timers of a call; a later one of a kind outdates those before.
  enum class timer : uint8_t {
    flush,
    restart,
    goodbye,
    store_again,
    readmit,
    filler,
    ambience,
    screen,
    lull,
    lease,
  };

  /// What is said before the conversation begins.
  enum class opening : uint8_t { notice, question, greeting };

  /// What the model is to be asked.
  struct question {
    double confidence = 1;
    std::string keys{};
  };

  // -- call.cpp
  // ----------------------------------------------------------------

  void set_timer(timer kind, caf::timespan span);
  void on_timer(uint64_t number);
  void log(const char* kind, uint64_t turn = 0, std::string detail = "{}");
  void log_message(message_record x);
  void log_usage(const usage_noted& x);
  void flush_soon();
  void flush();
  void introduce();
  call_status status() const;

  // -- call_start.cpp
  // ----------------------------------------------------------

  void start(call_options x);
  void ask_for_slot();
  void reserve_talk();
  void open_conversation();
  void find_agent();
  void recall_past();
  void recall_memory(uint64_t after);
  void go_live();
  void refuse(const caf::error& why, const char* doing_what);
  llm_options model_options() const;
  void know_own_language();
  turn_policy turns() const;
  std::shared_ptr<const std::vector<uint8_t>> background_sound() const;
  std::vector<child_spec> specs();

  // -- call_dialogue.cpp
  // -------------------------------------------------------

  void answer_when_clear();
  void on_user_turn(const user_turn& x);
  void on_likely_over(const turn_likely_over& x);
  void on_resume(const resume_turn& x);
  void on_sentence(const sentence& x);
  void on_answer_done(const answer_done& x);
  void on_started(const playback_started& x);
  void on_heard(const sentence_heard& x);
  void on_finished(const playback_finished& x);
  void on_cut(const playback_cut& x);
  void on_late(const stage_late& x);
  void on_stage_failed(const stage_failed& x);
  void after_restart(const std::string& child);
  void take_floor(bool interruptible);
  void say(const std::vector<std::string>& lines, bool interruptible);
  void speak(const std::vector<sentence>& lines);
  void stop_speaking();
  void guard_floor();
  void press_keys(const std::string& keys, next_step then);

  // -- call_language.cpp
  // -------------------------------------------------------

  void on_language(const language_chosen& x);
  void speak_language(const spoken_language& x);
  void recall_language(const std::string& detail);
  // -- call_opening.cpp
  // --------------------------------------------------------

  void open_call();
  void next_opening();
  void greet();
  bool screened(const user_turn& x);
  void screen(machine_screen::action x);
  void leave_message();

  // -- call_silence.cpp
  // --------------------------------------------------------

  void caller_waits();
  void caller_is_served();
  void fill();
  void on_presence(const presence_asked& x);
  void on_idle(const caller_idle& x);
  void on_near_end(const deadline_near& x);
  bool say_what_is_due();
  void sound();
  void watch_for_lull();
  void on_lull();

  // -- call_recording.cpp
  // ------------------------------------------------------

  void on_consent(const user_turn& x);
  void decide_consent(bool given);
  void start_recording();
  void finish_recording();

  // -- call_session.cpp
  // -----------------------------------------------------

  void take_lease();
  void on_floor(const floor_changed& x);
  void show_stage(call_stage x);

  // -- call_end.cpp
  // ------------------------------------------------------------

  void on_child_exit(const caf::exit_msg& msg);
  void finish(end_reason why, std::string explanation,
              const std::string& goodbye = "");
  void close_leg();
  void settle();
  billing_ticker_actor spawn_ticker();
  void ask_for_bill(bool again);
  void give_back_talk();
  void store_end(int64_t seconds);
  void log_end();
  void close_conversation();
  void over();

  // -- state
  // -------------------------------------------------------------------

  call_pointer self;
  call_options options;
  phase now_in = phase::starting;
  std::array<uint64_t, 10> timers{};
  call_journal journal;

  agent_record agent;
  agent_briefing briefing;
  call_providers providers;
  std::string language_instructions; ///< of a language that was changed to
  caf::actor_clock::time_point connected_at;
  unix_ms started_at = 0;

  std::optional<supervisor> children;
  peers members;
  billing_ticker_actor billing; ///< null before the call is live
  deadline_actor deadline;

  conversation talk;
  std::optional<question> pending_answer; ///< waits until the ledger is closed
  uint64_t resume_after_cut = 0;       ///< a turn that a dead stream took along
  std::vector<words_final> kept_words; ///< of the caller's unfinished turn
  std::optional<caf::actor_clock::time_point> asked_at;
  waiting_caller waiting;
  bool tools_run = false;     ///< what is late is a tool, not the model
  bool floor_guarded = false; ///< the sentence that is heard is protected
  bool warning_due = false;   ///< that the time is almost over
  uint64_t warning_turn = 0;
  uint32_t lulls = 0; ///< silences in a row that nobody owned

  std::deque<opening> openings; ///< what is left of them
  bool consent_open = false;    ///< the caller was asked about a recording
  uint32_t consent_asked = 0;   ///< times
  machine_screen screening;
  bool hold_greeting = false; ///< who was called may speak first

  bool consented = false;      ///< to being recorded
  bool recording_open = false; ///< its file is not finished

  int64_t fence = 0;       ///< of its lease; 0: it has none
  uint32_t lease_asks = 0; ///< times
  call_stage stage = call_stage::starting;
  uint64_t interruptions = 0;

  bool wire_open = true;
  end_reason why = end_reason::caller_hung_up;
  std::string explanation;
  std::string transfer_to;
  bool opening = false; ///< the store was asked to open it
  bool opened = false;  ///< the store knows of the call
  bool settled = false; ///< the bill is known, as far as it will be
  /// How the events and ticks of a resumed call are numbered, so that none
  /// meets one of its past; 0 for a new call.
  uint64_t past = 0;
  bool reserving = false;     ///< the ledger was asked for talk time
  talk_time hold;             ///< ... and said so
  bool end_logged = false;    ///< the last event is in the journal
  bool end_stored = false;    ///< the store has `why`
  int64_t billed_seconds = 0; ///< all legs, as the ledger last said
};

/// Answers one call, from admission to the last stored word.
call_actor::behavior_type call(call_pointer self, call_options options);

} // namespace velox::actors
