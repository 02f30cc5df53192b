#pragma once

#include "actors/model_routes.hpp"
#include "actors/pinned.hpp"
#include "protocol/sentence_splitter.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace velox::actors {

struct llm_options {
  model_menu menu;
  language_model_options model;
  /// E.164: who takes over on `transfer_call`; empty: nobody.
  std::string transfer_number{};
  /// Said on an `end_call` without a word.
  std::string goodbye = "Goodbye.";
  /// A model without a first token for so long gets a rival; 0: none.
  caf::timespan hedge_after = std::chrono::milliseconds{1500};
  /// ... and has failed after this.
  caf::timespan first_token_due = std::chrono::seconds{6};
  std::shared_ptr<tool_port> tools{};
  /// What a tool may take; then the model is told that it failed.
  caf::timespan tool_due = std::chrono::seconds{20};
  /// What `set_language` may choose from.
  std::vector<spoken_language> languages{};

  llm_options() = default;

  /// One model that nobody guards, as in tests.
  llm_options(model_list models, language_model_options model)
    : menu(make_menu(std::move(models))), model(std::move(model)) {}
};

/// Marks the number of a timer as one for tools, not for an attempt.
inline constexpr uint64_t tool_timer = uint64_t{1} << 63;

struct llm_state;
using llm_pointer = pinned_pointer<llm_actor, llm_state>;

/// Its work is spread over three sources: llm.cpp (the answer becoming
/// sentences), llm_attempts.cpp (which model is asked), llm_tools.cpp.
struct llm_state {
  static inline const char* name = "llm";

  explicit llm_state(llm_pointer self) : self(self) {}

  /// One model that was asked. Numbers only grow, so whatever comes of an
  /// earlier one is known by its number.
  struct attempt {
    uint32_t number = 0;
    size_t model = 0; ///< its place in the menu
    provider_place place;
    bool asked = false; ///< its gateway has let us
  };

  // -- llm.cpp
  // -----------------------------------------------------------------

  void begin(const prompt& x);
  void speculate(const prompt& x);
  void stop();
  void on_tokens(const tokens& x);
  void on_done(const answer_done& x);
  void say_what_is_whole();
  void say(std::string text);
  void fill(const fill_silence& x);
  void finish();

  // -- llm_attempts.cpp
  // --------------------------------------------------------

  void ask_next();
  void ask(uint32_t number, provider_place place);
  attempt* find(uint32_t number);
  bool wins(uint32_t number);
  void drop(uint32_t number);
  void drop_all();
  void on_failure(const provider_failed& x);
  void on_timer(uint64_t number);
  language_model& session(size_t model);

  // -- llm_tools.cpp
  // -----------------------------------------------------------

  void on_tool_calls(const tool_calls& x);
  void on_tool_result(tool_result x);
  std::optional<tool_result> built_in(const tool_call& x);
  tool_result dial(const tool_call& x);
  tool_result change_language(const tool_call& x);
  void start_tools(const std::vector<tool_call>& calls);
  void give_up_tools(uint64_t number);

  // -- state
  // -------------------------------------------------------------------

  llm_pointer self;
  call_actor call;
  peers others;
  llm_options options;
  std::map<size_t, std::unique_ptr<language_model>> sessions;

  prompt asked;           ///< what is being answered
  uint64_t turn = 0;      ///< the last turn that was begun
  uint64_t cancelled = 0; ///< turns up to this one are dropped
  bool answering = false;
  bool speculating = false; ///< nothing may be said yet
  uint32_t next_sentence = 0;
  sentence_splitter splitter{speech_rules};
  std::string said;                ///< of the answer, by this actor
  std::optional<answer_done> done; ///< of the model, not yet of the turn

  std::vector<size_t> order; ///< models that may be asked, in turn
  size_t next_in_order = 0;
  bool retried = false; ///< a lost connection was tried again
  std::vector<attempt> attempts;
  uint32_t last_attempt = 0;
  uint32_t winner = 0; ///< whose tokens are spoken; 0: nobody's yet

  std::optional<tool_calls> held_calls; ///< while speculating
  std::vector<tool_call> open_calls;    ///< whose results are awaited
  tool_results results;
  next_step then = next_step::listen; ///< what a tool has decided
  std::string press;                  ///< keys that a tool wants pressed
  uint64_t tool_rounds = 0;           ///< numbers the waits for tools
};

/// What there is for the built-in tools to do.
struct built_in_reach {
  bool can_transfer = false; ///< there is somebody to transfer to
  bool can_press = false;    ///< the other end may be a machine's menu
  std::vector<spoken_language> languages{};
};

/// end_call, and transfer_call, press_keys and set_language where they make
/// sense.
std::vector<tool_definition> built_in_tools(const built_in_reach& x);

/// Answers prompts by the models of its menu and hands the answer on sentence
/// by sentence, as early as speech allows. A model that fails, or is slow, is
/// replaced in the middle of the turn.
llm_actor::behavior_type
llm(llm_pointer self, const call_actor& call, llm_options options);

} // namespace velox::actors
