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
  session_base(stage_world_ptr x, size_t provider)
    : env(std::move(x)), timers(env->world), number(++env->sessions),
      provider(provider) {}

  stage_world_ptr env;
  session_timers timers;
  uint64_t number;
  size_t provider; ///< its place in the stage's list, from 1
  bool hung = false;
};

// -- speech to text
// ------------------------------------------------------------

class sim_recognizer final : public speech_recognizer, session_base {
public:
  sim_recognizer(stage_world_ptr x, recognition_client_actor client,
                 size_t provider)
    : session_base(std::move(x), provider), client_(std::move(client)) {}

  void hear(std::vector<uint8_t> mulaw) override {
    for (size_t i = 0; i + batch_bytes <= mulaw.size(); i += batch_bytes)
      if (auto word = read_batch(mulaw.data() + i).word) {
        auto& utterance = env->words->at(word->first);
        if (utterance.echo) {
          overhear(utterance.words.at(word->second));
          continue;
        }
        confidence_ = std::min(confidence_, utterance.confidence);
        add(utterance.words.at(word->second));
      }
  }

  void utterance_began() override { echo_.clear(); }

  void utterance_ended() override {
    if (hung)
      return;
    auto text = std::exchange(words_, {});
    auto sure = text.empty() ? 0 : std::exchange(confidence_, usual_confidence);
    auto& luck = env->recogniser;
    auto span
      = env->first_in(luck, env->between(milliseconds{50}, milliseconds{500}));
    auto drawn = env->draw("stt", luck, env->recogniser_tally, provider);
    switch (drawn.what) {
      case mishap::lose: return;
      case mishap::hang: hung = true; return;
      case mishap::crash: throw std::runtime_error("the recogniser crashed");
      case mishap::fail:
        caf::anon_send(client_, provider_failed{"stt", "drill", drawn.code});
        return;
      case mishap::slow:
      case mishap::delay: span += env->lateness(drawn); break;
      case mishap::duplicate: tell(text, sure, span + milliseconds{30}); break;
      case mishap::none: break;
    }
    tell(text, sure, span);
  }

private:
  /// Words of the agent that came back.
  void overhear(const std::string& word) {
    echo_ += (echo_.empty() ? "" : " ") + word;
    if (!hung)
      timers.after(milliseconds{60}, [this, text = echo_] {
        caf::anon_send(client_, words_partial{text});
      });
  }

  void add(const std::string& word) {
    words_ += (words_.empty() ? "" : " ") + word;
    if (hung)
      return;
    timers.after(env->next_in(env->recogniser,
                              env->between(milliseconds{30}, milliseconds{90})),
                 [this, text = words_] {
                   if (!words_.empty())
                     caf::anon_send(client_, words_partial{text});
                 });
  }

  /// Finals keep their order, unless one is delayed by a mishap.
  void tell(const std::string& text, double sure, caf::timespan span) {
    auto now = env->world.now();
    if (span < seconds{2}) {
      last_final_ = std::max(last_final_, now + span);
      span = last_final_ - now;
    }
    timers.after(span, [this, text, sure] {
      if (!hung)
        caf::anon_send(client_, words_final{text, sure});
    });
  }

  static constexpr double usual_confidence = 0.9;

  recognition_client_actor client_;
  double confidence_ = 1; ///< of the least sure words
  std::string words_;
  std::string echo_;
  virtual_world::time_point last_final_{};
};

// -- text to speech
// ------------------------------------------------------------

class sim_synthesizer final : public speech_synthesizer, session_base {
public:
  sim_synthesizer(stage_world_ptr x, synthesis_client_actor client,
                  size_t provider)
    : session_base(std::move(x), provider), client_(std::move(client)) {}

  void say(const sentence& x) override {
    if (env->texts)
      env->texts->try_emplace({x.turn & 0xff, x.index & 0xff}, x.text);
    if (hung)
      return;
    auto& luck = env->synthesiser;
    auto span = env->first_in(
      luck,
      env->between(milliseconds{60},
                   std::chrono::duration_cast<milliseconds>(env->slowest) / 2
                     + milliseconds{60}));
    auto drawn = env->draw("tts", luck, env->synthesiser_tally, provider);
    switch (drawn.what) {
      case mishap::lose: return;
      case mishap::hang: hung = true; return;
      case mishap::crash: throw std::runtime_error("the synthesiser crashed");
      case mishap::delay: span += env->lateness(drawn); break;
      case mishap::slow:
      case mishap::fail:
      case mishap::duplicate:
      case mishap::none: break;
    }
    stream(x, span, drawn);
  }

  void cancel(uint64_t turn) override {
    cancelled_ = std::max(cancelled_, turn);
    free_at_ = env->world.now();
  }

private:
  /// Pieces of half a second, faster than they are spoken; now and then one is
  /// on its way when the turn is cancelled.
  void stream(const sentence& x, caf::timespan span, planned_mishap drawn) {
    auto what = drawn.what;
    auto total = x.text.size() * bytes_per_character;
    auto now = env->world.now();
    free_at_ = std::max(free_at_, now) + span;
    for (size_t offset = 0; offset < total; offset += piece) {
      auto size = std::min(piece, total - offset);
      auto last = offset + size >= total;
      if (what == mishap::fail
          && (offset >= 2 * piece || env->synthesiser.script)) {
        provider_failed failed{"tts", "drill", drawn.code};
        failed.attempt = x.attempt;
        timers.after(free_at_ - now,
                     [this, failed] { caf::anon_send(client_, failed); });
        return;
      }
      sentence_audio next{x.turn, x.index, offset, {}, last};
      next.attempt = x.attempt;
      give(next, size);
      if (what == mishap::duplicate)
        give(next, size);
      free_at_ += env->next_in(
        env->synthesiser, env->between(milliseconds{40}, milliseconds{200}));
      if (what == mishap::slow && offset == 0)
        free_at_ += env->lateness(drawn);
      if (env->chance(env->stalls)) // the voice runs dry in mid-sentence
        free_at_ += env->between(milliseconds{500}, milliseconds{3000});
    }
  }

  void give(sentence_audio x, size_t size) {
    auto late = !env->synthesiser.script && env->chance(0.1);
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
  sim_model(stage_world_ptr x, answer_client_actor client, size_t provider)
    : session_base(std::move(x), provider), client_(std::move(client)) {}

  void answer(const prompt& x) override {
    env->asked.push_back({number, env->world.now(), x});
    if (hung)
      return;
    turn_ = x.turn;
    auto& luck = env->model;
    auto span = env->first_in(
      luck, env->between(milliseconds{100},
                         std::chrono::duration_cast<milliseconds>(env->slowest)
                           + milliseconds{100}));
    auto drawn = env->draw("llm", luck, env->model_tally, provider);
    switch (drawn.what) {
      case mishap::hang: hung = true; return;
      case mishap::crash: throw std::runtime_error("the model crashed");
      case mishap::delay: span += env->lateness(drawn); break;
      default: break;
    }
    reply_ = reply_to(x);
    stream(x, rest_of(x, reply_.text), span, drawn);
  }

  void use_results(const tool_results& x) override {
    if (hung || x.turn != turn_)
      return;
    auto failed = std::any_of(x.results.begin(), x.results.end(),
                              [](auto& one) { return one.failed; });
    auto text = failed && !reply_.when_failed.empty() ? reply_.when_failed
                                                      : reply_.when_done;
    reply_.calls.clear();
    auto span = env->first_in(env->model, milliseconds{300});
    stream(asked_, text, span, {});
  }

  void cancel(uint64_t turn) override {
    if (turn >= turn_)
      turn_ = 0;
  }

private:
  model_reply reply_to(const prompt& x) {
    asked_ = x;
    if (env->reply)
      return env->reply(x);
    model_reply result;
    result.text = env->answer ? env->answer(x) : invent_answer(x);
    result.memory = "turn " + std::to_string(x.turn);
    std::mt19937_64 random{hash_of(x) + 1};
    std::uniform_real_distribution<> share;
    if (auto dice = share(random); dice < env->hangs_up) {
      result.then = next_step::hang_up;
    } else if (dice < env->hangs_up + env->transfers) {
      result.then = next_step::transfer;
      result.transfer_to = "+15550100";
    }
    return result;
  }

  std::string rest_of(const prompt& x, const std::string& whole) {
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
              planned_mishap drawn) {
    auto what = drawn.what;
    for (size_t from = 0; from < text.size();) {
      auto until = std::min(text.find(' ', from + 12), text.size());
      if (what == mishap::fail && from > text.size() / 2)
        break;
      tokens next{x.turn, text.substr(from, until - from)};
      next.attempt = x.attempt;
      tell(x.turn, span, next);
      span += env->next_in(env->model,
                           env->between(milliseconds{10}, milliseconds{120}));
      if (what == mishap::slow && from == 0)
        span += env->lateness(drawn);
      from = until;
    }
    if (what == mishap::lose)
      return;
    if (what == mishap::fail) {
      provider_failed failed{"llm", "drill", drawn.code};
      failed.attempt = x.attempt;
      tell(x.turn, span, failed);
      return;
    }
    if (!reply_.calls.empty()) {
      tell(x.turn, span, tool_calls{x.turn, reply_.calls, x.attempt});
      if (what == mishap::duplicate)
        tell(x.turn, span, tool_calls{x.turn, reply_.calls, x.attempt});
      return;
    }
    answer_done done{x.turn, reply_.then, reply_.transfer_to, reply_.memory};
    done.attempt = x.attempt;
    done.press = reply_.press;
    done.expects_keys = reply_.expects_keys;
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
  prompt asked_;
  model_reply reply_;
};

} // namespace

std::string_view to_text(mishap x) {
  switch (x) {
    case mishap::none: return "none";
    case mishap::lose: return "lose";
    case mishap::delay: return "delay";
    case mishap::slow: return "slow";
    case mishap::duplicate: return "duplicate";
    case mishap::fail: return "fail";
    case mishap::crash: return "crash";
    case mishap::hang: return "hang";
  }
  return "";
}

planned_mishap sim_stage_world::draw(const char* stage, const stage_luck& luck,
                                     tally& so_far, size_t provider) {
  static const std::vector<mishap> any{mishap::lose,      mishap::delay,
                                       mishap::duplicate, mishap::fail,
                                       mishap::crash,     mishap::hang};
  auto piece = ++so_far.pieces;
  auto own = ++so_far.by_provider[provider];
  if (luck.script) {
    for (auto& x : luck.script->faults) {
      if (x.provider != 0 && x.provider != provider)
        continue;
      auto number = x.provider == 0 ? piece : own;
      if (number < x.first || number > x.last)
        continue;
      mishaps.push_back({world.now(), stage, x.how.what});
      return x.how;
    }
    return {};
  }
  if (piece <= luck.first || so_far.bad >= luck.most || !chance(luck.bad))
    return {};
  ++so_far.bad;
  auto& how = luck.how.empty() ? any : luck.how;
  auto result = how[below(how.size())];
  mishaps.push_back({world.now(), stage, result});
  return {result};
}

std::unique_ptr<speech_recognizer>
make_sim_recognizer(stage_world_ptr env, recognition_client_actor client,
                    size_t provider) {
  return std::make_unique<sim_recognizer>(std::move(env), std::move(client),
                                          provider);
}

std::unique_ptr<speech_synthesizer>
make_sim_synthesizer(stage_world_ptr env, synthesis_client_actor client,
                     size_t provider) {
  return std::make_unique<sim_synthesizer>(std::move(env), std::move(client),
                                           provider);
}

std::unique_ptr<language_model>
make_sim_model(stage_world_ptr env, answer_client_actor client,
               size_t provider) {
  return std::make_unique<sim_model>(std::move(env), std::move(client),
                                     provider);
}

} // namespace velox::rehearsal
