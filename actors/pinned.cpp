#include "actors/pinned.hpp"

#include "config/log.hpp"

#include <caf/sec.hpp>
#include <caf/type_erased_tuple.hpp>
#include <caf/uniform_type_info_map.hpp>

#include <typeinfo>

namespace velox::actors {

caf::error
report_exception(caf::scheduled_actor* self, std::exception_ptr& ex) {
  try {
    std::rethrow_exception(ex);
  } catch (const std::exception& x) {
    config::log().error("an actor threw and ends: actor={} id={} what=\"{}\"",
                        self->name(), self->id(), x.what());
  } catch (...) {
    config::log().error("an actor threw and ends: actor={} id={}", self->name(),
                        self->id());
  }
  return caf::make_error(caf::sec::runtime_error);
}

void report_slow(home& home, const char* actor, caf::mailbox_element& x,
                 caf::timespan span) {
  auto& content = x.content();
  std::string type = "empty";
  if (!content.empty()) // the type only: what was said is nobody's business
    type = home.system().types().portable_name(content.type(0));
  home.held_up(actor, type, span);
}

} // namespace velox::actors
