#include "adapters/cli/rehearsal/reports.hpp"
#include "adapters/cli/rehearsal/script_fields.hpp"
#include "adapters/cli/rehearsal/script_reader.hpp"
#include "protocol/json.hpp"
#include "protocol/xml.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <gmock/gmock.h>
#include <stdexcept>

/// Scripts of calls: how they are read, judged and reported.
namespace velox::test {
namespace {

using namespace rehearsal;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

caf::expected<std::string> no_files(std::string_view) {
  return caf::make_error(caf::sec::cannot_open_file);
}

std::vector<std::string> errors_of(std::string_view yaml) {
  return parse_scripts(yaml, "x", no_files).errors;
}

call_script read(std::string_view yaml) {
  auto parsed = parse_scripts(yaml, "x", no_files);
  EXPECT_THAT(parsed.errors, IsEmpty());
  return parsed.calls.empty() ? call_script{} : parsed.calls.front();
}

/// A short call that every expectation below is tried on.
constexpr auto talk = R"(agent:
  greeting: Hello there.
caller:
  - say: what are your hours
  - hang_up
answers:
  - when: {contains: hours}
    say: From nine to five.
)";

std::vector<failure> failures_of(const std::string& expect) {
  return rehearse(read(talk + expect)).failures;
}

// -- reading ------------------------------------------------------------------

TEST(Script, SpansHaveUnits) {
  EXPECT_EQ(parse_span("900ms"), milliseconds{900});
  EXPECT_EQ(parse_span("3.2s"), milliseconds{3200});
  EXPECT_EQ(parse_span("2min"), std::chrono::minutes{2});
  EXPECT_EQ(parse_span("0s"), milliseconds{0});
  for (auto bad : {"", "3", "s", "-1s", "1h", "3 s", "nan s", "nans", "1e99s",
                   "infs", "25000min"})
    EXPECT_FALSE(parse_span(bad)) << bad;
}

TEST(Script, PausesAreTakenOutOfWhatIsSaid) {
  auto pieces = spoken_pieces("I need <pause 900ms> an <pause 2s> egg");
  ASSERT_TRUE(pieces);
  ASSERT_THAT(*pieces, SizeIs(3));
  EXPECT_EQ(pieces->at(0).text, "I need ");
  EXPECT_EQ(pieces->at(0).pause, milliseconds{900});
  EXPECT_EQ(pieces->at(1).pause, milliseconds{2000});
  EXPECT_EQ(pieces->at(2).text, " egg");
  for (auto bad : {"a <pause> b", "a <pause 9> b", "a <pause 9 s s> b",
                   "a <pause 9ms", "<pause -1ms>", "<pause 99999999ms>"})
    EXPECT_FALSE(spoken_pieces(bad)) << bad;
}

TEST(Script, ErrorsNameTheLineTheKeyAndTheFix) {
  struct {
    const char* yaml;
    const char* error;
  } cases[] = {
    {"caller: [", "line 1: the file is not valid YAML"},
    {"", "line 1: the file has no call; write one"},
    {"- 1", "line 1: the call: must hold keys with values"},
    {"calls: 1", "line 1: the call: 'calls' is not known here; known are"},
    {"agent: none.yaml", "line 1: the call: 'agent' names a file that cannot"},
    {"agent: {greting: hi}", "line 1: agent: 'greting' is not known here"},
    {"caller:\n  - sing: la", "line 2: caller[1]: 'say' or another thing to do "
                              "is missing; give one of say, noise, keys"},
    {"caller:\n  - jump",
     "line 2: caller[1]: 'jump' is no step; write hang_up"},
    {"caller:\n  - say: a\n    keys: \"1\"", "'keys' is a second thing to do"},
    {"caller:\n  - say: a\n    at: 3", "line 3: caller[1]: 'at' must be a time "
                                       "such as 900ms"},
    {"caller:\n  - say: a\n    at: 3s\n    quiet: 1s", "is a second moment"},
    {"caller:\n  - say: a <pause> b", "'say' has a pause that is none"},
    {"caller:\n  - keys: 4x", "must be keys in quotes"},
    {"caller:\n  - say: a\n    over_word: 0", "whole number from 1 to 1000"},
    {"call: {direction: up}", "must be inbound or outbound"},
    {"call: {begins: noon}", "must be a local time"},
    {"call: {turns: {interrupts: maybe}}", "it must be one of immediate"},
    {"providers:\n  stt: {faults: [{what: explode}]}",
     "line 2: faults[1]: 'what' is 'explode'; it must be one of lose, delay"},
    {"providers:\n  stt: {faults: [{nth: 2}]}", "'what' is missing"},
    {"events:\n  - kill: nobody", "line 2: events[1]: 'kill' must be one of"},
    {"answers:\n  - say: a\n    then_say: b", "'then_say' needs 'tools'"},
    {"expect:\n  in_order:\n    - sad: a", "line 3: in_order[1]: 'said' or "
                                           "another expectation is missing"},
    {"expect:\n  in_order:\n    - said: {like: a}",
     "must be a text, {contains"},
    {"expect:\n  in_order:\n    - said: {matches: \"(\"}",
     "has a regular expression that is none"},
    {"expect:\n  in_order:\n    - said: a\n      volume: b",
     "'volume' is nothing that 'said' has; it has turn"},
    {"expect:\n  in_order:\n    - said: a\n      never: true",
     "move the item to anytime"},
    {"expect: {ended: tired}", "is no end reason"},
    {"expect: {silence: long}", "must be a time such as"},
  };
  for (auto& x : cases)
    EXPECT_THAT(errors_of(x.yaml), Contains(HasSubstr(x.error))) << x.yaml;
}

TEST(Script, AFileMayHoldSeveralCalls) {
  auto parsed = parse_scripts("why: a\n---\nname: own\n", "file", no_files);
  ASSERT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.calls, SizeIs(2));
  EXPECT_EQ(parsed.calls[0].name, "file-1");
  EXPECT_EQ(parsed.calls[1].name, "own");
}

TEST(Script, AnAgentsErrorsAreErrorsOfItsScript) {
  auto parsed = parse_scripts("agent: a.yaml", "x", [](std::string_view) {
    return caf::expected<std::string>{std::string{"name: Eve"}};
  });
  EXPECT_THAT(parsed.errors,
              Contains(AllOf(HasSubstr("line 1"), HasSubstr("a.yaml"),
                             HasSubstr("greeting"))));
}

// -- judging ------------------------------------------------------------------

TEST(Judge, WhatHolds) {
  EXPECT_THAT(failures_of(R"(expect:
  in_order:
    - said: Hello there.
    - caller: what are your hours
    - told: what are your hours
    - said: {matches: "^from NINE"}
      within: 2s
      not_before: 500ms
  anytime:
    - said: {contains: five}
      times: 1
    - said: {contains: six}
      never: true
  ended: caller-hung-up
  silence: 4s
  duration: {at_least: 5s, at_most: 12s}
  billed: {at_least: 5s}
)"),
              IsEmpty());
}

/// Each of these is wrong in one way, at the line that the failure names.
TEST(Judge, WhatDoesNot) {
  struct {
    const char* item;
    int line;
    const char* expected;
    const char* got;
  } cases[] = {
    {"in_order:\n    - said: Good bye.", 11, "said \"Good bye.\"",
     "said \"Hello there.\""},
    {"in_order:\n    - said: {contains: five}\n    - said: Hello there.", 12,
     "said \"Hello there.\"", "no 'said' any more"},
    {"in_order:\n    - tool: book", 11, "tool \"book\"",
     "no 'tool' in the whole call"},
    {"in_order:\n    - said: Hello there.\n      within: 1ms", 11,
     "within 0.001 s", "later: after 0.320 s"},
    {"in_order:\n    - said: Hello there.\n      not_before: 1s", 11,
     "not before 1.000 s", "0.320 s later"},
    {"in_order:\n    - said: Hello there.\n      turn: 7", 11, "turn \"7\"",
     "turn=\"1\""},
    {"anytime:\n    - said: {contains: e}\n      never: true", 11, "never",
     "2 times"},
    {"anytime:\n    - said: {contains: e}\n      times: 3", 11, "3 times",
     "2 times"},
    {"anytime:\n    - said: {contains: e}\n      times: 3", 11, "3 times",
     "Hello there."},
    {"ended: caller-idle", 10, "ended \"caller-idle\"", "caller-hung-up"},
    {"ended: {reason: caller-hung-up, explanation: none}", 10, "explanation",
     "The caller hung up."},
    {"silence: 100ms", 10, "silence of at most 0.100 s", " s"},
    {"duration: {at_least: 1min}", 10, "duration of at least 60.000 s", " s"},
    {"billed: 1s", 10, "billed of at most 1.000 s", " s"},
  };
  for (auto& x : cases) {
    auto failures = failures_of(std::string{"expect:\n  "} + x.item + "\n");
    ASSERT_THAT(failures, SizeIs(1)) << x.item;
    EXPECT_EQ(failures[0].line, x.line) << x.item;
    EXPECT_THAT(failures[0].expected, HasSubstr(x.expected));
    EXPECT_THAT(failures[0].got, HasSubstr(x.got));
  }
}

TEST(Judge, WordsWithoutAnAnswerAreAFailure) {
  auto script = read(talk);
  script.legs[0].caller[0].text = "something else";
  auto failures = rehearse(script).failures;
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].got, "no answer fits \"something else\"");
}

TEST(Judge, ACallThatDoesNotEndIsAFailure) {
  auto script = read(talk);
  script.legs[0].caller.pop_back();
  script.patience = std::chrono::seconds{8};
  auto failures = rehearse(script).failures;
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].got, "the call has not ended");
}

TEST(Judge, ACallWithNobodyToAnswerCannotBeRun) {
  EXPECT_THROW(rehearse(read("caller: [hang_up]")), std::invalid_argument);
}

TEST(Judge, TheSameSeedIsTheSameCall) {
  auto script = read(std::string{talk}
                     + "call: {line: {jitter: 300ms, marks_lost: 0.5}}\n");
  auto first = rehearse(script).trace;
  EXPECT_EQ(rehearse(script).trace, first);
  script.seed = 2;
  EXPECT_NE(rehearse(script).trace, first);
}

// -- reports ------------------------------------------------------------------

std::vector<rehearsed> one_of_each() {
  rehearsed good, bad, skipped;
  good.name = "good";
  good.duration = milliseconds{12'300};
  bad.file = "calls/bad.yaml";
  bad.name = "bad <\"&>";
  bad.failures = {{14, "said \"a\"", "said \"b\x01\""}};
  bad.trace = "0.000 said b\n";
  skipped.name = "later";
  skipped.skipped = "waits for fillers";
  return {good, bad, skipped};
}

TEST(Report, Text) {
  auto text = text_report(one_of_each(), false);
  EXPECT_THAT(text, HasSubstr("ok       good (12.3 s in"));
  EXPECT_THAT(text, HasSubstr("calls/bad.yaml:14: expected said \"a\""));
  EXPECT_THAT(text, HasSubstr("0.000 said b"));
  EXPECT_THAT(text, HasSubstr("skipped  later: waits for fillers"));
  EXPECT_THAT(text, HasSubstr("3 calls: 1 passed, 1 failed, 1 skipped\n"));
}

TEST(Report, Json) {
  rapidjson::Document out;
  ASSERT_EQ(read_json(json_report(one_of_each()), out), json_error::none);
  EXPECT_EQ(json_integer(out, "failed"), 1);
  auto& calls = out["calls"];
  ASSERT_EQ(calls.Size(), 3u);
  EXPECT_EQ(json_text(calls[0], "outcome"), "passed");
  EXPECT_EQ(json_integer(calls[0], "duration_ms"), 12'300);
  EXPECT_EQ(json_text(calls[1], "outcome"), "failed");
  EXPECT_EQ(json_integer(calls[1]["failures"][0], "line"), 14);
  EXPECT_EQ(json_text(calls[2], "why"), "waits for fillers");
}

TEST(Report, JUnit) {
  auto text = junit_report(one_of_each());
  xml::element root;
  auto body = text.substr(text.find("<testsuites>"));
  ASSERT_EQ(xml::read(body, root), "");
  auto& suite = root.children.at(0);
  EXPECT_EQ(suite.attribute("tests"), "3");
  EXPECT_EQ(suite.attribute("failures"), "1");
  EXPECT_EQ(suite.attribute("skipped"), "1");
  ASSERT_EQ(suite.children.size(), 3u);
  EXPECT_THAT(suite.children[0].children, IsEmpty());
  EXPECT_EQ(suite.children[1].attribute("name"), "bad <\"&>");
  EXPECT_EQ(suite.children[1].children[0].name, "failure");
  EXPECT_EQ(suite.children[2].children[0].name, "skipped");
}

} // namespace
} // namespace velox::test
