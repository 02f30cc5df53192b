#include "adapters/cli/telephone.hpp"

#include "protocol/json.hpp"
#include "protocol/twiml.hpp"
#include "tests/support/fake_engine.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <future>
#include <gmock/gmock.h>
#include <sstream>

using namespace velox;
using namespace velox::cli;
using namespace std::chrono_literals;
using velox::test::fake_engine;
using velox::test::fake_stream;
using velox::test::stream_event;
using velox::test::tone;

/// Calls over real sockets in real time, each as short as can be.

namespace {

template <class Event>
const Event* as(const stream_event& x) {
  return std::get_if<Event>(&x.event);
}

template <class Event>
std::vector<Event> all(const std::vector<stream_event>& events) {
  std::vector<Event> result;
  for (const auto& x : events)
    if (const auto* event = as<Event>(x))
      result.push_back(*event);
  return result;
}

/// An agent that greets when the stream begins and closes it in frame
/// `frames`.
auto greet_and_close_at(size_t frames, call_time greeting = 300ms) {
  return [=](fake_stream& stream, const stream_event& x) {
    if (!as<twilio_media>(x))
      return;
    if (stream.frames() == 1)
      stream.play(tone(greeting));
    if (stream.frames() == frames)
      stream.close(1000, "");
  };
}

class Telephone : public testing::Test {
protected:
  /// Places a call to `engine`; the JSON lines go to `lines`.
  call_record call(const fake_engine& engine) {
    options.engine = engine.url();
    if (options.auth_token.empty())
      options.auth_token = "an auth token";
    std::ostringstream out;
    call_reporter reporter{out, {.json = true, .colour = false}};
    auto result = place_call(options, reporter);
    text = out.str();
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) {
      lines.emplace_back();
      EXPECT_EQ(read_json(line, lines.back()), json_error::none) << line;
    }
    return result;
  }

  /// The lines of that event.
  std::vector<const rapidjson::Document*> find(std::string_view event) const {
    std::vector<const rapidjson::Document*> result;
    for (const auto& line : lines)
      if (json_text(line, "event") == event)
        result.push_back(&line);
    return result;
  }

  int64_t at(const rapidjson::Document* line) const {
    return json_integer(*line, "at_ms").value_or(-1);
  }

  telephone_options options;
  std::string text;
  std::vector<rapidjson::Document> lines;
};

} // namespace

TEST_F(Telephone, PresentsItselfAsTheCarrierDoes) {
  form incoming;
  fake_engine* self = nullptr;
  fake_engine engine{{.on_webhook =
                        [&](const std::string& path, const form& fields) {
                          if (path != "/voice/incoming")
                            return test::fake_answer{
                              200,
                              twiml::response{}.add(twiml::hangup{}).str()};
                          incoming = fields;
                          return test::fake_answer{200, self->connect_twiml()};
                        },
                      .on_event = greet_and_close_at(20)}};
  self = &engine;
  options.from = "+15550123";
  auto record = call(engine);
  EXPECT_EQ(record.summary.outcome, call_outcome::ok) << text;
  EXPECT_EQ(engine.bad_signatures(), 0u);
  EXPECT_EQ(incoming.get("From"), "+15550123");
  EXPECT_EQ(incoming.get("To"), "+15550100");
  EXPECT_EQ(incoming.get("CallStatus"), "ringing");
  EXPECT_THAT(std::string{incoming.get("CallSid")},
              testing::MatchesRegex("CA[0-9a-f]{32}"));
  auto events = engine.events();
  ASSERT_GE(events.size(), 3u);
  EXPECT_TRUE(as<twilio_connected>(events[0]));
  const auto* start = as<twilio_start>(events[1]);
  ASSERT_TRUE(start);
  EXPECT_EQ(start->call_sid, incoming.get("CallSid"));
  EXPECT_EQ(start->parameters.at("token"), "t0ken");
  EXPECT_EQ(start->encoding, "audio/x-mulaw");
}

TEST_F(Telephone, SendsFiftyFramesASecond) {
  fake_engine engine{{.on_event = greet_and_close_at(100, 1s)}};
  auto record = call(engine);
  std::vector<stream_event> frames;
  for (const auto& x : engine.events())
    if (as<twilio_media>(x))
      frames.push_back(x);
  ASSERT_EQ(frames.size(), 100u);
  for (size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].audio.size(), 160u);
    EXPECT_EQ(as<twilio_media>(frames[i])->chunk, i + 1);
    EXPECT_EQ(as<twilio_media>(frames[i])->timestamp_ms, i * 20);
  }
  // 99 intervals of 20 ms; a busy machine may delay the last frame.
  auto lasted = frames.back().at - frames.front().at;
  EXPECT_GE(lasted, 1900ms);
  EXPECT_LE(lasted, 2200ms);
  EXPECT_EQ(record.summary.frames_sent, 100u);
}

TEST_F(Telephone, ReturnsMarksWhenTheirAudioWasPlayed) {
  std::chrono::steady_clock::time_point played;
  fake_engine engine{
    {.on_event = [&](fake_stream& stream, const stream_event& x) {
      if (as<twilio_media>(x) && stream.frames() == 5) {
        played = x.at;
        stream.mark("at once");
        stream.play(tone(200ms));
        stream.mark("first");
        stream.play(tone(400ms));
        stream.mark("second");
      }
      if (const auto* mark = as<twilio_mark>(x); mark && mark->name == "second")
        stream.close(1000, "");
    }}};
  auto record = call(engine);
  std::map<std::string, std::chrono::steady_clock::duration> back;
  for (const auto& x : engine.events())
    if (const auto* mark = as<twilio_mark>(x))
      back[mark->name] = x.at - played;
  ASSERT_EQ(back.size(), 3u) << text;
  EXPECT_LE(back["at once"], 100ms);
  EXPECT_GE(back["first"], 180ms);
  EXPECT_LE(back["first"], 320ms);
  EXPECT_GE(back["second"], 580ms);
  EXPECT_LE(back["second"], 720ms);
  EXPECT_EQ(record.summary.marks, 3u);
  EXPECT_EQ(find("mark").size(), 3u);
}

TEST_F(Telephone, DropsAudioAndReturnsMarksOnClear) {
  std::chrono::steady_clock::time_point cleared;
  fake_engine engine{
    {.on_event = [&](fake_stream& stream, const stream_event& x) {
      if (!as<twilio_media>(x))
        return;
      if (stream.frames() == 5) {
        stream.play(tone(3s));
        stream.mark("end");
      }
      if (stream.frames() == 20) {
        cleared = x.at;
        stream.clear();
      }
      if (stream.frames() == 60)
        stream.close(1000, "");
    }}};
  auto record = call(engine);
  auto marks = all<twilio_mark>(engine.events());
  ASSERT_EQ(marks.size(), 1u);
  for (const auto& x : engine.events()) {
    if (as<twilio_mark>(x)) {
      EXPECT_LE(x.at - cleared, 100ms);
    }
  }
  // 15 frames of 20 ms were heard, the rest never.
  EXPECT_GE(record.summary.agent_spoke, 200ms);
  EXPECT_LE(record.summary.agent_spoke, 460ms);
  ASSERT_EQ(find("clear").size(), 1u);
  EXPECT_GE(json_integer(*find("clear")[0], "dropped_ms"), 2500);
  EXPECT_EQ(json_bool(*find("mark")[0], "cleared"), true);
}

TEST_F(Telephone, SpeaksAfterTheGreetingAndTimesTheAnswer) {
  size_t answered = 0;
  fake_engine engine{
    {.on_event = [&](fake_stream& stream, const stream_event& x) {
      if (!as<twilio_media>(x))
        return;
      if (stream.frames() == 1)
        stream.play(tone(200ms));
      // Answers 400 ms after the caller's 500 ms.
      auto spoken = voiced(x.audio);
      if (spoken)
        answered = stream.frames() + 20;
      if (!spoken && stream.frames() == answered)
        stream.play(tone(200ms));
    }}};
  options.steps = {{.text = "question", .audio = tone(500ms)}};
  auto record = call(engine);
  EXPECT_EQ(record.summary.outcome, call_outcome::ok);
  ASSERT_EQ(record.summary.latencies.size(), 1u) << text;
  EXPECT_GE(record.summary.latencies[0], 350ms);
  EXPECT_LE(record.summary.latencies[0], 550ms);
  // It waited for the greeting to end, and hung up with `stop`.
  auto said = find("caller-said");
  ASSERT_EQ(said.size(), 1u);
  auto greeted = find("agent-audio-ended");
  ASSERT_EQ(greeted.size(), 2u);
  EXPECT_GE(at(said[0]), at(greeted[0]) + 500);
  auto stops = all<twilio_stop>(engine.events());
  ASSERT_EQ(stops.size(), 1u);
  EXPECT_EQ(stops[0].call_sid, record.call_id);
}

TEST_F(Telephone, TimesOnlyTheFirstSoundOfAnAnswer) {
  size_t answered = 0;
  fake_engine engine{
    {.on_event = [&](fake_stream& stream, const stream_event& x) {
      if (!as<twilio_media>(x))
        return;
      if (stream.frames() == 1)
        stream.play(tone(100ms));
      if (voiced(x.audio))
        answered = stream.frames();
      // Two utterances, a second apart.
      if (answered > 0
          && (stream.frames() == answered + 10
              || stream.frames() == answered + 65))
        stream.play(tone(100ms));
    }}};
  options.steps = {{.text = "question", .audio = tone(100ms)}};
  auto record = call(engine);
  EXPECT_EQ(find("agent-audio-started").size(), 3u) << text;
  EXPECT_EQ(record.summary.latencies.size(), 1u);
}

TEST_F(Telephone, BargesIn) {
  fake_engine engine{
    {.on_event
     = [&, done = false](fake_stream& stream, const stream_event& x) mutable {
         if (!as<twilio_media>(x))
           return;
         if (stream.frames() == 5)
           stream.play(tone(5s));
         if (voiced(x.audio) && !std::exchange(done, true))
           stream.clear();
         if (done && stream.frames() == 90)
           stream.close(1000, "");
       }}};
  options.steps
    = {{.text = "stop", .audio = tone(400ms), .barge_in_at = 500ms}};
  call(engine);
  auto began = find("agent-audio-started");
  auto said = find("caller-said");
  auto ended = find("agent-audio-ended");
  ASSERT_EQ(said.size(), 1u) << text;
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_NEAR(static_cast<double>(at(said[0]) - at(began[0])), 500, 45);
  EXPECT_EQ(json_bool(*said[0], "barge_in"), true);
  EXPECT_LE(at(ended[0]), at(said[0]) + 150) << "the clear was honoured";
}

TEST_F(Telephone, PressesKeys) {
  fake_engine engine{{.on_event = greet_and_close_at(100)}};
  options.steps = {{.text = "keys", .digits = "1#"}};
  call(engine);
  auto keys = all<twilio_dtmf>(engine.events());
  ASSERT_EQ(keys.size(), 2u) << text;
  EXPECT_EQ(keys[0].digit, "1");
  EXPECT_EQ(keys[1].digit, "#");
  EXPECT_EQ(find("dtmf").size(), 2u);
}

TEST_F(Telephone, FollowsTheRedirectBehindTheStreamAndOpensAnother) {
  fake_engine* self = nullptr;
  std::vector<std::string> paths;
  fake_engine engine{{.on_webhook =
                        [&](const std::string& path, const form&) {
                          paths.push_back(path);
                          auto again = paths.size() <= 2;
                          return test::fake_answer{
                            200, again
                                   ? self->connect_twiml()
                                   : twiml::response{}
                                       .add(twiml::say{"Goodbye then.", {}, {}})
                                       .add(twiml::hangup{})
                                       .str()};
                        },
                      .on_event = greet_and_close_at(25)}};
  self = &engine;
  auto record = call(engine);
  EXPECT_EQ(paths, (std::vector<std::string>{"/voice/incoming", "/voice/resume",
                                             "/voice/resume"}));
  EXPECT_EQ(engine.bad_signatures(), 0u);
  EXPECT_EQ(all<twilio_start>(engine.events()).size(), 2u);
  EXPECT_EQ(record.summary.outcome, call_outcome::ok);
  EXPECT_EQ(record.summary.reason, "the engine hung up");
  auto verbs = find("verb");
  ASSERT_EQ(verbs.size(), 4u) << text;
  EXPECT_EQ(json_text(*verbs[2], "verb"), "Say");
  EXPECT_EQ(json_text(*verbs[2], "detail"), "Goodbye then.");
}

TEST_F(Telephone, StopsFollowingRedirectsThatNeverEnd) {
  fake_engine engine{{.on_webhook = [](const std::string&, const form&) {
    return test::fake_answer{
      200, twiml::response{}.add(twiml::redirect{"/voice/again", ""}).str()};
  }}};
  auto record = call(engine);
  EXPECT_EQ(record.summary.outcome, call_outcome::protocol_error);
  EXPECT_EQ(engine.requests().size(), 5u);
}

TEST_F(Telephone, TellsWhenTheAgentNeverAnswered) {
  fake_engine engine{{.on_event = [](fake_stream& stream, const stream_event&) {
    if (stream.frames() == 10)
      stream.close(1000, "");
  }}};
  EXPECT_EQ(call(engine).summary.outcome, call_outcome::not_answered);
}

TEST_F(Telephone, HangsUpWhenTimeIsUp) {
  fake_engine engine{{.on_event = greet_and_close_at(1000)}};
  options.duration = 600ms;
  options.steps = {{.text = "never said", .audio = tone(500ms)}};
  auto record = call(engine);
  EXPECT_EQ(record.summary.reason, "caller hung up, time being up");
  EXPECT_LE(record.summary.duration, 1500ms);
  EXPECT_EQ(all<twilio_stop>(engine.events()).size(), 1u);
}

TEST_F(Telephone, HangsUpOnAnEngineThatDoesNotLetGo) {
  // It answers `stop` with a close frame and never reads ours.
  std::promise<void> over;
  auto is_over = over.get_future();
  fake_engine engine{
    {.on_event = [&](fake_stream& stream, const stream_event& x) {
      greet_and_close_at(1000)(stream, x);
      if (as<twilio_stop>(x)) {
        stream.start_closing(1000);
        is_over.wait();
      }
    }}};
  options.duration = 400ms;
  auto record = call(engine);
  over.set_value();
  EXPECT_LE(record.summary.duration, 900ms);
  EXPECT_EQ(find("stream-closed").size(), 1u) << text;
}

TEST_F(Telephone, ReportsARefusalWithStatusAndBody) {
  fake_engine engine{{.auth_token = "another token"}};
  auto record = call(engine);
  EXPECT_EQ(record.summary.outcome, call_outcome::refused);
  EXPECT_THAT(record.summary.reason,
              testing::AllOf(testing::HasSubstr("403"),
                             testing::HasSubstr("does not match")));
}

TEST_F(Telephone, ReportsARejectedCall) {
  fake_engine engine{{.on_webhook = [](const std::string&, const form&) {
    return test::fake_answer{
      200, twiml::response{}.add(twiml::reject{"busy"}).str()};
  }}};
  auto record = call(engine);
  EXPECT_EQ(record.summary.outcome, call_outcome::refused);
  EXPECT_EQ(record.summary.reason, "the engine rejected the call: busy");
}

TEST_F(Telephone, ReportsARefusedMediaStream) {
  fake_engine engine{{.refuse_upgrade = 404}};
  auto record = call(engine);
  EXPECT_EQ(record.summary.outcome, call_outcome::refused);
  EXPECT_THAT(record.summary.reason, testing::HasSubstr("404"));
}

TEST_F(Telephone, ReportsAnEngineThatIsNotThere) {
  telephone_options nowhere;
  {
    fake_engine gone{{}};
    nowhere.engine = gone.url();
  }
  std::ostringstream out;
  call_reporter reporter{out, {}};
  auto record = place_call(nowhere, reporter);
  EXPECT_EQ(record.summary.outcome, call_outcome::refused);
  EXPECT_THAT(record.summary.reason,
              testing::HasSubstr("is `velox serve` running?"));
}

TEST_F(Telephone, ReportsTwimlThatIsNone) {
  fake_engine engine{{.on_webhook = [](const std::string&, const form&) {
    return test::fake_answer{200, "<Response><Say>oops</Response>"};
  }}};
  EXPECT_EQ(call(engine).summary.outcome, call_outcome::protocol_error);
}

TEST_F(Telephone, ReportsFramesThatTheCarrierWouldNotTake) {
  for (const auto* frame :
       {"no JSON", R"({"event":"media","streamSid":"MZ0","media":{}})",
        R"({"event":"clear","streamSid":"MZ0"})"}) {
    fake_engine engine{
      {.on_event = [frame](fake_stream& stream, const stream_event& x) {
        if (as<twilio_media>(x) && stream.frames() == 2)
          stream.raw(frame);
        greet_and_close_at(20)(stream, x);
      }}};
    lines.clear();
    auto record = call(engine);
    EXPECT_EQ(record.summary.outcome, call_outcome::protocol_error) << frame;
    EXPECT_EQ(find("protocol-error").size(), 1u) << frame;
    EXPECT_GT(record.summary.agent_spoke, 0ms) << "the call went on";
  }
}

TEST_F(Telephone, ReportsACloseThatBlamesTheProtocol) {
  fake_engine engine{
    {.on_event = [](fake_stream& stream, const stream_event& x) {
      if (as<twilio_media>(x) && stream.frames() == 2)
        stream.close(1008, "wrong token");
    }}};
  auto record = call(engine);
  EXPECT_EQ(record.summary.outcome, call_outcome::protocol_error);
  ASSERT_EQ(find("stream-closed").size(), 1u);
  EXPECT_EQ(json_text(*find("stream-closed")[0], "reason"), "wrong token");
}

TEST_F(Telephone, KeepsWhatBothSidesSounded) {
  fake_engine engine{{.on_event = greet_and_close_at(120)}};
  options.steps = {{.text = "words", .audio = tone(400ms)}};
  auto record = call(engine);
  ASSERT_EQ(record.caller.size(), record.agent.size());
  auto voice = [](const std::vector<uint8_t>& audio) {
    size_t result = 0;
    for (size_t i = 0; i + frame_size <= audio.size(); i += frame_size)
      result += voiced(std::span{audio}.subspan(i, frame_size));
    return result;
  };
  EXPECT_EQ(voice(record.caller), 20u);
  EXPECT_EQ(voice(record.agent), 15u);
}

TEST_F(Telephone, PrintsTheTranscriptOfTheEngine) {
  fake_engine engine{{.on_request =
                        [](const test::fake_request& request) {
                          if (!request.target.ends_with("after=0"))
                            return test::fake_answer{200, R"({"events":[]})"};
                          return test::fake_answer{200, R"({"events":[
           {"sequence":1,"at":1,"kind":"started","turn":0,"detail":{}},
           {"sequence":2,"at":2,"kind":"user-turn","turn":1,
            "detail":{"text":"hello","confidence":0.5}},
           {"sequence":3,"at":3,"kind":"sentence","turn":1,
            "detail":{"index":0,"text":"We are open."}},
           {"sequence":4,"at":4,"kind":"cancelled","turn":1,
            "detail":{"heard":"We are","sent":"open.","unsent":""}},
           {"sequence":5,"at":5,"kind":"ended","turn":1,
            "detail":{"reason":"caller-hung-up","explanation":"x"}}]})"};
                        },
                      .on_event = greet_and_close_at(25)}};
  options.admin_key = "an admin key";
  auto record = call(engine);
  auto transcript = find("transcript");
  ASSERT_EQ(transcript.size(), 2u) << text;
  EXPECT_EQ(json_text(*transcript[0], "who"), "caller");
  EXPECT_EQ(json_number(*transcript[0], "confidence"), 0.5);
  EXPECT_EQ(json_text(*transcript[1], "text"), "We are open.");
  ASSERT_EQ(find("interrupted").size(), 1u);
  EXPECT_EQ(json_text(*find("interrupted")[0], "heard"), "We are");
  EXPECT_EQ(find("engine-ended").size(), 1u);
  bool asked = false;
  for (const auto& request : engine.requests())
    if (request.target.starts_with("/api/")) {
      EXPECT_EQ(request.authorization, "Bearer an admin key");
      EXPECT_THAT(request.target,
                  testing::StartsWith("/api/v1/calls/" + record.call_id
                                      + "/events?after="));
      asked = true;
    }
  EXPECT_TRUE(asked);
}

TEST_F(Telephone, SaysOnceThatTheApiRefuses) {
  fake_engine engine{{.on_request =
                        [](const test::fake_request&) {
                          return test::fake_answer{401, "{}"};
                        },
                      .on_event = greet_and_close_at(30)}};
  options.admin_key = "wrong";
  EXPECT_EQ(call(engine).summary.outcome, call_outcome::ok);
  ASSERT_EQ(find("notice").size(), 1u);
  EXPECT_THAT(std::string{*json_text(*find("notice")[0], "text")},
              testing::HasSubstr("401"));
}

TEST_F(Telephone, EndsTheJsonLinesWithASummary) {
  fake_engine engine{{.on_event = greet_and_close_at(30)}};
  auto record = call(engine);
  ASSERT_GE(lines.size(), 4u);
  EXPECT_EQ(json_text(lines.front(), "event"), "call-started");
  EXPECT_EQ(json_text(lines.front(), "call_id"), record.call_id);
  EXPECT_EQ(json_text(lines[lines.size() - 2], "event"), "ended");
  const auto& summary = lines.back();
  EXPECT_EQ(json_text(summary, "event"), "summary");
  EXPECT_EQ(json_text(summary, "outcome"), "ok");
  EXPECT_EQ(json_integer(summary, "exit_code"), 0);
  EXPECT_EQ(json_integer(summary, "frames_sent"), 30);
  EXPECT_EQ(json_integer(summary, "frames_received"), 1);
  for (const auto& line : lines)
    EXPECT_GE(json_integer(line, "at_ms").value_or(-1), 0);
}
