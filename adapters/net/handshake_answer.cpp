#include "adapters/net/handshake_answer.hpp"

#include <algorithm>

namespace velox::net {

void handshake_answer::feed(std::string_view bytes) {
  if (switched_ || broken_)
    return;
  held_.append(bytes);
  boost::system::error_code ec;
  auto used = reader_.feed(held_, ec);
  for (auto piece : reader_.pieces())
    body_.append(piece.substr(0, body_limit - body_.size()));
  held_.erase(0, used);
  if (ec)
    broken_ = to_failure(ec);
  if (!reader_.has_head())
    return;
  head_ = reader_.head();
  switched_ = head_.status == 101;
  refuses_ = !switched_;
}

bool handshake_answer::complete() const {
  return refuses_ && (reader_.done() || body_.size() >= body_limit);
}

bool is_offered(std::string_view protocol, std::string_view asked) {
  while (!protocol.empty() && !asked.empty()) {
    auto one = asked.substr(0, asked.find(','));
    asked.remove_prefix(std::min(asked.size(), one.size() + 1));
    while (!one.empty() && one.front() == ' ')
      one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ')
      one.remove_suffix(1);
    if (one == protocol)
      return true;
  }
  return protocol.empty();
}

} // namespace velox::net
