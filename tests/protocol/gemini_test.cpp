#include "protocol/gemini.hpp"

#include "protocol/ports.hpp"
#include "tests/protocol/chat_streams.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::test;
using testing::HasSubstr;
using testing::Not;

namespace {

stream_result read(const std::string& bytes) {
  return read_any_way<gemini_stream>(bytes);
}

std::string candidate(const std::string& parts, const char* reason) {
  return R"(data: {"candidates":[{"content":{"parts":[)" + parts
         + R"(]},"finishReason":")" + reason + "\"}]}\n\n";
}

} // namespace

TEST(Gemini, ReadsText) {
  auto x = read(wire_file("gemini_text.sse"));
  EXPECT_EQ(x.text, "Sure, gern — नमस्ते."); // and no thought
  EXPECT_EQ(x.state, chat_state::complete);
  EXPECT_EQ(x.usage.prompt, 41);
  EXPECT_EQ(x.usage.completion, 13); // thoughts are paid for
}

TEST(Gemini, EchoesParallelCallsAsTheyCame) {
  auto x = read(wire_file("gemini_parallel.sse"));
  ASSERT_EQ(x.calls.size(), 2u); // the one sent again is no third
  EXPECT_EQ(x.calls[0].id, "fc-1");
  EXPECT_EQ(x.calls[0].arguments, R"({"day":"fri"})");
  EXPECT_EQ(x.echo,
            R"({"role":"model","parts":[{"text":"Let me see."},)"
            R"({"functionCall":{"id":"fc-1","name":"get_hours","args":)"
            R"({"day":"fri"}},"thoughtSignature":"Q2lF"},{"functionCall":)"
            R"({"id":"fc-2","name":"get_price","args":{"item":"trim"}}}]})");
}

TEST(Gemini, EchoesALateSignatureInItsOwnPart) {
  auto x = read(wire_file("gemini_late_signature.sse"));
  ASSERT_EQ(x.calls.size(), 1u);
  EXPECT_EQ(x.echo,
            R"({"role":"model","parts":[{"functionCall":{"name":"get_hours",)"
            R"("args":{}}},{"text":"","thoughtSignature":"bGF0ZQ=="}]})");
}

TEST(Gemini, DoesNotMergeASignedPart) {
  auto x = read(candidate(R"({"text":"a"},{"text":"b","thoughtSignature":"s"},)"
                          R"({"text":"c"},{"text":"d"})",
                          "STOP"));
  EXPECT_EQ(x.text, "abcd");
  EXPECT_EQ(x.echo, R"({"role":"model","parts":[{"text":"a"},{"text":"b",)"
                    R"("thoughtSignature":"s"},{"text":"cd"}]})");
}

TEST(Gemini, TwoCallsOfOneNameAreTwo) {
  auto call = [](const char* day) {
    return std::string{R"({"functionCall":{"name":"f","args":{"day":")"} + day
           + "\"}}}";
  };
  auto x = read(candidate(call("fri") + "," + call("sat"), "STOP"));
  EXPECT_EQ(x.calls.size(), 2u);
  // In two chunks, each at the first place.
  x = read(R"(data: {"candidates":[{"content":{"parts":[)" + call("fri")
           + "]}}]}\n\n" + candidate(call("sat"), "STOP"));
  EXPECT_EQ(x.calls.size(), 2u);
}

TEST(Gemini, EndsInItsWays) {
  EXPECT_EQ(read(candidate("", "STOP")).state, chat_state::complete);
  EXPECT_EQ(read(candidate("", "MAX_TOKENS")).state, chat_state::complete);
  auto x = read(candidate("", "SAFETY"));
  EXPECT_EQ(x.state, chat_state::failed);
  EXPECT_EQ(x.trouble.code, provider_errc::bad_request);
  EXPECT_EQ(x.trouble.why, "blocked: SAFETY");
  x = read(candidate("", "MALFORMED_FUNCTION_CALL"));
  EXPECT_EQ(x.trouble.code, provider_errc::broken);
  EXPECT_EQ(read(candidate("", "SOMETHING_NEW")).trouble.code,
            provider_errc::broken);
  // What was said was said.
  EXPECT_EQ(read(candidate(R"({"text":"a"})", "SAFETY")).state,
            chat_state::complete);
  x = read(wire_file("gemini_blocked.sse"));
  EXPECT_EQ(x.trouble.code, provider_errc::bad_request);
  EXPECT_EQ(x.trouble.why, "blocked: PROHIBITED_CONTENT");
  EXPECT_EQ(read("data: {\"candidates\":[{\"content\":{}}]}\n\n").state,
            chat_state::open);
}

TEST(Gemini, ReadsAnErrorThatIsNoEvent) {
  auto x = read(wire_file("gemini_bare_error.sse"));
  EXPECT_EQ(x.text, "Sure");
  EXPECT_EQ(x.state, chat_state::failed);
  EXPECT_EQ(x.trouble.code, provider_errc::rate_limited);
  EXPECT_EQ(x.trouble.retry_after_ms, 33'000);
}

TEST(Gemini, ReadsErrors) {
  auto error = [](int code, const char* status, const char* details = "[]") {
    return R"({"error":{"code":)" + std::to_string(code)
           + R"(,"message":"AIza-secret","status":")" + status
           + R"(","details":)" + details + "}}";
  };
  struct row {
    int status;
    std::string body;
    provider_errc expected;
  };
  for (auto& [status, body, expected] :
       {row{400, error(400, "INVALID_ARGUMENT"), provider_errc::bad_request},
        row{400,
            error(400, "INVALID_ARGUMENT", R"([{"reason":"API_KEY_INVALID"}])"),
            provider_errc::unauthorized},
        row{403, error(403, "PERMISSION_DENIED"), provider_errc::unauthorized},
        row{404, error(404, "NOT_FOUND"), provider_errc::bad_request},
        row{429, error(429, "RESOURCE_EXHAUSTED"), provider_errc::rate_limited},
        row{429, "[" + error(429, "RESOURCE_EXHAUSTED") + "]",
            provider_errc::rate_limited},
        row{429,
            error(429, "RESOURCE_EXHAUSTED",
                  R"([{"violations":[{"quotaId":"RequestsPerDayPerModel"}]}])"),
            provider_errc::out_of_quota},
        row{503, error(503, "UNAVAILABLE"), provider_errc::overloaded},
        row{504, error(504, "DEADLINE_EXCEEDED"), provider_errc::timed_out},
        row{500, "oops", provider_errc::overloaded}}) {
    auto x = gemini_trouble(status, body);
    EXPECT_EQ(x.code, expected) << body;
    EXPECT_THAT(x.why, Not(HasSubstr("secret")));
  }
  EXPECT_EQ(gemini_trouble(429, error(429, "RESOURCE_EXHAUSTED",
                                      R"([{"retryDelay":"34.4s"}])"))
              .retry_after_ms,
            34'400);
}

TEST(Gemini, WritesARequest) {
  std::vector<tool_definition> tools{{"f", "d"}};
  chat_request x;
  x.model = "gemini-2.5-flash";
  x.instructions = "Be brief.";
  x.turns = {{chat_role::user, "hi"}, {chat_role::assistant, "Yes?"}};
  x.tools = &tools;
  EXPECT_EQ(
    gemini_body(x, gemini_without_thoughts(x.model)),
    R"({"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":)"
    R"([{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":)"
    R"([{"text":"Yes?"}]}],"tools":[{"functionDeclarations":[{"name":"f",)"
    R"("description":"d","parametersJsonSchema":{"type":"object",)"
    R"("properties":{}}}]}],"generationConfig":{"maxOutputTokens":300,)"
    R"("thinkingConfig":{"thinkingBudget":0}}})");
  EXPECT_EQ(gemini_results({{"a", "f", "1"}, {"", "g", "gone", true}}),
            R"({"role":"user","parts":[{"functionResponse":{"id":"a","name":)"
            R"("f","response":{"output":1}}},{"functionResponse":{"name":"g",)"
            R"("response":{"error":"gone"}}}]})");
}

TEST(Gemini, KnowsWhoCanBeKeptFromThinking) {
  EXPECT_EQ(
    gemini_without_thoughts("models/gemini-2.5-flash-lite").thinking_budget, 0);
  EXPECT_EQ(gemini_without_thoughts("gemini-3-flash").thinking_level, "LOW");
  EXPECT_FALSE(gemini_without_thoughts("gemini-2.0-flash").thinking_budget);
}

TEST(Gemini, SurvivesEveryPrefix) {
  for (auto* name : {"gemini_parallel.sse", "gemini_bare_error.sse"})
    expect_prefixes_are_survived<gemini_stream>(wire_file(name));
}
