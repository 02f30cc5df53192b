#include "adapters/language/models/chat_session.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace velox::language {

namespace {

/// A model that asks for tools again and again is going in circles.
constexpr int most_steps = 8;

/// How long the usage may take behind the last word: the caller hears nothing
/// of it, but the last sentence waits.
constexpr net::milliseconds settling_time{300};

constexpr size_t refusal_limit = 64u << 10;

provider_errc code_of(net::failure x) {
  switch (x) {
    case net::failure::timed_out: return provider_errc::timed_out;
    case net::failure::bad_url: return provider_errc::bad_request;
    case net::failure::unknown:
    case net::failure::refused:
    case net::failure::untrusted:
    case net::failure::full:
    case net::failure::stopped: return provider_errc::unreachable;
    case net::failure::reset:
    case net::failure::malformed:
    case net::failure::too_large: return provider_errc::broken;
  }
  return provider_errc::broken;
}

/// What the headers ask for; the finer one wins.
int64_t wait_asked_for(const net::header_list& headers) {
  auto now = std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
               .count();
  // Milliseconds read as seconds are a thousand times too much.
  auto fine = net::find_header(headers, "retry-after-ms");
  if (int64_t ms = parse_retry_after(std::string{fine} + "e-3", now); ms > 0)
    return ms;
  return parse_retry_after(net::find_header(headers, "retry-after"), now);
}

} // namespace

chat_session::chat_session(net::vendor vendor, net::outbound_ptr out,
                           chat_codec_ptr codec, const model_options& options,
                           const language_model_options& call,
                           const answer_client_actor& client)
  : client(client), vendor_(std::move(vendor)), out_(std::move(out)),
    codec_(std::move(codec)), options_(options), tools_(call.tools) {
  request_.model = options_.model;
  request_.instructions = call.instructions;
  request_.temperature = options_.temperature;
  request_.max_tokens = options_.max_tokens;
  if (options_.tools && !tools_.empty())
    request_.tools = &tools_;
}

void chat_session::forbid(uint64_t turn) {
  auto known = forbidden_.load();
  while (known < turn && !forbidden_.compare_exchange_weak(known, turn)) {
  }
}

void chat_session::answer(const prompt& x) {
  drop();
  if (client.left() || x.turn <= forbidden_.load())
    return;
  turn_ = x.turn;
  attempt_ = x.attempt;
  request_.turns = make_turns(x, codec_->style());
  request_.rounds.clear();
  usage_ = {};
  steps_ = 0;
  ask();
}

void chat_session::use_results(const tool_results& x) {
  if (!waiting_ || x.turn != turn_)
    return;
  waiting_ = false;
  request_.rounds.push_back(stream_->echo());
  for (auto& message :
       codec_->results(match_results(stream_->calls(), x.results)))
    request_.rounds.push_back(std::move(message));
  ask();
}

void chat_session::cancel(uint64_t turn) {
  if (turn_ <= turn)
    drop();
}

void chat_session::leave() {
  drop();
}

void chat_session::ask() {
  ++number_;
  if (exchange_) // what is behind the end of the step before
    exchange_->cancel();
  head_ = {};
  refusal_.clear();
  stream_ = codec_->open();
  auto request = codec_->request(vendor_.access(), request_);
  request.method = "POST";
  request.header_timeout = options_.header_timeout;
  request.idle_timeout = options_.idle_timeout;
  auto late = [weak = weak_from_this(), number = number_] {
    auto self = weak.lock();
    if (self && self->number_ == number)
      self->fail({provider_errc::timed_out, "the answer takes too long"});
  };
  deadline_ = out_->after(options_.answer_timeout, late);
  exchange_ = out_->send(std::move(request), handlers());
}

/// What comes for a request that was dropped finds another number.
net::exchange_handlers chat_session::handlers() {
  auto bound = [this](auto method) {
    return
      [weak = weak_from_this(), number = number_, method](const auto&... args) {
        auto self = weak.lock();
        if (self && self->number_ == number)
          (self.get()->*method)(args...);
      };
  };
  return {bound(&chat_session::on_head), bound(&chat_session::on_piece),
          bound(&chat_session::on_ended), bound(&chat_session::on_failed)};
}

void chat_session::drop() {
  ++number_;
  waiting_ = false;
  deadline_.reset();
  settling_.reset();
  stream_.reset();
  if (auto last = std::exchange(exchange_, nullptr))
    last->cancel();
}

void chat_session::on_head(const net::response_head& head) {
  head_ = head;
}

void chat_session::on_piece(std::string_view bytes) {
  if (head_.status != 200) {
    refusal_ += bytes.substr(0, refusal_limit - refusal_.size());
    return;
  }
  std::string text;
  stream_->push(bytes, text);
  on_progress(text);
}

void chat_session::on_ended() {
  exchange_.reset();
  if (head_.status != 200)
    return refused();
  std::string text;
  stream_->close(text);
  if (stream_->state() == chat_state::open) {
    if (!text.empty())
      report(tokens{turn_, std::move(text), attempt_});
    return fail({provider_errc::broken, "the answer broke off"});
  }
  on_progress(text);
  if (stream_ && stream_->state() == chat_state::finished && !waiting_)
    conclude();
}

void chat_session::on_failed(const net::error& error) {
  exchange_.reset();
  // All was said; only the end of the connection was rude.
  if (stream_->state() == chat_state::finished)
    return conclude();
  if (head_.status != 0 && head_.status != 200)
    return refused();
  fail({code_of(error.what), error.why});
}

/// Reports what is new, and goes on to the end when it is one.
void chat_session::on_progress(std::string& text) {
  if (!text.empty())
    report(tokens{turn_, std::move(text), attempt_});
  switch (stream_->state()) {
    case chat_state::open: return;
    case chat_state::failed: return fail(stream_->trouble());
    case chat_state::complete: return conclude();
    case chat_state::finished: break;
  }
  if (settling_)
    return;
  auto settled = [weak = weak_from_this(), number = number_] {
    auto self = weak.lock();
    if (self && self->number_ == number)
      self->conclude();
  };
  settling_ = out_->after(settling_time, settled);
}

void chat_session::conclude() {
  ++number_; // whatever else comes is not needed
  deadline_.reset();
  settling_.reset();
  usage_.prompt += stream_->usage().prompt;
  usage_.completion += stream_->usage().completion;
  if (stream_->calls().empty()) {
    answer_done done;
    done.turn = turn_;
    done.model = options_.name;
    done.usage = usage_;
    done.attempt = attempt_;
    return report(std::move(done));
  }
  if (++steps_ > most_steps)
    return fail({provider_errc::broken, "the model asks for tools for ever"});
  waiting_ = true;
  report(tool_calls{turn_, stream_->calls(), attempt_});
}

/// The vendor answered with another status than 200.
void chat_session::refused() {
  auto trouble = codec_->trouble(head_.status, refusal_);
  if (trouble.tools_refused && request_.tools) {
    request_.tools = nullptr; // also for the answers to come
    return ask();
  }
  if (trouble.retry_after_ms == 0)
    trouble.retry_after_ms = wait_asked_for(head_.headers);
  fail(std::move(trouble));
}

void chat_session::fail(chat_trouble trouble) {
  drop();
  provider_failed failed{"llm", options_.name + ": " + std::move(trouble.why),
                         trouble.code, trouble.retry_after_ms, attempt_};
  report(std::move(failed));
  // A session's failure is the last that is heard of it.
  client.leave();
}

namespace {

/// What the llm actor holds.
class chat_handle : public language_model {
public:
  chat_handle(net::outbound_ptr out, std::shared_ptr<chat_session> session)
    : out_(std::move(out)), session_(std::move(session)) {}

  chat_handle(const chat_handle&) = delete;
  chat_handle& operator=(const chat_handle&) = delete;

  ~chat_handle() override {
    session_->client.leave();
    out_->dispatch([session = session_] { session->leave(); });
  }

  void answer(const prompt& x) override {
    // A newer answer replaces an older one.
    if (x.turn > 0)
      session_->forbid(x.turn - 1);
    out_->dispatch([session = session_, x] { session->answer(x); });
  }

  void cancel(uint64_t turn) override {
    session_->forbid(turn);
    out_->dispatch([session = session_, turn] { session->cancel(turn); });
  }

  void use_results(const tool_results& x) override {
    out_->dispatch([session = session_, x] { session->use_results(x); });
  }

private:
  net::outbound_ptr out_;
  std::shared_ptr<chat_session> session_;
};

} // namespace

language_model_factory
chat_model(net::vendor vendor, chat_codec_ptr codec, model_options options) {
  return
    [vendor = std::move(vendor), codec = std::move(codec),
     options = std::move(options)](
      const language_model_options& call,
      const answer_client_actor& client) -> std::unique_ptr<language_model> {
      auto out = vendor.out();
      auto session = std::make_shared<chat_session>(vendor, out, codec, options,
                                                    call, client);
      return std::make_unique<chat_handle>(std::move(out), std::move(session));
    };
}

} // namespace velox::language
