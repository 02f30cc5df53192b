#include "tests/support/vendors/outbound_thread.hpp"

#include "tests/support/vendors/fake_vendor.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <thread>
#include <utility>

namespace velox::test {

/// Lives as long as anybody has the way out, for that needs its io_context.
struct outbound_holder {
  explicit outbound_holder(const net::outbound_options& options)
    : out(net::make_outbounds(options, {&io}).front()) {
    // nop
  }

  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
    guard{io.get_executor()};
  net::outbound_ptr out;
};

struct outbound_thread::impl {
  explicit impl(net::outbound_options options) {
    if (options.ca_file.empty())
      options.ca_file = vendor_ca_file();
    holder = std::make_shared<outbound_holder>(options);
    out = {holder, holder->out.get()};
    thread = std::thread{[io = &holder->io] { io->run(); }};
  }

  ~impl() {
    holder->out->stop();
    holder->guard.reset();
    thread.join();
  }

  std::shared_ptr<outbound_holder> holder;
  net::outbound_ptr out;
  std::thread thread;
};

outbound_thread::outbound_thread(net::outbound_options options)
  : impl_(std::make_unique<impl>(std::move(options))) {
  // nop
}

outbound_thread::~outbound_thread() = default;

net::outbound_ptr outbound_thread::out() const {
  return impl_->out;
}

net::vendor
outbound_thread::vendor(std::string base_url, std::string key) const {
  return {
    [out = impl_->out] { return out; },
    [access = net::vendor_access{std::move(base_url), std::move(key)}] {
      return access;
    },
  };
}

} // namespace velox::test
