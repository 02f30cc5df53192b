#include "adapters/recording/retention.hpp"

#include "adapters/recording/sound_file.hpp"
#include "config/log.hpp"
#include "protocol/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <system_error>

namespace velox::recording {

namespace {

namespace fs = std::filesystem;

constexpr caf::timespan patience = std::chrono::seconds{30};

/// How many names the store is asked for at a time.
constexpr size_t names_at_once = 200;

/// What the store answers at most (`list_due_recordings`), and how often it is
/// asked in one look: a store that forgets nothing may not keep us busy.
constexpr size_t page = 100;
constexpr size_t most_pages = 10'000;

using pointer = recording_retention_actor::stateful_pointer<retention_state>;

/// True when there is no such file any more.
bool remove(retention_state& state, const std::string& name) {
  // The store's names are ours; if not, nothing outside the directory may go.
  if (fs::path{name}.filename() != name || !name.ends_with(file_extension))
    return true;
  std::error_code error;
  if (fs::remove(state.options.directory / name, error))
    ++state.deleted;
  if (!error)
    return true;
  ++state.failures;
  config::log().error("A recording cannot be deleted; it is tried again. "
                      "file={} why={}",
                      config::field(name), config::field(error.message()));
  return false;
}

/// What to do when the store does not answer `what`.
auto give_up(pointer self, const char* what) {
  return [self, what](const caf::error& why) {
    config::log().error("{}; it is tried again at the next look. why={}", what,
                        config::field(self->system().render(why)));
  };
}

/// Files of ours that are old enough to have a row.
std::vector<std::string> settled_files(const retention_options& options) {
  std::vector<std::string> result;
  auto now = std::chrono::milliseconds{options.time_of_day()};
  std::error_code error;
  for (fs::directory_iterator i{options.directory, error}, end;
       !error && i != end; i.increment(error)) {
    auto name = i->path().filename().string();
    std::error_code gone;
    auto changed = fs::last_write_time(i->path(), gone);
    if (gone || !name.ends_with(file_extension))
      continue;
    auto at = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::file_clock::to_sys(changed).time_since_epoch());
    if (at + options.stray_after <= now)
      result.push_back(std::move(name));
  }
  if (error)
    config::log().error("The recordings' directory cannot be read. why={}",
                        config::field(error.message()));
  return result;
}

void end_look(pointer self) {
  auto& state = self->state;
  if (state.deleted > 0)
    config::log().info("Recordings were deleted. count={}", state.deleted);
}

/// Asks for the next names; what is a stray goes.
void delete_strays(pointer self,
                   std::shared_ptr<std::vector<std::string>> all) {
  if (all->empty())
    return end_look(self);
  auto count = std::min(all->size(), names_at_once);
  stray_recordings question;
  question.files.assign(all->end() - static_cast<ptrdiff_t>(count), all->end());
  all->resize(all->size() - count);
  self->request(self->state.options.store, patience, std::move(question))
    .then(
      [self, all](const stray_recordings& answer) {
        for (auto& name : answer.files)
          remove(self->state, name);
        delete_strays(self, all);
      },
      give_up(self, "The store does not say which recordings it knows"));
}

void delete_due(pointer self) {
  auto& state = self->state;
  auto on_due = [self](const std::vector<recording_record>& due) {
    auto& state = self->state;
    auto failed = state.failures;
    for (auto& x : due)
      if (remove(state, x.file))
        self
          ->request(state.options.store, patience,
                    forget_recording{x.org_id, x.file})
          .then([] {}, give_up(self, "The store does not forget a recording "
                                     "that was deleted"));
    // A full page: more may be due, unless these stay and would only come
    // again. The answer is behind our messages: these are forgotten by then.
    if (due.size() >= page && state.failures == failed
        && ++state.pages < most_pages)
      delete_due(self);
    else
      delete_strays(self, std::make_shared<std::vector<std::string>>(
                            settled_files(state.options)));
  };
  self
    ->request(state.options.store, patience,
              list_due_recordings{state.options.time_of_day()})
    .then(on_due,
          give_up(self, "The store does not say which recordings are due"));
}

void begin_look(pointer self) {
  auto& state = self->state;
  state.deleted = 0;
  state.failures = 0;
  state.pages = 0;
  self->delayed_send(self, state.options.every, caf::timeout_atom_v,
                     ++state.look);
  delete_due(self);
}

} // namespace

recording_retention_actor::behavior_type
recording_retention(pointer self, const retention_options& options) {
  self->state.options = options;
  begin_look(self);
  return {
    [self](caf::timeout_atom, uint64_t look) {
      if (look == self->state.look)
        begin_look(self);
    },
  };
}

} // namespace velox::recording
