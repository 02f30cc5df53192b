#include "adapters/net/outbound.hpp"

#include "adapters/net/core.hpp"
#include "adapters/net/http_exchange.hpp"
#include "adapters/net/http_pool.hpp"
#include "adapters/net/timer.hpp"
#include "adapters/net/web_socket.hpp"

#include <algorithm>

namespace velox::net {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

class outbound_impl final : public outbound {
public:
  outbound_impl(boost::asio::io_context& io,
                std::shared_ptr<shared_parts> parts)
    : core_(std::make_shared<core>(io, std::move(parts))) {
    // nop
  }

  ~outbound_impl() override {
    stop();
    core_->gate->close();
  }

  void dispatch(std::function<void()> f) override {
    core_->gate->run(std::move(f));
  }

  std::unique_ptr<timer>
  after(milliseconds wait, std::function<void()> f) override {
    return start_timer(core_, wait, std::move(f));
  }

  std::shared_ptr<exchange> send(request x, exchange_handlers hears) override {
    auto out
      = std::make_shared<http_exchange>(core_, std::move(x), std::move(hears));
    auto handle = make_handle(*core_, out);
    core_->gate->post([x = std::move(out)] { x->start(); });
    return handle;
  }

  std::shared_ptr<socket>
  connect(socket_request x, socket_handlers hears) override {
    auto out = make_web_socket(core_, std::move(x), std::move(hears));
    core_->gate->post(std::move(out.start));
    return out.handle;
  }

  outbound_counts counts() const override {
    auto& x = *core_->count;
    return {x.requests,       x.connections, x.reused,
            x.tls_handshakes, x.tls_resumed, x.open};
  }

  void stop() override {
    core_->gate->post([x = core_] { x->stop(); });
  }

private:
  core_ptr core_;
};

} // namespace

const char* to_text(failure x) {
  switch (x) {
    case failure::bad_url: return "bad URL";
    case failure::unknown: return "unknown host";
    case failure::refused: return "refused";
    case failure::untrusted: return "untrusted";
    case failure::timed_out: return "timed out";
    case failure::reset: return "connection lost";
    case failure::malformed: return "malformed answer";
    case failure::too_large: return "answer too large";
    case failure::full: return "too much waiting";
    case failure::stopped: return "stopped";
  }
  return "unknown failure";
}

std::string_view
find_header(const header_list& headers, std::string_view name) {
  for (auto& [key, value] : headers)
    if (std::equal(key.begin(), key.end(), name.begin(), name.end(),
                   [](char a, char b) { return lower(a) == lower(b); }))
      return value;
  return {};
}

std::vector<outbound_ptr>
make_outbounds(const outbound_options& options,
               const std::vector<boost::asio::io_context*>& contexts) {
  auto shared = std::make_shared<shared_parts>(options);
  std::vector<outbound_ptr> out;
  out.reserve(contexts.size());
  for (auto* io : contexts)
    out.push_back(std::make_shared<outbound_impl>(*io, shared));
  return out;
}

} // namespace velox::net
