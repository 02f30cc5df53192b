#pragma once

#include "actors/pinned.hpp"
#include "protocol/ports.hpp"
#include "protocol/sentence_splitter.hpp"

namespace velox::actors {

struct llm_state {
  static inline const char* name = "llm";

  llm_state() = default; // no aggregate, or CAF fills it with `self`

  call_actor call;
  peers others;
  std::unique_ptr<language_model> session;
  uint64_t turn = 0;      ///< the turn that is being answered
  uint64_t cancelled = 0; ///< turns up to this one are dropped
  bool answering = false;
  uint32_t next_sentence = 0;
  sentence_splitter splitter;
};

using llm_pointer = pinned_pointer<llm_actor, llm_state>;

/// Answers prompts by a language model session of its own and hands the answer
/// on sentence by sentence, as early as speech allows.
llm_actor::behavior_type llm(llm_pointer self, const call_actor& call,
                             const language_model_factory& make_session,
                             const language_model_options& options);

} // namespace velox::actors
