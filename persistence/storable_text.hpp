#pragma once

#include <string>
#include <string_view>

/// Text as every engine can keep it: UTF-8 without NUL.

namespace velox::persistence {

/// Is it UTF-8 from one end to the other? NUL is.
bool is_utf8(std::string_view text);

/// `text` with U+FFFD for each byte that is not UTF-8, and for each NUL. What
/// was said is kept even when a recogniser garbled one character of it.
std::string storable(std::string_view text);

} // namespace velox::persistence
