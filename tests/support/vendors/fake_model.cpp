#include "tests/support/vendors/fake_model.hpp"

namespace velox::test {

fake_model::fake_model(std::unique_ptr<model_wire> wire, bool tls)
  : wire_(std::move(wire)),
    server_([this](const vendor_request& x,
                   vendor_connection& peer) { serve(x, peer); },
            tls) {}

void fake_model::next(fake_answer x) {
  std::lock_guard guard{mutex_};
  next_.push_back(std::move(x));
}

void fake_model::refuse(int status, int times, std::string retry_after) {
  vendor_trouble trouble;
  trouble.times = times;
  trouble.status = status;
  trouble.body = wire_->error_body(status);
  trouble.retry_after = std::move(retry_after);
  server_.set_trouble(std::move(trouble));
}

std::vector<std::string> fake_model::bodies() const {
  std::vector<std::string> out;
  for (auto& x : server_.seen())
    out.push_back(x.body);
  return out;
}

void fake_model::serve(const vendor_request& x, vendor_connection& peer) {
  if (auto wrong = wire_->complaint(x))
    return peer.respond(wrong->first, wrong->second,
                        {{"Content-Type", "application/json"}});
  fake_answer answer;
  {
    std::lock_guard guard{mutex_};
    if (!next_.empty()) {
      answer = std::move(next_.front());
      next_.pop_front();
    }
  }
  peer.begin(200, {{"Content-Type", wire_->content_type()}});
  write(answer, peer);
}

void fake_model::write(const fake_answer& x, vendor_connection& peer) const {
  auto put = [&](const std::string& bytes) {
    if (!bytes.empty())
      peer.piece(bytes);
  };
  if (!x.verbatim.empty()) {
    put(x.verbatim);
    return peer.end();
  }
  put(wire_->opening());
  if (x.end != fake_end::blocked)
    for (auto& piece : x.text)
      put(wire_->text(piece));
  for (auto& piece : wire_->calls(x.calls))
    put(piece);
  switch (x.end) {
    case fake_end::reset: return peer.reset();
    case fake_end::held: return peer.pause(milliseconds{60'000});
    case fake_end::error: put(wire_->error_in_stream()); break;
    case fake_end::dropped: break;
    default: put(wire_->closing(x.end, !x.calls.empty()));
  }
  peer.end();
}

} // namespace velox::test
