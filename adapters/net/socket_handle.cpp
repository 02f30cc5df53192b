#include "adapters/net/socket_handle.hpp"

namespace velox::net {

namespace {

class socket_handle final : public socket {
public:
  socket_handle(std::shared_ptr<gate> gate, std::weak_ptr<socket_body> x)
    : gate_(std::move(gate)), body_(std::move(x)) {
    // nop
  }

  void text(std::string message) override {
    push({false, std::move(message), {}});
  }

  void binary(std::vector<uint8_t> message) override {
    push({true, {}, std::move(message)});
  }

  void close(uint16_t code) override {
    run([code](auto& x) { x.begin_close(code); });
  }

  void drop() override {
    run([](auto& x) { x.drop(); });
  }

private:
  void push(outgoing_message message) {
    run([m = std::make_shared<outgoing_message>(std::move(message))](auto& x) {
      x.push(std::move(*m));
    });
  }

  template <class F>
  void run(F f) {
    gate_->run([weak = body_, f = std::move(f)] {
      if (auto x = weak.lock())
        f(*x);
    });
  }

  std::shared_ptr<gate> gate_;
  std::weak_ptr<socket_body> body_; ///< locked on its own thread only
};

} // namespace

std::shared_ptr<socket>
make_handle(std::shared_ptr<gate> gate, const std::shared_ptr<socket_body>& x) {
  return std::make_shared<socket_handle>(std::move(gate), x);
}

} // namespace velox::net
