#include "actors/memory_ledger.hpp"
#include "tests/carriers/media_fixture.hpp"
#include "tests/support/raw_client.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <gmock/gmock.h>
#include <thread>

using namespace velox;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

constexpr auto stream_secret = "a secret of this test";

/// A ledger that never answers.
struct silent_state {
  std::vector<caf::response_promise> asked;
};

ledger_actor::behavior_type
silent(ledger_actor::stateful_pointer<silent_state> self) {
  auto keep
    = [self] { self->state.asked.push_back(self->make_response_promise()); };
  return {
    [=](const reserve_talk_time&) -> caf::result<talk_time> {
      keep();
      return caf::delegated<talk_time>{};
    },
    [=](const charge&) -> caf::result<talk_time> {
      keep();
      return caf::delegated<talk_time>{};
    },
    [=](const settle_call&) -> caf::result<call_bill> {
      keep();
      return caf::delegated<call_bill>{};
    },
    [](const release_talk_time&) {},
    [=](const find_credit&) -> caf::result<talk_credit> {
      keep();
      return caf::delegated<talk_credit>{};
    },
    [](const list_quiet_calls&) { return quiet_calls{}; },
    [](const recover_call&) { return call_recovered{}; },
  };
}

} // namespace

/// Media sockets whose path carries the token: paid for before they open.
class PaidSocket : public MediaSocket {
protected:
  void TearDown() override {
    options.gate = {};
    caf::anon_send_exit(ledger, caf::exit_reason::user_shutdown);
    ledger = nullptr;
    MediaSocket::TearDown();
  }

  void start_with(int64_t credit) {
    start_with(sys->spawn(actors::memory_ledger, credit), 5s);
  }

  void start_with(ledger_actor who, caf::timespan patience) {
    ledger = std::move(who);
    options.gate = carriers::twilio::ask_ledger(*sys, ledger, patience,
                                                [] { return unix_ms{1000}; });
    start();
  }

  std::string path_of(const stream_token& token) {
    return "/media-stream/call/" + sign_stream_token(token, stream_secret);
  }

  /// What an ordinary HTTP client sees of the handshake.
  std::string handshake(const std::string& path) {
    raw_client client{server->port()};
    client.send("GET " + path
                + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                  "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    return client.read_all();
  }

  talk_credit credit() {
    talk_credit result;
    caf::scoped_actor self{*sys};
    self->request(ledger, 5s, find_credit{"org-1"})
      .receive([&](const talk_credit& x) { result = x; },
               [](const caf::error& x) { ADD_FAILURE() << to_string(x); });
    return result;
  }

  /// Waits until so much is held.
  void expect_reserved(int64_t seconds) {
    for (int i = 0; i < 500 && credit().reserved_seconds != seconds; ++i)
      std::this_thread::sleep_for(10ms);
    EXPECT_EQ(credit().reserved_seconds, seconds);
  }

  ledger_actor ledger;
};

TEST_F(PaidSocket, OpensOnceTalkTimeIsSetAside) {
  start_with(1000);
  media_client client{server->port(), false, path_of(good_token())};
  EXPECT_EQ(credit().reserved_seconds, 300);
  client.begin(good_start());
  EXPECT_EQ(await_start().call_id, "CA01");
  client.stop();
  EXPECT_EQ(client.await_close(), 1000);
  EXPECT_EQ(credit().reserved_seconds, 300) << "the call looks after it now";
}

TEST_F(PaidSocket, IsRefusedWith402BeforeTheUpgrade) {
  start_with(0);
  auto answer = handshake(path_of(good_token()));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 402 Payment Required"));
  EXPECT_THAT(answer, HasSubstr("application/json"));
  EXPECT_THAT(answer, HasSubstr(R"({"error":{"code":"out_of_credit")"));
  EXPECT_THAT(counts->text(),
              HasSubstr("velox_media_refused_total{reason=\"out_of_credit\"} "
                        "1"));
}

TEST_F(PaidSocket, IsRefusedWith503WhenTheLedgerIsAway) {
  start_with(sys->spawn(silent), 50ms);
  auto answer = handshake(path_of(good_token()));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(answer, HasSubstr("ledger_unavailable"));
}

TEST_F(PaidSocket, AsksNobodyForABadToken) {
  start_with(1000);
  auto late = good_token();
  late.expires_at_ms = 1;
  auto forged = path_of(good_token());
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  for (auto& path : {path_of(late), forged, std::string{"/media-stream/call/x"},
                     "/media-stream/call/" + std::string(3000, 'A'),
                     std::string{"/media-stream/call/%00%ff"}}) {
    auto answer = handshake(path);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 403")) << path;
    EXPECT_THAT(answer, HasSubstr("bad_token"));
  }
  EXPECT_EQ(credit().reserved_seconds, 0);
}

TEST_F(PaidSocket, GivesBackWhatASocketThatNeverStartsHeld) {
  options.start_timeout = 50ms;
  start_with(1000);
  media_client client{server->port(), false, path_of(good_token())};
  EXPECT_EQ(client.await_close(), 1008);
  expect_reserved(0);
}

TEST_F(PaidSocket, GivesBackWhatASocketThatVanishesHeld) {
  start_with(1000);
  {
    media_client client{server->port(), false, path_of(good_token())};
    expect_reserved(300);
    client.vanish();
  }
  expect_reserved(0);
}

TEST_F(PaidSocket, StartsOnlyTheCallOfItsPath) {
  start_with(1000);
  auto other = good_token();
  other.nonce = "nonce-2";
  media_client client{server->port(), false, path_of(other)};
  client.begin(good_start());
  EXPECT_EQ(client.await_close(), 1008);
  EXPECT_EQ(client.close_reason(),
            "the stream token is not the one of the URL");
  expect_reserved(0);
}

TEST_F(PaidSocket, LeavesThePlainPathToTheCall) {
  start_with(0);
  auto client = call();
  EXPECT_EQ(begun.call_id, "CA01") << "the call reserves, or closes";
}
