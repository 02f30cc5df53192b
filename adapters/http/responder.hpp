#pragma once

#include "adapters/http/message.hpp"

#include <functional>
#include <memory>

namespace velox::http {

/// Answers one request, at most once, from any thread and at any time. Copies
/// answer the same request; when the last one is dropped unused, the client
/// gets a 500. What comes after the route's time-out (503) or for a client that
/// has left is dropped.
class responder {
public:
  /// `deliver` is called at most once, on the thread that answers.
  explicit responder(std::function<void(response)> deliver);

  void operator()(response x) const;

private:
  struct pending;
  std::shared_ptr<pending> pending_;
};

} // namespace velox::http
