#include "persistence/costs.hpp"

#include "persistence/call_log.hpp"
#include "persistence/conversations.hpp"
#include "persistence/price_lists.hpp"
#include "tests/persistence/every_method.hpp"
#include "tests/persistence/records.hpp"

#include <random>

namespace velox::persistence {

namespace {

constexpr unix_ms then = 1'700'000'000'000;

price_list some_prices() {
  return {"USD",
          {{"stt", "deepgram", "second", 128'333'333},
           {"stt", "deepgram:nova-3", "second", 200'000'000},
           {"llm", "*", "prompt_token", 150'000},
           {"llm", "*", "completion_token", 600'000},
           {"carrier", "twilio", "second", 141'666'667}}};
}

usage_event used(uint64_t turn, std::string stage, std::string product,
                 std::string unit, int64_t quantity, uint64_t attempt = 1) {
  return {"CA1",           turn,    std::move(stage),
          std::move(unit), attempt, std::move(product),
          quantity,        then + 5};
}

constexpr auto by_call = "the call's own actors know the call only";

const add_methods books{
  {"costs.add",
   [](connection& db, const std::string& x) {
     costs{db}.add({x, 1, x, x, 1, x, 1, 1});
     costs{db}.add({"CA1", 1, "llm", "prompt_token", 1, x, 1, 1});
   },
   nullptr, by_call},
  {"costs.add_carrier",
   [](connection& db, const std::string& x) {
     costs{db}.add_carrier(x, x, 1, 1);
   },
   nullptr, by_call},
  {"costs.total",
   [](connection& db, const std::string& x) { costs{db}.total(x); }, nullptr,
   by_call},
  {"costs.by_turn",
   [](connection& db, const std::string& x) { costs{db}.by_turn(x, x); },
   [](connection& db, const std::string& org) {
     costs{db}.add(used(1, "llm", "m", "prompt_token", 1));
     return costs{db}.by_turn(org, "CA1").size();
   }},
  {"price_lists.install",
   [](connection& db, const std::string& x) {
     price_lists{db}.install({x, {{x, x, x, 1}}}, 1);
   },
   nullptr, "vendors' prices are the operator's"},
  {"price_lists.newest",
   [](connection& db, const std::string& x) {
     costs{db}.total(x);
     price_lists{db}.newest();
   },
   nullptr, "vendors' prices are the operator's"},
};

class Costs : public every_tenants_test {
protected:
  Costs() {
    price_lists{*db}.install(some_prices(), then);
    conversations{*db}.open(ringing("CA1"));
  }

  int64_t cost_of(const usage_event& x) {
    auto before = costs{*db}.total("CA1");
    costs{*db}.add(x);
    return costs{*db}.total("CA1") - before;
  }
};

TEST_P(Costs, TakeTheMostExactName) {
  EXPECT_EQ(cost_of(used(0, "stt", "deepgram:nova-3", "second", 1, 1)), 200);
  EXPECT_EQ(cost_of(used(0, "stt", "deepgram:nova-2", "second", 1, 2)), 129);
  EXPECT_EQ(cost_of(used(0, "stt", "deepgram", "second", 1, 3)), 129);
  EXPECT_EQ(cost_of(used(0, "stt", "pocketsphinx", "second", 60, 4)), 0);
  EXPECT_EQ(cost_of(used(1, "llm", "any:one", "prompt_token", 1000)), 150);
}

TEST_P(Costs, AreRoundedUpPerUse) {
  EXPECT_EQ(cost_of(used(1, "llm", "m", "prompt_token", 1, 1)), 1);
  EXPECT_EQ(cost_of(used(1, "llm", "m", "prompt_token", 20, 2)), 3);
  EXPECT_EQ(cost_of(used(1, "llm", "m", "prompt_token", 21, 3)), 4);
  EXPECT_EQ(cost_of(used(1, "llm", "m", "prompt_token", 0, 4)), 0);
}

TEST_P(Costs, CountOnce) {
  auto x = used(1, "llm", "m", "prompt_token", 1000);
  EXPECT_EQ(cost_of(x), 150);
  EXPECT_EQ(cost_of(x), 0);
  x.quantity = 9000; // the first word counts
  EXPECT_EQ(cost_of(x), 0);
  EXPECT_EQ(cost_of(used(1, "llm", "m", "completion_token", 1000)), 600);
}

TEST_P(Costs, KeepThePricesOfTheirDay) {
  auto dear = some_prices();
  dear.prices[2].micro_per_million *= 10;
  EXPECT_EQ(price_lists{*db}.install(some_prices(), then + 1), 1u)
    << "the same list is no new version";
  EXPECT_EQ(price_lists{*db}.install(dear, then + 1000), 2u);
  auto x = used(1, "llm", "m", "prompt_token", 1000, 1);
  EXPECT_EQ(cost_of(x), 150);
  x.at = then + 1000;
  x.attempt = 2;
  EXPECT_EQ(cost_of(x), 1500);
  EXPECT_EQ(count("SELECT price_version FROM cost_events WHERE attempt = 2"),
            2);
  // What the newest list leaves out has no price, whatever older ones say.
  dear.prices.erase(dear.prices.begin() + 2);
  EXPECT_EQ(price_lists{*db}.install(dear, then + 2000), 3u);
  x.at = then + 2000;
  x.attempt = 3;
  EXPECT_EQ(cost_of(x), 0);
}

TEST_P(Costs, ChargeTheCarrierForEachSecondOnce) {
  costs book{*db};
  book.add_carrier("CA1", "twilio", 60, then);
  book.add_carrier("CA1", "twilio", 60, then);
  EXPECT_EQ(book.total("CA1"), 8501); // 8500.00002, rounded up
  book.add_carrier("CA1", "twilio", 90, then);
  EXPECT_EQ(count("SELECT SUM(quantity) FROM cost_events"), 90);
}

TEST_P(Costs, NeedTheirCall) {
  auto x = used(1, "llm", "m", "prompt_token", 1);
  x.call_id = "CA2";
  EXPECT_THROW(costs{*db}.add(x), not_found);
  x.call_id = "CA1";
  x.quantity = -1;
  EXPECT_EQ(failure_of([&] { costs{*db}.add(x); }), failure::constraint);
}

TEST_P(Costs, AreTheTenantsOwn) {
  costs{*db}.add(used(1, "llm", "m", "prompt_token", 1000));
  EXPECT_EQ((costs{*db}.by_turn("acme", "CA1")).size(), 1u);
  EXPECT_TRUE((costs{*db}.by_turn("rival", "CA1")).empty());
}

TEST_P(Costs, OfTurnsAddUpToTheCall) {
  std::mt19937 random{7};
  auto any = [&](int64_t most) {
    return std::uniform_int_distribution<int64_t>{0, most}(random);
  };
  const std::pair<const char*, const char*> kinds[]
    = {{"stt", "second"},
       {"llm", "prompt_token"},
       {"llm", "completion_token"},
       {"tts", "character"}};
  call_log_batch batch;
  for (int i = 0; i < 400; ++i) {
    auto [stage, unit] = kinds[any(3)];
    batch.usage.push_back(used(static_cast<uint64_t>(any(12)), stage,
                               any(1) ? "deepgram" : "other", unit, any(5000),
                               static_cast<uint64_t>(any(60))));
  }
  call_log{*db}.append(batch);
  call_log{*db}.append(batch); // sent again: nothing is added
  int64_t sum = 0;
  for (auto& x : costs{*db}.by_turn("acme", "CA1"))
    sum += x.cost_micro;
  EXPECT_GT(sum, 0);
  EXPECT_EQ(sum, costs{*db}.total("CA1"));
  EXPECT_EQ(sum, count("SELECT SUM(cost_micro) FROM cost_events"));
}

VELOX_ON_EVERY_ENGINE(Costs);

} // namespace

} // namespace velox::persistence
