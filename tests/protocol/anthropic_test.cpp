#include "protocol/anthropic.hpp"

#include "protocol/ports.hpp"
#include "tests/protocol/chat_streams.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::test;
using testing::HasSubstr;
using testing::Not;

namespace {

stream_result read(const std::string& bytes) {
  return read_any_way<anthropic_stream>(bytes);
}

std::string stopped(const char* reason) {
  return R"(data: {"type":"message_delta","delta":{"stop_reason":")"
         + std::string{reason}
         + "\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n";
}

} // namespace

TEST(Anthropic, ReadsText) {
  auto x = read(wire_file("anthropic_text.sse"));
  EXPECT_EQ(x.text, "Héllo 你好!");
  EXPECT_EQ(x.state, chat_state::complete);
  EXPECT_EQ(x.usage.prompt, 35);
  EXPECT_EQ(x.usage.completion, 15);
}

TEST(Anthropic, EchoesCallsAndThoughtsAsTheyCame) {
  auto x = read(wire_file("anthropic_tool.sse"));
  EXPECT_EQ(x.text, "One moment.");
  ASSERT_EQ(x.calls.size(), 2u);
  EXPECT_EQ(x.calls[0].arguments, R"({"when":"Friday"})");
  EXPECT_EQ(x.calls[1].arguments, "{}");
  EXPECT_EQ(x.usage.completion, 65);
  EXPECT_EQ(
    x.echo,
    R"({"role":"assistant","content":[{"type":"thinking","thinking":)"
    R"("Which day?","signature":"c2ln"},{"type":"text","text":"One moment."},)"
    R"({"type":"tool_use","id":"toolu_1","name":"book_slot","input":{"when":)"
    R"("Friday"}},{"type":"tool_use","id":"toolu_2","name":"get_hours",)"
    R"("input":{}}]})");
}

TEST(Anthropic, EchoesWhatItDoesNotKnow) {
  auto x = read(R"(data: {"type":"content_block_start","index":0,)"
                R"("content_block":{"type":"redacted_thinking","data":"xyz"}})"
                "\n\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
                + stopped("end_turn"));
  EXPECT_THAT(x.echo,
              HasSubstr(R"({"type":"redacted_thinking","data":"xyz"})"));
}

TEST(Anthropic, EndsInItsWays) {
  for (auto* reason : {"end_turn", "max_tokens", "stop_sequence", "pause_turn",
                       "model_context_window_exceeded", "something_new"})
    EXPECT_EQ(read(stopped(reason)).state, chat_state::complete) << reason;
  auto x = read(stopped("refusal"));
  EXPECT_EQ(x.state, chat_state::failed);
  EXPECT_EQ(x.trouble.code, provider_errc::bad_request);
  // A call that the limit cut off is none.
  auto tool = wire_file("anthropic_tool.sse");
  auto at = tool.find("\"tool_use\",\"stop_sequence\"");
  tool.replace(at, 10, "\"max_tokens\"");
  EXPECT_TRUE(read(tool).calls.empty());
}

TEST(Anthropic, ReadsErrorsWithinTheStream) {
  auto x = read(wire_file("anthropic_overloaded.sse"));
  EXPECT_EQ(x.text, "I am");
  EXPECT_EQ(x.trouble.code, provider_errc::overloaded);
  EXPECT_EQ(read("data: {]\n\n").trouble.code, provider_errc::broken);
}

TEST(Anthropic, ReadsErrors) {
  struct row {
    int status;
    const char* type;
    provider_errc expected;
  };
  for (auto& [status, type, expected] :
       {row{400, "invalid_request_error", provider_errc::bad_request},
        row{401, "authentication_error", provider_errc::unauthorized},
        row{400, "billing_error", provider_errc::out_of_quota},
        row{403, "permission_error", provider_errc::unauthorized},
        row{413, "request_too_large", provider_errc::bad_request},
        row{429, "rate_limit_error", provider_errc::rate_limited},
        row{500, "api_error", provider_errc::overloaded},
        row{529, "overloaded_error", provider_errc::overloaded},
        row{529, "", provider_errc::overloaded}}) {
    auto body = std::string{R"({"type":"error","error":{"type":")"} + type
                + R"(","message":"sk-ant-secret"}})";
    auto x = anthropic_trouble(status, body);
    EXPECT_EQ(x.code, expected) << type;
    EXPECT_THAT(x.why, Not(HasSubstr("secret")));
  }
}

TEST(Anthropic, WritesARequest) {
  std::vector<tool_definition> tools{{"f", "d"}};
  chat_request x;
  x.model = "claude-haiku-4-5";
  x.instructions = "Be brief.";
  x.turns = {{chat_role::user, "hi"}, {chat_role::assistant, "We"}};
  x.tools = &tools;
  x.temperature = 0;
  EXPECT_EQ(
    anthropic_body(x),
    R"({"model":"claude-haiku-4-5","max_tokens":300,"stream":true,"system":)"
    R"("Be brief.","messages":[{"role":"user","content":"hi"},{"role":)"
    R"("assistant","content":"We"}],"tools":[{"name":"f","description":"d",)"
    R"("input_schema":{"type":"object","properties":{}}}],"tool_choice":)"
    R"({"type":"auto"},"temperature":0})");
  EXPECT_EQ(anthropic_results({{"a", "f", "1"}, {"b", "g", "2", true}}),
            R"({"role":"user","content":[{"type":"tool_result","tool_use_id":)"
            R"("a","content":"1","is_error":false},{"type":"tool_result",)"
            R"("tool_use_id":"b","content":"2","is_error":true}]})");
}

TEST(Anthropic, SurvivesEveryPrefix) {
  expect_prefixes_are_survived<anthropic_stream>(
    wire_file("anthropic_tool.sse"));
}
