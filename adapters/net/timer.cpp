#include "adapters/net/timer.hpp"

#include <boost/asio/steady_timer.hpp>

#include <optional>
#include <utility>

namespace velox::net {

namespace {

/// Lives on the outbound's thread; the handle only says that it is over.
class alarm final : public stoppable,
                    public std::enable_shared_from_this<alarm> {
public:
  alarm(core_ptr out, std::function<void()> f)
    : out_(std::move(out)), f_(std::move(f)) {
    // nop
  }

  void start(std::chrono::steady_clock::time_point at) {
    if (!f_ || out_->stopped())
      return stop();
    out_->add(shared_from_this());
    clock_.emplace(out_->io, at);
    clock_->async_wait([me = shared_from_this()](auto) { me->ring(); });
  }

  /// The handle may be destroyed by what it runs, so nothing is destroyed
  /// here that may be running.
  void stop() override {
    // What it holds may destroy the handle, and so come here again.
    auto dropped = std::exchange(f_, nullptr);
    out_->remove(this);
    clock_.reset();
  }

private:
  void ring() {
    auto f = std::exchange(f_, nullptr);
    if (!f)
      return; // stopped
    stop();
    f();
  }

  core_ptr out_;
  std::function<void()> f_;
  std::optional<boost::asio::steady_timer> clock_;
};

class alarm_handle final : public timer {
public:
  alarm_handle(std::shared_ptr<net::gate> gate, std::shared_ptr<alarm> x)
    : gate_(std::move(gate)), alarm_(std::move(x)) {
    // nop
  }

  ~alarm_handle() override {
    gate_->run([x = std::move(alarm_)] { x->stop(); });
  }

private:
  std::shared_ptr<net::gate> gate_;
  std::shared_ptr<alarm> alarm_;
};

} // namespace

std::unique_ptr<timer>
start_timer(const core_ptr& out, milliseconds wait, std::function<void()> f) {
  auto at = std::chrono::steady_clock::now() + wait;
  auto x = std::make_shared<alarm>(out, std::move(f));
  out->gate->run([x, at] { x->start(at); });
  return std::make_unique<alarm_handle>(out->gate, std::move(x));
}

} // namespace velox::net
