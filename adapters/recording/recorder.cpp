#include "adapters/recording/recorder.hpp"

#include "adapters/recording/sound_file.hpp"
#include "config/log.hpp"
#include "protocol/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <exception>

namespace velox::recording {

namespace {

constexpr caf::timespan store_patience = std::chrono::seconds{10};

using recorder_pointer = recorder_actor::stateful_pointer<recorder_state>;

/// Tells the store of the file; `then` runs once it knows, or will not.
template <class Then>
void tell_store(recorder_pointer self, Then then) {
  auto& state = self->state;
  self
    ->request(state.parts.store, store_patience, recording_stored{state.record})
    .then([then] { then(); },
          [self, then](const caf::error&) {
            config::log().error(
              "The store does not know of a recording. call={} file={}",
              config::field(self->state.record.call_id),
              config::field(self->state.record.file));
            then();
          });
}

} // namespace

recorder_state::~recorder_state() {
  if (file)
    finish(-1);
}

void recorder_state::fail(const char* why) {
  config::log().error("A call is no longer recorded. call={} why={}",
                      config::field(record.call_id), config::field(why));
  file.reset();
  tracks.reset();
}

/// Does what may fail with the disk.
template <class F>
void recorder_state::attempt(F work) {
  try {
    work();
  } catch (const std::exception& e) {
    fail(e.what());
  }
}

void recorder_state::start(const recording_options& options) {
  record.call_id = options.call_id;
  record.org_id = options.org_id;
  record.created_at = options.started_at;
  record.delete_after
    = options.started_at + std::chrono::milliseconds{parts.keep}.count();
  attempt([this] {
    auto id = random_file_id();
    record.file = file_name_of(id);
    file = std::make_unique<sealed_writer>(parts.directory / record.file, id,
                                           *parts.keys);
    record.key_id = file->key_id();
    tracks.emplace(parts.longest.count(),
                   [this](auto both) { file->write(both); });
  });
}

recording_done recorder_state::finish(int64_t length_ms) {
  attempt([&] {
    if (!file)
      return;
    tracks->finish(length_ms);
    record.size = static_cast<int64_t>(file->finish());
    // An empty one is finished, too; 0 would say that it is not.
    record.duration_ms = std::max<int64_t>(tracks->handed_on_ms(), 1);
  });
  if (!file)
    return {};
  file.reset();
  return {record.file, tracks->handed_on_ms()};
}

recorder_actor::behavior_type
recorder(recorder_pointer self, const recorder_parts& parts,
         const recording_options& options) {
  auto& state = self->state;
  state.parts = parts;
  state.start(options);
  if (state.file)
    tell_store(self, [] {});
  self->set_exit_handler([self](caf::exit_msg& msg) {
    auto& state = self->state;
    if (state.file && !state.finish(-1).file.empty())
      caf::anon_send(state.parts.store, recording_stored{state.record});
    self->quit(std::move(msg.reason));
  });
  return {
    [&state](const recorded_audio& x) {
      if (state.file)
        state.attempt([&] {
          state.tracks->place(x.agent ? side::agent : side::caller, x.at_ms,
                              x.mulaw);
        });
    },
    [&state](const recording_cut& x) {
      if (state.file)
        state.tracks->cut(x.at_ms);
    },
    [self](caf::close_atom, int64_t length_ms) -> caf::result<recording_done> {
      auto done = self->state.finish(length_ms);
      if (done.file.empty())
        self->quit();
      else
        tell_store(self, [self] { self->quit(); });
      return done;
    },
  };
}

recorder_factory make_recorder(caf::actor_system& sys, recorder_parts parts) {
  return [&sys, parts = std::move(parts)](const recording_options& options) {
    return sys.spawn<caf::detached>(recorder, parts, options);
  };
}

} // namespace velox::recording
