#pragma once

#include "protocol/messages.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// What the wire formats of all recognisers have in common: text that grows,
/// confidence, the words to expect, the language.

namespace velox {

/// What a recogniser's frames amount to, in the order in which it is reported.
using recognised = std::variant<words_partial, words_final>;
using recognised_list = std::vector<recognised>;

/// More than anybody says in one utterance, in bytes; what comes behind is
/// dropped, so that a vendor gone mad does not fill the memory.
inline constexpr size_t max_utterance_text = 16 * 1024;

/// Appends `more` with one space between, unless `text` would reach `limit`
/// bytes.
void append_words(std::string& text, std::string_view more,
                  size_t limit = max_utterance_text);

/// How many words, as far as spaces tell.
size_t count_words(std::string_view text);

/// A mean over words. What says nothing of its confidence is taken as sure.
class mean_confidence {
public:
  void add(double confidence, size_t words);

  /// 0 to 1; 1 when nothing was added.
  double value() const;

private:
  double sum_ = 0;
  size_t words_ = 0;
};

/// "hi-IN" is "hi", "EN" is "en"; "en" when `tag` is empty (BCP 47).
std::string primary_language(std::string_view tag);

/// The names and short phrases among `phrases` that fit into a query: at most
/// four words each, `max_terms` in all and `max_size` characters once they are
/// percent-encoded; none twice, in their order.
std::vector<std::string>
select_keyterms(std::span<const std::string> phrases, size_t max_terms = 50,
                size_t max_size = 500);

/// Query parameters beside those that we set; one of ours with the same name
/// gives way.
using query_extras = std::vector<std::pair<std::string, std::string>>;

/// Puts a request target together: "/v1/listen?model=nova-3&...".
class query_writer {
public:
  query_writer(std::string_view path, const query_extras& extras)
    : text_(path), extras_(extras) {}

  query_writer& add(std::string_view name, std::string_view value);
  query_writer& add(std::string_view name, int64_t value);
  query_writer& add(std::string_view name, double value);
  query_writer& flag(std::string_view name, bool value);

  /// The target, the extras at its end.
  std::string str() const;

private:
  std::string text_;
  const query_extras& extras_;
  bool first_ = true;
};

} // namespace velox
