#pragma once

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace velox::net {

/// INTERNAL to adapters/net: a message that goes out on a WebSocket.
struct outgoing_message {
  bool binary = false;
  std::string text;
  std::vector<uint8_t> bytes;

  boost::asio::const_buffer data() const {
    return binary ? boost::asio::buffer(bytes) : boost::asio::buffer(text);
  }
};

/// INTERNAL to adapters/net: what waits to be written, and what is.
class message_queue {
public:
  void push(outgoing_message x) {
    bytes_ += x.data().size();
    waiting_.push_back(std::move(x));
  }

  /// Nothing waits.
  bool empty() const { return waiting_.empty(); }
  bool writing() const { return writing_; }
  /// Of all that waits or is being written.
  std::size_t bytes() const { return bytes_; }

  /// The first that waits; it stays until `written`.
  const outgoing_message& begin_next() {
    current_ = std::move(waiting_.front());
    waiting_.pop_front();
    writing_ = true;
    return current_;
  }

  void written() {
    bytes_ -= std::min(bytes_, current_.data().size());
    current_ = {};
    writing_ = false;
  }

  /// Drops what waits; what is being written stays.
  void clear() {
    waiting_.clear();
    bytes_ = current_.data().size();
  }

private:
  std::deque<outgoing_message> waiting_;
  outgoing_message current_;
  std::size_t bytes_ = 0;
  bool writing_ = false;
};

} // namespace velox::net
