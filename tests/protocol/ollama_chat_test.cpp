#include "protocol/ollama_chat.hpp"

#include "protocol/ports.hpp"
#include "tests/protocol/chat_streams.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::test;
using testing::HasSubstr;

namespace {

stream_result read(const std::string& bytes) {
  return read_any_way<ollama_chat_stream>(bytes);
}

} // namespace

TEST(OllamaChat, ReadsText) {
  auto x = read(wire_file("ollama_text.ndjson"));
  EXPECT_EQ(x.text, "Grüß 你好"); // and no thought
  EXPECT_EQ(x.state, chat_state::complete);
  EXPECT_EQ(x.usage.prompt, 26);
  EXPECT_EQ(x.usage.completion, 282);
}

TEST(OllamaChat, TheLastLineNeedNotEnd) {
  auto bytes = wire_file("ollama_text.ndjson");
  bytes.pop_back();
  EXPECT_EQ(read(bytes).state, chat_state::complete);
  EXPECT_EQ(read(bytes.substr(0, bytes.find("\n", 5) + 1)).state,
            chat_state::open);
}

TEST(OllamaChat, ReadsCalls) {
  auto x = read(wire_file("ollama_tool.ndjson"));
  ASSERT_EQ(x.calls.size(), 2u);
  EXPECT_EQ(x.calls[0].id, "");
  EXPECT_EQ(x.calls[0].arguments, R"({"when":"a \"fine\" day"})");
  EXPECT_EQ(x.calls[1].id, "c2");
  EXPECT_EQ(x.echo,
            R"({"role":"assistant","content":"","tool_calls":[{"function":)"
            R"({"name":"book_slot","arguments":{"when":"a \"fine\" day"}}},)"
            R"({"id":"c2","function":{"name":"get_hours","arguments":{}}}]})");
}

TEST(OllamaChat, ReadsErrors) {
  auto x = read(wire_file("ollama_error.ndjson"));
  EXPECT_EQ(x.text, "I am");
  EXPECT_EQ(x.trouble.code, provider_errc::overloaded);
  EXPECT_EQ(read("what?\n").trouble.code, provider_errc::broken);
  auto no_tools = ollama_chat_trouble(
    400, R"({"error":"registry.ollama.ai/phi3 does not support tools"})");
  EXPECT_TRUE(no_tools.tools_refused);
  EXPECT_EQ(no_tools.code, provider_errc::bad_request);
  auto busy = ollama_chat_trouble(
    503, R"({"error":"server busy, please try again.  maximum pending"})");
  EXPECT_EQ(busy.code, provider_errc::overloaded);
  EXPECT_EQ(busy.why, "http 503: server_busy");
  EXPECT_EQ(ollama_chat_trouble(404, R"({"error":"model 'x' not found"})").why,
            "http 404: model_not_found");
  EXPECT_EQ(ollama_chat_trouble(500, "?").why, "http 500");
}

TEST(OllamaChat, WritesARequest) {
  std::vector<tool_definition> tools{{"f", "d"}};
  chat_request x;
  x.model = "phi3:mini";
  x.instructions = "Be brief.";
  x.turns = {{chat_role::user, "hi"}};
  x.temperature = 0.5;
  EXPECT_EQ(ollama_chat_body(x, {}),
            R"({"model":"phi3:mini","messages":[{"role":"system","content":)"
            R"("Be brief."},{"role":"user","content":"hi"}],"stream":true,)"
            R"("keep_alive":"10m","options":{"num_predict":300,"num_ctx":4096,)"
            R"("temperature":0.5}})");
  x.tools = &tools;
  EXPECT_THAT(ollama_chat_body(x, {"-1", 8192}),
              HasSubstr(R"("keep_alive":-1,"options":{"num_predict":300,)"
                        R"("num_ctx":8192,"temperature":0.5},"tools":[{)"));
  EXPECT_EQ(ollama_chat_results({{"", "f", "1"}, {"b", "g", "2", true}}),
            (std::vector<std::string>{
              R"({"role":"tool","tool_name":"f","content":"1"})",
              R"({"role":"tool","tool_name":"g","tool_call_id":"b",)"
              R"("content":"{\"error\":2}"})"}));
}

TEST(OllamaChat, SurvivesEveryPrefix) {
  expect_prefixes_are_survived<ollama_chat_stream>(
    wire_file("ollama_tool.ndjson"));
}
