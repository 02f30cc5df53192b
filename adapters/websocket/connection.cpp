#include "adapters/websocket/connection.hpp"

#include "adapters/http/upgrade_parts.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace velox::websocket {

namespace {

namespace beast = boost::beast;
namespace rfc6455 = boost::beast::websocket;
using beast::error_code;

constexpr std::size_t spare_buffers = 8;
constexpr std::size_t spare_capacity = 64 * 1024;

/// A peer that has sent its close frame gets ours, and then it is the server
/// who closes TCP first (RFC 6455, 7.1.1): it does not wait for the peer to.
constexpr std::chrono::milliseconds last_words{200};

template <class Stream>
class connection_impl final : public connection {
public:
  connection_impl(http::upgrade_parts parts, const options& limits,
                  std::shared_ptr<listener> hears)
    : stream_(std::in_place, std::move(std::get<Stream>(parts.stream))),
      timer_(stream_->get_executor()), alarm_(stream_->get_executor()),
      request_(std::move(parts.request)), slot_(std::move(parts.slot)),
      shard_(slot_->shard()), limits_(limits), listener_(std::move(hears)) {
    rfc6455::permessage_deflate no_deflate;
    no_deflate.server_enable = false;
    stream_->set_option(no_deflate);
    stream_->set_option(rfc6455::stream_base::timeout{
      limits.handshake_timeout, limits.idle_timeout, true});
    stream_->read_message_max(limits.message_limit);
    stream_->auto_fragment(false);
    stream_->text(true);
  }

  void start() {
    std::weak_ptr<connection_impl> weak = self();
    slot_->on_evict = [weak] {
      if (auto me = weak.lock())
        me->evict();
    };
    stream_->control_callback([this](rfc6455::frame_type kind, auto) {
      if (kind != rfc6455::frame_type::close)
        return;
      peer_closes_ = true;
      begin_to_close(last_words); // the peer may be slow to go
    });
    stream_->async_accept(request_, [me = self()](error_code ec) {
      if (ec)
        return me->finish(ec);
      me->open_ = true;
      me->listener_->on_open();
      me->read();
      me->write_next();
    });
  }

  void send(std::string text, bool droppable) override {
    if (closing_ || closed_)
      return;
    queued_ += text.size();
    queue_.push_back({std::move(text), droppable});
    if (queued_ > limits_.queue_limit) {
      queue_.clear();
      queued_ = 0;
      close(policy_violation, "the peer does not read what it is sent");
      return;
    }
    write_next();
  }

  std::size_t drop() override {
    auto dropped = std::erase_if(queue_, [this](auto& x) {
      if (x.droppable) {
        queued_ -= x.text.size();
        recycle(std::move(x.text));
      }
      return x.droppable;
    });
    return dropped;
  }

  std::string make_buffer() override {
    if (spare_.empty())
      return {};
    auto out = std::move(spare_.back());
    spare_.pop_back();
    return out;
  }

  void close(uint16_t code, std::string reason) override {
    if (closing_ || closed_)
      return;
    closing_ = true;
    reason.resize(std::min<std::size_t>(reason.size(), 123));
    reason_
      = rfc6455::close_reason{static_cast<rfc6455::close_code>(code), reason};
    begin_to_close(limits_.close_timeout);
    write_next();
  }

  void after(std::chrono::milliseconds wait, std::function<void()> f) override {
    if (closed_)
      return;
    alarm_.expires_after(wait);
    alarm_.async_wait([weak = std::weak_ptr<connection_impl>(self()),
                       number = ++alarm_number_, f = std::move(f)](auto ec) {
      auto me = weak.lock();
      if (me && !ec && !me->closed_ && number == me->alarm_number_)
        f();
    });
  }

  void post(std::function<void()> f) override {
    boost::asio::post(timer_.get_executor(), std::move(f));
  }

  std::size_t shard() const override { return shard_; }

private:
  struct message {
    std::string text;
    bool droppable = false;
  };

  std::shared_ptr<connection_impl> self() {
    return std::static_pointer_cast<connection_impl>(shared_from_this());
  }

  void read() {
    stream_->async_read(buffer_, [me = self()](error_code ec, std::size_t) {
      if (ec || me->closed_)
        return me->finish(ec);
      if (me->stream_->got_text()) {
        auto data = me->buffer_.cdata();
        me->listener_->on_text(
          {static_cast<const char*>(data.data()), data.size()});
      } else {
        me->listener_->on_binary();
      }
      me->buffer_.consume(me->buffer_.size());
      me->read();
    });
  }

  void write_next() {
    if (!open_ || writing_ || closed_)
      return;
    if (queue_.empty()) {
      if (closing_)
        send_close();
      return;
    }
    current_ = std::move(queue_.front().text);
    queue_.pop_front();
    writing_ = true;
    stream_->async_write(
      boost::asio::buffer(current_),
      [me = self()](error_code ec, std::size_t) { me->on_write(ec); });
  }

  void on_write(error_code ec) {
    writing_ = false;
    queued_ -= std::min(queued_, current_.size());
    recycle(std::move(current_));
    current_.clear();
    if (ec)
      return cut(); // the read reports the end
    write_next();
  }

  /// Beast 1.81 locks up when it is to close while the peer's close frame lies
  /// in its buffer: the read waits for the close, and that for the read. So
  /// the reads get their turn first; they answer a peer who was faster.
  void send_close() {
    if (std::exchange(close_sent_, true))
      return;
    post([me = self()] {
      if (!me->peer_closes_ && !me->closed_)
        me->stream_->async_close(me->reason_, [me](error_code) {});
    });
  }

  /// Gives the closing handshake `limit`; a shorter limit replaces a longer.
  void begin_to_close(std::chrono::milliseconds limit) {
    auto at = std::chrono::steady_clock::now() + limit;
    if (std::exchange(timed_, true) && at >= timer_.expiry())
      return;
    timer_.expires_at(at);
    timer_.async_wait([weak = std::weak_ptr<connection_impl>(self())](auto ec) {
      if (auto me = weak.lock(); me && !ec)
        me->cut();
    });
  }

  /// The server has no more time: a peer that was told once is not told again.
  void evict() {
    if (closing_)
      begin_to_close(last_words);
    else
      close(going_away, "the server is stopping");
  }

  /// Closes the socket. The read reports the end; should Beast have locked up
  /// all the same, we do.
  void cut() {
    if (closed_)
      return;
    error_code ignored;
    socket().close(ignored);
    post([weak = std::weak_ptr<connection_impl>(self())] {
      auto me = weak.lock();
      if (!me || me->closed_)
        return;
      me->post([me] {
        if (!me->closed_)
          me->finish(boost::asio::error::operation_aborted);
        me->stream_.reset(); // it may keep its handlers, and they us
      });
    });
  }

  http::tcp_socket& socket() {
    if constexpr (std::is_same_v<Stream, http::plain_stream>)
      return stream_->next_layer();
    else
      return stream_->next_layer().next_layer();
  }

  /// The read under way has ended, and with it the connection.
  void finish(error_code ec) {
    if (std::exchange(closed_, true))
      return;
    closing how;
    if (auto& peer = stream_->reason();
        peer.code != rfc6455::close_code::none) {
      how.code = peer.code;
      how.reason.assign(peer.reason.data(), peer.reason.size());
    } else if (ec == rfc6455::error::message_too_big
               || ec == rfc6455::error::buffer_overflow) {
      how = {message_too_big, "a message is too big", true};
    } else if (ec == rfc6455::error::bad_frame_payload) {
      how = {invalid_payload, "a message is not UTF-8", true};
    } else if (ec.category()
               == make_error_code(rfc6455::error::bad_opcode).category()) {
      how = {1002, ec.message(), true};
    } else {
      how.reason = ec.message();
    }
    timer_.cancel();
    alarm_.cancel();
    error_code ignored;
    socket().close(ignored);
    queue_.clear();
    slot_.reset();
    auto last = std::exchange(listener_, nullptr);
    last->on_closed(how);
  }

  void recycle(std::string text) {
    if (spare_.size() >= spare_buffers || text.capacity() > spare_capacity)
      return;
    text.clear();
    spare_.push_back(std::move(text));
  }

  std::optional<rfc6455::stream<Stream>> stream_;
  boost::asio::steady_timer timer_; ///< for `close_timeout`
  boost::asio::steady_timer alarm_; ///< for `after`
  uint64_t alarm_number_ = 0;
  beast::http::request<beast::http::string_body> request_;
  std::unique_ptr<http::connection_slot> slot_;
  std::size_t shard_;
  options limits_;
  std::shared_ptr<listener> listener_;
  beast::flat_buffer buffer_;
  std::deque<message> queue_;
  std::size_t queued_ = 0; ///< bytes in `queue_` and `current_`
  std::string current_;    ///< being written
  std::vector<std::string> spare_;
  rfc6455::close_reason reason_;
  bool open_ = false;
  bool writing_ = false;
  bool closing_ = false;     ///< we want to close
  bool close_sent_ = false;  ///< our close frame was queued
  bool timed_ = false;       ///< the close timer runs
  bool peer_closes_ = false; ///< its close frame came
  bool closed_ = false;
};

template <class Stream>
std::shared_ptr<connection>
make(http::upgrade_parts parts, const options& limits,
     std::shared_ptr<listener> hears) {
  auto out = std::make_shared<connection_impl<Stream>>(std::move(parts), limits,
                                                       std::move(hears));
  out->start();
  return out;
}

} // namespace

std::shared_ptr<connection>
accept(http::upgrade handshake, const options& limits,
       std::shared_ptr<listener> hears) {
  if (!handshake.waiting())
    return nullptr;
  auto parts = handshake.take();
  if (std::holds_alternative<http::tls_stream>(parts.stream))
    return make<http::tls_stream>(std::move(parts), limits, std::move(hears));
  return make<http::plain_stream>(std::move(parts), limits, std::move(hears));
}

} // namespace velox::websocket
