#include "adapters/cli/serve/ways_out.hpp"

namespace velox::cli {

namespace {

/// Whose thread this is; a process may have had engines before.
struct settlement {
  const void* owner = nullptr;
  std::size_t index = 0;
};

thread_local settlement here;

} // namespace

ways_out::ways_out(const config::provider_settings& settings,
                   const std::vector<boost::asio::io_context*>& contexts) {
  net::outbound_options options;
  options.ca_file = settings.ca_file;
  all_ = std::make_shared<list>(net::make_outbounds(options, contexts));
}

ways_out::~ways_out() {
  stop();
  // Those who still hold the source must not keep them beyond their contexts.
  all_->clear();
}

std::function<void()> ways_out::settle(std::size_t index) const {
  return [owner = all_.get(), index] { here = {owner, index}; };
}

net::outbound_source ways_out::source() const {
  return [all = all_] {
    return here.owner == all.get() ? all->at(here.index) : all->front();
  };
}

void ways_out::stop() {
  for (auto& x : *all_)
    x->stop();
}

} // namespace velox::cli
