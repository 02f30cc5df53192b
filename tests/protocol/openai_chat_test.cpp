#include "protocol/openai_chat.hpp"

#include "protocol/ports.hpp"
#include "tests/protocol/chat_streams.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::test;
using testing::HasSubstr;
using testing::Not;

namespace {

stream_result read(const std::string& bytes) {
  return read_any_way<openai_chat_stream>(bytes);
}

std::string event(const std::string& json) {
  return "data: " + json + "\n\n";
}

std::string finished(const char* reason, const std::string& delta = "{}") {
  return event(R"({"choices":[{"index":0,"delta":)" + delta
               + R"(,"finish_reason":")" + reason + "\"}]}");
}

} // namespace

TEST(OpenaiChat, ReadsText) {
  auto x = read(wire_file("openai_text.sse"));
  EXPECT_EQ(x.text, "Wir öffnen um 9 Uhr 👋.");
  EXPECT_EQ(x.state, chat_state::complete);
  EXPECT_EQ(x.usage.prompt, 20);
  EXPECT_EQ(x.usage.completion, 9);
  EXPECT_TRUE(x.calls.empty());
}

TEST(OpenaiChat, ReadsCallsThatInterleave) {
  auto x = read(wire_file("openai_tool.sse"));
  ASSERT_EQ(x.calls.size(), 2u);
  EXPECT_EQ(x.calls[0].id, "call_1");
  EXPECT_EQ(x.calls[0].name, "book_slot");
  EXPECT_EQ(x.calls[0].arguments, R"({"when":"a \"b\""})");
  EXPECT_EQ(x.calls[1].id, "call_2");
  EXPECT_EQ(x.calls[1].arguments, "{}"); // an empty string means that
  EXPECT_THAT(x.echo, HasSubstr(R"("content":null,"tool_calls":[{"id":)"));
  EXPECT_THAT(x.echo, HasSubstr(R"("arguments":"{\"when\":\"a \\\"b\\\"\"}")"));
}

TEST(OpenaiChat, ReadsWhatImitatorsWrite) {
  auto x = read(wire_file("openai_imitator.sse"));
  ASSERT_EQ(x.calls.size(), 2u);
  EXPECT_EQ(x.calls[0].arguments, R"({"day":"fri"})");
  EXPECT_EQ(x.calls[1].arguments, R"({"item":"trim"})");
  // All calls with one index, arguments as an object, no id.
  x = read(event(R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a",)"
                 R"("function":{"name":"f","arguments":{"x":1}}},)"
                 R"({"index":0,"id":"b","function":{"name":"g"}}]}}]})")
           + finished("stop") + event("[DONE]"));
  ASSERT_EQ(x.calls.size(), 2u);
  EXPECT_EQ(x.calls[0].arguments, R"({"x":1})");
  EXPECT_EQ(x.calls[1].name, "g");
  x = read(event(R"({"choices":[{"delta":{"tool_calls":[)"
                 R"({"function":{"name":"f","arguments":"{}"}}]}}]})")
           + finished("tool_calls") + event("[DONE]"));
  ASSERT_EQ(x.calls.size(), 1u);
  EXPECT_EQ(x.calls[0].id, "call_0"); // the result has to name something
}

TEST(OpenaiChat, ArgumentsThatAreNoObjectAreEmpty) {
  for (auto* bad : {R"({\"a\":)", "[1]", "7", R"(\"x\")", "{}x"}) {
    auto delta = std::string{R"({"tool_calls":[{"index":0,"id":"a",)"}
                 + R"("function":{"name":"f","arguments":")" + bad + "\"}}]}";
    auto x = read(finished("tool_calls", delta) + event("[DONE]"));
    ASSERT_EQ(x.calls.size(), 1u) << bad;
    EXPECT_EQ(x.calls[0].arguments, "{}") << bad;
  }
}

TEST(OpenaiChat, EndsInItsWays) {
  auto say = R"({"content":"Yes"})";
  EXPECT_EQ(read(finished("stop", say)).state, chat_state::finished);
  EXPECT_EQ(read(event("[DONE]")).state, chat_state::complete);
  EXPECT_EQ(read(finished("length", say)).state, chat_state::finished);
  EXPECT_EQ(read(finished("content_filter", say)).state, chat_state::finished);
  auto blocked = read(finished("content_filter"));
  EXPECT_EQ(blocked.state, chat_state::failed);
  EXPECT_EQ(blocked.trouble.code, provider_errc::bad_request);
  EXPECT_EQ(read(event(R"({"choices":[{"delta":{"content":"Y"}}]})")).state,
            chat_state::open);
  EXPECT_EQ(read(finished("stop", R"({"refusal":"I cannot."})")).text,
            "I cannot.");
  // A call that the limit cut off is none.
  auto cut = read(finished("length", R"({"tool_calls":[{"index":0,"id":"a",)"
                                     R"("function":{"name":"f"}}]})"));
  EXPECT_TRUE(cut.calls.empty());
}

TEST(OpenaiChat, NeverSpeaksThoughts) {
  auto x = read(
    event(R"({"choices":[{"delta":{"content":"<think>hm","reasoning":"x"}}]})")
    + event(R"({"choices":[{"delta":{"content":"m</think>","x":1}}]})")
    + finished("stop", R"({"content":"Yes","reasoning_content":"no"})"));
  EXPECT_EQ(x.text, "Yes");
}

TEST(OpenaiChat, ReadsErrorsWithinTheStream) {
  auto x = read(wire_file("openai_error.sse"));
  EXPECT_EQ(x.text, "I am");
  EXPECT_EQ(x.state, chat_state::failed);
  EXPECT_EQ(x.trouble.code, provider_errc::overloaded);
  EXPECT_THAT(x.trouble.why, Not(HasSubstr("secret")));
  EXPECT_EQ(read("data: {\n\n").trouble.code, provider_errc::broken);
  EXPECT_EQ(read(event("[]")).trouble.code, provider_errc::broken);
}

TEST(OpenaiChat, ReadsErrors) {
  struct row {
    int status;
    const char* code;
    provider_errc expected;
  };
  for (auto& [status, code, expected] :
       {row{401, "invalid_api_key", provider_errc::unauthorized},
        row{429, "rate_limit_exceeded", provider_errc::rate_limited},
        row{429, "insufficient_quota", provider_errc::out_of_quota},
        row{404, "model_not_found", provider_errc::bad_request},
        row{500, "", provider_errc::overloaded}}) {
    auto body = std::string{R"({"error":{"message":"sk-secret","type":"t",)"}
                + R"("code":")" + code + "\"}}";
    auto x = openai_chat_trouble(status, body);
    EXPECT_EQ(x.code, expected) << code;
    EXPECT_THAT(x.why, Not(HasSubstr("secret")));
  }
  EXPECT_EQ(openai_chat_trouble(502, "<html>").code, provider_errc::overloaded);
  EXPECT_EQ(openai_chat_trouble(502, "<html>").why, "http 502");
  EXPECT_TRUE(openai_chat_trouble(400, R"({"error":{"message":"x does not )"
                                       R"(support tools"}})")
                .tools_refused);
}

TEST(OpenaiChat, WritesARequest) {
  std::vector<tool_definition> tools{{"f", "does \"f\"", "no schema"}};
  chat_request x;
  x.model = "gpt-4o-mini";
  x.instructions = "Be brief.";
  x.turns = {{chat_role::user, "hi"}, {chat_role::note, "[n]"}};
  x.rounds = {R"({"role":"tool"})"};
  x.tools = &tools;
  x.temperature = 0.5;
  EXPECT_EQ(openai_chat_body(x, {}),
            R"({"model":"gpt-4o-mini","stream":true,"stream_options":)"
            R"({"include_usage":true},"messages":[{"role":"system","content":)"
            R"("Be brief."},{"role":"user","content":"hi"},{"role":"system",)"
            R"("content":"[n]"},{"role":"tool"}],"tools":[{"type":"function",)"
            R"("function":{"name":"f","description":"does \"f\"","parameters":)"
            R"({"type":"object","properties":{}}}}],"tool_choice":"auto",)"
            R"("temperature":0.5,"max_completion_tokens":300})");
  EXPECT_EQ(openai_chat_results({{"a", "f", "1"}, {"b", "g", "2", true}}),
            (std::vector<std::string>{
              R"({"role":"tool","tool_call_id":"a","content":"1"})",
              R"({"role":"tool","tool_call_id":"b","content":)"
              R"("{\"error\":2}"})"}));
}

TEST(OpenaiChat, SurvivesEveryPrefix) {
  for (auto* name : {"openai_text.sse", "openai_tool.sse"})
    expect_prefixes_are_survived<openai_chat_stream>(wire_file(name));
}
