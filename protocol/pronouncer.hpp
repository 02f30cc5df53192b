#pragma once

#include "protocol/ports.hpp"
#include "protocol/ssml.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace velox {

/// What a voice takes beside plain text.
enum class voice_markup : uint8_t {
  none,   ///< nothing
  breaks, ///< <break time="1s"/> in text that is not escaped
  ssml,   ///< the elements of protocol/ssml.hpp, in escaped text
};

/// Writes sentences the way a voice takes them: with an agent's own
/// pronunciations, with the SSML in them as far as the voice takes it. Nothing
/// else in a sentence can become markup.
///
/// A pronunciation holds for whole words, whatever their case (of ASCII
/// letters), also for the spoken form of what it is given for; the longest one
/// wins. A voice with SSML gets <phoneme> for `ipa`, else <sub> for `say_as`;
/// any other voice gets `say_as` instead of the word.
class pronouncer {
public:
  pronouncer(const std::vector<pronunciation>& all, std::string language,
             voice_markup markup);

  /// One sentence. For `voice_markup::ssml` the content of a <speak> element.
  std::string operator()(std::string_view sentence) const;

private:
  const pronunciation* match(std::string_view text, std::size_t at) const;
  void add_text(std::string& to, std::string_view text) const;
  void add_word(std::string& to, const pronunciation& x,
                std::string_view word) const;
  std::string without_tags(const std::vector<ssml_piece>& all) const;

  std::vector<pronunciation> all_; ///< the longest word first
  std::string language_;
  voice_markup markup_;
};

/// A sentence without its tags: what would be said with no voice in mind.
std::string without_ssml(std::string_view sentence, std::string_view language);

/// What tells two lists of pronunciations apart; for keys of caches.
std::string fingerprint(const std::vector<pronunciation>& all);

} // namespace velox
