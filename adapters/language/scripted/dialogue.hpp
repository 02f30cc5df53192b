#pragma once

#include "adapters/language/scripted/agent_file.hpp"
#include "adapters/language/scripted/matcher.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace velox::language {

/// What a scripted agent says, decided without threads, actors or clocks of
/// its own: the same prompt always gets the same reply, so that an answer can
/// be given again after a restart. Immutable, so any thread may ask it.
class dialogue {
public:
  dialogue(std::shared_ptr<const agent> who, local_clock clock);

  /// One whole answer; `text` is never empty.
  struct reply {
    std::string text;
    next_step then = next_step::listen;
    std::string transfer_to;
    std::string memory;
    std::string press{};       ///< keys, behind the text
    uint32_t expects_keys = 0; ///< how many the caller is asked for; 0: any
  };

  /// The answer to `x`, from its first word (`said_so_far` is ignored).
  reply answer(const prompt& x) const;

  const agent& who() const { return *who_; }

private:
  std::shared_ptr<const agent> who_;
  matcher matcher_;
  local_clock clock_;
};

/// What is left of `text` once `said` was said; blanks do not matter. When
/// `said` is no beginning of it, all of `text`.
std::string_view behind(std::string_view text, std::string_view said);

} // namespace velox::language
