#include "persistence/redis/link.hpp"

#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include <algorithm>
#include <poll.h>
#include <utility>

namespace velox::persistence::redis {

namespace {

reply to_reply(const redisReply& x) {
  reply result{reply::kind::nil};
  switch (x.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      result.what = reply::kind::text;
      result.text.assign(x.str, x.len);
      break;
    case REDIS_REPLY_ERROR:
      result.what = reply::kind::refused;
      result.text.assign(x.str, x.len);
      break;
    case REDIS_REPLY_INTEGER:
      result.what = reply::kind::integer;
      result.integer = x.integer;
      break;
    case REDIS_REPLY_ARRAY:
      result.what = reply::kind::list;
      for (size_t i = 0; i < x.elements; ++i)
        result.items.push_back(to_reply(*x.element[i]));
      break;
    default: break;
  }
  return result;
}

} // namespace

/// What hiredis calls: C functions with a pointer to the link.
struct link::hooks {
  static link& of(void* x) { return *static_cast<link*>(x); }

  static void add_read(void* x) { of(x).reading_ = true; }
  static void del_read(void* x) { of(x).reading_ = false; }
  static void add_write(void* x) { of(x).writing_ = true; }
  static void del_write(void* x) { of(x).writing_ = false; }

  /// The context is being freed: the last thing that it does with us.
  static void cleanup(void* x) {
    auto& self = of(x);
    if (self.why_.empty() && self.context_->errstr != nullptr)
      self.why_ = self.context_->errstr;
    self.context_ = nullptr;
    self.reading_ = self.writing_ = false;
    self.lost_ = true;
  }

  static void connected(const redisAsyncContext* context, int status) {
    if (status == REDIS_OK)
      of(context->data).hello();
  }

  /// `then` is one on_reply on the heap, called once.
  static void answer(redisAsyncContext* context, void* raw, void* then) {
    std::unique_ptr<on_reply> f{static_cast<on_reply*>(then)};
    auto& self = of(context->data);
    self.answered();
    if (raw != nullptr)
      (*f)(to_reply(*static_cast<redisReply*>(raw)));
    else
      (*f)(reply{reply::kind::failed,
                 self.why_.empty() ? "the connection was lost" : self.why_});
  }

  static void published(redisAsyncContext* context, void* raw, void*) {
    if (raw == nullptr)
      return;
    auto& self = of(context->data);
    self.last_heard_ = clock::now();
    auto x = to_reply(*static_cast<redisReply*>(raw));
    if (x.at(0).text == "message" && self.to_.message)
      self.to_.message(x.at(1).text, x.at(2).text);
  }
};

link::link(endpoint where, std::chrono::milliseconds patience, listener to)
  : where_(std::move(where)), patience_(patience), to_(std::move(to)) {}

link::~link() {
  to_.gone = nullptr;
  close("the engine stops");
}

void link::open() {
  opened_at_ = last_heard_ = clock::now();
  why_.clear();
  auto* context = redisAsyncConnect(where_.host.c_str(), where_.port);
  if (context == nullptr || context->err != 0) {
    why_ = context == nullptr ? "out of memory" : context->errstr;
    if (context != nullptr)
      redisAsyncFree(context);
    lost_ = true;
    end_if_gone();
    return;
  }
  context_ = context;
  context->data = this;
  context->ev.data = this;
  context->ev.addRead = hooks::add_read;
  context->ev.delRead = hooks::del_read;
  context->ev.addWrite = hooks::add_write;
  context->ev.delWrite = hooks::del_write;
  context->ev.cleanup = hooks::cleanup;
  redisAsyncSetConnectCallback(context, hooks::connected);
}

void link::close(const std::string& why) {
  if (context_ != nullptr) {
    why_ = why;
    redisAsyncFree(context_);
  }
  end_if_gone();
}

/// Three commands in one write; the answer to the last one is the verdict,
/// unless one before was refused.
void link::hello() {
  auto insist = [this](reply x) {
    if (x.what == reply::kind::refused && why_.empty())
      why_ = "Redis refuses: " + x.text;
  };
  if (!where_.password.empty()) {
    std::vector<std::string> auth{"AUTH"};
    if (!where_.user.empty())
      auth.push_back(where_.user);
    auth.push_back(where_.password);
    command(auth, insist);
  }
  if (where_.database != 0)
    command({"SELECT", std::to_string(where_.database)}, insist);
  command({"PING"}, [this](reply x) {
    if (x.what == reply::kind::refused && why_.empty())
      why_ = "Redis refuses: " + x.text;
    if (!x.ok() || !why_.empty()) {
      if (context_ != nullptr)
        redisAsyncDisconnect(context_);
      return;
    }
    ready_ = true;
    if (to_.ready)
      to_.ready();
  });
}

void link::send(const std::vector<std::string>& args, on_reply then) {
  command(args, std::move(then));
}

void link::command(const std::vector<std::string>& args, on_reply then) {
  std::vector<const char*> texts;
  std::vector<size_t> lengths;
  for (auto& x : args) {
    texts.push_back(x.data());
    lengths.push_back(x.size());
  }
  auto f = std::make_unique<on_reply>(std::move(then));
  if (context_ == nullptr
      || redisAsyncCommandArgv(context_, hooks::answer, f.get(),
                               static_cast<int>(args.size()), texts.data(),
                               lengths.data())
           != REDIS_OK) {
    (*f)(reply{reply::kind::failed, "the connection was lost"});
    return;
  }
  f.release(); // hiredis gives it back with the answer
  sent_.push_back(clock::now());
}

void link::subscribe(const std::vector<std::string>& channels) {
  std::vector<const char*> texts{"SUBSCRIBE"};
  for (auto& x : channels)
    texts.push_back(x.c_str());
  redisAsyncCommandArgv(context_, hooks::published, nullptr,
                        static_cast<int>(texts.size()), texts.data(), nullptr);
}

void link::answered() {
  last_heard_ = clock::now();
  if (!sent_.empty())
    sent_.pop_front();
}

int link::fd() const {
  return context_ == nullptr ? -1 : context_->c.fd;
}

short link::events() const {
  return static_cast<short>((reading_ ? POLLIN : 0) | (writing_ ? POLLOUT : 0));
}

/// Any of the two may free the context.
void link::on_events(short what) {
  auto broken = (what & (POLLERR | POLLHUP | POLLNVAL)) != 0;
  if (context_ != nullptr && writing_ && ((what & POLLOUT) != 0 || broken))
    redisAsyncHandleWrite(context_);
  if (context_ != nullptr && reading_ && ((what & POLLIN) != 0 || broken))
    redisAsyncHandleRead(context_);
  end_if_gone();
}

link::clock::time_point link::deadline() const {
  if (context_ == nullptr)
    return clock::time_point::max();
  auto result = ready_ ? clock::time_point::max() : opened_at_ + patience_;
  if (!sent_.empty())
    result = std::min(result, sent_.front() + patience_);
  return result;
}

void link::on_time(clock::time_point now) {
  if (context_ != nullptr && now >= deadline())
    close(ready_ ? "Redis did not answer in time"
                 : "Redis did not accept the connection in time");
}

void link::end_if_gone() {
  if (!std::exchange(lost_, false))
    return;
  ready_ = false;
  sent_.clear();
  if (to_.gone)
    to_.gone(why_.empty() ? "the connection was lost" : why_);
}

} // namespace velox::persistence::redis
