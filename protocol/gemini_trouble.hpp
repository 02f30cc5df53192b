#pragma once

#include "protocol/chat_stream.hpp"

#include <rapidjson/fwd.h>

#include <optional>

/// Google's error objects (google.rpc.Status as JSON).

namespace velox {

/// The error that `x`, or the first element of it, is; none when it is none.
/// `status`: of the HTTP response, 0 within a stream.
std::optional<chat_trouble>
gemini_error_of(const rapidjson::Value& x, int status);

/// The same for JSON text; text that is no complete JSON is no error (yet).
std::optional<chat_trouble> gemini_error_in(std::string_view text, int status);

} // namespace velox
