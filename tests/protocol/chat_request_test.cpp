#include "protocol/chat_request.hpp"

#include "protocol/chat_stream.hpp"

#include <gtest/gtest.h>

using namespace velox;

namespace {

constexpr auto user = chat_role::user;
constexpr auto assistant = chat_role::assistant;
constexpr auto note = chat_role::note;
constexpr chat_style plain{};
constexpr chat_style turns_only{false, true};
constexpr chat_style prefilling{true, true};

prompt with(std::vector<chat_message> history, std::string said = {}) {
  prompt x;
  x.turn = 1;
  x.history = std::move(history);
  x.said_so_far = std::move(said);
  return x;
}

/// The roles, as letters.
std::string roles(const std::vector<chat_turn>& turns) {
  std::string out;
  for (auto& x : turns)
    out += x.role == user ? 'u' : x.role == assistant ? 'a' : 'n';
  return out;
}

} // namespace

TEST(ChatRequest, HandsTheConversationOver) {
  auto turns = make_turns(
    with({{"user", "hi"}, {"assistant", "Hello."}, {"user", "hours?"}}), plain);
  EXPECT_EQ(turns, (std::vector<chat_turn>{
                     {user, "hi"}, {assistant, "Hello."}, {user, "hours?"}}));
}

TEST(ChatRequest, GreetsWhenTheCallBegins) {
  EXPECT_EQ(roles(make_turns(with({}), plain)), "n");
  EXPECT_EQ(roles(make_turns(with({}), turns_only)), "u");
  EXPECT_NE(make_turns(with({}), plain)[0].text.find("Greet"),
            std::string::npos);
}

TEST(ChatRequest, TurnsBeginWithTheCallerWhereTheVendorInsists) {
  auto x = with({{"assistant", "Hello."}, {"user", "hours?"}});
  EXPECT_EQ(roles(make_turns(x, plain)), "au");
  EXPECT_EQ(roles(make_turns(x, turns_only)), "uau");
}

TEST(ChatRequest, MergesNeighboursOfOneRole) {
  auto turns = make_turns(with({{"user", "one"},
                                {"user", "two"},
                                {"assistant", "a "},
                                {"assistant", "b"},
                                {"user", "three"}}),
                          plain);
  EXPECT_EQ(turns,
            (std::vector<chat_turn>{
              {user, "one\ntwo"}, {assistant, "a\nb"}, {user, "three"}}));
}

TEST(ChatRequest, SaysWhereTheCallerInterrupted) {
  auto turns = make_turns(with({{"user", "hi"},
                                {"assistant", "We are", true},
                                {"user", "wait"},
                                {"assistant", "", true},
                                {"user", "stop"}}),
                          plain);
  ASSERT_EQ(roles(turns), "uauau");
  EXPECT_EQ(turns[1].text, "We are [The caller interrupted here.]");
  EXPECT_EQ(turns[3].text, "[The caller interrupted here.]");
}

TEST(ChatRequest, SaysWhatWasNotUnderstood) {
  auto turns = make_turns(
    with({{"user", " "}, {"assistant", "Sorry?"}, {"user", ""}}), plain);
  ASSERT_EQ(roles(turns), "uau");
  EXPECT_EQ(turns[0].text.find("Ask them"), std::string::npos);
  EXPECT_NE(turns[2].text.find("Ask them"), std::string::npos);
}

TEST(ChatRequest, SkipsAnAnswerThatSaidNothing) {
  EXPECT_EQ(roles(make_turns(
              with({{"user", "a"}, {"assistant", ""}, {"user", "b"}}), plain)),
            "u");
}

TEST(ChatRequest, AnAnswerIsDueWhateverCameLast) {
  auto x = with({{"user", "a"}, {"assistant", "Are you there?"}});
  EXPECT_EQ(roles(make_turns(x, plain)), "uan");
  EXPECT_EQ(roles(make_turns(x, turns_only)), "uau");
}

TEST(ChatRequest, GoesOnBehindWhatWasSaid) {
  auto x = with({{"user", "hours?"}}, "We are open ");
  EXPECT_EQ(roles(make_turns(x, plain)), "uan");
  EXPECT_EQ(roles(make_turns(x, turns_only)), "uau");
  auto turns = make_turns(x, prefilling);
  EXPECT_EQ(roles(turns), "ua");
  EXPECT_EQ(turns[1].text, "We are open"); // no blank at the end of a prefill
  EXPECT_EQ(roles(make_turns(with({}, "Hello"), plain)), "nan");
}

TEST(ChatRequest, FindsResultsByIdOrElseByPlace) {
  std::vector<tool_call> calls{{"a", "x"}, {"b", "y"}, {"c", "z"}};
  auto matched = match_results(calls, {{"b", "y", "2"}, {"a", "x", "1"}});
  ASSERT_EQ(matched.size(), 3u);
  EXPECT_EQ(matched[0].output, "1");
  EXPECT_EQ(matched[1].output, "2");
  EXPECT_TRUE(matched[2].failed);
  std::vector<tool_call> nameless{{"", "x"}, {"", "x"}};
  matched = match_results(nameless, {{"", "x", "1"}, {"", "x", "2", true}});
  EXPECT_EQ(matched[0].output, "1");
  EXPECT_EQ(matched[1].output, "2");
  EXPECT_TRUE(matched[1].failed);
}

TEST(ChatRequest, WritesResults) {
  EXPECT_EQ(result_text({"", "", R"({"a":1})"}), R"({"a":1})");
  EXPECT_EQ(result_text({"", "", R"("gone")", true}), R"({"error":"gone"})");
  EXPECT_EQ(result_json({"", "", "no \"JSON\""}), R"("no \"JSON\"")");
  EXPECT_EQ(result_json({"", "", ""}), R"("")");
}

TEST(ChatStream, ReadsHowLongToWait) {
  EXPECT_EQ(parse_retry_after("7", 0), 7'000);
  EXPECT_EQ(parse_retry_after(" 0.25 ", 0), 250);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784'111'767),
            10'000);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 900'000'000), 0);
  EXPECT_EQ(parse_retry_after("999999999999", 0), 3'600'000);
  for (auto* none : {"", "soon", "-5", "7 s", "nan", "e-3"})
    EXPECT_EQ(parse_retry_after(none, 0), 0) << none;
}

TEST(ChatStream, LogsCodesOnly) {
  EXPECT_EQ(loggable("insufficient_quota"), "insufficient_quota");
  EXPECT_EQ(loggable("a b\n\"c\""), "abc");
  EXPECT_EQ(loggable(std::string(100, 'x')).size(), 64u);
  EXPECT_EQ(status_text(429, "slow_down"), "http 429: slow_down");
  EXPECT_EQ(status_text(500), "http 500");
}

TEST(ChatStream, StatusesHaveTheirMeaning) {
  EXPECT_EQ(code_of_status(401), provider_errc::unauthorized);
  EXPECT_EQ(code_of_status(402), provider_errc::out_of_quota);
  EXPECT_EQ(code_of_status(403), provider_errc::unauthorized);
  EXPECT_EQ(code_of_status(404), provider_errc::bad_request);
  EXPECT_EQ(code_of_status(408), provider_errc::timed_out);
  EXPECT_EQ(code_of_status(429), provider_errc::rate_limited);
  EXPECT_EQ(code_of_status(529), provider_errc::overloaded);
  EXPECT_EQ(code_of_status(302), provider_errc::broken);
}

TEST(ThinkFilter, KeepsThoughtsBack) {
  struct row {
    std::string_view text, spoken;
  };
  for (auto& [text, spoken] :
       {row{"<think>a < b</think>\n\nYes.", "Yes."},
        row{" \n<think></think>Yes.", "Yes."}, row{"Yes.", "Yes."},
        row{"  Yes <think>", "  Yes <think>"}, row{"<thin", "<thin"},
        row{"<b>Yes</b>", "<b>Yes</b>"}, row{"<think>for ever", ""},
        row{"", ""}, row{" ", " "}})
    for (size_t size = 1; size <= text.size() + 1; ++size) {
      think_filter filter;
      std::string out;
      for (size_t i = 0; i < text.size(); i += size)
        out += filter.push(text.substr(i, size));
      out += filter.flush();
      EXPECT_EQ(out, spoken) << text << " by " << size;
    }
}
