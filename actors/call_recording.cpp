#include "actors/call.hpp"
#include "config/log.hpp"
#include "protocol/json.hpp"
#include "protocol/phrasebook.hpp"

#include <exception>

/// Whether a call is recorded, and from when to when.

namespace velox::actors {

namespace {

/// Who is unclear twice has not agreed.
constexpr uint32_t most_questions = 2;

/// How long the recorder may take to finish its file.
constexpr caf::timespan file_due = std::chrono::seconds{5};

} // namespace

/// The caller was asked whether they may be recorded, and has said something.
void call_state::on_consent(const user_turn& x) {
  auto answer = yes_or_no(x.text, agent.language);
  if (!answer && consent_asked < most_questions) {
    openings.push_front(opening::question);
    consent_open = false;
    next_opening();
    return;
  }
  decide_consent(answer.value_or(false));
}

void call_state::decide_consent(bool given) {
  consent_open = false;
  log("recording-consent", talk.turn(),
      json_object{}.add("given", given).str());
  consented = given;
  if (given)
    start_recording();
  next_opening();
}

void call_state::start_recording() {
  auto& record = options.services->record;
  if (!record || members.recorder || !briefing.manners.record)
    return;
  try {
    members.recorder
      = record({options.start.call_id, options.start.org_id, started_at});
  } catch (const std::exception& x) {
    config::log().error("A call cannot be recorded. call={} what={}",
                        options.start.call_id, config::field(x.what()));
    log("recording-failed", talk.turn());
    return;
  }
  recording_open = true;
  log("recording-started", talk.turn());
  introduce();
}

/// The call is over: the file gets its end, and the store its name.
void call_state::finish_recording() {
  if (!members.recorder)
    return;
  auto span = std::chrono::duration_cast<std::chrono::milliseconds>(
    self->clock().now() - connected_at);
  auto recorder = std::exchange(members.recorder, nullptr);
  auto done = [this] {
    recording_open = false;
    if (end_stored && journal.empty())
      over();
  };
  self->request(recorder, file_due, caf::close_atom_v, int64_t{span.count()})
    .then(
      [this, done](const recording_done& x) {
        log("recording-finished", talk.turn(),
            json_object{}
              .add("file", x.file)
              .add("duration_ms", x.duration_ms)
              .str());
        done();
      },
      [this, done](const caf::error& why) {
        config::log().error("A recording could not be finished. call={} "
                            "error={}",
                            options.start.call_id,
                            config::field(to_string(why)));
        done();
      });
}

} // namespace velox::actors
