#include "protocol/records.hpp"

namespace velox {

std::string to_text(conversation_status status) {
  switch (status) {
    case conversation_status::active: return "ACTIVE";
    case conversation_status::completed: return "COMPLETED";
    case conversation_status::failed: return "FAILED";
    case conversation_status::abandoned: return "ABANDONED";
  }
  return "ACTIVE";
}

} // namespace velox
