#include "adapters/http/responder.hpp"

#include <atomic>

namespace velox::http {

struct responder::pending {
  explicit pending(std::function<void(response)> deliver)
    : deliver(std::move(deliver)) {}

  pending(const pending&) = delete;
  pending& operator=(const pending&) = delete;

  ~pending() {
    answer(error_response(500, "unanswered",
                          "the server did not answer this request",
                          "try again; if it stays, report it"));
  }

  void answer(response x) {
    if (!answered.exchange(true))
      deliver(std::move(x));
  }

  std::function<void(response)> deliver;
  std::atomic<bool> answered = false;
};

responder::responder(std::function<void(response)> deliver)
  : pending_(std::make_shared<pending>(std::move(deliver))) {}

void responder::operator()(response x) const {
  pending_->answer(std::move(x));
}

} // namespace velox::http
