#pragma once

#include "adapters/language/scripted/agent_talk.hpp"
#include "adapters/language/scripted/calendar.hpp"
#include "protocol/messages.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The agent file: what a scripted agent is, knows and does, as YAML.
/// config/agents/clinic.yaml is a complete one with comments.

namespace velox::language {

/// What kind of thing the agent asks for.
enum class slot_type : uint8_t {
  date,
  time,
  name,
  phone,
  number,
  yes_no,
  text
};

/// One thing that the agent must know before it can do what an intent is for.
struct slot {
  std::string name;
  slot_type type = slot_type::text;
  std::string ask;  ///< the question
  std::string hint; ///< how to answer it, said when the caller is lost
  /// How many keys make the answer, so that the last one ends it; 0: any.
  uint32_t digits = 0;
};

/// Something that callers want.
struct intent {
  std::string name;
  /// As in "make an appointment", for "You can ask me to ..."; may be empty.
  std::string about;
  /// What callers say; "{slot}" stands for the slot's value.
  std::vector<std::string> phrases;
  std::vector<slot> slots;
  /// Said when the first slot is about to be asked for.
  std::string start;
  /// Reads all slots back as a yes/no question; empty: not asked.
  std::string confirm;
  /// Said in turn, once all slots are known.
  std::vector<std::string> answers;
  /// The question behind the answer; empty: whether there is anything else.
  std::string follow_up;
  /// The intent that a "yes" to `follow_up` begins; may be empty.
  std::string offers;
  /// Days and times must lie ahead and within the opening hours.
  bool open_hours_only = false;
  next_step then = next_step::listen;
  std::string transfer_to; ///< E.164, with `next_step::transfer`
  /// The keys that choose it: "press 1, or say hours". Empty: none do.
  std::string key;
  std::string press; ///< keys to dial behind the answer; may be empty
};

/// Sentences for what can happen in any conversation, with their defaults.
struct sayings {
  std::string not_understood = "I'm sorry, I didn't quite get that.";
  std::string rephrase = "Could you say it in other words?";
  std::string please_repeat
    = "I'm sorry, I couldn't hear you well. Could you say that again?";
  std::string help = "You can ask me to {topics}.";
  std::string anything_else = "Is there anything else I can do for you?";
  std::string go_ahead = "Of course. What can I do for you?";
  std::string welcome = "You're very welcome.";
  std::string farewell = "Thank you for calling. Goodbye!";
  std::string cancelled = "No problem, I have dropped that.";
  std::string what_to_change = "No problem. What should I change: the {slots}?";
  std::string wait = "Of course, take your time.";
  std::string not_heard = "Let me ask that again.";
  std::string past = "I'm sorry, that is in the past.";
  std::string closed_day = "I'm sorry, we are closed on {day}. The next day "
                           "we are open is {next_open}.";
  std::string closed_time
    = "I'm sorry, we are not open then. On {weekday} we are open {openings}.";
  std::string give_up = "I'm sorry that I could not help you today. Please "
                        "call again later. Goodbye.";
  /// Asked of a caller who says nothing, one after the other.
  std::vector<std::string> still_there{"Are you still there?",
                                       "I can't hear you. Are you there?"};
  std::string idle_farewell
    = "I can't hear you, so I will say goodbye. Please call again any time.";
  std::string apology = "I'm sorry, I have a technical problem and must end "
                        "this call. Please call again in a little while.";
  std::string time_is_up
    = "I'm sorry, we have reached the time limit of this call. Goodbye.";
  std::string out_of_credit
    = "I'm sorry, I can't stay on the line any longer. Goodbye.";
  std::string here = "Yes, I'm here. One moment, please.";
  std::string almost_over = "We have about a minute left.";
  /// Said in turn while the caller waits for an answer.
  std::vector<std::string> fillers{"One moment, please.", "Let me see.",
                                   "Just a second.", "Bear with me."};
};

/// One agent, as its file describes it.
struct agent {
  std::string name;         ///< who speaks: "Clara"
  std::string company;      ///< "Riverside Clinic"; {company} in texts
  std::string phone_number; ///< E.164
  std::string language = "en-US";
  std::string voice;    ///< empty: the synthesiser's default
  std::string greeting; ///< the first words of every call
  std::vector<intent> intents;
  sayings says;
  opening_hours hours;
  /// The intent that takes over when the agent did not understand three times
  /// in a row; empty: `says.give_up`, then the end.
  std::string when_lost;
  /// Recognitions less sure than this are asked for again; 0 to 1.
  double min_confidence = 0.25;
  /// Names and whole phrases that callers are likely to say, for the
  /// recogniser.
  std::vector<std::string> names;
  std::vector<std::string> extra_phrases;
  /// What a language model is told to be; empty: made from the rest of the
  /// file (instructions.hpp). The scripted model does not read it.
  std::string prompt;
  /// E.164: who takes over a call; empty: the first number that an intent
  /// transfers to, if any.
  std::string transfer_number;
  /// Providers in order, each "vendor" or "vendor:model" (config/vendors.hpp);
  /// empty: the engine's choice.
  std::vector<std::string> recognizers;
  std::vector<std::string> voices;
  std::vector<std::string> models;
  /// How it behaves in a conversation.
  language::talk talk;

  /// Null when there is none of this name.
  const intent* find(std::string_view intent_name) const;
};

/// An agent, or what is wrong with its file: "line 12: 'phrases' ...; do so".
struct agent_parsed {
  std::optional<agent> value;
  std::vector<std::string> errors;
};

/// Reads an agent file.
agent_parsed parse(std::string_view yaml);

/// The record that the store keeps; `yaml` is what `x` was parsed from. Id and
/// organisation are the caller's to fill in.
agent_record to_record(const agent& x, std::string_view yaml);

/// What callers may say to this agent: phrases in lower case without
/// punctuation, slots filled with examples. For recognisers that build their
/// language model from it; a few thousand words.
std::vector<std::string> vocabulary(const agent& x);

/// `text` with every "{name}" replaced by `value(name)`.
template <class Value>
std::string fill(std::string_view text, Value value) {
  std::string out;
  while (!text.empty()) {
    auto open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    auto close = text.find('}');
    if (text.empty() || close == std::string_view::npos) {
      out += text;
      break;
    }
    out += value(text.substr(1, close - 1));
    text.remove_prefix(close + 1);
  }
  return out;
}

} // namespace velox::language
