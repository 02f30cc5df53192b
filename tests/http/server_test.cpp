#include "adapters/http/server.hpp"

#include "adapters/http/health.hpp"
#include "adapters/http/metrics.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/shards.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <gmock/gmock.h>
#include <list>
#include <memory>
#include <mutex>
#include <optional>

using namespace velox::http;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

namespace {

constexpr auto handshake = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                           "Sec-WebSocket-Version: 13\r\n"
                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// A server with short time-outs and a few routes.
class HttpServer : public testing::Test {
protected:
  void SetUp() override {
    options.host = "127.0.0.1";
    options.header_limit = 1024;
    options.body_limit = 4096;
  }

  void TearDown() override {
    if (!server_)
      return;
    std::promise<void> gone;
    server_->stop(2s, [&] { gone.set_value(); });
    EXPECT_EQ(gone.get_future().wait_for(5s), std::future_status::ready);
    EXPECT_EQ(server_->connections(), 0u);
    server_.reset();
    held.clear();
    shards.finish();
  }

  void start() {
    router routes;
    routes.get("/hello", [](const request& x, responder answer) {
      auto name = x.query.find("name");
      answer({200,
              "hello " + (name == x.query.end() ? "you" : name->second),
              "text/plain",
              {}});
    });
    routes.post("/echo", [](const request& x, responder answer) {
      answer({200, x.body, "text/plain", {}});
    });
    routes.get("/calls/{id}", [](const request& x, responder answer) {
      answer({200, x.params.at("id"), "text/plain", {}});
    });
    routes.get("/throws", [](const request&, responder) {
      throw std::runtime_error("a secret");
    });
    routes.get("/drops", [](const request&, responder) {});
    routes.get("/hold", [this](const request&, responder answer) {
      std::lock_guard guard(mutex);
      held.push_back(std::move(answer));
      held_changed.notify_all();
    });
    routes.get("/slow",
               [this](const request&, responder answer) {
                 std::lock_guard guard(mutex);
                 held.push_back(std::move(answer));
               },
               {50ms});
    routes.get("/shard", [](const request& x, responder answer) {
      answer({200, std::to_string(x.shard), "text/plain", {}});
    });
    routes.get("/nothing", [](const request&, responder answer) {
      answer({204, "", "", {}});
    });
    routes.get("/splits", [](const request&, responder answer) {
      response x;
      x.headers.add("X-Name", "a\r\nSet-Cookie: b");
      answer(std::move(x));
    });
    routes.websocket("/socket", [](const request&, upgrade x) {
      x.refuse(error_response(402, "no_credit", "no talk time", "pay"));
    });
    routes.websocket("/forgets", [](const request&, upgrade) {});
    routes.websocket("/keeps", [this](const request&, upgrade x) {
      std::lock_guard guard(mutex);
      kept = std::make_unique<upgrade>(std::move(x));
      held_changed.notify_all();
    });
    add_health(routes, [this](auto report) { report(checks); });
    add_metrics(routes, counts);
    server_.emplace(options, shards.all(), std::move(routes), counts);
  }

  std::string get(std::string_view target, std::string_view headers = "") {
    raw_client client{server_->port()};
    client.send("GET " + std::string{target} + " HTTP/1.1\r\nHost: x\r\n"
                + std::string{headers} + "Connection: close\r\n\r\n");
    return client.read_all();
  }

  /// Waits until a handler of /hold has a request, and takes it.
  responder take_held() {
    std::unique_lock guard(mutex);
    held_changed.wait(guard, [this] { return !held.empty(); });
    auto out = held.front();
    held.clear();
    return out;
  }

  test_shards shards;
  std::shared_ptr<metrics> counts = std::make_shared<metrics>();
  server_options options;
  std::vector<health_check> checks;
  std::mutex mutex;
  std::condition_variable held_changed;
  std::vector<responder> held;
  std::unique_ptr<upgrade> kept;
  std::optional<server> server_;
};

} // namespace

TEST_F(HttpServer, AnswersWithQueryAndParams) {
  start();
  auto x = get("/hello?name=Ada%20L&name=B");
  EXPECT_EQ(status_of(x), 200u);
  EXPECT_EQ(body_of(x), "hello Ada L");
  EXPECT_THAT(x, HasSubstr("Connection: close"));
  EXPECT_THAT(x, HasSubstr("Date: "));
  EXPECT_EQ(body_of(get("/calls/CA%2F1")), "CA/1");
}

TEST_F(HttpServer, SaysWhatIsWrongWithAPathOrMethod) {
  start();
  auto missing = get("/nowhere");
  EXPECT_EQ(status_of(missing), 404u);
  EXPECT_THAT(body_of(missing), HasSubstr(R"({"error":{"code":"not_found")"));
  auto method = get("/echo");
  EXPECT_EQ(status_of(method), 405u);
  EXPECT_THAT(method, HasSubstr("Allow: POST"));
}

TEST_F(HttpServer, KeepsTheConnectionAndTheOrderOfPipelinedRequests) {
  start();
  raw_client client{server_->port()};
  client.send("GET /calls/1 HTTP/1.1\r\nHost: x\r\n\r\n"
              "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
              "GET /calls/2 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(body_of(client.read_response()), "1");
  EXPECT_EQ(body_of(client.read_response()), "abc");
  EXPECT_EQ(body_of(client.read_response()), "2");
  client.send("GET /calls/3 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(body_of(client.read_response()), "3");
  EXPECT_EQ(server_->connections(), 1u);
}

TEST_F(HttpServer, AnswersHeadWithoutBody) {
  start();
  raw_client client{server_->port()};
  client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  auto x = client.read_all();
  EXPECT_EQ(status_of(x), 200u);
  EXPECT_THAT(x, HasSubstr("Content-Length: 9"));
  EXPECT_EQ(body_of(x), "");
}

TEST_F(HttpServer, IsReadyWithoutWhatIsNotRequired) {
  checks = {{"store", true, "It answers."}, {"redis", false, "away", false}};
  start();
  auto x = get("/readyz");
  EXPECT_EQ(status_of(x), 200u);
  EXPECT_EQ(body_of(x),
            R"({"status":"degraded","checks":[)"
            R"({"name":"store","ok":true,"explanation":"It answers."},)"
            R"({"name":"redis","ok":false,"explanation":"away"}]})");
  checks[0].ok = false;
  x = get("/readyz");
  EXPECT_EQ(status_of(x), 503u);
  EXPECT_THAT(body_of(x), HasSubstr(R"("status":"not ready")"));
}

TEST_F(HttpServer, SendsNoLengthWithoutContent) {
  start();
  auto x = get("/nothing");
  EXPECT_EQ(status_of(x), 204u);
  EXPECT_THAT(x, Not(HasSubstr("Content-Length")));
}

TEST_F(HttpServer, RefusesHeadersOverTheLimit) {
  start();
  auto x = get("/hello", "X-Long: " + std::string(5000, 'a') + "\r\n");
  EXPECT_EQ(status_of(x), 431u);
  EXPECT_THAT(body_of(x), HasSubstr("1024 bytes"));
}

TEST_F(HttpServer, RefusesABodyOverTheLimitBeforeItComes) {
  start();
  raw_client client{server_->port()};
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4097\r\n\r\n");
  EXPECT_EQ(status_of(client.read_response()), 413u);
}

TEST_F(HttpServer, RefusesAChunkedBodyOverTheLimit) {
  start();
  raw_client client{server_->port()};
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\n"
              "Transfer-Encoding: chunked\r\n\r\n");
  auto piece = "400\r\n" + std::string(1024, 'a') + "\r\n";
  for (int i = 0; i < 5; ++i)
    client.send(piece);
  EXPECT_EQ(status_of(client.read_response()), 413u);
}

TEST_F(HttpServer, AsksForABodyThatWaitsForTheWord) {
  start();
  raw_client client{server_->port()};
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
              "Expect: 100-continue\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(status_of(client.read_response()), 100u);
  client.send("ok");
  EXPECT_EQ(body_of(client.read_response()), "ok");
}

TEST_F(HttpServer, RefusesWhatIsNotHttp) {
  start();
  for (auto* text : {"nonsense\r\n\r\n", "GET /hello HTTP/1.1\r\n\r\n",
                     "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                     "GET hello HTTP/1.1\r\nHost: a\r\n\r\n",
                     "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}) {
    raw_client client{server_->port()};
    client.send(text);
    auto x = client.read_all();
    EXPECT_EQ(status_of(x), 400u) << text << x;
  }
}

TEST_F(HttpServer, GivesUpOnSlowHeadersAndBodies) {
  options.header_timeout = 300ms;
  options.body_timeout = 300ms;
  start();
  raw_client header{server_->port()};
  header.send("GET /hello HTTP/1.1\r\nHos");
  EXPECT_EQ(status_of(header.read_all()), 408u);
  raw_client body{server_->port()};
  body.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab");
  EXPECT_EQ(status_of(body.read_all()), 408u);
}

TEST_F(HttpServer, ClosesIdleConnectionsWithoutAWord) {
  options.header_timeout = 300ms;
  options.idle_timeout = 300ms;
  start();
  raw_client fresh{server_->port()};
  EXPECT_TRUE(fresh.closed());
  raw_client used{server_->port()};
  used.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status_of(used.read_response()), 200u);
  EXPECT_TRUE(used.closed());
}

TEST_F(HttpServer, AnswersForAHandlerThatThrowsOrForgets) {
  start();
  auto thrown = get("/throws");
  EXPECT_EQ(status_of(thrown), 500u);
  EXPECT_THAT(thrown, Not(HasSubstr("secret")));
  EXPECT_EQ(status_of(get("/drops")), 500u);
  EXPECT_EQ(status_of(get("/splits")), 500u);
}

TEST_F(HttpServer, AnswersForAHandlerThatTakesTooLong) {
  start();
  auto x = get("/slow");
  EXPECT_EQ(status_of(x), 503u);
  std::lock_guard guard(mutex);
  held.at(0)({200, "late", "text/plain", {}});
}

TEST_F(HttpServer, TakesAnAnswerFromAnyThreadAndOnlyOnce) {
  start();
  raw_client client{server_->port()};
  client.send("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
  auto answer = take_held();
  answer({200, "first", "text/plain", {}});
  answer({200, "second", "text/plain", {}});
  EXPECT_EQ(body_of(client.read_response()), "first");
  client.send("GET /calls/7 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(body_of(client.read_response()), "7");
}

TEST_F(HttpServer, RefusesConnectionsOverTheLimit) {
  options.max_connections = 2;
  start();
  raw_client a{server_->port()};
  raw_client b{server_->port()};
  for (auto* x : {&a, &b}) {
    x->send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_of(x->read_response()), 200u);
  }
  raw_client c{server_->port()};
  auto refused = c.read_all();
  EXPECT_EQ(status_of(refused), 503u);
  EXPECT_THAT(refused, HasSubstr("Content-Length: "
                                 + std::to_string(body_of(refused).size())));
  a.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status_of(a.read_response()), 200u);
}

TEST_F(HttpServer, DealsConnectionsToTheShardWithTheFewest) {
  start();
  std::list<raw_client> clients;
  std::string seen;
  for (int i = 0; i < 6; ++i) {
    auto& x = clients.emplace_back(server_->port());
    x.send("GET /shard HTTP/1.1\r\nHost: x\r\n\r\n");
    seen += body_of(x.read_response());
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), '0'), 3) << seen;
  EXPECT_EQ(server_->connections(), 6u);
  EXPECT_THAT(counts->text(), HasSubstr("velox_http_connections 6"));
}

TEST_F(HttpServer, StopsGracefully) {
  start();
  raw_client idle{server_->port()};
  idle.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  idle.read_response();
  raw_client busy{server_->port()};
  busy.send("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
  auto answer = take_held();
  std::promise<void> gone;
  server_->stop(10s, [&] { gone.set_value(); });
  EXPECT_TRUE(idle.closed());
  auto stopped = gone.get_future();
  EXPECT_EQ(stopped.wait_for(0s), std::future_status::timeout);
  EXPECT_THROW(raw_client{server_->port()}, std::runtime_error);
  answer({200, "done", "text/plain", {}});
  auto last = busy.read_all();
  EXPECT_EQ(body_of(last), "done");
  EXPECT_THAT(last, HasSubstr("Connection: close"));
  EXPECT_EQ(stopped.wait_for(5s), std::future_status::ready);
}

TEST_F(HttpServer, ClosesWhatIsLeftAtTheDeadline) {
  start();
  raw_client busy{server_->port()};
  busy.send("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
  auto answer = take_held();
  std::promise<void> gone;
  server_->stop(50ms, [&] { gone.set_value(); });
  EXPECT_TRUE(busy.closed());
  EXPECT_EQ(gone.get_future().wait_for(5s), std::future_status::ready);
  answer({200, "too late", "text/plain", {}});
}

TEST_F(HttpServer, LetsAHandlerRefuseAWebSocket) {
  start();
  auto x = get("/socket", handshake);
  EXPECT_EQ(status_of(x), 402u);
  auto plain = get("/socket");
  EXPECT_EQ(status_of(plain), 426u);
  EXPECT_THAT(plain, HasSubstr("Upgrade: websocket"));
}

TEST_F(HttpServer, AnswersForAHandlerThatForgetsAWebSocket) {
  start();
  EXPECT_EQ(status_of(get("/forgets", handshake)), 500u);
}

TEST_F(HttpServer, KnowsThatAHandshakeWaitsNoMore) {
  start();
  auto answer = std::async(std::launch::async,
                           [this] { return get("/keeps", handshake); });
  {
    std::unique_lock guard(mutex);
    held_changed.wait(guard, [this] { return kept != nullptr; });
  }
  auto shard = kept->shard();
  EXPECT_TRUE(shards.run(shard, [this] { return kept->waiting(); }));
  server_->stop(0ms);
  EXPECT_EQ(answer.get(), "");
  EXPECT_FALSE(shards.run(shard, [this] { return kept->waiting(); }));
  shards.run(shard, [this] {
    kept.reset();
    return 0;
  });
}

TEST_F(HttpServer, ReportsHealthAndReadiness) {
  start();
  EXPECT_EQ(status_of(get("/healthz")), 200u);
  EXPECT_EQ(status_of(get("/health")), 200u);
  checks = {{"store", true, ""}};
  EXPECT_EQ(status_of(get("/readyz")), 200u);
  checks.push_back({"draining", false, "the engine is stopping"});
  auto x = get("/readyz");
  EXPECT_EQ(status_of(x), 503u);
  EXPECT_THAT(body_of(x),
              HasSubstr(R"({"name":"draining","ok":false,)"
                        R"("explanation":"the engine is stopping"})"));
}

TEST_F(HttpServer, CountsRequestsByRouteNotByPath) {
  start();
  get("/calls/1");
  get("/calls/2");
  get("/wp-login.php");
  auto x = get("/metrics");
  EXPECT_THAT(x, HasSubstr("Content-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(x, HasSubstr("velox_http_requests_total{method=\"GET\",route=\""
                           "/calls/{id}\",status=\"200\"} 2"));
  EXPECT_THAT(x, HasSubstr("route=\"none\",status=\"404\"} 1"));
  EXPECT_THAT(x, Not(HasSubstr("wp-login")));
}

TEST_F(HttpServer, SaysWhyItCannotListen) {
  start();
  auto taken = options;
  taken.port = server_->port();
  try {
    server second{taken, shards.all(), router{}, counts};
    FAIL() << "two servers on one port";
  } catch (const std::runtime_error& x) {
    EXPECT_THAT(x.what(), HasSubstr("Address already in use"));
    EXPECT_THAT(x.what(), HasSubstr("set another one"));
  }
  auto bad = options;
  bad.tls_certificate = "/nonexistent.pem";
  EXPECT_THROW(server(bad, shards.all(), router{}, counts), std::runtime_error);
}
