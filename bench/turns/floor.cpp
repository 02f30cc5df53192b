#include "bench/turns/floor.hpp"

#include "bench/server_process.hpp"
#include "protocol/deepgram_speak.hpp"
#include "protocol/json.hpp"
#include "tests/support/vendors/outbound_thread.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fmt/format.h>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

namespace velox::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto opening_patience = 30s;
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
    voice_->text(deepgram_speak_text(
      fmt::format("{}{} {} is ready for you.", answer_word,
                  in_letters(turn->call), in_letters(turn->turn))));
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

void run_turn_floor(const vendor_places& places, const std::string& shared) {
  turn_board board{shared};
  net::outbound_options options;
  options.ca_file = places.ca_file;
  options.environment_proxy = false;
  test::outbound_thread thread{options};
  auto out = thread.out();
  std::atomic<size_t> open{0};
  std::vector<std::shared_ptr<floor_call>> calls;
  for (size_t i = 0; i < board.calls(); ++i) {
    auto call = std::make_shared<floor_call>(*out, places, board, i, open);
    calls.push_back(call);
    run_on(*out, [call] { call->start(); });
    std::this_thread::sleep_for(10ms); // like the engine's callers
  }
  auto deadline = clock::now() + opening_patience;
  while (open < 2 * calls.size() && clock::now() < deadline)
    std::this_thread::sleep_for(5ms);
  if (open == 2 * calls.size()) {
    announce_port(1);
    wait_for_end_of_input([&] { return to_figures(out->counts()); });
  }
  run_on(*out, [&] {
    for (auto& x : calls)
      x->stop();
  });
  if (open < 2 * calls.size())
    throw std::runtime_error{"the floor's sockets do not open"};
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
