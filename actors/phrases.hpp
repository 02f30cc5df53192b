#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace velox::actors {

/// The words of what a recogniser has written, made comparable: lower case
/// (ASCII, Latin-1; other scripts as they are), apostrophes dropped, other
/// punctuation a gap. "Mm-hm, that's right." is {"mm", "hm", "thats",
/// "right"}.
std::vector<std::string> plain_words(std::string_view text);

/// The language of a BCP 47 tag, lower case: "en" of "en-US".
std::string primary_language(std::string_view tag);

/// A set of short phrases, and what of an utterance is made of them. A plain
/// class.
class phrases {
public:
  phrases() = default;

  /// Each entry is a phrase of one or more words, in any spelling that
  /// plain_words understands.
  explicit phrases(const std::vector<std::string>& list);

  /// Whether `text` has words, and is made of phrases alone.
  bool only(std::string_view text) const;

  /// Whether `text`, which is still being said, may turn out so: phrases, and
  /// behind them the beginning of one.
  bool may_become(std::string_view text) const;

  /// How many words of `text` belong to no phrase.
  size_t others(std::string_view text) const;

private:
  size_t match(const std::vector<std::string>& words, size_t at) const;
  bool begins(const std::vector<std::string>& words, size_t at) const;

  std::vector<std::vector<std::string>> list_; ///< the longest first
};

/// What a listener says in `language` (BCP 47) without wanting the floor.
/// `own` replaces the list; what stops a speaker ("stop", "wait", "no") is
/// never among them. Of a language that is not known: the sounds that most
/// share.
phrases backchannels(std::string_view language,
                     const std::vector<std::string>& own = {});

/// How a caller who waits asks in `language` whether anybody is there.
phrases presence_questions(std::string_view language);

} // namespace velox::actors
