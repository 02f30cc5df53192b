#include "actors/stream.hpp"

#include <algorithm>
#include <utility>

namespace velox::actors {

namespace {

/// How long a turn may run dry before its missing rest is reported.
constexpr caf::timespan dry_limit = std::chrono::seconds{5};

/// Marks the number of a timer as one of the background sound.
constexpr uint64_t background_timer = uint64_t{1} << 63;

void report_progress(stream_pointer self) {
  auto& state = self->state;
  auto now = self->clock().now();
  auto turn = state.queue.turn();
  auto news = state.queue.take_progress(now);
  if (news.started) {
    self->now_doing("speaking");
    self->send(state.call, playback_started{turn});
    self->send(state.others.turn_taker, playback_started{turn});
  }
  for (auto& x : news.sent)
    self->send(state.call, x);
  for (auto& x : news.heard)
    self->send(state.call, x);
  if (news.finished) {
    self->now_doing("listening");
    self->send(state.call, playback_finished{turn});
    self->send(state.others.turn_taker, playback_finished{turn});
  }
}

/// Hands audio to the carrier, behind what it has already.
void play(stream_pointer self, uint64_t turn, std::span<const uint8_t> mulaw) {
  auto& state = self->state;
  state.leg->play(turn, mulaw);
  auto at = std::max(state.played_until, self->clock().now());
  state.played_until = at + std::chrono::microseconds{mulaw.size() * 125};
  if (state.others.recorder)
    self->send(state.others.recorder,
               recorded_audio{
                 true, state.clock.ms_at(at), {mulaw.begin(), mulaw.end()}});
}

/// Drops what the carrier has not played yet.
void clear(stream_pointer self) {
  auto& state = self->state;
  auto now = self->clock().now();
  state.leg->clear();
  state.played_until = now;
  if (state.others.recorder)
    self->send(state.others.recorder, recording_cut{state.clock.ms_at(now)});
}

// -- the background sound

/// It is heard while there is nothing else, and little of it is handed out
/// ahead: an answer does not wait behind it.
constexpr size_t background_piece = 800; // 100 ms

/// Background sound belongs to none, and is never cleared for its own sake.
constexpr uint64_t no_turn = 0;

void play_background(stream_pointer self) {
  auto& state = self->state;
  auto& sound = *state.background;
  std::vector<uint8_t> piece(background_piece);
  for (auto& byte : piece) {
    byte = sound[state.background_at];
    state.background_at = (state.background_at + 1) % sound.size();
  }
  play(self, no_turn, piece);
  auto left = state.played_until - self->clock().now();
  wake(self,
       std::max<caf::timespan>(left - std::chrono::milliseconds{50},
                               std::chrono::milliseconds{50}),
       background_timer | ++state.background_look);
}

void start_background(stream_pointer self) {
  auto& state = self->state;
  auto speaking
    = state.queue.turn() != 0 && !state.queue.idle(self->clock().now());
  if (state.in_background || speaking || !state.background
      || state.background->empty())
    return;
  state.in_background = true;
  play_background(self);
}

void stop_background(stream_pointer self) {
  if (!std::exchange(self->state.in_background, false))
    return;
  ++self->state.background_look;
}

/// Writes what is due and comes back when more will be.
void go_on(stream_pointer self) {
  auto& state = self->state;
  auto now = self->clock().now();
  for (auto& x : state.queue.take_due(now)) {
    if (!x.audio.empty()) {
      stop_background(self);
      play(self, state.queue.turn(), x.audio);
    }
    if (!x.mark.empty())
      state.leg->mark(x.mark);
  }
  report_progress(self);
  // Again and again: whoever is started afresh may be late, too.
  if (auto since = state.queue.dry_since();
      since && now > std::max(*since, state.late_at) + dry_limit) {
    state.late_at = now;
    self->send(state.call, stage_late{"answer", state.queue.turn()});
  }
  if (auto span = state.queue.next_look(now))
    wake(self, *span, ++state.look);
}

void stop_talking(stream_pointer self, uint64_t turn) {
  auto& state = self->state;
  report_progress(self);
  auto cut = state.queue.cancel(turn, self->clock().now());
  if (!cut)
    return;
  // Even when all is sent: seconds may wait at the carrier.
  state.in_background = false;
  ++state.background_look;
  clear(self);
  self->now_doing("listening");
  self->send(state.call, *cut);
}

/// A fresh recogniser hears again what its predecessor had not understood.
void catch_up(stream_pointer self) {
  auto& state = self->state;
  for (auto& x : state.recent.unsettled()) {
    self->send(state.others.stt, voice_started{});
    self->send(state.others.stt, caller_audio{std::move(x.mulaw)});
    if (x.ended)
      self->send(state.others.stt, voice_stopped{});
  }
}

void meet(stream_pointer self, const peers& x) {
  auto& state = self->state;
  auto fresh = state.others.stt && state.others.stt != x.stt;
  auto first = !state.others.stt;
  state.others = x;
  if (fresh)
    catch_up(self);
  if (first) // only now is there somebody to tell what the leg says
    state.leg->report_to(caf::actor_cast<leg_client_actor>(self));
}

} // namespace

stream_actor::behavior_type
stream(stream_pointer self, const call_actor& call, carrier_leg_ptr leg,
       stream_options options) {
  self->state.leg = std::move(leg);
  self->state.clock = media_clock{options.connected_at};
  self->state.background = std::move(options.background);
  self->state.call = call;
  self->now_doing("listening");
  return {
    // From the leg.
    [self](caller_audio& x) {
      auto& state = self->state;
      state.recent.add(x.mulaw);
      auto at
        = state.clock.arrived(x.at_ms, x.mulaw.size(), self->clock().now());
      if (state.others.recorder)
        self->send(state.others.recorder, recorded_audio{false, at, x.mulaw});
      self->send(state.others.ghost_timeout, caller_heard{});
      self->send(state.others.stt, std::move(x));
    },
    [self](const voice_started& x) {
      self->state.recent.mark_voice(true);
      self->send(self->state.others.turn_taker, x);
      self->send(self->state.others.stt, x);
    },
    [self](const voice_stopped& x) {
      self->state.recent.mark_voice(false);
      self->send(self->state.others.stt, x);
      self->send(self->state.others.turn_taker, x);
    },
    [self](const key_pressed& x) {
      self->send(self->state.others.ghost_timeout, caller_heard{});
      self->send(self->state.others.turn_taker, x);
    },
    [self](const tone_heard& x) { self->send(self->state.call, x); },
    [self](const mark_reached& x) {
      self->state.queue.reached(x.name, self->clock().now());
      go_on(self);
    },
    [self](const caller_hung_up& x) { self->send(self->state.call, x); },
    [self](const wire_closed& x) { self->send(self->state.call, x); },
    // From the tree.
    [self](const peers& x) { meet(self, x); },
    [self](const utterance_settled&) { self->state.recent.settle(); },
    [self](const sentence_audio& x) {
      self->state.queue.add(x);
      go_on(self);
    },
    [self](const sentences_complete& x) {
      self->state.queue.complete(x);
      go_on(self);
    },
    [self](const cancel& x) { stop_talking(self, x.turn); },
    [self](const ambience& x) {
      if (x.on)
        start_background(self);
      else
        stop_background(self);
    },
    [self](caf::timeout_atom, uint64_t look) {
      auto& state = self->state;
      if (look == state.look)
        go_on(self);
      else if (look == (background_timer | state.background_look)
               && state.in_background)
        play_background(self);
    },
  };
}

} // namespace velox::actors
