#include "tests/models/conformance.hpp"

#include <future>

using namespace velox;
using namespace velox::test;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

namespace {

/// What goes wrong at a vendor or on the way there.
class ConformanceInTrouble : public Conformance {};

/// Vendors that ask for a key and filter what is said: not one's own server.
class HostedVendor : public Conformance {};

std::vector<size_t> hosted() {
  std::vector<size_t> result;
  for (size_t i = 0; i < implementations().size(); ++i)
    if (implementations()[i].name != "ollama")
      result.push_back(i);
  return result;
}

std::string name_of(const testing::TestParamInfo<size_t>& x) {
  return implementations()[x.param].name;
}

} // namespace

TEST_P(ConformanceInTrouble, ASilentVendorIsTimedOut) {
  options_.header_timeout = 200ms;
  vendor_trouble silent;
  silent.silent = true;
  fake_.server().set_trouble(silent);
  EXPECT_EQ(failure().code, provider_errc::timed_out);
}

TEST_P(ConformanceInTrouble, AVendorThatStopsMidStreamIsTimedOut) {
  options_.idle_timeout = 200ms;
  fake_answer x;
  x.end = fake_end::held;
  fake_.next(x);
  EXPECT_EQ(failure().code, provider_errc::timed_out);
}

TEST_P(ConformanceInTrouble, AnAnswerThatTricklesForEverIsTimedOut) {
  options_.answer_timeout = 200ms;
  vendor_trouble slow;
  slow.piece_bytes = 1;
  slow.between = 20ms;
  fake_.server().set_trouble(slow);
  EXPECT_EQ(failure().code, provider_errc::timed_out);
}

TEST_P(ConformanceInTrouble, StatusesHaveTheirMeaning) {
  struct row {
    int status;
    provider_errc code;
  };
  std::vector<row> rows{{401, provider_errc::unauthorized},
                        {429, provider_errc::rate_limited},
                        {500, provider_errc::overloaded},
                        {503, provider_errc::overloaded},
                        {529, provider_errc::overloaded}};
  if (!is("anthropic")) // its fake has no words for that
    rows.push_back({403, provider_errc::unauthorized});
  for (auto& [status, code] : rows) {
    answer_client client;
    fake_.refuse(status);
    auto model = which_.factory(net_->vendor(fake_.server().url()),
                                options_)(call_, client.handle());
    model->answer(ask(1));
    ASSERT_TRUE(client.wait_failed()) << status;
    EXPECT_EQ(client.now().failed[0].code, code) << status;
    EXPECT_THAT(client.now().failed[0].why, HasSubstr(std::to_string(status)));
  }
}

TEST_P(ConformanceInTrouble, TellsHowLongToWait) {
  fake_.refuse(429, 1, "7");
  auto failed = failure();
  EXPECT_EQ(failed.code, provider_errc::rate_limited);
  // Gemini says it in the body, more exactly.
  EXPECT_EQ(failed.retry_after_ms, is("gemini") ? 34'400 : 7'000);
}

TEST_P(HostedVendor, AWrongKeyIsUnauthorized) {
  auto model = session(net_->vendor(fake_.server().url(), "wrong"));
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_failed());
  EXPECT_EQ(client_.now().failed[0].code, provider_errc::unauthorized);
}

TEST_P(ConformanceInTrouble, AConnectionLostMidStreamIsBroken) {
  fake_answer x;
  x.end = fake_end::reset;
  fake_.next(x);
  EXPECT_EQ(failure().code, provider_errc::broken);
}

TEST_P(ConformanceInTrouble, AnAnswerThatBreaksOffIsBroken) {
  fake_answer x;
  x.end = fake_end::dropped;
  fake_.next(x);
  EXPECT_EQ(failure().code, provider_errc::broken);
  EXPECT_EQ(client_.now().text(), "Good morning to you.");
}

TEST_P(ConformanceInTrouble, AnErrorWithinTheStreamIsTheVendorsTrouble) {
  fake_answer x;
  x.end = fake_end::error;
  fake_.next(x);
  auto failed = failure();
  EXPECT_EQ(failed.code, provider_errc::overloaded);
  EXPECT_THAT(failed.why, HasSubstr("error in the stream"));
}

TEST_P(HostedVendor, AnAnswerThatTheFilterStopsIsABadRequest) {
  fake_answer x;
  x.end = fake_end::blocked;
  fake_.next(x);
  auto failed = failure();
  EXPECT_EQ(failed.code, provider_errc::bad_request);
  EXPECT_THAT(failed.why, HasSubstr("blocked"));
}

TEST_P(ConformanceInTrouble, GarbageIsBroken) {
  vendor_trouble garbage;
  garbage.garbage = true;
  fake_.server().set_trouble(garbage);
  EXPECT_EQ(failure().code, provider_errc::broken);
}

TEST_P(ConformanceInTrouble, GarbageWithinTheStreamIsBroken) {
  fake_answer x;
  x.verbatim = "data: {\"choices\": [\n\ndata: \xff\xfe\n\nwhat?\n\n";
  fake_.next(x);
  EXPECT_EQ(failure().code, provider_errc::broken);
}

TEST_P(ConformanceInTrouble, NobodyThereIsUnreachable) {
  fake_.server().down();
  EXPECT_EQ(failure().code, provider_errc::unreachable);
}

TEST_P(ConformanceInTrouble, AFailureIsTheLastThingThatASessionReports) {
  fake_.refuse(500);
  auto model = session();
  model->answer(ask(1));
  ASSERT_TRUE(client_.wait_failed());
  model->answer(ask(2));
  model->cancel(2);
  std::promise<void> read;
  net_->out()->dispatch([&] { read.set_value(); });
  read.get_future().wait();
  EXPECT_EQ(client_.now().order, "f");
  EXPECT_EQ(fake_.server().requests(), 1);
}

// -- tools

INSTANTIATE_TEST_SUITE_P(Models, ConformanceInTrouble,
                         testing::Range<size_t>(0, 4), name_of);

INSTANTIATE_TEST_SUITE_P(Models, HostedVendor, testing::ValuesIn(hosted()),
                         name_of);
