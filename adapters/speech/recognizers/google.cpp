#include "adapters/speech/recognizers/failures.hpp"
#include "adapters/speech/recognizers/recognizers.hpp"
#include "adapters/speech/recognizers/session.hpp"
#include "protocol/google_speech.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace velox::speech {

namespace {

/// Kept from before an utterance, in bytes: 500 ms. Our voice detection may be
/// 300 ms late, and a word begins softly.
constexpr std::size_t onset_size = 4'000;

/// More is no transcript of an utterance.
constexpr std::size_t body_limit = 1u << 20;

/// One call's utterances, each in one request or, when it is long, in several.
class google_session final : public session {
public:
  google_session(net::outbound_ptr out, const recognition_client_actor& client,
                 google_options options, net::vendor_access access,
                 google_speech_settings settings)
    : session(std::move(out), "google", client), options_(std::move(options)),
      access_(std::move(access)), settings_(std::move(settings)) {}

  void start() override {}

  void hear(std::vector<uint8_t> mulaw) override {
    if (over_)
      return;
    audio_.insert(audio_.end(), mulaw.begin(), mulaw.end());
    if (!voice_ && audio_.size() > onset_size)
      audio_.erase(audio_.begin(),
                   audio_.end() - static_cast<ptrdiff_t>(onset_size));
    while (audio_.size() >= google_speech_max_audio)
      ask(google_speech_max_audio);
  }

  void began() override {
    if (!over_)
      voice_ = true;
  }

  void ended() override {
    if (over_)
      return;
    voice_ = false;
    ask(audio_.size());
    pieces_.back().last = true;
    report_what_is_ready();
  }

  void leave() override {
    over_ = true;
    for (auto& x : pieces_)
      if (x.exchange)
        x.exchange->cancel();
    pieces_.clear();
  }

private:
  /// A stretch of an utterance, asked about.
  struct piece {
    uint64_t number = 0;
    std::shared_ptr<net::exchange> exchange{};
    int status = 0;
    net::response_head head{};
    std::string body{};
    std::optional<words_final> answer{};
    bool last = false; ///< the utterance ends with it
  };

  void ask(std::size_t size) {
    auto& fresh = pieces_.emplace_back();
    fresh.number = ++asked_;
    if (size == 0) {
      fresh.answer = words_final{};
      return;
    }
    net::request request;
    request.method = "POST";
    request.url = request_url(access_.base_url, google_speech_url,
                              "/v1/speech:recognize");
    request.headers.emplace_back("Content-Type", "application/json");
    if (access_.key.starts_with("AIza"))
      request.headers.emplace_back("X-Goog-Api-Key", access_.key);
    else if (!access_.key.empty())
      request.headers.emplace_back("Authorization", "Bearer " + access_.key);
    request.body
      = google_speech_request(settings_, std::span{audio_}.first(size));
    request.header_timeout = options_.patience;
    request.body_limit = body_limit;
    audio_.erase(audio_.begin(), audio_.begin() + static_cast<ptrdiff_t>(size));
    fresh.exchange = out_->send(std::move(request), handlers(fresh.number));
  }

  net::exchange_handlers handlers(uint64_t number) {
    auto with_piece = [weak = weak_from_this(), number](auto f) {
      auto me = std::static_pointer_cast<google_session>(weak.lock());
      if (!me || me->over_)
        return;
      for (auto& x : me->pieces_)
        if (x.number == number)
          return f(*me, x);
    };
    net::exchange_handlers hears;
    hears.head = [with_piece](const net::response_head& head) {
      with_piece([&head](auto&, piece& x) { x.head = head; });
    };
    hears.piece = [with_piece](std::string_view bytes) {
      with_piece([bytes](auto&, piece& x) { x.body += bytes; });
    };
    hears.ended = [with_piece] {
      with_piece([](google_session& me, piece& x) { me.on_answer(x); });
    };
    hears.failed = [with_piece](const net::error& why) {
      with_piece([&why](google_session& me, piece&) {
        me.fail(failure_of(me.vendor_, why));
      });
    };
    return hears;
  }

  void on_answer(piece& x) {
    if (x.head.status != 200)
      return fail(refusal_of(vendor_, x.head, x.body));
    x.answer = parse_google_speech(x.body);
    if (!x.answer)
      return fail({"stt", vendor_ + ": an answer that makes no sense"});
    if (!std::exchange(ready_, true))
      client.tell(session_ready{});
    report_what_is_ready();
  }

  /// Answers may overtake each other; they are reported in order.
  void report_what_is_ready() {
    while (!pieces_.empty() && pieces_.front().answer) {
      auto x = std::move(pieces_.front());
      pieces_.pop_front();
      append_words(text_, x.answer->text);
      confidence_.add(x.answer->confidence, count_words(x.answer->text));
      if (!x.last) {
        if (!text_.empty())
          client.tell(words_partial{text_});
        // The end of the utterance comes with the next piece at the latest.
        continue;
      }
      client.tell(words_final{std::exchange(text_, {}), confidence_.value()});
      confidence_ = {};
    }
  }

  void fail(provider_failed why) {
    if (over_)
      return;
    client.tell(std::move(why));
    client.leave();
    leave();
  }

  const google_options options_;
  const net::vendor_access access_;
  const google_speech_settings settings_;
  std::vector<uint8_t> audio_;
  bool voice_ = false;
  bool ready_ = false;
  uint64_t asked_ = 0;
  std::deque<piece> pieces_; ///< oldest first
  std::string text_;         ///< of the utterance that is being answered
  mean_confidence confidence_;
};

} // namespace

recognizer_factory google_recognizer(net::vendor x, google_options options) {
  return [x = std::move(x),
          options = std::move(options)](const recognizer_options& call,
                                        const recognition_client_actor& client)
           -> std::unique_ptr<speech_recognizer> {
    auto out = x.out();
    auto made = std::make_shared<google_session>(
      out, client, options, x.access(),
      google_speech_settings{options.model, call.language, call.phrases});
    return std::make_unique<session_handle>(std::move(out), std::move(made));
  };
}

} // namespace velox::speech
