#include "adapters/language/models/endpoint.hpp"
#include "adapters/language/scripted/example_agent.hpp"
#include "adapters/language/scripted/scripted_model.hpp"
#include "tests/models/models_fixture.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::test;
using testing::HasSubstr;
using testing::Not;

namespace {

class OpenaiModel : public ModelTest {
protected:
  OpenaiModel() : ModelTest(implementations()[0]) {}
};

class GeminiModel : public ModelTest {
protected:
  GeminiModel() : ModelTest(implementations()[1]) {}
};

class AnthropicModel : public ModelTest {
protected:
  AnthropicModel() : ModelTest(implementations()[2]) {}
};

class OllamaModel : public ModelTest {
protected:
  OllamaModel() : ModelTest(implementations()[3]) {}
};

/// A prompt of a turn that has said something already.
prompt cut_short(prompt x) {
  x.said_so_far = "We are open from ";
  x.first_sentence = 1;
  return x;
}

} // namespace

TEST(Endpoint, AddsTheVersionThatIsMissing) {
  using language::versioned;
  EXPECT_EQ(versioned("https://api.openai.com", "/v1", true),
            "https://api.openai.com/v1");
  EXPECT_EQ(versioned("https://api.openai.com/v1/", "/v1", true),
            "https://api.openai.com/v1");
  EXPECT_EQ(versioned("https://api.groq.com/openai/v1", "/v1", true),
            "https://api.groq.com/openai/v1");
  EXPECT_EQ(versioned("http://host:1/llm", "/v1", true), "http://host:1/llm");
  EXPECT_EQ(versioned("http://host:1/llm", "/v1", false),
            "http://host:1/llm/v1");
  EXPECT_EQ(versioned("https://host/v1beta", "/v1beta", false),
            "https://host/v1beta");
  EXPECT_EQ(versioned("https://host/v1", "/v1beta", false), "https://host/v1");
  EXPECT_EQ(versioned("https://host/vip", "/v1", false), "https://host/vip/v1");
}

TEST_F(OpenaiModel, SpeaksToAzure) {
  options_.azure_api_version = "2024-10-21";
  options_.model = "my gpt";
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_done());
  auto seen = fake_.server().seen()[0];
  EXPECT_THAT(seen.path, testing::StartsWith("/openai/deployments/my"));
  EXPECT_THAT(seen.path, testing::EndsWith("gpt/chat/completions"));
  EXPECT_EQ(seen.parameter("api-version"), "2024-10-21");
  EXPECT_EQ(seen.header("authorization"), "");
}

TEST_F(OpenaiModel, AsksOnlyForWhatItMay) {
  options_.usage_in_stream = false;
  options_.legacy_max_tokens = true;
  options_.tools = false;
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_done());
  auto body = fake_.bodies()[0];
  EXPECT_THAT(body, Not(HasSubstr("stream_options")));
  EXPECT_THAT(body, HasSubstr("\"max_tokens\":300"));
  EXPECT_THAT(body, Not(HasSubstr("get_hours")));
}

TEST_F(OpenaiModel, AQuotaThatIsUsedUpIsNoReasonToWait) {
  vendor_trouble trouble;
  trouble.status = 429;
  trouble.body = R"({"error":{"message":"m","type":"insufficient_quota",)"
                 R"("param":null,"code":"insufficient_quota"}})";
  fake_.server().set_trouble(trouble);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_failed());
  EXPECT_EQ(client_.now().failed[0].code, provider_errc::out_of_quota);
}

TEST_F(OpenaiModel, AServerThatForgetsTheEndHoldsNobodyUp) {
  fake_answer x;
  x.verbatim = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":"
               "\"Yes.\"},\"finish_reason\":\"stop\"}]}\n\n";
  fake_.next(x);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_done());
  EXPECT_EQ(client_.now().text(), "Yes.");
}

TEST_F(OpenaiModel, GoesOnBehindWhatWasSaid) {
  auto model = session();
  model->answer(cut_short(ask(1)));
  ASSERT_TRUE(client_.wait_done());
  auto body = fake_.bodies()[0];
  EXPECT_THAT(body,
              HasSubstr(R"({"role":"assistant","content":"We are open from"},)"
                        R"({"role":"system","content":"[The caller has)"));
}

TEST_F(AnthropicModel, GoesOnBehindWhatWasSaid) {
  auto model = session();
  model->answer(cut_short(ask(1)));
  ASSERT_TRUE(client_.wait_done());
  // The last message is the assistant's, without blanks at its end.
  EXPECT_THAT(
    fake_.bodies()[0],
    HasSubstr(R"({"role":"assistant","content":"We are open from"}])"));
  options_.prefill = false;
  auto other = session();
  other->answer(cut_short(ask(2)));
  ASSERT_TRUE(client_.wait_done(2));
  EXPECT_THAT(fake_.bodies()[1],
              HasSubstr(R"({"role":"user","content":"[The caller has)"));
}

TEST_F(AnthropicModel, GivesThoughtsBackWithTheirSignature) {
  fake_answer asks;
  asks.calls = {{"toolu_1", "get_hours", "{}"}};
  fake_.next(asks);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_calls());
  EXPECT_THAT(client_.now().text(), Not(HasSubstr("thought")));
  model->use_results({1, {{"toolu_1", "get_hours", "{}"}}});
  ASSERT_TRUE(client_.wait_done());
  EXPECT_THAT(fake_.bodies()[1],
              HasSubstr(R"({"type":"thinking","thinking":"a thought",)"
                        R"("signature":"c2ln"})"));
}

TEST_F(GeminiModel, KeepsTheKeyOutOfTheUrl) {
  options_.model = "gemini-2.5-flash";
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_done());
  auto seen = fake_.server().seen()[0];
  EXPECT_EQ(seen.path, "/v1beta/models/gemini-2.5-flash:streamGenerateContent");
  EXPECT_EQ(seen.query.size(), 1u);
  EXPECT_THAT(seen.body, HasSubstr("\"thinkingBudget\":0"));
}

TEST_F(GeminiModel, CallsWithoutIdAreAnsweredInTheirOrder) {
  fake_answer asks;
  asks.calls = {{"", "get_hours", R"({"day":"fri"})"},
                {"", "get_hours", R"({"day":"sat"})"}};
  fake_.next(asks);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_calls());
  EXPECT_EQ(client_.now().calls[0].calls.size(), 2u);
  EXPECT_EQ(client_.now().calls[0].calls[0].id, "");
  model->use_results(
    {1, {{"", "get_hours", "\"nine\""}, {"", "get_hours", "\"ten\""}}});
  ASSERT_TRUE(client_.wait_done());
  auto body = fake_.bodies()[1];
  EXPECT_LT(body.find("nine"), body.find("\"ten\""));
}

TEST_F(OllamaModel, AModelWithoutToolsIsAskedWithoutThem) {
  options_.model = "phi3:mini";
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_done());
  EXPECT_EQ(client_.now().text(), "Good morning to you.");
  EXPECT_EQ(fake_.server().requests(), 2);
  // It is remembered for the session.
  model->answer(ask(2));
  ASSERT_TRUE(client_.wait_done(2));
  EXPECT_EQ(fake_.server().requests(), 3);
}

TEST_F(OllamaModel, AModelThatIsNotThereIsABadRequest) {
  options_.model = "missing";
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_failed());
  EXPECT_EQ(client_.now().failed[0].code, provider_errc::bad_request);
  EXPECT_THAT(client_.now().failed[0].why, HasSubstr("model_not_found"));
}

/// The model that needs no vendor behaves like the others.
TEST(ScriptedConformance, AnswersAndIsCancelledLikeTheOthers) {
  answer_client client;
  language_model_options call;
  call.agent.script = std::string{language::example_agent_yaml()};
  auto model = language::scripted_model()(call, client.handle());
  prompt x;
  x.turn = 1;
  x.attempt = 3;
  model->answer(x);
  ASSERT_TRUE(client.wait_done());
  auto all = client.now();
  EXPECT_FALSE(all.text(1).empty());
  EXPECT_EQ(all.order.back(), 'd');
  EXPECT_EQ(all.done[0].attempt, 3u);
  EXPECT_EQ(all.pieces[0].attempt, 3u);
  model->cancel(1);
  model->answer(x);
  x.turn = 2;
  model->answer(x);
  ASSERT_TRUE(client.wait_done(2));
  EXPECT_EQ(client.now().done[1].turn, 2u);
  model.reset();
  EXPECT_EQ(client.now().done.size(), 2u);
}
