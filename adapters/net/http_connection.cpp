#include "adapters/net/http_connection.hpp"

#include "adapters/net/http_pool.hpp"

#include <algorithm>
#include <utility>

namespace velox::net {

namespace {

namespace asio = boost::asio;

constexpr std::size_t read_size = 16 * 1024;
constexpr std::size_t write_size = 128 * 1024;

/// To read so little costs less than a new connection.
constexpr uint64_t drain_limit = 64 * 1024;
constexpr milliseconds drain_time{200};

/// A request that may not be repeated at will is, when the connection was gone
/// before it: then the loss shows within a round trip.
constexpr std::chrono::seconds round_trip{1};

bool is_idempotent(const std::string& method) {
  return method != "POST" && method != "PATCH";
}

} // namespace

http_connection::http_connection(core_ptr out, std::weak_ptr<http_pool> pool,
                                 std::unique_ptr<stream> wire)
  : out_(std::move(out)), pool_(std::move(pool)), stream_(std::move(wire)),
    timer_(out_->io) {
  // nop
}

void http_connection::start() {
  out_->add(shared_from_this());
  set_deadline(out_->options().keep_alive);
  read();
  idle_ = true;
  if (auto pool = pool_.lock())
    pool->release(shared_from_this());
}

void http_connection::run(std::shared_ptr<http_exchange> x) {
  idle_ = false;
  if (served_++ > 0)
    ++out_->count->reused;
  exchange_ = std::move(x);
  reader_.emplace(exchange_->asked().method != "HEAD",
                  exchange_->asked().body_limit);
  head_told_ = false;
  answered_ = false;
  began_ = clock::now();
  exchange_->on_connection(shared_from_this());
  writing_ = exchange_;
  write(0);
}

void http_connection::write(std::size_t offset) {
  set_deadline(writing_->asked().header_timeout);
  auto& body = writing_->asked().body;
  auto size = std::min(write_size, body.size() - offset);
  std::vector<asio::const_buffer> parts;
  if (offset == 0)
    parts.emplace_back(asio::buffer(writing_->head()));
  if (size > 0)
    parts.emplace_back(body.data() + offset, size);
  stream_->write(parts,
                 [me = shared_from_this(), end = offset + size](
                   error_code ec, std::size_t) { me->on_written(ec, end); });
}

void http_connection::on_written(error_code ec, std::size_t offset) {
  // Why the peer does not want it is what the read says.
  if (closed_ || ec)
    return;
  auto more = offset < writing_->asked().body.size();
  if (more && reader_ && exchange_)
    return write(offset);
  if (more)
    return close(); // answered or cancelled before all was out
  writing_.reset();
  if (exchange_ && !head_told_)
    set_deadline(exchange_->asked().header_timeout);
}

void http_connection::read() {
  auto into = buffer_.prepare(read_size);
  stream_->read_some(into,
                     [me = shared_from_this()](error_code ec, std::size_t n) {
                       me->on_read(ec, n);
                     });
}

void http_connection::on_read(error_code ec, std::size_t bytes) {
  if (closed_)
    return;
  if (!reader_)
    return close(); // nobody asked
  if (ec)
    return on_loss(ec);
  answered_ = true;
  buffer_.commit(bytes);
  parse();
}

void http_connection::parse() {
  auto data = buffer_.cdata();
  error_code ec;
  auto used
    = reader_->feed({static_cast<const char*>(data.data()), data.size()}, ec);
  deliver();
  buffer_.consume(used);
  if (closed_)
    return;
  if (ec) {
    auto what = to_failure(ec);
    return fail(what, what == failure::too_large ? "the answer is too large"
                                                 : "the answer is not HTTP");
  }
  if (reader_->done())
    return on_response_end();
  read();
}

void http_connection::deliver() {
  if (!reader_->has_head())
    return;
  auto x = exchange_;
  if (!x)
    return;
  set_deadline(x->asked().idle_timeout);
  if (reader_->head().status == 101)
    return fail(failure::malformed, "the peer switched protocols");
  if (!std::exchange(head_told_, true))
    x->on_head(reader_->head());
  for (auto piece : reader_->pieces())
    x->on_piece(piece);
}

void http_connection::on_response_end() {
  auto x = std::exchange(exchange_, nullptr);
  auto reusable = reader_->keeps_alive() && !writing_ && buffer_.size() == 0;
  reader_.reset();
  if (reusable) {
    set_deadline(out_->options().keep_alive);
    read();
    idle_ = true;
    if (auto pool = pool_.lock())
      pool->release(shared_from_this());
  } else {
    close();
  }
  if (x)
    x->on_end();
}

void http_connection::on_loss(error_code ec) {
  if (!exchange_)
    return close();
  if (may_retry(ec)) {
    auto x = std::exchange(exchange_, nullptr);
    close();
    return x->try_again();
  }
  // Behind TLS only a proper end is an end, else somebody may have cut the
  // answer short (RFC 9112, section 9.8).
  error_code incomplete = ec;
  if (ec == asio::error::eof) {
    incomplete = {};
    reader_->end(incomplete);
  }
  if (!incomplete && reader_->done())
    return on_response_end();
  fail(failure::reset, describe(ec));
}

bool http_connection::may_retry(error_code ec) const {
  auto lost = ec == asio::error::eof || ec == asio::error::connection_reset
              || ec == asio::error::broken_pipe
              || ec == asio::ssl::error::stream_truncated;
  return lost && served_ > 1 && !answered_ && !exchange_->fresh_only
         && (is_idempotent(exchange_->asked().method)
             || clock::now() - began_ < round_trip);
}

void http_connection::abandon() {
  if (closed_ || !exchange_)
    return;
  exchange_.reset();
  auto left = reader_->remaining();
  if (writing_ || !left || *left > drain_limit)
    return close();
  set_deadline(drain_time);
}

void http_connection::fail(failure what, std::string_view why) {
  auto x = std::exchange(exchange_, nullptr);
  close();
  if (x)
    x->on_fail(what, why, true);
}

void http_connection::close() {
  if (std::exchange(closed_, true))
    return;
  // A handler that runs may hold the last reference.
  auto me = shared_from_this();
  out_->remove(this);
  timer_.cancel();
  stream_->close();
  if (auto pool = pool_.lock())
    pool->gone(*this, idle_);
}

/// Later deadlines cost nothing: the timer looks again when it wakes.
void http_connection::set_deadline(milliseconds wait) {
  deadline_ = clock::now() + wait;
  if (!timer_runs_ || timer_.expiry() > deadline_)
    wait_for_deadline();
}

void http_connection::wait_for_deadline() {
  timer_runs_ = true;
  timer_.expires_at(deadline_);
  timer_.async_wait([weak = weak_from_this()](error_code ec) {
    auto me = weak.lock();
    if (!me || ec || me->closed_)
      return;
    if (clock::now() < me->deadline_)
      return me->wait_for_deadline();
    me->timer_runs_ = false;
    me->on_deadline();
  });
}

void http_connection::on_deadline() {
  if (!exchange_)
    return close(); // idle or draining for long enough
  fail(failure::timed_out,
       head_told_ ? "the answer stopped" : "no answer in time");
}

} // namespace velox::net
