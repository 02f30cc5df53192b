#include "tests/models/conformance.hpp"

#include <future>

using namespace velox;
using namespace velox::test;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

namespace {

tool_call hours_call() {
  return {"call-1", "get_hours", R"({"day":"a \"fine\" friday"})"};
}

} // namespace

TEST_P(Conformance, AnswersPieceByPieceAndCountsTheTokens) {
  auto model = session();
  model->answer(ask(3, 2));
  ASSERT_TRUE(client_.wait_done());
  auto all = client_.now();
  EXPECT_EQ(all.text(3), "Good morning to you.");
  EXPECT_EQ(all.order.back(), 'd');
  ASSERT_EQ(all.done.size(), 1u);
  EXPECT_EQ(all.done[0].turn, 3u);
  EXPECT_EQ(all.done[0].attempt, 2u);
  EXPECT_EQ(all.done[0].then, next_step::listen);
  EXPECT_EQ(all.done[0].model, which_.name + ":fake-1");
  EXPECT_EQ(all.done[0].usage.prompt, 20);
  EXPECT_EQ(all.done[0].usage.completion, 9);
  for (auto& x : all.pieces)
    EXPECT_EQ(x.attempt, 2u);
  EXPECT_THAT(fake_.bodies()[0], HasSubstr("when are you open"));
  EXPECT_THAT(fake_.bodies()[0], HasSubstr("Be brief."));
}

TEST_P(Conformance, TokensComeBeforeTheAnswerIsComplete) {
  fake_answer x;
  x.end = fake_end::held;
  fake_.next(x);
  auto model = session();
  model->answer(ask(1));
  EXPECT_TRUE(client_.wait_text("Good morning to you."));
  EXPECT_TRUE(client_.now().done.empty());
}

TEST_P(Conformance, SaysTheNameItWasGiven) {
  options_.name = "backup";
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_done());
  EXPECT_EQ(client_.now().done[0].model, "backup");
}

TEST_P(Conformance, OneSessionAnswersTurnAfterTurn) {
  auto model = session();
  for (uint64_t turn = 1; turn <= 5; ++turn) {
    model->answer(ask(turn));
    ASSERT_TRUE(client_.wait_done(turn)) << turn;
    EXPECT_EQ(client_.now().text(turn), "Good morning to you.");
  }
  // The connection is kept from turn to turn.
  EXPECT_EQ(fake_.server().connections(), 1);
}

TEST_P(Conformance, GreetsWhenNothingWasSaid) {
  auto model = session();
  prompt x;
  x.turn = 1;
  model->answer(x);
  ASSERT_TRUE(client_.wait_done());
  EXPECT_THAT(fake_.bodies()[0], HasSubstr("Greet the caller"));
}

TEST_P(Conformance, AnEmptyAnswerIsOne) {
  fake_answer x;
  x.text.clear();
  fake_.next(x);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_done());
  EXPECT_EQ(client_.now().order, "d");
}

TEST_P(Conformance, AnAnswerCutByItsLimitIsOne) {
  fake_answer x;
  x.end = fake_end::length;
  fake_.next(x);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_done());
  EXPECT_EQ(client_.now().text(), "Good morning to you.");
}

// -- pieces of any size

TEST_P(Conformance, UnderstandsWhatComesByteByByte) {
  fake_answer x;
  x.text = {"Größe: ", "你好 ", "नमस्ते ", "👋 \"ok\"\n"};
  fake_.next(x);
  vendor_trouble slow;
  slow.piece_bytes = 1;
  fake_.server().set_trouble(slow);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_done());
  EXPECT_EQ(client_.now().text(), "Größe: 你好 नमस्ते 👋 \"ok\"\n");
}

TEST_P(Conformance, TakesALineOfAMegabyte) {
  fake_answer x;
  x.text = {std::string(1u << 20, 'x'), " end"};
  fake_.next(x);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_done());
  EXPECT_EQ(client_.now().text().size(), (1u << 20) + 4);
}

// -- cancelling

TEST_P(Conformance, CancelledBeforeTheFirstByteNothingIsReported) {
  vendor_trouble silent;
  silent.silent = true;
  silent.times = 1;
  fake_.server().set_trouble(silent);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(wait_requests(1));
  model->cancel(1);
  model->answer(ask(2));
  ASSERT_TRUE(client_.wait_done());
  auto all = client_.now();
  EXPECT_EQ(all.text(1), "");
  EXPECT_EQ(all.text(2), "Good morning to you.");
  EXPECT_TRUE(all.failed.empty());
}

TEST_P(Conformance, CancelledMidStreamNothingMoreIsReported) {
  fake_answer x;
  x.end = fake_end::held;
  fake_.next(x);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_text("you."));
  model->cancel(1);
  auto before = client_.now().order.size();
  model->answer(ask(2));
  ASSERT_TRUE(client_.wait_done());
  auto all = client_.now();
  EXPECT_EQ(all.text(2), "Good morning to you.");
  EXPECT_EQ(all.order.find_first_not_of('t'), all.order.size() - 1);
  EXPECT_GT(all.order.size(), before);
  EXPECT_EQ(all.done[0].turn, 2u);
}

TEST_P(Conformance, CancellingWhatHasEndedHarmsNothing) {
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_done());
  model->cancel(1);
  model->cancel(1);
  model->answer(ask(1)); // too late: it is cancelled
  model->answer(ask(2));
  ASSERT_TRUE(client_.wait_done(2));
  EXPECT_EQ(client_.now().done[1].turn, 2u);
  EXPECT_EQ(fake_.server().requests(), 2);
}

TEST_P(Conformance, ANewQuestionReplacesTheOldOne) {
  fake_answer x;
  x.end = fake_end::held;
  fake_.next(x);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_text("you."));
  model->answer(ask(2));
  ASSERT_TRUE(client_.wait_done());
  EXPECT_EQ(client_.now().done[0].turn, 2u);
}

// -- when the vendor is in trouble

TEST_P(Conformance, GoesOnWithWhatAToolBrought) {
  fake_answer asks;
  asks.text = {"One moment. "};
  asks.calls = {hours_call()};
  fake_.next(asks);
  auto model = session();
  model->answer(ask(1, 4));
  ASSERT_TRUE(client_.wait_calls());
  auto all = client_.now();
  EXPECT_EQ(all.text(), "One moment. ");
  ASSERT_EQ(all.calls[0].calls.size(), 1u);
  EXPECT_EQ(all.calls[0].attempt, 4u);
  EXPECT_EQ(all.calls[0].calls[0].name, "get_hours");
  EXPECT_EQ(all.calls[0].calls[0].arguments, R"({"day":"a \"fine\" friday"})");
  EXPECT_TRUE(all.done.empty());
  model->use_results(
    {1, {{all.calls[0].calls[0].id, "get_hours", R"({"open":"09:00"})"}}});
  ASSERT_TRUE(client_.wait_done());
  all = client_.now();
  EXPECT_EQ(all.text(), "One moment. Good morning to you.");
  EXPECT_EQ(all.done[0].usage.prompt, 40);
  EXPECT_EQ(all.done[0].usage.completion, 18);
  ASSERT_EQ(fake_.bodies().size(), 2u);
  EXPECT_THAT(fake_.bodies()[1], HasSubstr("One moment."));
  EXPECT_THAT(fake_.bodies()[1], HasSubstr("09:00"));
  EXPECT_THAT(fake_.bodies()[1], HasSubstr("get_hours"));
}

TEST_P(Conformance, GoesOnWithWhatTwoToolsBrought) {
  fake_answer asks;
  asks.text.clear();
  asks.calls = {hours_call(), {"call-2", "get_price", R"({"item":"trim"})"}};
  fake_.next(asks);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_calls());
  auto calls = client_.now().calls[0].calls;
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[1].name, "get_price");
  EXPECT_EQ(calls[1].arguments, R"({"item":"trim"})");
  model->use_results({1,
                      {{calls[0].id, "get_hours", "\"nine\""},
                       {calls[1].id, "get_price", "\"unknown item\"", true}}});
  ASSERT_TRUE(client_.wait_done());
  EXPECT_EQ(client_.now().text(), "Good morning to you.");
}

TEST_P(Conformance, AMissingResultIsMadeUpFor) {
  fake_answer asks;
  asks.calls = {hours_call(), {"call-2", "get_price", "{}"}};
  fake_.next(asks);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_calls());
  model->use_results({1, {}});
  ASSERT_TRUE(client_.wait_done()); // the fakes refuse a call without result
  EXPECT_THAT(fake_.bodies()[1], HasSubstr("no result"));
}

TEST_P(Conformance, AModelThatAsksForToolsForEverIsStopped) {
  fake_answer asks;
  asks.calls = {hours_call()};
  for (int i = 0; i < 9; ++i)
    fake_.next(asks);
  auto model = session();
  model->answer(ask(1));
  for (size_t step = 1; step <= 8; ++step) {
    ASSERT_TRUE(client_.wait_calls(step)) << step;
    model->use_results({1, {{"call-1", "get_hours", "{}"}}});
  }
  ASSERT_TRUE(client_.wait_failed());
  EXPECT_EQ(client_.now().failed[0].code, provider_errc::broken);
  EXPECT_EQ(client_.now().calls.size(), 8u);
}

TEST_P(Conformance, ResultsOfACancelledTurnAreIgnored) {
  fake_answer asks;
  asks.calls = {hours_call()};
  fake_.next(asks);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_calls());
  model->cancel(1);
  model->use_results({1, {{"call-1", "get_hours", "{}"}}});
  model->answer(ask(2));
  ASSERT_TRUE(client_.wait_done());
  model->use_results({2, {{"call-1", "get_hours", "{}"}}});
  model->answer(ask(3));
  ASSERT_TRUE(client_.wait_done(2));
  EXPECT_EQ(fake_.server().requests(), 3);
}

// -- the end of a session, at any moment

TEST_P(Conformance, DestroyedBeforeTheFirstByteNothingIsReported) {
  vendor_trouble silent;
  silent.silent = true;
  fake_.server().set_trouble(silent);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(wait_requests(1));
  model.reset();
  EXPECT_TRUE(fake_.server().wait_until_idle());
  EXPECT_EQ(client_.now().order, "");
}

TEST_P(Conformance, DestroyedMidStreamNothingMoreIsReported) {
  fake_answer x;
  x.end = fake_end::held;
  fake_.next(x);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_text("you."));
  auto before = client_.now().order;
  model.reset();
  EXPECT_TRUE(fake_.server().wait_until_idle());
  EXPECT_EQ(client_.now().order, before);
}

TEST_P(Conformance, DestroyedWhileToolsRunNothingMoreIsReported) {
  fake_answer asks;
  asks.calls = {hours_call()};
  fake_.next(asks);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_calls());
  auto before = client_.now().order;
  model.reset();
  EXPECT_TRUE(nothing_open());
  EXPECT_EQ(client_.now().order, before);
}

TEST_P(Conformance, DestroyedAtOnceNothingIsReported) {
  for (int i = 0; i < 20; ++i)
    session()->answer(ask(1));
  session();
  EXPECT_TRUE(nothing_open());
  EXPECT_EQ(client_.now().order, "");
}

TEST_P(Conformance, OutlivesTheWayOut) {
  fake_answer x;
  x.end = fake_end::held;
  fake_.next(x);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_text("you."));
  net_->out()->stop();
  ASSERT_TRUE(client_.wait_failed());
  EXPECT_EQ(client_.now().failed[0].code, provider_errc::unreachable);
  model.reset();
}

INSTANTIATE_TEST_SUITE_P(Models, Conformance, testing::Range<size_t>(0, 4),
                         [](const auto& info) {
                           return implementations()[info.param].name;
                         });
