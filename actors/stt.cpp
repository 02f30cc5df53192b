#include "actors/stt.hpp"

#include <utility>

namespace velox::actors {

namespace {

void try_provider(stt_pointer self);

constexpr int64_t bytes_per_second = 8000; // mu-law
/// So much is lost to the bill when this actor dies.
constexpr int64_t noted_seconds = 5;

/// Vendors charge for the sound that they are sent, silence included.
void note_usage(stt_pointer self) {
  auto& state = self->state;
  auto bytes = std::exchange(state.heard_bytes, 0);
  auto& provider = state.providers.all.at(state.rotation->current());
  self->send(state.call,
             usage_noted{0, "stt", provider.name, "second",
                         (bytes + bytes_per_second - 1) / bytes_per_second});
}

void hear(stt_pointer self, std::vector<uint8_t> mulaw) {
  auto& state = self->state;
  state.heard_bytes += static_cast<int64_t>(mulaw.size());
  state.session->hear(std::move(mulaw));
  if (state.heard_bytes >= noted_seconds * bytes_per_second) {
    auto rest = state.heard_bytes - noted_seconds * bytes_per_second;
    state.heard_bytes -= rest; // whole seconds: nothing is rounded up yet
    note_usage(self);
    state.heard_bytes = rest;
  }
}

void end_session(stt_pointer self) {
  if (self->state.session)
    note_usage(self);
  self->state.session.reset();
}

/// The next provider, or the same again, after a pause; or the end of the list.
void fail_over(stt_pointer self, provider_errc code) {
  auto& state = self->state;
  ++state.tries;
  auto next = state.rotation->failed(code);
  if (!next) {
    self->now_doing("failed");
    self->send(state.call, stage_failed{"stt"});
    return;
  }
  self->now_doing("reconnecting");
  if (next->pause == caf::timespan{0})
    try_provider(self);
  else
    wake(self, next->pause, state.tries);
}

void catch_up(stt_pointer self) {
  auto& state = self->state;
  for (auto& x : state.recent.unsettled()) {
    state.session->utterance_began();
    hear(self, std::move(x.mulaw));
    if (x.ended)
      state.session->utterance_ended();
  }
}

void try_provider(stt_pointer self) {
  auto& state = self->state;
  auto& provider = state.providers.all.at(state.rotation->current());
  auto number = ++state.tries;
  take_place(
    self, state.providers.gateways, provider.gateway,
    [self, number, &provider](provider_place place) {
      auto& state = self->state;
      if (number != state.tries) {
        place.leave(self, state.providers.gateways);
        return;
      }
      state.place = std::move(place);
      state.session = provider.make(
        state.options, caf::actor_cast<recognition_client_actor>(self));
      self->now_doing("listening");
      catch_up(self);
    },
    [self, number] {
      if (number == self->state.tries)
        fail_over(self, provider_errc::unavailable);
    });
}

void on_failure(stt_pointer self, const provider_failed& x) {
  auto& state = self->state;
  if (!state.session)
    return;
  end_session(self);
  state.place.failed(self, state.providers.gateways, x);
  auto& provider = state.providers.all.at(state.rotation->current());
  self->send(state.call, provider_failure(provider.name, x));
  fail_over(self, x.code);
}

void on_success(stt_pointer self) {
  auto& state = self->state;
  state.place.worked(self, state.providers.gateways);
  state.rotation->succeeded();
}

} // namespace

stt_actor::behavior_type
stt(stt_pointer self, const call_actor& call, recognizer_list providers,
    recognizer_options options, rotation_policy policy) {
  auto& state = self->state;
  state.call = call;
  state.options = std::move(options);
  state.providers = std::move(providers);
  state.rotation.emplace(state.providers.all.size(), policy);
  try_provider(self);
  return {
    // From the session.
    [self](const session_ready&) {
      self->state.place.worked(self, self->state.providers.gateways);
    },
    [self](const words_partial& x) {
      on_success(self);
      self->send(self->state.others.turn_taker, x);
    },
    [self](const words_final& x) {
      auto& state = self->state;
      on_success(self);
      self->now_doing("listening");
      state.recent.settle();
      self->send(state.others.stream, utterance_settled{});
      self->send(state.others.turn_taker, x);
    },
    [self](const provider_failed& x) { on_failure(self, x); },
    // From the tree.
    [self](const peers& x) { self->state.others = x; },
    [self](caller_audio& x) {
      auto& state = self->state;
      state.recent.add(x.mulaw);
      if (state.session)
        hear(self, std::move(x.mulaw));
    },
    [self](const voice_started&) {
      auto& state = self->state;
      state.recent.mark_voice(true);
      self->now_doing("recognising");
      if (state.session)
        state.session->utterance_began();
    },
    [self](const voice_stopped&) {
      auto& state = self->state;
      state.recent.mark_voice(false);
      if (state.session)
        state.session->utterance_ended();
    },
    [self](const use_language& x) {
      auto& state = self->state;
      if (state.options.language == x.language)
        return;
      state.options.language = x.language;
      end_session(self);
      state.place.leave(self, state.providers.gateways);
      state.rotation->rewind();
      try_provider(self);
    },
    [self](caf::flush_atom) { note_usage(self); },
    [self](caf::timeout_atom, uint64_t number) {
      if (number == self->state.tries)
        try_provider(self);
    },
  };
}

} // namespace velox::actors
