#include "config/failpoint.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace velox::config {

namespace {

constexpr auto places = std::to_array<std::string_view>({
  "ledger.grant",
  "ledger.withdraw",
  "ledger.reserve",
  "ledger.charge",
  "ledger.settle",
  "ledger.sweep",
  "conversation.open",
  "conversation.close",
  "call_log.append",
  "outbox.claim",
  "outbox.finish",
  "stripe.receive",
  "stripe.apply",
});

/// What the environment asks for; read once.
struct order {
  std::string place;
  std::string moment;
  uint32_t nth = 1;
};

order read_order() {
  order result;
  auto given = std::getenv("VELOX_FAILPOINT");
  std::string_view text = given ? given : "";
  if (auto at = text.find('@'); at != text.npos) {
    auto number = text.substr(at + 1);
    std::from_chars(number.data(), number.data() + number.size(), result.nth);
    text = text.substr(0, at);
  }
  if (auto dot = text.rfind('.'); dot != text.npos) {
    result.place = text.substr(0, dot);
    result.moment = text.substr(dot + 1);
  }
  return result;
}

} // namespace

void failpoint(std::string_view place, std::string_view moment) {
  static const order wanted = read_order();
  if (wanted.place.empty())
    return;
  if (std::find(places.begin(), places.end(), place) == places.end())
    throw std::logic_error{"failpoint " + std::string{place}
                           + " is not in the list of config/failpoint.cpp"};
  static std::atomic<uint32_t> seen = 0;
  if (place == wanted.place && moment == wanted.moment && ++seen == wanted.nth)
    std::raise(SIGKILL);
}

std::span<const std::string_view> failpoint_places() {
  return places;
}

} // namespace velox::config
