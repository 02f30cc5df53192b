#include "adapters/speech/pocketsphinx/vocabulary.hpp"

#include <array>

namespace velox::speech {

namespace {

constexpr auto everyday = std::to_array<std::string_view>({
  "yes",
  "yeah",
  "yep",
  "yes please",
  "yes that's right",
  "yes that's correct",
  "that's right",
  "that's correct",
  "that is correct",
  "correct",
  "right",
  "sure",
  "of course",
  "okay",
  "okay thank you",
  "that's fine",
  "that works for me",
  "that works",
  "sounds good",
  "perfect",
  "great",
  "no",
  "nope",
  "no thanks",
  "no thank you",
  "no that's all",
  "no that's wrong",
  "that's wrong",
  "that's not right",
  "not really",
  "no i don't",
  "yes i do",
  "yes i am",
  "no i am not",
  "never mind",
  "cancel",
  "stop",
  "wait",
  "one moment",
  "one moment please",
  "just a moment",
  "hold on",
  "hello",
  "hi",
  "hey",
  "good morning",
  "good afternoon",
  "good evening",
  "hello is anyone there",
  "hi there",
  "how are you",
  "thank you",
  "thanks",
  "thank you very much",
  "thanks a lot",
  "please",
  "sorry",
  "excuse me",
  "goodbye",
  "bye",
  "bye bye",
  "that's all",
  "that is all",
  "that's all thank you",
  "that will be all",
  "nothing else",
  "can you repeat that",
  "could you repeat that please",
  "say that again",
  "please repeat",
  "pardon",
  "what did you say",
  "i didn't hear you",
  "i don't know",
  "i don't understand",
  "i'm not sure",
  "maybe",
  "can you help me",
  "i need help",
  "help",
  "can i speak to a person",
  "i want to speak to a person",
  "i'd like to speak to someone",
  "let me talk to a human",
  "operator please",
  "a real person please",
  "i would like to",
  "i want to",
  "i need to",
  "i'd like to",
  "can i",
  "could i",
  "do you have",
  "what time",
  "when",
  "my name is",
  "this is",
  "my number is",
  "my phone number is",
  "for two people",
  "for four people",
  "just me",
  "today",
  "tomorrow",
  "tonight",
  "this morning",
  "this afternoon",
  "this evening",
  "in the morning",
  "in the afternoon",
  "in the evening",
  "next week",
  "this week",
  "next month",
  "at noon",
  "at midnight",
  "the day after tomorrow",
  "as soon as possible",
  "any time",
  "either one",
});

constexpr auto first = std::to_array<std::string_view>({
  "james",    "john",     "robert", "michael",   "william",     "david",
  "richard",  "joseph",   "thomas", "charles",   "christopher", "daniel",
  "matthew",  "anthony",  "mark",   "steven",    "paul",        "andrew",
  "george",   "kevin",    "brian",  "edward",    "peter",       "adam",
  "henry",    "jack",     "sam",    "ben",       "alex",        "mary",
  "patricia", "jennifer", "linda",  "elizabeth", "barbara",     "susan",
  "jessica",  "sarah",    "karen",  "lisa",      "nancy",       "sandra",
  "ashley",   "emily",    "donna",  "michelle",  "laura",       "amanda",
  "rebecca",  "anna",     "maria",  "julia",     "kate",        "alice",
  "emma",     "jane",     "helen",  "rachel",    "diana",       "victoria",
});

constexpr auto last = std::to_array<std::string_view>({
  "smith",    "johnson",  "williams", "brown",    "jones",    "garcia",
  "miller",   "davis",    "martinez", "wilson",   "anderson", "taylor",
  "moore",    "jackson",  "martin",   "lee",      "thompson", "white",
  "harris",   "clark",    "lewis",    "robinson", "walker",   "young",
  "allen",    "king",     "wright",   "scott",    "hill",     "green",
  "adams",    "baker",    "nelson",   "carter",   "mitchell", "roberts",
  "turner",   "phillips", "campbell", "parker",   "evans",    "edwards",
  "collins",  "murphy",   "cook",     "rogers",   "morgan",   "cooper",
  "peterson", "bailey",
});

constexpr auto digits = std::to_array<std::string_view>({
  "zero",
  "oh",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
});

constexpr auto numbers = std::to_array<std::string_view>({
  "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
  "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
  "twenty",  "thirty",  "forty",     "fifty",    "sixty",
  "seventy", "eighty",  "ninety",    "hundred",
});

constexpr auto ordinals = std::to_array<std::string_view>({
  "first",     "second",      "third",      "fourth",     "fifth",
  "sixth",     "seventh",     "eighth",     "ninth",      "tenth",
  "eleventh",  "twelfth",     "thirteenth", "fourteenth", "fifteenth",
  "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
  "thirtieth",
});

constexpr auto months = std::to_array<std::string_view>({
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
});

constexpr auto days = std::to_array<std::string_view>({
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
});

} // namespace

std::span<const std::string_view> everyday_phrases() {
  return everyday;
}

std::span<const std::string_view> first_names() {
  return first;
}

std::span<const std::string_view> last_names() {
  return last;
}

std::span<const std::string_view> digit_words() {
  return digits;
}

std::span<const std::string_view> number_words() {
  return numbers;
}

std::span<const std::string_view> ordinal_words() {
  return ordinals;
}

std::span<const std::string_view> month_names() {
  return months;
}

std::span<const std::string_view> day_names() {
  return days;
}

} // namespace velox::speech
