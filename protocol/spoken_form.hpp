#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What a voice should say for what is written, and the way back.

namespace velox {

/// `written` (UTF-8, one sentence) as words: numbers, dates, times, money,
/// telephone numbers, units, fractions, codes, signs, web and e-mail addresses.
/// Emphasis, emoji and the like are dropped (see `spoken_text`), as are bytes
/// that are no UTF-8. SSML tags that we know stay, and what is inside
/// <say-as>, <sub> and <phoneme> is left alone.
///
/// `language` is BCP 47. English, Spanish and German are known whole; of other
/// languages only addresses are read, and only of those in `address_words_of`.
/// The region counts where it matters: 11/21 in en-US, 21/11 in en-GB; the
/// decimal comma of es-ES, the point of es-MX.
///
/// Text that needs nothing comes back as it is, so the result is its own spoken
/// form.
std::string spoken_form(std::string_view written, std::string_view language);

/// How much of `written` was said when the voice had said `spoken[0..at)`,
/// where `spoken` is the spoken form of `written`: the end of the last word all
/// of whose spoken words were said. Words that are in both tie the two
/// together; of what stands between two ties, nothing counts until all of it
/// was said. Grows with `at`; is `written.size()` when all of `spoken` was
/// said.
std::size_t written_up_to(std::string_view written, std::string_view spoken,
                          std::size_t at);

} // namespace velox
