#include "bench/turns/vendors.hpp"

#include "protocol/json.hpp"
#include "tests/support/vendors/fake_openai.hpp"
#include "tests/support/vendors/vendor_certificates.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace velox::bench {

namespace {

using namespace std::chrono_literals;
using test::vendor_connection;
using test::vendor_request;

/// The silence that ends a turn, in bytes: 600 ms. Our own voice detection has
/// noticed by then.
constexpr size_t ending_silence = 4'800;
constexpr uint8_t silence = 0xFF;

/// Between two Updates of a turn, in bytes: 250 ms.
constexpr size_t update_interval = 2'000;

/// The answer is over so long after its words: who waits for the end before
/// the first sentence is said shows.
constexpr auto model_tail = 200ms;

/// Half a second of audio, in pieces as a vendor sends them.
constexpr size_t voice_pieces = 4;
constexpr size_t voice_piece_bytes = 1'000;

/// No caller says nothing for so long.
constexpr auto patience = 120s;

// -- the recogniser

class flux_stream {
public:
  flux_stream(turn_board& board, vendor_connection& to)
    : board_(board), to_(to) {}

  void run() {
    to_.text(R"({"type":"Connected","request_id":"b","sequence_id":0})");
    while (auto message = to_.receive(patience)) {
      if (message->closed)
        return;
      if (message->binary)
        on_audio(message->data);
      else if (message->data.find("CloseStream") != std::string::npos)
        break;
    }
    to_.close(1000, "");
  }

private:
  void on_audio(std::string_view audio) {
    heard_ += audio.size();
    auto last = std::find_if(audio.rbegin(), audio.rend(), [](char x) {
      return static_cast<uint8_t>(x) != silence;
    });
    auto quiet = static_cast<size_t>(last - audio.rbegin());
    quiet_ = quiet == audio.size() ? quiet_ + quiet : quiet;
    if (auto found = find_turn(audio, frame_word); found && found != turn_) {
      turn_ = found;
      told_ = heard_;
      tell("StartOfTurn");
    } else if (turn_ && open_ && quiet_ >= ending_silence) {
      board_.note(*turn_, turn_event::ended);
      tell("EndOfTurn");
      ++index_;
    } else if (turn_ && open_ && heard_ - told_ >= update_interval) {
      told_ = heard_;
      tell("Update");
    }
  }

  void tell(std::string_view event) {
    open_ = event != "EndOfTurn";
    to_.text(json_object{}
               .add("type", "TurnInfo")
               .add("request_id", "b")
               .add("sequence_id", ++sequence_)
               .add("event", event)
               .add("turn_index", index_)
               .add("audio_window_start", 0.0)
               .add("audio_window_end", static_cast<double>(heard_) / 8000)
               .add("transcript", fmt::format("{}{} {} please", question_word,
                                              turn_->call, turn_->turn))
               .add("words", json_array{})
               .add("end_of_turn_confidence", open_ ? 0.1 : 0.9)
               .str());
  }

  turn_board& board_;
  vendor_connection& to_;
  std::optional<turn_id> turn_;
  bool open_ = false;
  size_t heard_ = 0; ///< bytes
  size_t quiet_ = 0; ///< bytes of silence by now
  size_t told_ = 0;  ///< `heard_` at the last Update
  int64_t sequence_ = 0;
  int64_t index_ = 0;
};

// -- the model

void answer(turn_board& board, const vendor_request& request,
            vendor_connection& to) {
  static const auto wire = test::openai_wire();
  auto turn = find_turn(request.body, question_word);
  if (turn)
    board.note(*turn, turn_event::asked);
  to.pause(model_delay);
  to.begin(200, {{"Content-Type", wire->content_type()}});
  auto words = turn
                 ? fmt::format("{}{} {} is ready for you. ", answer_word,
                               in_letters(turn->call), in_letters(turn->turn))
                 : std::string{"Hello to you. "};
  if (turn)
    board.note(*turn, turn_event::token);
  to.piece(wire->opening() + wire->text(words));
  to.pause(model_tail);
  to.piece(wire->closing(test::fake_end::normal, false));
  to.end();
}

// -- the voice

void speak(turn_board& board, vendor_connection& to) {
  static const std::string piece(voice_piece_bytes, '\x10');
  std::optional<turn_id> turn;
  to.text(R"({"type":"Metadata","request_id":"b","model_name":"bench"})");
  while (auto message = to.receive(patience)) {
    if (message->closed)
      return;
    auto is = [&](std::string_view type) {
      return message->data.find(fmt::format("\"{}\"", type))
             != std::string::npos;
    };
    if (is("Speak")) {
      turn = find_turn(message->data, answer_word);
      if (turn)
        board.note(*turn, turn_event::text);
    } else if (is("Flush")) {
      to.pause(voice_delay);
      if (turn)
        board.note(*turn, turn_event::sound);
      for (size_t i = 0; i < voice_pieces; ++i)
        to.binary(piece);
      to.text(R"({"type":"Flushed","sequence_id":0})");
    } else if (is("Clear")) {
      to.text(R"({"type":"Cleared","sequence_id":0})");
    } else if (is("Close")) {
      return to.close(1000, "");
    }
  }
}

/// A behaviour that wants `/path`, by WebSocket or not.
template <class F>
test::fake_vendor::behaviour
at(std::string_view path, bool websocket, F behave) {
  return [=](const vendor_request& request, vendor_connection& to) {
    if (!request.path.ends_with(path) || request.is_websocket != websocket)
      return to.respond(404, "{}");
    if (websocket)
      to.accept();
    behave(request, to);
  };
}

} // namespace

std::vector<std::string> vendor_places::arguments() const {
  return {"--vendors", recognizer, model, voice, ca_file};
}

vendor_places vendor_places::from(const std::vector<std::string>& arguments) {
  if (arguments.size() != 4)
    throw std::invalid_argument{"--vendors wants three URLs and a file"};
  return {arguments[0], arguments[1], arguments[2], arguments[3]};
}

turn_vendors::turn_vendors(turn_board& board, bool tls)
  : recognizer_(at("/v2/listen", true,
                   [&board](auto&, vendor_connection& to) {
                     flux_stream{board, to}.run();
                   }),
                tls),
    model_(at("/chat/completions", false,
              [&board](const vendor_request& request, vendor_connection& to) {
                answer(board, request, to);
              }),
           tls),
    voice_(at("/v1/speak", true,
              [&board](auto&, vendor_connection& to) { speak(board, to); }),
           tls) {}

vendor_places turn_vendors::places() const {
  return {recognizer_.url(), model_.url(), voice_.url(),
          test::vendor_ca_file()};
}

int turn_vendors::open() const {
  return recognizer_.open() + model_.open() + voice_.open();
}

} // namespace velox::bench
