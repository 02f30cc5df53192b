#include "protocol/sse_chat_stream.hpp"

namespace velox {

void sse_chat_stream::push(std::string_view bytes, std::string& text) {
  events_.push(bytes);
  while (state_ == chat_state::open || state_ == chat_state::finished) {
    auto event = events_.next();
    if (!event)
      break;
    take(event->data, text);
  }
  if (events_.broken() && state_ == chat_state::open)
    fail(provider_errc::broken, "the stream's line is too long");
}

void sse_chat_stream::close(std::string& text) {
  // The blank line behind the last event is often forgotten.
  push("\n\n", text);
}

} // namespace velox
