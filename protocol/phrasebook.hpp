#pragma once

#include "protocol/ports.hpp"

#include <optional>
#include <span>
#include <string_view>

/// What an agent says by itself, and how callers say yes and no, in the
/// languages that we know.

namespace velox {

/// A language as people name it.
struct language_name {
  std::string_view language; ///< primary subtag of BCP 47: "es"
  std::string_view english;  ///< "Spanish"
  std::string_view own;      ///< "español"
};

/// All languages of the phrasebook, English first.
std::span<const language_name> phrasebook_languages();

/// The one that `language` (BCP 47, any region) is in; null for others.
const language_name* find_language(std::string_view language);

/// What an agent says in `language` (BCP 47, any region) unless its file says
/// otherwise; in English for a language that we do not know. There is no
/// greeting among them.
agent_lines lines_for(std::string_view language);

/// Whether `text`, a caller's answer as a recogniser wrote it, means yes or no.
/// None when it means neither, or both ("yes, no, wait"): ask again. A language
/// that we do not know is taken for English.
std::optional<bool> yes_or_no(std::string_view text, std::string_view language);

} // namespace velox
