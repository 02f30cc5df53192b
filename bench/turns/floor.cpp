#include "bench/turns/floor.hpp"

#include "bench/server_process.hpp"
#include "protocol/deepgram_speak.hpp"
#include "protocol/json.hpp"
#include "tests/support/vendors/outbound_thread.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <ctime>
#include <fmt/format.h>
#include <future>
#include <pthread.h>
#include <stdexcept>
#include <thread>

namespace velox::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto step = 100ms; // of audio in one message
constexpr size_t frames_per_step = 5;
constexpr size_t frame_bytes = 160;

std::string as_socket(const std::string& url) {
  return "ws" + url.substr(4);
}

/// One call. All of it happens on the outbound's thread.
class floor_call : public std::enable_shared_from_this<floor_call> {
public:
  floor_call(net::outbound& out, const vendor_places& places, turn_board& board,
             size_t number, std::atomic<size_t>& open)
    : out_(out), places_(places), board_(board), number_(number), open_(open) {}

  void start() {
    net::socket_handlers ear;
    ear.opened = [this](auto&) { ++open_; };
    ear.text = [this](std::string_view x) { on_words(x); };
    recognizer_
      = out_.connect(request(places_.recognizer,
                             "/v2/listen?model=flux-general-en&encoding=mulaw"
                             "&sample_rate=8000"),
                     ear);
    net::socket_handlers mouth;
    mouth.opened = [this](auto&) { ++open_; };
    mouth.binary = [this](std::string_view) { board_.heard(number_); };
    voice_
      = out_.connect(request(places_.voice, "/v1/speak?model=aura-2-thalia-en"
                                            "&encoding=mulaw&sample_rate=8000"),
                     mouth);
    // Spread as evenly as the engine's callers are, whose frames are: calls
    // that open 10 ms apart would all send at the same ten moments.
    constexpr double golden = 0.6180339887498949;
    double whole = 0;
    auto part = std::modf(static_cast<double>(number_) * golden, &whole);
    due_
      = clock::now() + std::chrono::duration_cast<clock::duration>(part * step);
    wait_for_tick();
  }

  /// No handler runs afterwards.
  void stop() {
    timer_.reset();
    recognizer_->drop();
    voice_->drop();
    if (exchange_)
      exchange_->cancel();
  }

private:
  static net::socket_request request(const std::string& url, const char* path) {
    net::socket_request x;
    x.url = as_socket(url) + path;
    x.headers = {{"Authorization", "Token test-key"}};
    return x;
  }

  /// The caller's audio, as the engine sends it.
  void tick() {
    std::vector<uint8_t> audio;
    audio.reserve(frames_per_step * frame_bytes);
    if (auto turn = board_.spoken_by(number_, clock::now())) {
      auto frame = turn_frame(*turn);
      for (size_t i = 0; i < frames_per_step; ++i)
        audio.insert(audio.end(), frame.begin(), frame.end());
    } else {
      audio.assign(frames_per_step * frame_bytes, 0xFF);
    }
    recognizer_->binary(std::move(audio));
    due_ += step;
    wait_for_tick();
  }

  void wait_for_tick() {
    auto wait = std::chrono::ceil<net::milliseconds>(due_ - clock::now());
    timer_ = out_.after(std::max(wait, 0ms), [this] { tick(); });
  }

  void on_words(std::string_view frame) {
    if (frame.find("\"EndOfTurn\"") == frame.npos)
      return;
    auto turn = find_turn(frame, question_word);
    if (!turn)
      return;
    json_object message;
    message.add("role", "user")
      .add("content", fmt::format("{}{} {} please", question_word, turn->call,
                                  turn->turn));
    net::request x;
    x.method = "POST";
    x.url = places_.model + "/v1/chat/completions";
    x.headers = {{"Authorization", "Bearer test-key"},
                 {"Content-Type", "application/json"}};
    x.body = json_object{}
               .add("model", "bench")
               .add("stream", true)
               .add("messages", json_array{}.add(message))
               .str();
    net::exchange_handlers hears;
    said_ = false;
    hears.piece = [this](std::string_view piece) { on_piece(piece); };
    exchange_ = out_.send(std::move(x), std::move(hears));
  }

  void on_piece(std::string_view piece) {
    auto turn = find_turn(piece, answer_word);
    if (!turn || std::exchange(said_, true))
      return;
    voice_->text(deepgram_speak_text(fmt::format(
      "{}{} {} is ready for you.", answer_word, turn->call, turn->turn)));
    voice_->text(deepgram_speak_flush());
  }

  net::outbound& out_;
  const vendor_places& places_;
  turn_board& board_;
  const size_t number_;
  std::atomic<size_t>& open_;
  std::shared_ptr<net::socket> recognizer_;
  std::shared_ptr<net::socket> voice_;
  std::shared_ptr<net::exchange> exchange_;
  std::unique_ptr<net::timer> timer_;
  clock::time_point due_;
  bool said_ = false;
};

/// Threads run where the one that made them runs.
std::unique_ptr<test::outbound_thread> make_thread() {
  net::outbound_options options;
  options.environment_proxy = false;
  auto pinned = pin_to_core(server_core);
  auto result = std::make_unique<test::outbound_thread>(options);
  if (pinned)
    pin_to_core(caller_core);
  return result;
}

/// Runs `f` on the thread of `out`, and waits for it.
template <class F>
void run_on(net::outbound& out, F f) {
  std::promise<void> done;
  out.dispatch([&] {
    f();
    done.set_value();
  });
  done.get_future().wait();
}

} // namespace

struct turn_floor::impl {
  vendor_places places;
  std::atomic<size_t> open{0};
  std::unique_ptr<test::outbound_thread> thread = make_thread();
  net::outbound_ptr out = thread->out();
  std::vector<std::shared_ptr<floor_call>> calls;
  clockid_t cpu_clock{};
};

turn_floor::turn_floor(const vendor_places& places, turn_board& board)
  : impl_(std::make_unique<impl>()) {
  impl_->places = places;
  run_on(*impl_->out,
         [this] { pthread_getcpuclockid(pthread_self(), &impl_->cpu_clock); });
  for (size_t i = 0; i < board.calls(); ++i) {
    impl_->calls.push_back(std::make_shared<floor_call>(
      *impl_->out, impl_->places, board, i, impl_->open));
    run_on(*impl_->out, [call = impl_->calls.back()] { call->start(); });
    std::this_thread::sleep_for(10ms); // like the engine's callers
  }
}

turn_floor::~turn_floor() {
  run_on(*impl_->out, [this] {
    for (auto& x : impl_->calls)
      x->stop();
  });
}

bool turn_floor::wait_until_open() const {
  auto deadline = clock::now() + 30s;
  while (impl_->open < 2 * impl_->calls.size()) {
    if (clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

std::chrono::nanoseconds turn_floor::cpu_time() const {
  timespec time{};
  if (clock_gettime(impl_->cpu_clock, &time) != 0)
    throw std::runtime_error{"the floor's thread is gone"};
  return std::chrono::seconds{time.tv_sec}
         + std::chrono::nanoseconds{time.tv_nsec};
}

net::outbound_counts turn_floor::counts() const {
  return impl_->out->counts();
}

std::vector<double> to_figures(const net::outbound_counts& x) {
  std::vector<double> result;
  for (auto count : {x.requests, x.connections, x.reused, x.tls_handshakes,
                     x.tls_resumed, x.open})
    result.push_back(static_cast<double>(count));
  return result;
}

net::outbound_counts to_counts(const std::vector<double>& x) {
  if (x.size() != count_figures)
    throw std::runtime_error{"counts are missing"};
  auto at = [&x](size_t i) { return static_cast<uint64_t>(x[i]); };
  return {at(0), at(1), at(2), at(3), at(4), at(5)};
}

} // namespace velox::bench
