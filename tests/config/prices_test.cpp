#include "config/prices.hpp"

#include "config/loader.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace velox::config {

namespace {

using testing::ElementsAre;

std::vector<std::string> problems_of(std::string_view yaml) {
  try {
    parse_prices("p.yaml", yaml);
  } catch (const config_error& e) {
    return e.problems();
  }
  return {};
}

int64_t only_price(std::string_view yaml) {
  auto list = parse_prices("p.yaml", yaml);
  EXPECT_EQ(list.prices.size(), 1u);
  return list.prices.front().micro_per_million;
}

TEST(Prices, AreExact) {
  // 0.0085 per minute are 141.666... micro per second.
  EXPECT_EQ(only_price("carrier: {twilio: {per_minute: 0.0085}}"), 141'666'667);
  EXPECT_EQ(only_price("carrier: {twilio: {per_minute: 0.006}}"), 100'000'000);
  EXPECT_EQ(only_price("llm: {m: {per_million_prompt_tokens: 0.15}}"), 150'000);
  EXPECT_EQ(only_price("llm: {m: {per_million_completion_tokens: 10}}"),
            10'000'000);
  EXPECT_EQ(only_price("tts: {v: {per_million_characters: 0.000001}}"), 1);
  EXPECT_EQ(only_price("tts: {v: {per_million_characters: 0.000000499}}"), 0);
  EXPECT_EQ(only_price("tts: {v: {per_million_characters: 0.0000005}}"), 1);
  EXPECT_EQ(only_price("tools: {crm: {per_call: 0.01}}"), 10'000'000'000);
  EXPECT_EQ(only_price("tools: {crm: {per_call: 1000000}}"),
            1'000'000'000'000'000'000);
}

TEST(Prices, NameWhatTheyAreFor) {
  auto list = parse_prices("p.yaml", R"(
currency: EUR
llm:
  openai:gpt-4o-mini: {per_million_prompt_tokens: 1, per_million_completion_tokens: 2}
  "*": {per_million_prompt_tokens: 3}
)");
  EXPECT_EQ(list.currency, "EUR");
  EXPECT_THAT(
    list.prices,
    ElementsAre(
      price{"llm", "openai:gpt-4o-mini", "prompt_token", 1'000'000},
      price{"llm", "openai:gpt-4o-mini", "completion_token", 2'000'000},
      price{"llm", "*", "prompt_token", 3'000'000}));
}

TEST(Prices, SayWhatIsWrongAndWhere) {
  EXPECT_THAT(problems_of("currency: dollars"),
              ElementsAre("p.yaml:1: currency: must be an ISO 4217 code such "
                          "as USD"));
  EXPECT_THAT(problems_of("\nspeech: {x: {per_minute: 1}}"),
              ElementsAre("p.yaml:2: 'speech' is no stage; use carrier, stt, "
                          "llm, tts or tools"));
  EXPECT_THAT(problems_of("stt:\n  x: 4"),
              ElementsAre("p.yaml:2: stt.x: must be a map such as "
                          "{per_minute: 0.01}"));
  EXPECT_THAT(problems_of("llm: {x: {per_minute: 1}}"),
              ElementsAre("p.yaml:1: llm.x.per_minute: no such unit here; use "
                          "per_million_prompt_tokens or "
                          "per_million_completion_tokens"));
  EXPECT_THAT(problems_of("stt: 3"),
              ElementsAre("p.yaml:1: stt: must name products, each with its "
                          "price"));
  EXPECT_EQ(problems_of("- 1").size(), 1u);
  EXPECT_EQ(problems_of("{").size(), 1u);
  for (auto bad : {"-1", "1e3", "1.", ".5", "0.0000000001", "1000000.1", "x",
                   "[1]", "99999999"})
    EXPECT_EQ(
      problems_of("stt: {x: {per_minute: " + std::string{bad} + "}}").size(),
      1u)
      << bad;
}

TEST(Prices, AreBuiltIn) {
  auto list = load_prices("");
  EXPECT_EQ(list.currency, "USD");
  EXPECT_GT(list.prices.size(), 10u);
  EXPECT_THROW(load_prices("/nowhere/prices.yaml"), config_error);
}

} // namespace

} // namespace velox::config
