#include "actors/llm.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/fake_providers.hpp"

namespace velox::actors {

namespace {

using namespace std::chrono_literals;
using test::fault;

/// A language model actor with two models, "a" before "b".
class LlmAttempts : public test::actor_test {
protected:
  LlmAttempts() {
    for (auto& x : {a, b}) {
      x->thinking = x->between_tokens = caf::timespan{0};
      x->answer = [](const prompt&) {
        return test::scripted_answer{"First sentence. Second sentence."};
      };
    }
    options.menu.models
      = model_list{{{"a", "", a->models()}, {"b", "", b->models()}},
                   provider_gateway_actor{}};
    options.menu.routes.small = options.menu.routes.medium
      = options.menu.routes.large = {0, 1};
  }

  llm_actor make() {
    auto result = keep(sys.spawn(llm, as<call_actor>(), options));
    tell(result,
         peers{as<stream_actor>(), as<stt_actor>(), as<turn_taker_actor>(),
               as<llm_actor>(), as<tts_actor>(), as<ghost_timeout_actor>()});
    return result;
  }

  static prompt asked(uint64_t turn, std::string words = "What is new?") {
    return {turn, {{"user", std::move(words)}}, "", 0, "", 1};
  }

  /// Sentences so far, each once: they go to the call and to the tts.
  std::string sentences() {
    std::string result;
    auto both = all<sentence>();
    for (size_t i = 0; i < both.size(); i += 2)
      result += both[i].text + "|";
    return result;
  }

  static void spoil(const test::fake_providers_ptr& x, fault how) {
    x->on_request = [=](auto, auto request) {
      return request == "answer" ? how : fault::none;
    };
  }

  test::fake_providers_ptr a = test::fake_providers::make(world);
  test::fake_providers_ptr b = test::fake_providers::make(world);
  llm_options options;
};

TEST_F(LlmAttempts, AsksTheNextWhenTheFirstFails) {
  spoil(a, fault::fail);
  tell(make(), asked(1));
  EXPECT_EQ(sentences(), "First sentence.|Second sentence.|");
  auto done = all<answer_done>();
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0].model, "b");
  EXPECT_EQ(next<log_entry>()->kind, "provider-failed");
}

TEST_F(LlmAttempts, GoesOnBehindTheLastSentence) {
  a->between_tokens = 100ms;
  auto llm = make();
  tell(llm, asked(1));
  advance(250ms); // "First", " sentence.", " Second"
  EXPECT_EQ(sentences(), "First sentence.|");
  provider_failed lost{"llm", "The connection was lost."};
  tell(llm, lost);
  ASSERT_EQ(b->prompts.size(), 1u);
  EXPECT_EQ(b->prompts[0].said_so_far, "First sentence.");
  EXPECT_EQ(b->prompts[0].first_sentence, 1u);
  EXPECT_EQ(sentences(), "Second sentence.|");
  EXPECT_EQ(all<sentences_complete>().at(0).count, 2u);
}

TEST_F(LlmAttempts, GivesASlowModelARival) {
  a->thinking = 3s;
  b->thinking = 200ms;
  tell(make(), asked(1));
  advance(1499ms);
  EXPECT_TRUE(b->prompts.empty());
  advance(1ms);
  EXPECT_EQ(b->prompts.size(), 1u);
  advance(200ms);
  EXPECT_EQ(sentences(), "First sentence.|Second sentence.|");
  advance(5s);
  EXPECT_EQ(sentences(), "") << "the slow one is not heard as well";
  EXPECT_EQ(all<answer_done>().size(), 1u);
}

TEST_F(LlmAttempts, TakesTheSlowOneWhenItIsFirstAfterAll) {
  a->thinking = 1600ms;
  b->thinking = 1s;
  tell(make(), asked(1));
  advance(5s);
  EXPECT_EQ(sentences(), "First sentence.|Second sentence.|");
  auto done = all<answer_done>();
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0].model, "a");
}

TEST_F(LlmAttempts, GivesUpOnModelsThatSayNothing) {
  spoil(a, fault::drop);
  spoil(b, fault::drop);
  tell(make(), asked(1));
  advance(7s);
  EXPECT_TRUE(all<stage_failed>().empty());
  advance(1s);
  auto failed = all<stage_failed>();
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].stage, "llm");
}

TEST_F(LlmAttempts, BeginsWithTheFirstAgainInTheNextTurn) {
  spoil(a, fault::fail);
  auto llm = make();
  tell(llm, asked(1));
  a->on_request = nullptr;
  tell(llm, asked(2));
  auto done = all<answer_done>();
  ASSERT_EQ(done.size(), 2u);
  EXPECT_EQ(done[1].model, "a");
}

// -- routes
// --------------------------------------------------------------------

TEST_F(LlmAttempts, ChoosesBySize) {
  options.menu.routes.large = options.menu.routes.medium = {1, 0};
  options.menu.routes.rule = {3, 5};
  auto llm = make();
  tell(llm, asked(1, "two words"));
  EXPECT_EQ(a->prompts.size(), 1u);
  tell(llm, asked(2, "just three words"));
  EXPECT_EQ(b->prompts.size(), 1u);
}

TEST(ModelRoutes, SendTurnsToTheirSizeAndFallBackOnTheOthers) {
  call_providers x;
  x.small_models = {{"s", "", {}}};
  x.medium_models = {{"m", "", {}}};
  x.models = {{"l", "", {}}};
  auto menu = make_menu(x, provider_gateway_actor{});
  auto names = [&](size_t words) {
    prompt y;
    std::string text;
    for (size_t i = 0; i < words; ++i)
      text += "word ";
    y.history.push_back({"user", text});
    std::string result;
    for (auto i : route(menu.routes, y))
      result += menu.models.all[i].name;
    return result;
  };
  EXPECT_EQ(names(0), "sml");
  EXPECT_EQ(names(14), "sml");
  EXPECT_EQ(names(15), "mls");
  EXPECT_EQ(names(49), "mls");
  EXPECT_EQ(names(50), "lms");
}

// -- thinking ahead
// --------------------------------------------------------------------

TEST_F(LlmAttempts, SaysNothingBeforeTheTurnIsOver) {
  auto llm = make();
  tell(llm, speculation{asked(1)});
  EXPECT_EQ(sentences(), "");
  EXPECT_TRUE(all<answer_done>().empty());
  tell(llm, asked(1));
  EXPECT_EQ(sentences(), "First sentence.|Second sentence.|");
  EXPECT_EQ(all<answer_done>().size(), 1u);
  EXPECT_EQ(a->prompts.size(), 1u) << "asked once";
}

TEST_F(LlmAttempts, TakesOverAnAnswerThatIsUnderWay) {
  a->between_tokens = 100ms;
  auto llm = make();
  tell(llm, speculation{asked(1)});
  advance(250ms);
  EXPECT_EQ(sentences(), "");
  tell(llm, asked(1));
  EXPECT_EQ(sentences(), "First sentence.|");
  advance(1s);
  EXPECT_EQ(sentences(), "Second sentence.|");
}

TEST_F(LlmAttempts, ForgetsWhatItThoughtWhenTheCallerGoesOn) {
  auto llm = make();
  tell(llm, speculation{asked(1, "What is")});
  tell(llm, forget_speculation{});
  tell(llm, asked(1, "What is new today?"));
  EXPECT_EQ(a->prompts.size(), 2u);
  EXPECT_EQ(sentences(), "First sentence.|Second sentence.|");
  EXPECT_EQ(all<answer_done>().size(), 1u);
}

/// The caller has not even finished: no reason to apologise and hang up.
TEST_F(LlmAttempts, FailsInSilenceWhileItThinksAhead) {
  spoil(a, fault::fail);
  spoil(b, fault::fail);
  auto llm = make();
  tell(llm, speculation{asked(1)});
  EXPECT_TRUE(all<stage_failed>().empty());
  a->on_request = nullptr;
  tell(llm, asked(1));
  EXPECT_EQ(sentences(), "First sentence.|Second sentence.|");
}

TEST_F(LlmAttempts, AsksAgainWhenTheWordsWereOthers) {
  auto llm = make();
  tell(llm, speculation{asked(1, "What is")});
  tell(llm, asked(1, "What is new today?"));
  EXPECT_EQ(a->prompts.size(), 2u);
  EXPECT_EQ(sentences(), "First sentence.|Second sentence.|");
}

// -- tools
// --------------------------------------------------------------------

class LlmTools : public LlmAttempts {
protected:
  LlmTools() { spoil(a, fault::drop); } // the test speaks for the model

  void call_tool(const llm_actor& llm, std::string name,
                 std::string arguments = "{}") {
    tell(llm, tool_calls{1, {{"id-1", std::move(name), std::move(arguments)}}});
  }
};

TEST_F(LlmTools, HangsUpWhenTheModelSaysSo) {
  auto llm = make();
  tell(llm, asked(1));
  tell(llm, tokens{1, "Thank you and goodbye."});
  call_tool(llm, "end_call");
  EXPECT_EQ(sentences(), "Thank you and goodbye.|");
  EXPECT_EQ(all<answer_done>().at(0).then, next_step::hang_up);
}

TEST_F(LlmTools, HangsUpOnNobodyWithoutAWord) {
  auto llm = make();
  tell(llm, asked(1));
  call_tool(llm, "end_call");
  EXPECT_EQ(sentences(), "Goodbye.|");
}

TEST_F(LlmTools, SaysTheModelsOwnFarewell) {
  auto llm = make();
  tell(llm, asked(1));
  call_tool(llm, "end_call", R"({"message":"Have a nice day."})");
  EXPECT_EQ(sentences(), "Have a nice day.|");
}

TEST_F(LlmTools, TransfersToTheAgentsNumber) {
  options.transfer_number = "+15550123";
  auto llm = make();
  tell(llm, asked(1));
  call_tool(llm, "transfer_call", R"({"message":"One moment."})");
  auto done = all<answer_done>();
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0].then, next_step::transfer);
  EXPECT_EQ(done[0].transfer_to, "+15550123");
}

TEST_F(LlmTools, TellsTheModelThatThereIsNobodyToTransferTo) {
  auto llm = make();
  tell(llm, asked(1));
  call_tool(llm, "transfer_call");
  ASSERT_EQ(a->tool_results_used.size(), 1u);
  EXPECT_TRUE(a->tool_results_used[0].results[0].failed);
  tell(llm, tokens{1, "I cannot do that."});
  tell(llm, answer_done{1, next_step::listen, "", ""});
  EXPECT_EQ(sentences(), "I cannot do that.|");
}

TEST_F(LlmTools, TellsTheModelThatAToolIsUnknown) {
  auto llm = make();
  tell(llm, asked(1));
  call_tool(llm, "make_tea");
  ASSERT_EQ(a->tool_results_used.size(), 1u);
  auto& result = a->tool_results_used[0].results.at(0);
  EXPECT_EQ(result.id, "id-1");
  EXPECT_TRUE(result.failed);
}

TEST_F(LlmTools, HandsTheResultsOfSeveralToolsBackTogether) {
  struct port : tool_port {
    std::vector<tool_definition> tools(const agent_record&) override {
      return {};
    }
    void call(const std::string&, const tool_call& x,
              std::function<void(tool_result)> done) override {
      open.emplace_back(x, std::move(done));
    }
    std::vector<std::pair<tool_call, std::function<void(tool_result)>>> open;
  };
  auto tools = std::make_shared<port>();
  options.tools = tools;
  auto llm = make();
  tell(llm, asked(1));
  tell(llm, tool_calls{1, {{"1", "hours", "{}"}, {"2", "price", "{}"}}});
  ASSERT_EQ(tools->open.size(), 2u);
  tools->open[1].second({"2", "price", R"({"eur":5})"});
  advance(0ms);
  EXPECT_TRUE(a->tool_results_used.empty());
  tools->open[0].second({"1", "hours", R"({"open":"9"})"});
  advance(0ms);
  ASSERT_EQ(a->tool_results_used.size(), 1u);
  EXPECT_EQ(a->tool_results_used[0].results.size(), 2u);
  tools->open.clear();
}

TEST_F(LlmTools, DoesNothingWithEffectsWhileTheCallerMayGoOn) {
  auto llm = make();
  tell(llm, speculation{asked(1)});
  call_tool(llm, "end_call");
  EXPECT_TRUE(all<answer_done>().empty());
  tell(llm, asked(1));
  EXPECT_EQ(all<answer_done>().at(0).then, next_step::hang_up);
}

} // namespace

} // namespace velox::actors
