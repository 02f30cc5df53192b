#include "adapters/speech/recognizers/failures.hpp"
#include "adapters/speech/recognizers/recognizers.hpp"

#include <atomic>
#include <map>
#include <utility>

namespace velox::speech {

namespace {

/// A transcript with the times of all words of an hour is some 2 MB.
constexpr std::size_t body_limit = 32u << 20;

using parser = std::optional<transcription> (*)(std::string_view body);
using answer = std::function<void(transcription_result)>;

/// Requests under way, on the thread of the outbound.
class desk : public std::enable_shared_from_this<desk> {
public:
  desk(net::outbound_ptr out, std::string vendor, parser parse)
    : out_(std::move(out)), vendor_(std::move(vendor)), parse_(parse) {}

  void ask(net::request request, answer done) {
    if (left)
      return;
    auto number = ++asked_;
    under_way_[number].done = std::move(done);
    // It reports later, so it is there to be kept when it does.
    under_way_[number].exchange
      = out_->send(std::move(request), handlers(number));
  }

  /// Reports what is wrong with a recording before anybody was asked; by a
  /// timer, because it may not be reported during the call.
  void refuse(const std::string& why, answer done) {
    if (left)
      return;
    auto number = ++asked_;
    auto& job = under_way_[number];
    job.done = std::move(done);
    job.later = out_->after(
      net::milliseconds{0}, [weak = weak_from_this(), number, why] {
        if (auto me = weak.lock(); me && me->under_way_.count(number) > 0)
          me->end(number, provider_failed{"stt", me->vendor_ + ": " + why,
                                          provider_errc::bad_request});
      });
  }

  void leave() {
    for (auto& [number, x] : std::exchange(under_way_, {}))
      if (x.exchange)
        x.exchange->cancel();
  }

  std::atomic<bool> left = false;

private:
  struct job {
    answer done{};
    std::shared_ptr<net::exchange> exchange{};
    std::unique_ptr<net::timer> later{};
    net::response_head head{};
    std::string body{};
  };

  net::exchange_handlers handlers(uint64_t number) {
    auto with_job = [weak = weak_from_this(), number](auto f) {
      auto me = weak.lock();
      if (!me || me->left)
        return;
      if (auto i = me->under_way_.find(number); i != me->under_way_.end())
        f(*me, i->second);
    };
    net::exchange_handlers hears;
    hears.head = [with_job](const net::response_head& head) {
      with_job([&head](desk&, job& x) { x.head = head; });
    };
    hears.piece = [with_job](std::string_view bytes) {
      with_job([bytes](desk&, job& x) { x.body += bytes; });
    };
    hears.ended = [with_job, number] {
      with_job([number](desk& me, job& x) { me.end(number, me.read(x)); });
    };
    hears.failed = [with_job, number](const net::error& why) {
      with_job([&why, number](desk& me, job&) {
        me.end(number, failure_of(me.vendor_, why));
      });
    };
    return hears;
  }

  transcription_result read(const job& x) const {
    if (x.head.status != 200)
      return refusal_of(vendor_, x.head, x.body);
    if (auto result = parse_(x.body))
      return std::move(*result);
    return provider_failed{"stt", vendor_ + ": an answer that makes no sense"};
  }

  void end(uint64_t number, transcription_result result) {
    auto done = std::move(under_way_[number].done);
    under_way_.erase(number);
    done(std::move(result));
  }

  net::outbound_ptr out_;
  const std::string vendor_;
  const parser parse_;
  uint64_t asked_ = 0;
  std::map<uint64_t, job> under_way_;
};

/// Makes requests of recordings; what is common to both vendors.
class desk_transcriber : public transcriber {
public:
  desk_transcriber(net::vendor x, transcriber_options options,
                   std::string vendor, parser parse)
    : vendor_(std::move(x)), options_(std::move(options)), out_(vendor_.out()),
      desk_(std::make_shared<desk>(out_, std::move(vendor), parse)) {}

  ~desk_transcriber() override {
    desk_->left = true;
    out_->dispatch([x = std::move(desk_)] { x->leave(); });
  }

protected:
  void send(net::request request, answer done) {
    request.method = "POST";
    request.header_timeout = options_.patience;
    request.body_limit = body_limit;
    out_->dispatch([x = desk_, request = std::move(request),
                    done = std::move(done)]() mutable {
      x->ask(std::move(request), std::move(done));
    });
  }

  void refuse(std::string why, answer done) {
    out_->dispatch([x = desk_, why = std::move(why), done = std::move(done)] {
      x->refuse(why, done);
    });
  }

  const net::vendor vendor_;
  const transcriber_options options_;

private:
  net::outbound_ptr out_;
  std::shared_ptr<desk> desk_;
};

class deepgram_files final : public desk_transcriber {
public:
  deepgram_files(net::vendor x, transcriber_options options)
    : desk_transcriber(std::move(x), std::move(options), "deepgram",
                       &parse_deepgram_prerecorded) {}

  void transcribe(recording x, answer done) override {
    auto access = vendor_.access();
    auto model = options_.model.empty() ? "nova-3" : options_.model;
    net::request request;
    request.url = request_url(
      access.base_url, deepgram_url,
      deepgram_prerecorded_target(model, x.language, x.content_type,
                                  x.each_channel, options_.extra));
    request.headers.emplace_back("Content-Type", x.content_type);
    if (!access.key.empty())
      request.headers.emplace_back("Authorization", "Token " + access.key);
    request.body = std::move(x.audio);
    send(std::move(request), std::move(done));
  }
};

class whisper_files final : public desk_transcriber {
public:
  whisper_files(net::vendor x, transcriber_options options)
    : desk_transcriber(std::move(x), std::move(options), "whisper",
                       &parse_whisper) {}

  void transcribe(recording x, answer done) override {
    auto access = vendor_.access();
    auto model = options_.model.empty() ? "whisper-1" : options_.model;
    auto form = whisper_request(model, x.language, x.content_type, x.audio);
    if (!form)
      return refuse("it takes no recordings of this type", std::move(done));
    net::request request;
    request.url
      = request_url(access.base_url, openai_url, "/audio/transcriptions");
    request.headers.emplace_back("Content-Type", form->content_type);
    if (!access.key.empty())
      request.headers.emplace_back("Authorization", "Bearer " + access.key);
    request.body = std::move(form->body);
    send(std::move(request), std::move(done));
  }
};

} // namespace

std::unique_ptr<transcriber>
deepgram_transcriber(net::vendor x, transcriber_options options) {
  return std::make_unique<deepgram_files>(std::move(x), std::move(options));
}

std::unique_ptr<transcriber>
whisper_transcriber(net::vendor x, transcriber_options options) {
  return std::make_unique<whisper_files>(std::move(x), std::move(options));
}

} // namespace velox::speech
