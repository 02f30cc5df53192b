#include "persistence/postgres_wire.hpp"

#include "persistence/postgres_error.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>

namespace velox::persistence {

namespace {

using namespace std::chrono_literals;

/// How much longer than its own time-out a server may be silent.
constexpr auto grace = 2s;

struct free_conninfo {
  void operator()(PQconninfoOption* x) const { PQconninfoFree(x); }
};
using conninfo = std::unique_ptr<PQconninfoOption, free_conninfo>;

/// The URL taken apart. libpq's own complaint quotes it, so ours does not.
conninfo parse(const std::string& url) {
  char* why = nullptr;
  conninfo result{PQconninfoParse(url.c_str(), &why)};
  PQfreemem(why);
  if (!result
      || !(url.starts_with("postgres://") || url.starts_with("postgresql://")))
    throw database_error{failure::unusable,
                         "storage.database_url: not a PostgreSQL URL; write "
                         "postgresql://user:password@host:5432/database, and "
                         "percent-encode what is special in the password"};
  return result;
}

/// What the URL says of `keyword`; empty when nothing.
std::string value_of(const conninfo& info, std::string_view keyword) {
  for (auto x = info.get(); x->keyword; ++x)
    if (keyword == x->keyword)
      return x->val ? x->val : "";
  return {};
}

/// One line, without the password, should libpq ever quote it.
std::string tidy(std::string text, const std::string& password) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (!text.empty() && text.back() == ' ')
    text.pop_back();
  if (!password.empty())
    for (size_t at; (at = text.find(password)) != text.npos;)
      text.replace(at, password.size(), "");
  return text;
}

} // namespace

postgres_wire::postgres_wire(const postgres_options& options) {
  connect(options);
  PQsetnonblocking(handle_.get(), 1);
  // Notices go to standard error otherwise.
  PQsetNoticeReceiver(
    handle_.get(), [](void*, const PGresult*) {}, nullptr);
  auto limit = options.statement_timeout;
  if (limit > 0ms)
    silence_ = limit + grace;
  send_script("SET statement_timeout = " + std::to_string(limit.count())
              + "; SET lock_timeout = "
              + std::to_string(options.patience.count())
              + "; SET idle_in_transaction_session_timeout = 60000"
                "; SET standard_conforming_strings = on");
  finish();
}

void postgres_wire::connect(const postgres_options& options) {
  auto info = parse(options.url);
  auto password = value_of(info, "password");
  // The URL is expanded first; what follows it wins.
  std::vector<const char*> names{"dbname", "client_encoding",
                                 "fallback_application_name"};
  std::vector<const char*> values{options.url.c_str(), "UTF8", "velox"};
  auto unless_given = [&](const char* name, const char* value) {
    if (value_of(info, name).empty()) {
      names.push_back(name);
      values.push_back(value);
    }
  };
  // A peer that is gone without a word is noticed while nothing is asked, too.
  unless_given("keepalives_idle", "30");
  unless_given("keepalives_interval", "10");
  unless_given("keepalives_count", "3");
  unless_given("tcp_user_timeout", "30000");
  names.push_back(nullptr);
  values.push_back(nullptr);
  handle_.reset(PQconnectStartParams(names.data(), values.data(), 1));
  auto db = handle_.get();
  auto until = clock::now() + options.connect_timeout;
  auto state = PGRES_POLLING_WRITING;
  while (db && PQstatus(db) != CONNECTION_BAD
         && state != PGRES_POLLING_FAILED) {
    if (!wait(state == PGRES_POLLING_WRITING, until))
      throw database_error{failure::unusable,
                           "postgresql: the server did not answer in time; "
                           "check host, port and firewall, or raise "
                           "storage.connect_timeout"};
    state = PQconnectPoll(db);
    if (state == PGRES_POLLING_OK)
      return;
  }
  auto why = db ? PQerrorMessage(db) : "out of memory";
  throw database_error{failure::unusable, "postgresql: " + tidy(why, password)};
}

bool postgres_wire::wait(bool writing,
                         std::optional<clock::time_point> deadline) const {
  pollfd x{};
  x.fd = PQsocket(handle_.get());
  x.events = static_cast<short>(POLLIN | (writing ? POLLOUT : 0));
  // libpq connects in the background by what it asked for, and only that.
  if (writing && PQstatus(handle_.get()) != CONNECTION_OK)
    x.events = POLLOUT;
  for (;;) {
    int patience = -1;
    if (deadline) {
      auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline
                                                               - clock::now());
      patience = static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
    }
    auto ready = poll(&x, 1, patience);
    if (ready > 0 || (ready < 0 && errno != EINTR))
      return true; // libpq reports what is wrong with the socket
    if (ready == 0 && deadline && clock::now() >= *deadline)
      return false;
  }
}

std::optional<postgres_wire::clock::time_point>
postgres_wire::deadline() const {
  if (silence_ == 0ms)
    return std::nullopt;
  return clock::now() + silence_;
}

void postgres_wire::fail_broken(const char* what) {
  broken_ = true;
  throw database_error{failure::unusable, std::string{"postgresql: "} + what};
}

void postgres_wire::check(int accepted) {
  if (accepted == 1)
    return;
  if (broken_ || PQstatus(handle_.get()) != CONNECTION_OK)
    fail_broken("the connection is gone");
  throw database_error{failure::misuse,
                       "postgresql: a statement was sent before the results of "
                       "the last one were taken"};
}

void postgres_wire::send_script(const std::string& sql) {
  check(broken_ ? 0 : PQsendQuery(handle_.get(), sql.c_str()));
}

void postgres_wire::send_prepare(const std::string& name,
                                 const std::string& sql) {
  check(broken_ ? 0
                : PQsendPrepare(handle_.get(), name.c_str(), sql.c_str(), 0,
                                nullptr));
}

void postgres_wire::send_execute(const std::string& name,
                                 const text_values& values) {
  std::vector<const char*> texts;
  texts.reserve(values.size());
  for (auto& x : values)
    texts.push_back(x ? x->c_str() : nullptr);
  check(broken_ ? 0
                : PQsendQueryPrepared(handle_.get(), name.c_str(),
                                      static_cast<int>(texts.size()),
                                      texts.data(), nullptr, nullptr, 0));
}

void postgres_wire::send_plain(const std::string& sql) {
  check(broken_ ? 0
                : PQsendQueryParams(handle_.get(), sql.c_str(), 0, nullptr,
                                    nullptr, nullptr, nullptr, 0));
}

result_handle postgres_wire::next() {
  auto db = handle_.get();
  auto until = deadline();
  for (;;) {
    auto unsent = PQflush(db);
    if (unsent < 0)
      fail_broken("the connection broke while a statement was sent");
    if (unsent == 0 && PQisBusy(db) == 0) {
      result_handle result{PQgetResult(db)};
      // libpq would give a broken connection's error again and again.
      if (PQstatus(db) == CONNECTION_BAD) {
        broken_ = true;
        fail(result.get());
      }
      return result;
    }
    if (!wait(unsent == 1, until))
      fail_broken("the server is silent; it may be down or out of reach");
    if (PQconsumeInput(db) == 0)
      fail_broken("the server has closed the connection");
  }
}

result_handle postgres_wire::finish() {
  result_handle last;
  result_handle error;
  while (auto result = next()) {
    auto status = PQresultStatus(result.get());
    auto good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
                || status == PGRES_EMPTY_QUERY;
    if (good)
      last = std::move(result);
    else if (!error)
      error = std::move(result);
  }
  if (error)
    fail(error.get());
  return last;
}

void postgres_wire::fail(const PGresult* result) {
  auto field = [&](int code) {
    auto text = PQresultErrorField(result, code);
    return std::string_view{text ? text : ""};
  };
  auto state = field(PG_DIAG_SQLSTATE);
  // Without a state it is libpq that speaks: the connection is gone.
  if (state.empty())
    throw database_error{failure::unusable,
                         "postgresql: the connection broke; the server may "
                         "have been stopped"};
  throw database_error{classify_sqlstate(state),
                       presentable(state, field(PG_DIAG_MESSAGE_PRIMARY))};
}

bool postgres_wire::alive() {
  auto db = handle_.get();
  if (broken_ || PQstatus(db) != CONNECTION_OK)
    return false;
  // At rest a server says nothing, except farewell.
  for (int i = 0; i < 8; ++i) {
    pollfd x{PQsocket(db), POLLIN, 0};
    if (poll(&x, 1, 0) <= 0)
      return true;
    if (PQconsumeInput(db) == 0)
      return false;
  }
  return true;
}

void postgres_wire::enter_pipeline() {
  check(broken_ ? 0 : PQenterPipelineMode(handle_.get()));
}

void postgres_wire::sync_pipeline() {
  check(broken_ ? 0 : PQpipelineSync(handle_.get()));
}

void postgres_wire::leave_pipeline() {
  check(broken_ ? 0 : PQexitPipelineMode(handle_.get()));
}

} // namespace velox::persistence
