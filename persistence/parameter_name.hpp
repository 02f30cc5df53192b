#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace velox::persistence {

/// What `$index` of `sql` is for, as people know it: "messages.text" for the
/// column that it is inserted into, set to or compared with; "parameter 3" when
/// that cannot be told. For error texts; understands the SQL that we write.
std::string parameter_name(std::string_view sql, size_t index);

} // namespace velox::persistence
