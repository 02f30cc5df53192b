#include "adapters/cli/rehearsal/sim_providers.hpp"

#include <stdexcept>

namespace velox::rehearsal {

namespace {

/// A session's future: void once the session is gone.
class session_timers {
public:
  explicit session_timers(virtual_world& world) : world_(world) {}
  ~session_timers() { *alive_ = false; }

  void after(caf::timespan span, std::function<void()> what) {
    world_.after(span, [what = std::move(what), alive = alive_] {
      if (*alive)
        what();
    });
  }

private:
  virtual_world& world_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

/// What all three sessions have in common.
struct session_base {
  explicit session_base(stage_world_ptr x)
    : env(std::move(x)), timers(env->world), number(++env->sessions) {}

  stage_world_ptr env;
  session_timers timers;
  uint64_t number;
  bool hung = false;
};

// -- speech to text
// ------------------------------------------------------------

class sim_recognizer final : public speech_recognizer, session_base {
public:
  sim_recognizer(stage_world_ptr x, recognition_client_actor client)
    : session_base(std::move(x)), client_(std::move(client)) {}

  void hear(std::vector<uint8_t> mulaw) override {
    for (size_t i = 0; i + batch_bytes <= mulaw.size(); i += batch_bytes)
      if (auto word = read_batch(mulaw.data() + i).word)
        add(env->words->at(word->first).at(word->second));
  }

  void utterance_began() override {}

  void utterance_ended() override {
    if (hung)
      return;
    auto text = std::exchange(words_, {});
    auto span = env->between(milliseconds{50}, milliseconds{500});
    auto what = env->draw("stt", env->recogniser, env->recogniser_tally);
    switch (what) {
      case mishap::lose: return;
      case mishap::hang: hung = true; return;
      case mishap::crash: throw std::runtime_error("the recogniser crashed");
      case mishap::fail:
        caf::anon_send(client_, provider_failed{"stt", "drill"});
        return;
      case mishap::delay:
        span += env->between(milliseconds{2000}, milliseconds{7000});
        break;
      case mishap::duplicate: tell(text, span + milliseconds{30}); break;
      case mishap::none: break;
    }
    tell(text, span);
  }

private:
  void add(const std::string& word) {
    words_ += (words_.empty() ? "" : " ") + word;
    if (hung)
      return;
    timers.after(env->between(milliseconds{30}, milliseconds{90}),
                 [this, text = words_] {
                   if (!words_.empty())
                     caf::anon_send(client_, words_partial{text});
                 });
  }

  /// Finals keep their order, unless one is delayed by a mishap.
  void tell(const std::string& text, caf::timespan span) {
    auto now = env->world.now();
    if (span < seconds{2}) {
      last_final_ = std::max(last_final_, now + span);
      span = last_final_ - now;
    }
    timers.after(span, [this, text] {
      if (!hung)
        caf::anon_send(client_, words_final{text, text.empty() ? 0 : 0.9});
    });
  }

  recognition_client_actor client_;
  std::string words_;
  virtual_world::time_point last_final_{};
};

// -- text to speech
// ------------------------------------------------------------

class sim_synthesizer final : public speech_synthesizer, session_base {
public:
  sim_synthesizer(stage_world_ptr x, synthesis_client_actor client)
    : session_base(std::move(x)), client_(std::move(client)) {}

  void say(const sentence& x) override {
    if (hung)
      return;
    auto span
      = env->between(milliseconds{60},
                     std::chrono::duration_cast<milliseconds>(env->slowest) / 2
                       + milliseconds{60});
    auto what = env->draw("tts", env->synthesiser, env->synthesiser_tally);
    switch (what) {
      case mishap::lose: return;
      case mishap::hang: hung = true; return;
      case mishap::crash: throw std::runtime_error("the synthesiser crashed");
      case mishap::delay:
        span += env->between(milliseconds{2000}, milliseconds{7000});
        break;
      case mishap::fail:
      case mishap::duplicate:
      case mishap::none: break;
    }
    stream(x, span, what);
  }

  void cancel(uint64_t turn) override {
    cancelled_ = std::max(cancelled_, turn);
    free_at_ = env->world.now();
  }

private:
  /// Pieces of half a second, faster than they are spoken; now and then one is
  /// on its way when the turn is cancelled.
  void stream(const sentence& x, caf::timespan span, mishap what) {
    auto total = x.text.size() * bytes_per_character;
    auto now = env->world.now();
    free_at_ = std::max(free_at_, now) + span;
    for (size_t offset = 0; offset < total; offset += piece) {
      auto size = std::min(piece, total - offset);
      auto last = offset + size >= total;
      if (what == mishap::fail && offset >= 2 * piece) {
        timers.after(free_at_ - now, [this] {
          caf::anon_send(client_, provider_failed{"tts", "drill"});
        });
        return;
      }
      give(sentence_audio{x.turn, x.index, offset, {}, last}, size);
      if (what == mishap::duplicate)
        give(sentence_audio{x.turn, x.index, offset, {}, last}, size);
      free_at_ += env->between(milliseconds{40}, milliseconds{200});
      if (env->chance(env->stalls)) // the voice runs dry in mid-sentence
        free_at_ += env->between(milliseconds{500}, milliseconds{3000});
    }
  }

  void give(sentence_audio x, size_t size) {
    auto late = env->chance(0.1);
    timers.after(free_at_ - env->world.now(), [this, x, size, late]() mutable {
      if (hung || (x.turn <= cancelled_ && !late))
        return;
      x.mulaw = tagged_audio(x.turn, x.index, size);
      caf::anon_send(client_, std::move(x));
    });
  }

  static constexpr size_t piece = 4000;

  synthesis_client_actor client_;
  uint64_t cancelled_ = 0;
  virtual_world::time_point free_at_{};
};

// -- language model
// ------------------------------------------------------------

uint64_t hash_of(const prompt& x) {
  uint64_t result = 14695981039346656037ull;
  auto add = [&](const std::string& text) {
    for (unsigned char c : text)
      result = (result ^ c) * 1099511628211ull;
  };
  for (auto& line : x.history) {
    add(line.role);
    add(line.text);
  }
  return result;
}

/// A fresh model that is asked to go on gives the same answer again, so what it
/// says depends on the conversation alone.
std::string invent_answer(const prompt& x) {
  static constexpr const char* vocabulary[] = {
    "we",        "have",   "a",         "table",   "for",         "two",
    "tomorrow",  "at",     "seven",     "tonight", "and",         "the",
    "doctor",    "is",     "available", "on",      "Monday",      "morning",
    "certainly", "please", "wait",      "moment",  "appointment", "calendar"};
  std::mt19937_64 random{hash_of(x)};
  std::string result;
  for (auto sentences = 1 + random() % 3; sentences > 0; --sentences) {
    result += result.empty() ? "Well" : " Then";
    for (auto words = 3 + random() % 9; words > 0; --words)
      result += std::string{" "} + vocabulary[random() % std::size(vocabulary)];
    result += ".";
  }
  return result;
}

class sim_model final : public language_model, session_base {
public:
  sim_model(stage_world_ptr x, answer_client_actor client)
    : session_base(std::move(x)), client_(std::move(client)) {}

  void answer(const prompt& x) override {
    env->asked.push_back({number, env->world.now(), x});
    if (hung)
      return;
    turn_ = x.turn;
    auto span = env->between(
      milliseconds{100}, std::chrono::duration_cast<milliseconds>(env->slowest)
                           + milliseconds{100});
    auto what = env->draw("llm", env->model, env->model_tally);
    switch (what) {
      case mishap::hang: hung = true; return;
      case mishap::crash: throw std::runtime_error("the model crashed");
      case mishap::delay:
        span += env->between(milliseconds{2000}, milliseconds{7000});
        break;
      default: break;
    }
    stream(x, text_of(x), span, what);
  }

  void cancel(uint64_t turn) override {
    if (turn >= turn_)
      turn_ = 0;
  }

private:
  std::string text_of(const prompt& x) {
    auto whole = env->answer ? env->answer(x) : invent_answer(x);
    if (x.said_so_far.empty())
      return whole;
    if (whole.compare(0, x.said_so_far.size(), x.said_so_far) != 0) {
      env->surprises.push_back(
        "asked to go on behind what is not the answer: \"" + x.said_so_far
        + "\" of \"" + whole + "\"");
      return {};
    }
    return whole.substr(x.said_so_far.size());
  }

  void stream(const prompt& x, const std::string& text, caf::timespan span,
              mishap what) {
    for (size_t from = 0; from < text.size();) {
      auto until = std::min(text.find(' ', from + 12), text.size());
      if (what == mishap::fail && from > text.size() / 2)
        break;
      tell(x.turn, span, tokens{x.turn, text.substr(from, until - from)});
      span += env->between(milliseconds{10}, milliseconds{120});
      from = until;
    }
    if (what == mishap::lose)
      return;
    if (what == mishap::fail) {
      tell(x.turn, span, provider_failed{"llm", "drill"});
      return;
    }
    answer_done done{
      x.turn, next_step::listen, {}, "turn " + std::to_string(x.turn)};
    std::mt19937_64 random{hash_of(x) + 1};
    std::uniform_real_distribution<> share;
    if (auto dice = share(random); dice < env->hangs_up) {
      done.then = next_step::hang_up;
    } else if (dice < env->hangs_up + env->transfers) {
      done.then = next_step::transfer;
      done.transfer_to = "+15550100";
    }
    tell(x.turn, span, done);
    if (what == mishap::duplicate)
      tell(x.turn, span, done);
  }

  template <class T>
  void tell(uint64_t turn, caf::timespan span, T x) {
    timers.after(span, [this, turn, x = std::move(x)] {
      if (!hung && turn == turn_)
        caf::anon_send(client_, x);
    });
  }

  answer_client_actor client_;
  uint64_t turn_ = 0;
};

} // namespace

std::string_view to_text(mishap x) {
  switch (x) {
    case mishap::none: return "none";
    case mishap::lose: return "lose";
    case mishap::delay: return "delay";
    case mishap::duplicate: return "duplicate";
    case mishap::fail: return "fail";
    case mishap::crash: return "crash";
    case mishap::hang: return "hang";
  }
  return "";
}

mishap sim_stage_world::draw(const char* stage, const stage_luck& luck,
                             tally& so_far) {
  static const std::vector<mishap> any{mishap::lose,      mishap::delay,
                                       mishap::duplicate, mishap::fail,
                                       mishap::crash,     mishap::hang};
  if (so_far.pieces++ < luck.first || so_far.bad >= luck.most
      || !chance(luck.bad))
    return mishap::none;
  ++so_far.bad;
  auto& how = luck.how.empty() ? any : luck.how;
  auto result = how[below(how.size())];
  mishaps.push_back({world.now(), stage, result});
  return result;
}

std::unique_ptr<speech_recognizer>
make_sim_recognizer(stage_world_ptr env, recognition_client_actor client) {
  return std::make_unique<sim_recognizer>(std::move(env), std::move(client));
}

std::unique_ptr<speech_synthesizer>
make_sim_synthesizer(stage_world_ptr env, synthesis_client_actor client) {
  return std::make_unique<sim_synthesizer>(std::move(env), std::move(client));
}

std::unique_ptr<language_model>
make_sim_model(stage_world_ptr env, answer_client_actor client) {
  return std::make_unique<sim_model>(std::move(env), std::move(client));
}

} // namespace velox::rehearsal
