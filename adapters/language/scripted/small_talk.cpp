#include "adapters/language/scripted/small_talk.hpp"

#include <algorithm>
#include <utility>

namespace velox::language {

namespace {

struct command_phrases {
  command meaning;
  std::vector<std::string> phrases;
  size_t words_around = 2; ///< how many more words may stand beside it
};

const std::vector<command_phrases>& commands() {
  static const std::vector<command_phrases> list{
    {command::repeat,
     {"repeat that", "say that again", "can you repeat that", "repeat",
      "what did you say", "come again", "pardon", "pardon me",
      "once more please", "one more time", "i did not hear you",
      "i did not catch that", "sorry what", "say again", "excuse me",
      "could you say that again"},
     3},
    {command::help,
     {"help", "help me", "what can you do", "what can i say",
      "what can i ask you", "what can you help me with", "what are my options",
      "what can you do for me"},
     2},
    {command::cancel,
     {"cancel", "never mind", "forget it", "cancel that", "stop that",
      "i changed my mind", "start over", "forget about it",
      "i do not want that"},
     2},
    {command::goodbye,
     {"goodbye", "good bye", "bye", "bye bye", "see you", "that is all",
      "that is it", "that will be all", "i am done", "have a nice day",
      "have a good day", "hang up", "nothing else", "that was all",
      "that is everything"},
     4},
    {command::thanks,
     {"thank you", "thanks", "thank you very much", "thanks a lot",
      "great thank you"},
     2},
    {command::hello,
     {"hello", "hi", "hi there", "hello there", "good morning",
      "good afternoon", "good evening", "hey"},
     1},
    {command::wait,
     {"one moment", "just a moment", "hold on", "wait a minute", "one second",
      "give me a second", "hang on", "let me think", "just a second", "wait"},
     2},
  };
  return list;
}

const std::vector<std::string>& yes_phrases() {
  static const std::vector<std::string> list{
    "yes",         "yeah",        "yep",          "yup",
    "sure",        "correct",     "right",        "that is right",
    "exactly",     "okay",        "ok",           "of course",
    "please do",   "sounds good", "perfect",      "fine",
    "absolutely",  "definitely",  "that is fine", "that works",
    "certainly",   "it is",       "yes please",   "that is correct",
    "mhm",         "all right",   "alright",      "great",
    "why not",     "i would",     "i do",         "yes that is right",
    "sounds great"};
  return list;
}

const std::vector<std::string>& no_phrases() {
  static const std::vector<std::string> list{"no",
                                             "nope",
                                             "nah",
                                             "not",
                                             "wrong",
                                             "incorrect",
                                             "no thanks",
                                             "no thank you",
                                             "not really",
                                             "never",
                                             "nothing",
                                             "no that is wrong",
                                             "that is not right",
                                             "that is wrong",
                                             "i do not"};
  return list;
}

std::vector<word_list> split(const std::vector<std::string>& phrases) {
  std::vector<word_list> out;
  out.reserve(phrases.size());
  for (auto& phrase : phrases)
    out.push_back(to_words(phrase));
  return out;
}

bool any_in(word_span words, const std::vector<word_list>& phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](auto& phrase) { return contains(words, phrase); });
}

} // namespace

std::optional<command> find_command(word_span words) {
  static const auto parts = [] {
    std::vector<std::vector<word_list>> out;
    for (auto& x : commands())
      out.push_back(split(x.phrases));
    return out;
  }();
  std::optional<command> best;
  size_t length = 0;
  for (size_t i = 0; i < parts.size(); ++i)
    for (auto& part : parts[i])
      if (part.size() > length
          && words.size() <= part.size() + commands()[i].words_around
          && contains(words, part)) {
        best = commands()[i].meaning;
        length = part.size();
      }
  return best;
}

std::optional<bool> find_yes_no(word_span words) {
  static const auto yes = split(yes_phrases());
  static const auto no = split(no_phrases());
  static const auto neither = split({"not know", "not sure", "no idea"});
  static const auto yes_for_all_that = split({"why not", "no problem"});
  auto head = words.first(std::min<size_t>(words.size(), 4));
  if (any_in(head, neither))
    return std::nullopt;
  if (any_in(head, no))
    return any_in(head, yes_for_all_that);
  if (any_in(head, yes))
    return true;
  return std::nullopt;
}

bool wants_change(word_span words) {
  static const auto phrases
    = split({"change", "instead", "make it", "make that", "actually", "rather",
             "different", "another", "not the", "wrong", "correct the"});
  return any_in(words, phrases);
}

std::vector<std::string> small_talk_phrases() {
  std::vector<std::string> out;
  for (auto& x : commands())
    out.insert(out.end(), x.phrases.begin(), x.phrases.end());
  for (auto& list : {yes_phrases(), no_phrases()})
    out.insert(out.end(), list.begin(), list.end());
  for (auto phrase : {"change the day", "change the time", "change the name",
                      "change the date", "change the number", "make it",
                      "yes that is correct", "no that is all",
                      "no change the time", "i do not know"})
    out.emplace_back(phrase);
  return out;
}

} // namespace velox::language
