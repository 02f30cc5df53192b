#include "adapters/cli/serve/recordings.hpp"

#include "adapters/recording/retention.hpp"
#include "adapters/recording/setup.hpp"
#include "adapters/recording/sound_file.hpp"
#include "config/log.hpp"
#include "protocol/type_ids.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace velox::cli {

namespace {

console::recording_part
read_part(const recording::recorder_parts& parts, const recording_record& what,
          uint64_t from, uint64_t count) {
  console::recording_part result;
  try {
    recording::sound_file sound{parts.directory, what, *parts.keys};
    result.total = sound.size();
    result.bytes = sound.read(from, count);
  } catch (const std::exception& e) {
    config::log().error("A recording cannot be read. call={} why={}",
                        config::field(what.call_id), config::field(e.what()));
    result.trouble = e.what();
  }
  return result;
}

} // namespace

recordings::recordings(caf::actor_system& sys, const config::settings& settings,
                       store_actor store, std::function<unix_ms()> time_of_day)
  : sys_(sys) {
  parts_.directory = recording::prepare_directory(settings);
  parts_.keys = recording::keys_of(settings);
  parts_.store = std::move(store);
  parts_.keep = std::chrono::hours{24 * settings.recording.keep_days};
  recording::retention_options options;
  options.directory = parts_.directory;
  options.store = parts_.store;
  options.time_of_day = std::move(time_of_day);
  retention_
    = sys.spawn<caf::detached>(recording::recording_retention, options);
}

recordings::~recordings() {
  stop();
}

recorder_factory recordings::recorders() const {
  return recording::make_recorder(sys_, parts_);
}

console::recording_source recordings::source() const {
  return
    [queue = queue_, parts = parts_](const recording_record& what,
                                     uint64_t from, uint64_t count, auto done) {
      queue->post([=] { done(read_part(parts, what, from, count)); });
    };
}

void recordings::stop() {
  if (!retention_)
    return;
  caf::anon_send_exit(retention_, caf::exit_reason::user_shutdown);
  retention_ = nullptr;
  parts_.store = nullptr;
}

} // namespace velox::cli
