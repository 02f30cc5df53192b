#include "adapters/net/http_exchange.hpp"

#include "adapters/net/http_connection.hpp"
#include "adapters/net/http_pool.hpp"
#include "adapters/net/request_head.hpp"

#include <boost/asio/post.hpp>

namespace velox::net {

namespace {

/// A connection that is being made knows best why it was not made in time.
constexpr milliseconds grace{100};

class exchange_handle final : public exchange {
public:
  exchange_handle(std::shared_ptr<gate> gate, std::weak_ptr<http_exchange> x)
    : gate_(std::move(gate)), exchange_(std::move(x)) {
    // nop
  }

  void cancel() override {
    gate_->run([weak = exchange_] {
      if (auto x = weak.lock())
        x->give_up();
    });
  }

private:
  std::shared_ptr<gate> gate_;
  std::weak_ptr<http_exchange> exchange_; ///< locked on its own thread only
};

} // namespace

http_exchange::http_exchange(core_ptr out, request x, exchange_handlers hears)
  : out_(std::move(out)), asked_(std::move(x)),
    hears_(std::make_shared<exchange_handlers>(std::move(hears))),
    timer_(out_->io) {
  // nop
}

void http_exchange::start() {
  if (done_)
    return;
  if (out_->stopped())
    return on_fail(failure::stopped, "the engine is stopping", false);
  ++out_->count->requests;
  auto to = parse_destination(asked_.url, false);
  if (!to)
    return on_fail(failure::bad_url, "not an http or https URL", false);
  host_ = to->where.host;
  to->where.public_only = asked_.public_only;
  auto way
    = asked_.public_only ? std::nullopt : out_->shared->proxies.find(to->where);
  auto head = request_head(asked_, *to, way);
  if (!head)
    return on_fail(failure::bad_url, "the request is not well-formed", false);
  head_ = std::move(*head);
  out_->add(shared_from_this());
  auto& pool = out_->pools[to->where.key()];
  if (!pool)
    pool = std::make_shared<http_pool>(out_, to->where);
  pool_ = pool;
  pool_->submit(shared_from_this());
}

void http_exchange::wait() {
  connect_deadline_ = clock::now() + asked_.connect_timeout;
  timer_.expires_at(connect_deadline_ + grace);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
    auto me = weak.lock();
    if (!me || ec || me->done_)
      return;
    me->pool_->forget(*me);
    me->on_fail(failure::timed_out, "no connection in time", false);
  });
}

void http_exchange::on_connection(const std::shared_ptr<http_connection>& x) {
  timer_.cancel();
  connection_ = x;
}

void http_exchange::try_again() {
  fresh_only = true;
  connecting = false;
  connection_.reset();
  pool_->submit_again(shared_from_this());
}

void http_exchange::give_up() {
  if (done_)
    return;
  auto carrier = connection_.lock();
  auto pool = pool_;
  finish();
  if (carrier)
    carrier->abandon();
  else if (pool)
    pool->forget(*this);
}

void http_exchange::stop() {
  on_fail(failure::stopped, "the engine is stopping", !connection_.expired());
}

void http_exchange::on_head(const response_head& x) {
  // A handler that cancels goes on; it must stay where it is.
  if (auto hears = hears_; hears && hears->head)
    hears->head(x);
}

void http_exchange::on_piece(std::string_view x) {
  if (auto hears = hears_; hears && hears->piece)
    hears->piece(x);
}

void http_exchange::on_end() {
  if (done_)
    return;
  auto ended = std::move(hears_->ended);
  finish();
  if (ended)
    ended();
}

void http_exchange::on_fail(failure what, std::string_view why, bool sent) {
  if (done_)
    return;
  auto failed = std::move(hears_->failed);
  finish();
  if (failed)
    failed({what,
            host_.empty() ? std::string{why} : host_ + ": " + std::string{why},
            sent});
}

void http_exchange::finish() {
  done_ = true;
  timer_.cancel();
  out_->remove(this);
  connection_.reset();
  pool_.reset();
  // What the handlers hold may end with them, and may be at work.
  boost::asio::post(out_->io, [old = std::move(hears_)] {});
}

std::shared_ptr<exchange>
make_handle(const core& out, const std::shared_ptr<http_exchange>& x) {
  return std::make_shared<exchange_handle>(out.gate, x);
}

} // namespace velox::net
