#include "actors/tts.hpp"

#include "protocol/spoken_form.hpp"

#include <algorithm>
#include <utility>

namespace velox::actors {

namespace {

void try_provider(tts_pointer self);

void on_sentence(tts_pointer self, const sentence& x);

/// Code points; continuation bytes are not counted (RFC 3629).
int64_t count_characters(const std::string& text) {
  return std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
}

/// The sentences before it are said: the rest is in another language.
void change_language(tts_pointer self) {
  auto& state = self->state;
  if (!state.next_language || !state.pending.empty())
    return;
  state.options.language = state.next_language->language;
  state.options.voice = state.next_language->voice;
  state.next_language.reset();
  state.sessions.clear();
  for (auto& x : std::exchange(state.later, {}))
    on_sentence(self, x);
}

/// Nothing is owed any more: the provider's place is free for others.
void rest(tts_pointer self) {
  auto& state = self->state;
  self->now_doing("waiting");
  state.place.leave(self, state.providers.gateways);
  state.voice = nullptr;
  state.waiting = false;
  ++state.wait;
  change_language(self);
}

void fail_over(tts_pointer self, provider_errc code) {
  auto& state = self->state;
  ++state.wait;
  auto next = state.rotation->failed(code);
  if (!next) {
    self->now_doing("failed");
    state.pending = {};
    state.waiting = false;
    self->send(state.call, stage_failed{"tts"});
    return;
  }
  self->now_doing("reconnecting");
  state.waiting = true;
  if (next->pause == caf::timespan{0})
    try_provider(self);
  else
    wake(self, next->pause, state.wait);
}

speech_synthesizer* session(tts_pointer self, size_t index) {
  auto& state = self->state;
  auto& found = state.sessions[index];
  if (!found)
    found = state.providers.all.at(index).make(
      state.options, caf::actor_cast<synthesis_client_actor>(self));
  return found.get();
}

void say(tts_pointer self, const sentence& x) {
  auto& state = self->state;
  state.submitted[{x.turn, x.index}] = count_characters(x.text);
  state.voice->say(x);
}

/// The voice that was chosen says all that is owed.
void set_to_work(tts_pointer self) {
  auto& state = self->state;
  state.waiting = false;
  state.voice = session(self, state.rotation->current());
  ++state.attempt;
  self->now_doing("synthesising");
  std::vector<sentence_audio> done;
  auto owed = state.pending.hand_over(done);
  for (auto& x : done)
    self->send(state.others.stream, std::move(x));
  for (auto& x : owed) {
    x.attempt = state.attempt;
    say(self, x);
  }
  if (owed.empty() && !done.empty())
    rest(self);
}

/// With its first sound the vendor has taken the text, and charges for it.
void note_usage(tts_pointer self, const sentence_audio& x) {
  auto& state = self->state;
  auto given = state.submitted.extract({x.turn, x.index});
  if (given.empty() || x.remembered)
    return;
  auto& provider = state.providers.all.at(state.rotation->current());
  self->send(state.call, usage_noted{x.turn, "tts", provider.name, "character",
                                     given.mapped()});
}

void try_provider(tts_pointer self) {
  auto& state = self->state;
  state.waiting = true;
  auto number = ++state.wait;
  auto& provider = state.providers.all.at(state.rotation->current());
  take_place(
    self, state.providers.gateways, provider.gateway,
    [self, number](provider_place place) {
      auto& state = self->state;
      if (number != state.wait) {
        place.leave(self, state.providers.gateways);
        return;
      }
      state.place = std::move(place);
      set_to_work(self);
    },
    [self, number] {
      if (number == self->state.wait)
        fail_over(self, provider_errc::unavailable);
    });
}

void on_failure(tts_pointer self, const provider_failed& x) {
  auto& state = self->state;
  auto index = state.rotation->current();
  auto& provider = state.providers.all.at(index);
  if (x.attempt != 0 && x.attempt != state.attempt)
    return; // of a session that was given up already
  self->send(state.call, provider_failure(provider.name, x));
  state.sessions.erase(index);
  if (!state.voice)
    return; // it broke while nobody needed it
  state.voice = nullptr;
  state.place.failed(self, state.providers.gateways, x);
  fail_over(self, x.code);
}

void on_audio(tts_pointer self, sentence_audio& x) {
  auto& state = self->state;
  auto stale = x.attempt != 0 && x.attempt != state.attempt;
  if (x.turn <= state.cancelled || stale || !state.pending.take(x))
    return;
  note_usage(self, x);
  if (!x.mulaw.empty()) {
    state.place.worked(self, state.providers.gateways);
    state.rotation->succeeded();
  }
  self->send(state.others.stream, std::move(x));
  if (state.pending.empty())
    rest(self);
}

void on_sentence(tts_pointer self, const sentence& x) {
  auto& state = self->state;
  if (x.turn <= state.cancelled)
    return;
  if (state.next_language) {
    state.later.push_back(x);
    return;
  }
  if (x.turn != state.turn && !state.voice && !state.waiting)
    state.rotation->rewind(); // a recovered provider gets its work back
  state.turn = x.turn;
  // From here on it is what the voice says: another one can then go on from
  // the word at which the first fell silent.
  auto y = x;
  y.text = spoken_form(x.text, state.options.language);
  state.pending.add(y);
  if (state.voice) {
    y.attempt = state.attempt;
    say(self, y);
  } else if (!state.waiting) {
    try_provider(self);
  }
}

void on_cancel(tts_pointer self, uint64_t turn) {
  auto& state = self->state;
  if (turn <= state.cancelled)
    return;
  state.cancelled = turn;
  state.pending.drop_up_to(turn);
  std::erase_if(state.later, [turn](auto& x) { return x.turn <= turn; });
  state.submitted.erase(state.submitted.begin(),
                        state.submitted.lower_bound({turn + 1, 0}));
  for (auto& [index, voice] : state.sessions)
    if (voice)
      voice->cancel(turn);
  if (state.pending.empty())
    rest(self);
}

} // namespace

tts_actor::behavior_type
tts(tts_pointer self, const call_actor& call, synthesizer_list providers,
    synthesizer_options options) {
  auto& state = self->state;
  state.call = call;
  state.options = std::move(options);
  state.providers = std::move(providers);
  // The caller waits: no second chance before all others had their first.
  rotation_policy policy{0, caf::timespan{0}, 2,
                         std::chrono::milliseconds{200}};
  state.rotation.emplace(state.providers.all.size(), policy);
  try_provider(self); // its connection is there when the first sentence comes
  return {
    // From the session.
    [self](sentence_audio& x) { on_audio(self, x); },
    [self](const provider_failed& x) { on_failure(self, x); },
    // From the tree.
    [self](const peers& x) { self->state.others = x; },
    [self](const sentence& x) { on_sentence(self, x); },
    [self](const cancel& x) { on_cancel(self, x.turn); },
    [self](const use_language& x) {
      if (self->state.options.language == x.language)
        return;
      self->state.next_language = x;
      if (self->state.pending.empty())
        rest(self);
    },
    [self](caf::timeout_atom, uint64_t number) {
      if (number == self->state.wait && self->state.waiting)
        try_provider(self);
    },
  };
}

} // namespace velox::actors
