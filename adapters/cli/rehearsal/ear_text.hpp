#pragma once

#include "adapters/cli/rehearsal/sim_carrier.hpp"

#include <string>
#include <vector>

namespace velox::rehearsal {

/// One sentence of the agent as the caller's ear got it.
struct heard_sentence {
  uint64_t turn = 0;
  uint32_t index = 0;
  std::string text;  ///< what it was to say
  std::string heard; ///< its words that were heard to their end
  virtual_world::time_point from;
  virtual_world::time_point until;
  bool whole = false; ///< heard to its end
};

/// What the ear got up to `until`, in the order of its sound.
std::vector<heard_sentence>
heard_sentences(const sim_carrier& carrier, virtual_world::time_point until
                                            = virtual_world::time_point::max());

/// How many words have been heard by `now` of the turn that is being heard; 0
/// while the agent is silent.
size_t words_heard(const sim_carrier& carrier, virtual_world::time_point now);

/// When the caller had heard `text` (case does not matter) in what the agent
/// said after `since`; none: not by `now`.
std::optional<virtual_world::time_point>
heard_saying(const sim_carrier& carrier, const std::string& text,
             virtual_world::time_point since, virtual_world::time_point now);

/// How many words `text` has.
size_t count_words(const std::string& text);

/// `text` in lower case (ASCII).
std::string lower(std::string text);

} // namespace velox::rehearsal
