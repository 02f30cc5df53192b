#include "adapters/carriers/twilio/rest.hpp"

#include "protocol/base64.hpp"
#include "protocol/form.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <charconv>
#include <random>
#include <span>

namespace velox::carriers::twilio {

namespace {

using net::milliseconds;

constexpr int most_attempts = 3;

std::string basic_auth(const rest_access& x) {
  auto text = x.account_sid + ':' + x.auth_token;
  return "Basic "
         + encode_base64(std::span{
           reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

/// Twilio's error number in the body of a refusal; 0: none.
int64_t error_number(std::string_view body) {
  rapidjson::Document document;
  if (read_json(body, document) != json_error::none)
    return 0;
  return json_integer(document, "code").value_or(0);
}

/// Up to a half more, so that many calls do not come back at the same moment.
milliseconds with_jitter(milliseconds x) {
  thread_local std::minstd_rand dice{std::random_device{}()};
  std::uniform_int_distribution<int64_t> extra{0, x.count() / 2};
  return x + milliseconds{extra(dice)};
}

/// One order and its attempts. Lives on its outbound's thread, kept by the
/// exchange or the timer that is under way.
class order : public std::enable_shared_from_this<order> {
public:
  order(const rest_options& options, net::outbound_ptr out, std::string call_id,
        const form& fields, bool hangs_up,
        std::function<void(std::string)> done)
    : options_(options), out_(std::move(out)), call_id_(std::move(call_id)),
      body_(encode_form(fields)), hangs_up_(hangs_up), done_(std::move(done)) {}

  void start() {
    auto access = options_.access();
    if (access.account_sid.empty() || access.auth_token.empty()) {
      finish("Twilio cannot be asked: set TWILIO_ACCOUNT_SID and "
             "TWILIO_AUTH_TOKEN");
      return;
    }
    ++attempt_;
    status_ = 0;
    answer_.clear();
    net::request x;
    x.method = "POST";
    while (access.base_url.ends_with('/'))
      access.base_url.pop_back();
    x.url = access.base_url + "/2010-04-01/Accounts/"
            + percent_encode(access.account_sid) + "/Calls/"
            + percent_encode(call_id_) + ".json";
    x.headers = {{"Authorization", basic_auth(access)},
                 {"Content-Type", "application/x-www-form-urlencoded"},
                 {"Accept", "application/json"}};
    x.body = body_;
    x.header_timeout = options_.answer_timeout;
    x.idle_timeout = options_.answer_timeout;
    x.body_limit = 256 * 1024;
    exchange_ = out_->send(std::move(x), handlers());
  }

private:
  net::exchange_handlers handlers() {
    auto self = shared_from_this();
    net::exchange_handlers result;
    result.head = [self](const net::response_head& head) {
      self->status_ = head.status;
      self->retry_after_ = self->pause_in(head);
    };
    result.piece = [self](std::string_view x) { self->answer_ += x; };
    result.ended = [self] { self->on_answer(); };
    result.failed = [self](const net::error& x) { self->on_failure(x); };
    return result;
  }

  milliseconds pause_in(const net::response_head& head) const {
    auto text = net::find_header(head.headers, "Retry-After");
    int64_t seconds = 0;
    auto [end, error]
      = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || seconds < 0
        || seconds > 3'600)
      return milliseconds{0};
    return milliseconds{seconds * 1'000};
  }

  void on_answer() {
    auto number = error_number(answer_);
    auto trouble = status_ == 429 || status_ >= 500;
    // What is over cannot be hung up, and need not be.
    auto over = status_ == 404 || number == 20404 || number == 21220;
    if (status_ >= 200 && status_ < 300)
      finish("");
    else if (over)
      finish(hangs_up_ ? "" : "Twilio says that the call is over");
    else
      again_or(trouble, refusal(number));
  }

  std::string refusal(int64_t number) const {
    auto text = "Twilio answered " + std::to_string(status_);
    if (number > 0)
      text += " (error " + std::to_string(number) + ")";
    if (status_ == 401 || status_ == 403)
      text += ": TWILIO_ACCOUNT_SID or TWILIO_AUTH_TOKEN is wrong";
    return text;
  }

  void on_failure(const net::error& x) {
    // New instructions that have arrived must not be begun anew.
    auto harmless = hangs_up_ || !x.sent;
    again_or(harmless && x.what != net::failure::stopped
               && x.what != net::failure::bad_url
               && x.what != net::failure::untrusted,
             "Twilio cannot be reached: " + x.why);
  }

  void again_or(bool worth_it, std::string why) {
    exchange_.reset();
    if (!worth_it || attempt_ >= most_attempts
        || retry_after_ > options_.longest_pause) {
      finish(std::move(why));
      return;
    }
    auto pause = with_jitter(options_.first_pause * (1 << (attempt_ - 1)));
    timer_
      = out_->after(std::max(pause, retry_after_), [self = shared_from_this()] {
          auto fired = std::move(self->timer_);
          self->start();
        });
  }

  void finish(std::string why) {
    exchange_.reset();
    auto done = std::move(done_);
    done_ = nullptr;
    if (done)
      done(std::move(why));
  }

  const rest_options options_;
  net::outbound_ptr out_;
  const std::string call_id_;
  const std::string body_;
  const bool hangs_up_;
  std::function<void(std::string)> done_;
  std::shared_ptr<net::exchange> exchange_;
  std::unique_ptr<net::timer> timer_;
  int attempt_ = 0;
  int status_ = 0;
  milliseconds retry_after_{0};
  std::string answer_;
};

class rest : public carrier_control {
public:
  explicit rest(rest_options options) : options_(std::move(options)) {}

  void update_call(const std::string& call_id, const std::string& instructions,
                   std::function<void(std::string)> done) override {
    send(call_id, form{}.add("Twiml", instructions), false, std::move(done));
  }

  void complete_call(const std::string& call_id,
                     std::function<void(std::string)> done) override {
    send(call_id, form{}.add("Status", "completed"), true, std::move(done));
  }

private:
  void send(const std::string& call_id, const form& fields, bool hangs_up,
            std::function<void(std::string)> done) {
    auto out = options_.out();
    auto x = std::make_shared<order>(options_, out, call_id, fields, hangs_up,
                                     std::move(done));
    out->dispatch([x] { x->start(); });
  }

  rest_options options_;
};

} // namespace

std::shared_ptr<carrier_control> rest_control(rest_options options) {
  return std::make_shared<rest>(std::move(options));
}

} // namespace velox::carriers::twilio
