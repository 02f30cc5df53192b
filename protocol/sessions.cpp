#include "protocol/sessions.hpp"

namespace velox {

std::string_view to_text(call_stage x) {
  switch (x) {
    case call_stage::starting: return "starting";
    case call_stage::listening: return "listening";
    case call_stage::user_speaking: return "user_speaking";
    case call_stage::thinking: return "thinking";
    case call_stage::speaking: return "speaking";
    case call_stage::tool: return "tool";
    case call_stage::saying_goodbye: return "saying_goodbye";
    case call_stage::ended: return "ended";
  }
  return "";
}

} // namespace velox
