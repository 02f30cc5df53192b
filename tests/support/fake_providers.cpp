#include "tests/support/fake_providers.hpp"

#include "tests/support/spelled_audio.hpp"

#include <stdexcept>
#include <utility>

namespace velox::test {

namespace {

/// The end of the last whole word of `text`.
size_t whole_words(const std::string& text) {
  auto end = text.find_last_of(' ');
  return end == std::string::npos ? 0 : end;
}

class fake_recognizer : public speech_recognizer {
public:
  fake_recognizer(fake_providers_ptr fake, recognition_client_actor client)
    : fake_(std::move(fake)), client_(std::move(client)) {}

  void hear(std::vector<uint8_t> mulaw) override {
    if (spoilt("hear"))
      return;
    text_ += read_aloud(mulaw);
    auto words = whole_words(text_);
    if (words <= told_)
      return;
    told_ = words;
    caf::anon_send(client_, words_partial{text_.substr(0, words)});
  }

  void utterance_began() override { spoilt("began"); }

  void utterance_ended() override {
    auto text = std::exchange(text_, {});
    told_ = 0;
    if (spoilt("ended"))
      return;
    fake_->later(fake_->recognition, alive_, [this, text] {
      fake_->understood.push_back(text);
      caf::anon_send(client_, words_final{text, text.empty() ? 0. : 0.9});
    });
  }

private:
  bool spoilt(std::string_view request) {
    return fake_->spoilt("stt", request, [this](provider_failed x) {
      caf::anon_send(client_, std::move(x));
    });
  }

  fake_providers_ptr fake_;
  recognition_client_actor client_;
  std::string text_;
  size_t told_ = 0;
  std::shared_ptr<void> alive_ = std::make_shared<int>();
};

class fake_synthesizer : public speech_synthesizer {
public:
  fake_synthesizer(fake_providers_ptr fake, synthesis_client_actor client)
    : fake_(std::move(fake)), client_(std::move(client)) {}

  void say(const sentence& x) override {
    if (spoilt("say"))
      return;
    fake_->said.push_back(x);
    // One sentence after the other: a voice has one mouth.
    auto now = fake_->world.now();
    auto due = std::max(free_at_, now) + fake_->synthesis;
    auto audio = spell(x.text + " "); // a breath between sentences
    for (size_t offset = 0; offset == 0 || offset < audio.size();
         offset += fake_->piece_bytes) {
      auto size = std::min(fake_->piece_bytes, audio.size() - offset);
      sentence_audio piece{x.turn, x.index, offset, {}, false};
      piece.attempt = x.attempt;
      piece.last = offset + size == audio.size();
      auto from = audio.begin() + static_cast<ptrdiff_t>(offset);
      piece.mulaw.assign(from, from + static_cast<ptrdiff_t>(size));
      fake_->later(due - now, alive_, [this, piece = std::move(piece)] {
        if (piece.turn > cancelled_ || fake_->late_audio)
          caf::anon_send(client_, piece);
      });
      free_at_ = due;
      due += fake_->between_pieces;
    }
  }

  void cancel(uint64_t turn) override {
    if (spoilt("cancel"))
      return;
    fake_->cancelled.push_back(turn);
    cancelled_ = turn;
    free_at_ = {};
  }

private:
  bool spoilt(std::string_view request) {
    return fake_->spoilt("tts", request, [this](provider_failed x) {
      caf::anon_send(client_, std::move(x));
    });
  }

  fake_providers_ptr fake_;
  synthesis_client_actor client_;
  uint64_t cancelled_ = 0;
  virtual_world::time_point free_at_{};
  std::shared_ptr<void> alive_ = std::make_shared<int>();
};

class fake_model : public language_model {
public:
  fake_model(fake_providers_ptr fake, answer_client_actor client)
    : fake_(std::move(fake)), client_(std::move(client)) {}

  void answer(const prompt& x) override {
    fake_->prompts.push_back(x);
    if (spoilt("answer"))
      return;
    auto answer = fake_->answer(x);
    if (!x.said_so_far.empty() && answer.text.starts_with(x.said_so_far))
      answer.text.erase(0, x.said_so_far.size());
    asked_ = x;
    auto due = speak(answer.text);
    if (answer.tools.empty())
      finish(answer, due);
    else
      send(due, x.turn, tool_calls{x.turn, answer.tools, x.attempt});
    answer_ = std::move(answer);
  }

  void cancel(uint64_t turn) override {
    if (!spoilt("cancel"))
      cancelled_ = turn;
  }

  void use_results(const tool_results& x) override {
    fake_->tool_results_used.push_back(x);
    if (!answer_.after_tools.empty())
      finish(answer_, speak(answer_.after_tools));
  }

private:
  /// Token by token; returns when the last one is out.
  caf::timespan speak(const std::string& text) {
    auto due = fake_->thinking;
    for (size_t begin = 0; begin < text.size();) {
      auto end = std::min(text.find(' ', begin + 1), text.size());
      send(
        due, asked_.turn,
        tokens{asked_.turn, text.substr(begin, end - begin), asked_.attempt});
      begin = end;
      due += fake_->between_tokens;
    }
    return due;
  }

  void finish(const scripted_answer& x, caf::timespan due) {
    answer_done done{asked_.turn, x.then, x.transfer_to, x.memory};
    done.attempt = asked_.attempt;
    done.press = x.press;
    done.usage = {50, 7};
    send(due, asked_.turn, std::move(done));
  }

  template <class T>
  void send(caf::timespan span, uint64_t turn, T x) {
    fake_->later(span, alive_, [this, turn, x = std::move(x)] {
      if (turn > cancelled_)
        caf::anon_send(client_, x);
    });
  }

  bool spoilt(std::string_view request) {
    return fake_->spoilt("llm", request, [this](provider_failed x) {
      caf::anon_send(client_, std::move(x));
    });
  }

  fake_providers_ptr fake_;
  answer_client_actor client_;
  prompt asked_;
  scripted_answer answer_;
  uint64_t cancelled_ = 0;
  std::shared_ptr<void> alive_ = std::make_shared<int>();
};

scripted_answer usual_answer(const prompt& x) {
  if (x.history.empty())
    return {"Hello, this is the test agent. How can I help you?"};
  auto& last = x.history.back();
  if (last.role != "user" || x.confidence == 0)
    return {"Sorry, I did not get that."};
  if (last.text.find("goodbye") != std::string::npos)
    return {"Goodbye then.", next_step::hang_up};
  if (last.text.find("operator") != std::string::npos)
    return {"One moment please.", next_step::transfer, "+15550100"};
  return {"You said " + last.text + ". What else can I do for you?"};
}

} // namespace

fake_providers_ptr fake_providers::make(virtual_world& world) {
  fake_providers_ptr result{new fake_providers(world)};
  result->answer = usual_answer;
  return result;
}

recognizer_factory fake_providers::recognizers() {
  return
    [fake = shared_from_this()](
      const recognizer_options& options,
      recognition_client_actor client) -> std::unique_ptr<speech_recognizer> {
      ++fake->recognizers_made;
      fake->listened.push_back(options);
      fake->spoilt("stt", "make", [client](provider_failed x) {
        caf::anon_send(client, std::move(x));
      });
      return std::make_unique<fake_recognizer>(fake, std::move(client));
    };
}

synthesizer_factory fake_providers::synthesizers() {
  return
    [fake = shared_from_this()](
      const synthesizer_options& options,
      synthesis_client_actor client) -> std::unique_ptr<speech_synthesizer> {
      ++fake->synthesizers_made;
      fake->spoke_as.push_back(options);
      fake->spoilt("tts", "make", [client](provider_failed x) {
        caf::anon_send(client, std::move(x));
      });
      return std::make_unique<fake_synthesizer>(fake, std::move(client));
    };
}

language_model_factory fake_providers::models() {
  return [fake = shared_from_this()](
           const language_model_options&,
           answer_client_actor client) -> std::unique_ptr<language_model> {
    ++fake->models_made;
    fake->spoilt("llm", "make", [client](provider_failed x) {
      caf::anon_send(client, std::move(x));
    });
    return std::make_unique<fake_model>(fake, std::move(client));
  };
}

void fake_providers::later(caf::timespan span, const std::weak_ptr<void>& alive,
                           std::function<void()> what) {
  if (span <= caf::timespan{0}) {
    what();
    return;
  }
  world.after(span, [alive, what = std::move(what)] {
    if (!alive.expired())
      what();
  });
}

bool fake_providers::spoilt(
  std::string_view stage, std::string_view request,
  const std::function<void(provider_failed)>& failed) {
  switch (on_request ? on_request(stage, request) : fault::none) {
    case fault::none: return false;
    case fault::fail:
      failed({std::string{stage}, "The fake was told to fail."});
      return true;
    case fault::throws: throw std::runtime_error("the fake was told to throw");
    case fault::drop: return true;
  }
  return false;
}

} // namespace velox::test
