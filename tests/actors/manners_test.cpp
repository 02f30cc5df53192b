#include "tests/actors/call_fixture.hpp"

/// How an agent behaves beside taking turns: who waits hears something, who is
/// silent is asked, what must be said is said.
namespace velox::actors {

namespace {

class Manners : public call_test {
protected:
  Manners() {
    services.brief = [this](const agent_record&) { return briefing; };
    briefing.lines.fillers = {"Hm.", "Let me see."};
    briefing.manners.filler_after = 2s;
    briefing.manners.filler_again = 4s;
  }

  /// All that the caller has heard, in order.
  std::string all_heard() const {
    std::string result;
    for (uint64_t turn = 1; turn < 40; ++turn)
      if (auto text = leg->heard(turn); !text.empty())
        result += (result.empty() ? "" : " | ") + text;
    return result;
  }

  agent_briefing briefing;
};

// -- fillers
// ---------------------------------------------------------------------

TEST_F(Manners, FillsTheSilenceOfASlowModel) {
  ring_and_greet();
  services.limits.first_token_due = 1min;
  fake->thinking = 5500ms;
  exchange("I want tea");
  EXPECT_EQ(leg->heard(2), "Hm. You said I want tea. What else can I do for "
                           "you?");
  exchange("and milk");
  EXPECT_EQ(leg->heard(3),
            "Let me see. You said and milk. What else can I do for you?")
    << "never the same twice in a row";
  EXPECT_EQ(events("filler"), 2u);
}

TEST_F(Manners, DoesNotFillWhatIsShort) {
  ring_and_greet();
  fake->thinking = 1200ms;
  exchange("I want tea");
  EXPECT_EQ(events("filler"), 0u);
}

TEST_F(Manners, TellsTheModelNothingOfFillers) {
  ring_and_greet();
  fake->thinking = 3s;
  exchange("I want tea");
  fake->thinking = 300ms;
  exchange("and milk");
  auto& history = fake->prompts.back().history;
  ASSERT_EQ(history.size(), 4u);
  EXPECT_EQ(history[2].text,
            "You said I want tea. What else can I do for you?");
}

class slow_tools final : public tool_port {
public:
  std::vector<tool_definition> tools(const agent_record&) override {
    return {{"look_up", "Looks it up."}};
  }
  void call(const std::string&, const tool_call& x,
            std::function<void(tool_result)> done) override {
    ++calls;
    open.push_back([x, done] { done({x.id, x.name, "{\"n\":1}"}); });
  }
  int calls = 0;
  std::vector<std::function<void()>> open;
};

TEST_F(Manners, FillsTheSilenceOfASlowTool) {
  auto tools = std::make_shared<slow_tools>();
  services.tools = tools;
  ring_and_greet();
  fake->answer = [](const prompt&) {
    test::scripted_answer x{"I look it up."};
    x.tools = {{"c1", "look_up", "{}"}};
    x.after_tools = " It is one.";
    return x;
  };
  leg->say("how many");
  advance(12s);
  EXPECT_EQ(tools->calls, 1);
  EXPECT_EQ(leg->heard(2), "I look it up. Hm. Let me see.");
  tools->open.at(0)();
  advance(5s);
  EXPECT_EQ(leg->heard(2), "I look it up. Hm. Let me see. It is one.");
  EXPECT_TRUE(restarted.empty()) << "a tool is no reason to restart the model";
}

TEST_F(Manners, DoesNotWaitForAToolForEver) {
  auto tools = std::make_shared<slow_tools>();
  services.tools = tools;
  ring_and_greet();
  fake->answer = [](const prompt&) {
    test::scripted_answer x{"I look it up."};
    x.tools = {{"c1", "look_up", "{}"}};
    x.after_tools = " I cannot tell.";
    return x;
  };
  leg->say("how many");
  advance(40s);
  ASSERT_EQ(fake->tool_results_used.size(), 1u);
  EXPECT_TRUE(fake->tool_results_used[0].results.at(0).failed);
  EXPECT_TRUE(leg->heard(2).ends_with("I cannot tell.")) << leg->heard(2);
  EXPECT_EQ(events("tool-late"), 1u);
  tools->open.at(0)(); // it answers after all: nobody cares
  advance(5s);
  EXPECT_EQ(tools->calls, 1);
}

// -- background sound
// ----------------------------------------------------------

TEST_F(Manners, PlaysABackgroundSoundWhileItThinks) {
  briefing.manners.ambience = "typing";
  auto sound = std::make_shared<const std::vector<uint8_t>>(8000, uint8_t{'~'});
  services.background = [sound](const std::string& name) {
    return name == "typing" ? sound : nullptr;
  };
  ring_and_greet();
  fake->thinking = 1800ms;
  exchange("I want tea");
  size_t played = 0;
  for (auto& x : leg->log())
    if (x.what == written::kind::audio && x.turn == 0)
      played += x.bytes;
  EXPECT_GT(played, 800u) << "it was heard";
  EXPECT_LT(played, 8u * 1900) << "but not beyond the answer";
  EXPECT_TRUE(leg->heard(2).ends_with("What else can I do for you?"))
    << leg->heard(2);
}

// -- idle callers
// --------------------------------------------------------------

TEST_F(Manners, AsksTwiceThenSaysGoodbye) {
  services.turns.idle = 8s;
  ring_and_greet();
  advance(60s);
  EXPECT_EQ(all_heard(), greeting
                           + " | Are you still there? | I cannot hear you. Are "
                             "you still there? | I cannot hear you, so I will "
                             "hang up now. Goodbye.");
  expect_over(end_reason::caller_idle);
}

TEST_F(Manners, AsksAsOftenAsTheAgentWants) {
  briefing.manners.idle_prompts = 0;
  services.turns.idle = 8s;
  ring_and_greet();
  advance(30s);
  EXPECT_EQ(events("caller-idle"), 1u);
  expect_over(end_reason::caller_idle);
}

// -- the end is near
// -----------------------------------------------------------

TEST_F(Manners, WarnsBeforeTheTimeIsUp) {
  services.turns.idle = 10min;
  services.limits.lull = 10min;
  services.limits.max_duration = 2min;
  ring_and_greet();
  advance(50s);
  EXPECT_EQ(all_heard(), greeting);
  advance(15s);
  EXPECT_EQ(all_heard(), greeting + " | We have about a minute left.");
  advance(80s);
  expect_over(end_reason::deadline_reached);
}

TEST_F(Manners, WarnsBehindTheAnswerThatIsBeingHeard) {
  services.turns.idle = 10min;
  services.limits.lull = 10min;
  services.limits.max_duration = 2min;
  ring_and_greet();
  advance(52s);
  leg->say("I want tea");
  advance(20s);
  EXPECT_EQ(all_heard(), greeting
                           + " | You said I want tea. What else can I do for "
                             "you? | We have about a minute left.");
}

// -- protected sentences
// -------------------------------------------------------

TEST_F(Manners, LetsNobodyInterruptAProtectedSentence) {
  briefing.manners.protected_sentences = {"Calls may be recorded by law."};
  fake->answer = [](const prompt& x) {
    return test::scripted_answer{
      x.history.empty() ? "Hello there. Calls may be recorded by law. What can "
                          "I do for you today?"
                        : "I see."};
  };
  ring();
  advance(2500ms); // "Calls may ..."
  leg->say("stop it");
  advance(500ms);
  EXPECT_EQ(interruptions, 0);
  advance(20s); // but what they said counts from its end on
  EXPECT_NE(leg->heard(1).find("Calls may be recorded by law."),
            std::string::npos)
    << leg->heard(1);
}

// -- keys
// ------------------------------------------------------------------------

TEST_F(Manners, PressesKeysBehindItsWords) {
  fake->answer = [](const prompt& x) {
    test::scripted_answer answer{x.history.empty() ? "Hello." : "One moment."};
    answer.press = x.history.empty() ? "" : "12#";
    return answer;
  };
  ring();
  advance(3s);
  leg->say("press one two pound");
  advance(10s);
  EXPECT_EQ(leg->heard(2), "One moment.");
  EXPECT_EQ(events("keys-pressed"), 1u);
  EXPECT_EQ(status().turn, 3u) << "the tones are a turn of their own";
}

// -- languages
// --------------------------------------------------------------------

TEST_F(Manners, ChangesTheLanguageOfAllStages) {
  spoken_language spanish{"es-ES", "Spanish", "lola", "Habla español.", {}};
  spanish.lines.still_there = "Sigue usted?";
  briefing.languages = {spanish};
  services.turns.idle = 8s;
  ring_and_greet();
  fake->answer = [](const prompt&) {
    test::scripted_answer x{"One moment."};
    x.tools = {{"c1", "set_language", "{\"language\":\"es-ES\"}"}};
    x.after_tools = " Hola.";
    return x;
  };
  leg->say("spanish please");
  advance(8s);
  EXPECT_EQ(leg->heard(2), "One moment. Hola.");
  EXPECT_EQ(fake->listened.back().language, "es-ES");
  EXPECT_EQ(fake->spoke_as.back().language, "es-ES");
  EXPECT_EQ(fake->spoke_as.back().voice, "lola");
  EXPECT_EQ(events("language-changed"), 1u);
  advance(9s);
  EXPECT_EQ(leg->heard(3), "Sigue usted?");
  kill("tts");
  advance(200ms);
  EXPECT_EQ(fake->spoke_as.back().language, "es-ES") << "also after a restart";
}

TEST_F(Manners, RefusesALanguageThatTheAgentDoesNotSpeak) {
  briefing.languages = {{"es-ES", "Spanish", "", "", {}}};
  ring_and_greet();
  fake->answer = [](const prompt&) {
    test::scripted_answer x{};
    x.tools = {{"c1", "set_language", "{\"language\":\"xx\"}"}};
    x.after_tools = "I do not speak that.";
    return x;
  };
  exchange("klingon please");
  ASSERT_EQ(fake->tool_results_used.size(), 1u);
  EXPECT_TRUE(fake->tool_results_used[0].results.at(0).failed);
  EXPECT_EQ(events("language-changed"), 0u);
  EXPECT_EQ(leg->heard(2), "I do not speak that.");
}

// -- whom we have called
// -------------------------------------------------------

class Outbound : public Manners {
protected:
  Outbound() {
    start.outbound = true;
    briefing.lines.greeting = "Hello, this is Clara.";
    briefing.manners.voicemail_message = "Please call us back.";
    services.turns.idle = 1min;
  }
};

TEST_F(Outbound, LetsThePersonSpeakFirst) {
  ring();
  advance(1s);
  leg->say("hello?");
  advance(8s);
  EXPECT_EQ(all_heard(), "Hello, this is Clara.");
  exchange("who is this");
  ASSERT_EQ(fake->prompts.size(), 1u);
  EXPECT_EQ(fake->prompts[0].history.front().text, "hello?");
}

TEST_F(Outbound, SpeaksWhenNobodyElseDoes) {
  ring();
  advance(2900ms);
  EXPECT_EQ(all_heard(), "");
  advance(4s);
  EXPECT_EQ(all_heard(), "Hello, this is Clara.");
}

TEST_F(Outbound, HangsUpOnAMachine) {
  ring();
  advance(1s);
  tell(subject, answered_by{answerer::machine});
  advance(5s);
  EXPECT_EQ(all_heard(), "");
  expect_over(end_reason::answering_machine);
}

TEST_F(Outbound, LeavesItsMessageAfterTheBeep) {
  briefing.manners.when_machine = voicemail::leave_message;
  ring();
  advance(4s); // it greets already when the verdict comes
  tell(subject, answered_by{answerer::machine});
  advance(6s);
  auto before = all_heard();
  leg->report(tone_heard{line_tone::beep});
  advance(10s);
  EXPECT_EQ(all_heard(), before + " | Please call us back.");
  expect_over(end_reason::answering_machine);
}

TEST_F(Outbound, TreatsAMachinesWordsAsNoTurn) {
  briefing.manners.when_machine = voicemail::leave_message;
  ring();
  leg->say("please leave a message after the tone");
  advance(30s);
  EXPECT_TRUE(fake->prompts.empty());
  EXPECT_EQ(all_heard(), "Please call us back.");
  expect_over(end_reason::answering_machine);
}

TEST_F(Outbound, IgnoresBeepsOfPeopleWhoCallUs) {
  start.outbound = false;
  ring();
  advance(4s);
  leg->report(tone_heard{line_tone::beep});
  advance(2s);
  EXPECT_EQ(stored().status, conversation_status::active);
}

} // namespace

} // namespace velox::actors
