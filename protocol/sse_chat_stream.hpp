#pragma once

#include "protocol/chat_stream.hpp"
#include "protocol/sse.hpp"

namespace velox {

/// An answer that streams in as server-sent events, each one JSON document.
class sse_chat_stream : public chat_stream {
public:
  void push(std::string_view bytes, std::string& text) final;
  void close(std::string& text) override;

protected:
  /// The data of the next event; appends what is to be said to `text`.
  virtual void take(std::string_view data, std::string& text) = 0;

  sse_parser events_;
};

} // namespace velox
