#include "protocol/tenant_records.hpp"

namespace velox {

std::string to_text(user_role role) {
  switch (role) {
    case user_role::admin: return "admin";
    case user_role::editor: return "editor";
    default: return "viewer";
  }
}

} // namespace velox
