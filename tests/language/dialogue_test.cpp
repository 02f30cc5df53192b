#include "adapters/language/scripted/dialogue.hpp"

#include "adapters/language/scripted/example_agent.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>
#include <random>
#include <sstream>

using namespace velox;
using namespace velox::language;
using namespace std::chrono;
using testing::HasSubstr;

namespace {

/// Saturday, the twenty first of November 2026, half past nine.
moment test_time() {
  return {2026y / November / 21, hours{9} + minutes{30}};
}

std::shared_ptr<const agent> clinic() {
  static const auto made = [] {
    auto file = parse(example_agent_yaml());
    for (auto& error : file.errors)
      ADD_FAILURE() << error;
    return std::make_shared<const agent>(std::move(file.value.value()));
  }();
  return made;
}

const dialogue& brain() {
  static const dialogue made{clinic(), test_time};
  return made;
}

std::string lower(std::string text) {
  for (auto& c : text)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Plays the caller and keeps the history as a call does.
class conversation {
public:
  explicit conversation(const dialogue& with = brain()) : with_(with) {}

  dialogue::reply begin() { return record(with_.answer(next_)); }

  dialogue::reply say(const std::string& text, double confidence = 1) {
    next_.history.push_back({"user", text});
    next_.confidence = confidence;
    return record(with_.answer(next_));
  }

  /// Only this much of the last answer was heard.
  void cut_last(const std::string& heard) {
    next_.history.back() = {"assistant", heard, true};
  }

  const prompt& last_prompt() const { return before_; }

private:
  dialogue::reply record(dialogue::reply reply) {
    before_ = next_;
    next_.history.push_back({"assistant", reply.text});
    next_.memory = reply.memory;
    return reply;
  }

  const dialogue& with_;
  prompt next_;
  prompt before_;
};

/// One conversation: "U:" lines are said, "A:" lines have fragments ("...")
/// that the answer contains in that order. "[hang up]" and "[transfer +1...]"
/// at the end of a line tell what follows; nothing means: listen.
struct script {
  const char* name;
  const char* text;
};

std::string effect_of(const dialogue::reply& reply) {
  switch (reply.then) {
    case next_step::hang_up: return "[hang up]";
    case next_step::transfer: return "[transfer " + reply.transfer_to + "]";
    case next_step::listen: break;
  }
  return "";
}

void expect_reply(const dialogue::reply& reply, std::string expected,
                  const std::string& after) {
  std::string effect;
  if (auto open = expected.find('['); open != expected.npos) {
    effect = expected.substr(open);
    expected.resize(open);
  }
  EXPECT_EQ(effect_of(reply), effect) << after << "\n" << reply.text;
  auto text = lower(reply.text);
  size_t at = 0;
  for (expected = lower(expected); !expected.empty();) {
    auto dots = std::min(expected.find("..."), expected.size());
    auto fragment = expected.substr(0, dots);
    expected.erase(0, std::min(dots + 3, expected.size()));
    while (!fragment.empty() && fragment.front() == ' ')
      fragment.erase(0, 1);
    while (!fragment.empty() && fragment.back() == ' ')
      fragment.pop_back();
    auto found = text.find(fragment, at);
    ASSERT_NE(found, text.npos)
      << "after: " << after << "\nno: " << fragment << "\nin: " << reply.text;
    at = found + fragment.size();
  }
}

class Dialogue : public testing::TestWithParam<script> {};

} // namespace

TEST_P(Dialogue, GoesAsWritten) {
  conversation call;
  std::istringstream lines{GetParam().text};
  std::string line;
  auto reply = call.begin();
  std::string said = "(the beginning)";
  while (std::getline(lines, line)) {
    line.erase(0, std::min(line.find_first_not_of(' '), line.size()));
    if (line.starts_with("U: ")) {
      said = line.substr(3);
      reply = call.say(said);
    } else if (line.starts_with("A: ")) {
      expect_reply(reply, line.substr(3), said);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Clinic, Dialogue,
                         testing::Values(script{"Hours", R"(
      A: Hello, this is Clara at Riverside Clinic
      U: what are your opening hours
      A: Monday to Friday from eight in the morning to five in the afternoon, and Saturday from nine ... noon ... appointment?
      U: no thank you
      A: anything else
      U: no that is all
      A: goodbye [hang up])"},
                                         script{"HoursThenOffer", R"(
      U: when do you close today
      A: We are open
      U: yes please
      A: appointment ... your name)"},
                                         script{"Appointment", R"(
      U: hi i would like to make an appointment please
      A: happy to ... name, please?
      U: my name is john smith
      A: Which day
      U: next tuesday
      A: what time
      U: two thirty pm
      A: So that is Tuesday, the twenty fourth of November, at two thirty in the afternoon, for John Smith. Is that right?
      U: yes that is right
      A: booked for Tuesday, the twenty fourth of November at two thirty in the afternoon ... anything else
      U: no
      A: goodbye [hang up])"},
                                         script{"AppointmentInOneSentence", R"(
      U: i need an appointment on monday at ten
      A: name, please?
      U: mary jones
      A: Monday, the twenty third of November, at ten in the morning, for Mary Jones)"},
                                         script{"MayIsAMonth", R"(
      U: can i come in on the fifteenth of may
      A: your name
      U: john smith
      A: what time
      U: ten
      A: Saturday, the fifteenth of May, at ten in the morning)"},
                                         script{"ChangeTheTime", R"(
      U: i need an appointment on tuesday at nine
      U: john smith
      A: Tuesday, the twenty fourth of November, at nine in the morning, for John Smith
      U: no make it three thirty
      A: at three thirty in the afternoon, for John Smith. Is that right?
      U: no
      A: What should I change: the name, the day or the time?
      U: the day
      A: Which day
      U: wednesday
      A: Wednesday, the twenty fifth of November, at three thirty in the afternoon
      U: can you change the name
      A: your name
      U: it's anna miller
      A: for Anna Miller
      U: correct
      A: booked for Wednesday, the twenty fifth)"},
                                         script{"ClosedAndPast", R"(
      U: book an appointment for sunday
      A: closed on Sunday, the twenty second of November ... next day we are open is Monday, the twenty third of November ... your name
      U: john smith
      A: Which day
      U: yesterday
      A: in the past ... Which day
      U: december twenty fifth
      A: closed on Friday, the twenty fifth of December ... Saturday, the twenty sixth
      U: on saturday
      A: what time
      U: at four
      A: on Saturday we are open from nine in the morning to noon ... what time
      U: half past ten
      A: Saturday, the twenty eighth of November, at ten thirty in the morning)"},
                                         script{"TodayOnlyLater", R"(
      U: i need an appointment today at nine
      A: in the past
      U: john smith
      A: what time
      U: eleven o'clock
      A: Saturday, the twenty first of November, at eleven in the morning)"},
                                         script{"SideQuestion", R"(
      U: i need an appointment
      A: your name
      U: where can i park
      A: free parking ... your name
      U: john smith
      A: Which day
      U: how do i get to the clinic
      A: River Street ... Which day
      U: monday
      A: what time)"},
                                         script{"CancelAForm", R"(
      U: i want to leave a message
      A: your name
      U: never mind
      A: dropped ... anything else)"},
                                         script{"GoodbyeInAForm", R"(
      U: i need an appointment
      U: goodbye
      A: dropped ... goodbye [hang up])"},
                                         script{"Message", R"(
      U: can i leave a message
      A: your name
      U: this is sarah johnson
      A: At which number
      U: five five five oh one double two
      A: your message
      U: please call me back about my test results thank you
      A: Sarah Johnson, ... five five five, zero one two two. Is that right?
      U: yes
      A: pass your message on ... anything else)"},
                                         script{"NameIsKept", R"(
      U: i need an appointment on monday at ten am
      U: john smith
      U: yes
      A: booked
      U: i would like to leave a message
      A: At which number)"},
                                         script{"Transfer", R"(
      U: can i please speak to a human being
      A: connect you [transfer +15550101])"},
                                         script{"TransferFromAForm", R"(
      U: i need an appointment
      U: can i talk to a person
      A: connect you [transfer +15550101])"},
                                         script{"LostThreeTimes", R"(
      U: purple elephants sing
      A: didn't quite get that
      U: yellow bananas swim
      A: You can ask me to tell you our opening hours, ... make an appointment, ... or talk to someone
      U: green ideas sleep
      A: take a message ... your name)"},
                                         script{"LostInAForm", R"(
      U: i need an appointment
      U: john smith
      A: Which day
      U: purple elephants
      A: didn't quite get that ... Which day
      U: sing along
      A: such as next Tuesday ... Which day
      U: monday
      A: what time)"},
                                         script{"LostCountsInARow", R"(
      U: purple elephants sing
      U: yellow bananas swim
      U: where are you
      A: River Street
      U: green ideas sleep
      A: didn't quite get that)"},
                                         script{"Repeat", R"(
      U: what is your address
      A: twelve River Street
      U: sorry can you repeat that
      A: twelve River Street ... anything else
      U: no thanks
      A: goodbye [hang up])"},
                                         script{"RepeatAQuestion", R"(
      U: i need an appointment
      U: what did you say
      A: your name
      U: john smith
      A: Which day)"},
                                         script{"HelpAndThanks", R"(
      U: help
      A: You can ask me to
      U: thank you
      A: welcome ... anything else
      U: yes
      A: What can I do for you
      U: bye bye
      A: goodbye [hang up])"},
                                         script{"Misspelt", R"(
      U: i ned an apointment
      A: your name
      U: cancel
      U: wat is your adress
      A: River Street
      U: do you have parkin
      A: free parking
      U: which insurence do you take
      A: insurance plans)"},
                                         script{"LongSentences", R"(
      U: uh hi yeah i was just wondering if you could maybe tell me when you open in the mornings
      A: We are open
      U: no
      U: okay so my husband wants to know whether there is any parking near the clinic
      A: free parking)"},
                                         script{"WrittenText", R"(
      U: I'd like an appointment on Nov. 24th at 2:30 p.m.
      A: your name
      U: It's James Brown.
      A: at two thirty in the afternoon, for James Brown)"},
                                         script{"CancelAnAppointment", R"(
      U: hi i have to cancel my appointment
      A: connect you [transfer +15550101])"},
                                         script{"QuestionIsNoName", R"(
      U: i need an appointment
      U: what
      A: didn't quite get that ... your name
      U: yes
      A: just your first and last name ... your name)"},
                                         script{"Robot", R"(
      U: are you a robot
      A: automatic assistant)"},
                                         script{"Emergency", R"(
      U: i have chest pain
      A: nine one one ... reception?
      U: yes
      A: connect [transfer +15550101])"}),
                         [](auto& x) { return std::string{x.param.name}; });

TEST(DialogueTurn, LowConfidenceIsAskedAgain) {
  conversation call;
  call.begin();
  EXPECT_THAT(call.say("what are your hours", 0.1).text,
              HasSubstr("say that again"));
  EXPECT_THAT(call.say("what are your hours", 0.9).text,
              HasSubstr("We are open"));
  EXPECT_THAT(call.say("").text, HasSubstr("say that again"));
}

TEST(DialogueTurn, QuestionThatWasCutIsAskedAgain) {
  conversation call;
  call.begin();
  call.say("i need an appointment");
  auto asked = call.say("john smith");
  EXPECT_EQ(asked.text, "Which day would suit you?");
  call.cut_last("Which");
  auto again = call.say("purple elephants");
  EXPECT_EQ(again.text, "Let me ask that again. Which day would suit you?");
  // The same words after the whole question are not understood.
  EXPECT_THAT(call.say("purple elephants").text, HasSubstr("quite get that"));
}

TEST(DialogueTurn, YesToAnUnheardReadBackSettlesNothing) {
  conversation call;
  call.begin();
  call.say("i need an appointment on monday at ten");
  auto read_back = call.say("john smith");
  EXPECT_THAT(read_back.text, HasSubstr("Is that right?"));
  call.cut_last("So that");
  auto again = call.say("yes");
  EXPECT_THAT(again.text, HasSubstr("Let me ask that again. So that is"));
  EXPECT_THAT(call.say("yes").text, HasSubstr("booked"));
}

TEST(DialogueTurn, MemoryTellsWhatWasSettled) {
  conversation call;
  call.begin();
  call.say("i need an appointment on monday at ten");
  call.say("john smith");
  EXPECT_THAT(
    call.say("yes").memory,
    HasSubstr(R"("done":[{"intent":"appointment","slots":{"day":"2026-11-23",)"
              R"("name":"john smith","time":"10:00"}}])"));
}

TEST(DialogueTurn, StrangeMemoryIsAFreshStart) {
  for (auto text : {"", "{", "[]", "null", "{\"intent\":7,\"slots\":[1]}",
                    "{\"intent\":\"gone\",\"asking\":\"?confirm\"}",
                    "{\"lost\":-1,\"now\":\"xxxxxxxxxxxxxxxx\"}",
                    "{\"intent\":\"appointment\",\"slots\":{\"day\":\"9\"}}"}) {
    prompt x;
    x.memory = text;
    x.history = {{"assistant", "Hello"}, {"user", "where are you located"}};
    EXPECT_THAT(brain().answer(x).text, HasSubstr("River Street")) << text;
  }
}

TEST(DialogueTurn, AnswersOnceMoreWhenNobodySpokeSince) {
  conversation call;
  auto greeting = call.begin();
  prompt x;
  x.history = {{"assistant", greeting.text}};
  x.memory = greeting.memory;
  EXPECT_EQ(brain().answer(x).text, greeting.text);
}

// Whatever callers say, there is one answer with words in it, and it is the
// same when it has to be given again at another time.
TEST(DialogueTurn, AnyWordsGetTheSameAnswerAgain) {
  std::mt19937 random{20261121};
  auto pick = [&](auto& list) -> auto& {
    return list[std::uniform_int_distribution<size_t>{0,
                                                      list.size() - 1}(random)];
  };
  auto phrases = vocabulary(*clinic());
  const std::vector<std::string> odd{"",
                                     " ",
                                     "{day}",
                                     "\xff\xfe",
                                     "|",
                                     "?confirm",
                                     "99999999999",
                                     "'",
                                     "a 'b' c",
                                     "12:99",
                                     "0:00",
                                     "..!?",
                                     "\"\\\n\t",
                                     "o o o",
                                     "twenty thousand hundred",
                                     std::string(3000, 'x')};
  dialogue later{clinic(), [] {
                   return moment{2027y / March / 1, minutes{5}};
                 }};
  for (int i = 0; i < 150; ++i) {
    conversation call;
    call.begin();
    for (int turns = 0; turns < 12; ++turns) {
      auto text = random() % 4 == 0 ? pick(odd) : pick(phrases);
      if (random() % 3 == 0)
        text += " " + pick(phrases);
      auto reply = call.say(text, random() % 10 == 0 ? 0.1 : 1);
      ASSERT_FALSE(to_words(reply.text).empty()) << text;
      ASSERT_EQ(reply.text.find_first_of("{}"), reply.text.npos) << reply.text;
      ASSERT_LT(reply.memory.size(), 20000u);
      auto again = later.answer(call.last_prompt());
      ASSERT_EQ(again.text, reply.text);
      ASSERT_EQ(again.memory, reply.memory);
    }
  }
}

TEST(DialogueTurn, GoesOnBehindWhatWasSaid) {
  EXPECT_EQ(behind("one two three", ""), "one two three");
  EXPECT_EQ(behind("one two three", "one two"), " three");
  EXPECT_EQ(behind("one two three", "one  two\n"), "three");
  EXPECT_EQ(behind("one two three", "one two three"), "");
  EXPECT_EQ(behind("one two three", "two"), "one two three");
  EXPECT_EQ(behind("one", "one two"), "one");
}
