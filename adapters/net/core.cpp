#include "adapters/net/core.hpp"

#include "adapters/net/http_pool.hpp"

#include <cstdlib>
#include <utility>
#include <vector>

namespace velox::net {

namespace {

proxy_settings proxies_of(const outbound_options& x) {
  if (!x.environment_proxy)
    return {};
  return proxy_settings{[](const char* name) -> std::string {
    auto* value = std::getenv(name);
    return value ? value : "";
  }};
}

} // namespace

shared_parts::shared_parts(const outbound_options& x, resolver::lookup ask)
  : options(x), tls(x.ca_file), dns(x.dns_memory, std::move(ask)),
    proxies(proxies_of(x)) {
  // nop
}

core::core(boost::asio::io_context& context,
           std::shared_ptr<shared_parts> parts)
  : io(context), shared(std::move(parts)),
    gate(std::make_shared<net::gate>(context)),
    count(std::make_shared<counters>()) {
  // nop
}

core::~core() = default;

void core::add(const std::shared_ptr<stoppable>& x) {
  under_way_.emplace(x.get(), x);
}

void core::remove(stoppable* x) {
  under_way_.erase(x);
}

void core::stop() {
  if (std::exchange(stopped_, true))
    return;
  // Whatever stops may remove itself and others.
  std::vector<std::shared_ptr<stoppable>> all;
  for (auto& [ignored, weak] : under_way_)
    if (auto x = weak.lock())
      all.push_back(std::move(x));
  for (auto& x : all)
    x->stop();
  under_way_.clear();
  pools.clear();
}

} // namespace velox::net
