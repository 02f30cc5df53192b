#include "persistence/redis/sessions.hpp"

#include "persistence/redis/scripts.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <optional>
#include <utility>

namespace velox::persistence::redis {

namespace {

constexpr int most_listed = 1000;

/// RFC 3339, in UTC with milliseconds.
std::string time_text(unix_ms at) {
  auto seconds = static_cast<std::time_t>(at / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> date{};
  auto length
    = std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03uZ",
                static_cast<unsigned>(at % 1000) % 1000);
  return std::string{date.data(), length} + fraction.data();
}

std::string text(std::chrono::milliseconds x) {
  return std::to_string(x.count());
}

uint64_t number(const std::string& text) {
  uint64_t result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

class sessions : public shared_sessions {
public:
  explicit sessions(sessions_options x) : options_(std::move(x)) {
    options_.client.channels = {channel_of_all(), channel_of(options_.node)};
  }

  void start(listener to) override {
    client::listener ears;
    ears.changed = std::move(to.changed);
    ears.message = [hear = std::move(to.message)](const std::string&,
                                                  const std::string& text) {
      if (auto x = parse_node_message(text))
        hear(std::move(*x));
    };
    client_ = std::make_unique<client>(options_.client, std::move(ears));
  }

  void
  take(const take_lease& call, int64_t least, then<lease_answer> f) override {
    client_->run(take_, lease_keys(call.call_id),
                 {options_.node, text(options_.lease), std::to_string(least),
                  call.call_id, text(options_.fence_memory)},
                 [f](const reply& x) {
                   f({x.what == reply::kind::integer, x.integer});
                 });
  }

  void renew(const shared_call& x, then<renewal> f) override {
    client_->run(renew_, lease_keys(x.call.call_id),
                 {options_.node, text(options_.lease), std::to_string(x.fence),
                  x.call.call_id, text(options_.fence_memory)},
                 [f](const reply& y) {
                   f(y.what != reply::kind::integer ? renewal::not_reached
                     : y.integer == 0               ? renewal::lost
                                                    : renewal::kept);
                 });
  }

  void show(const shared_call& x, then<bool> done) override {
    client_->run(show_, {key("call:", x), key("lease:call:", x)},
                 fields(x, options_.shown),
                 [done](const reply& y) { done(y.ok()); });
  }

  void release(const shared_call& x, then<bool> done) override {
    auto arguments = fields(x, options_.shown_ended);
    arguments.push_back(x.call.call_id);
    client_->run(release_,
                 {key("call:", x), key("lease:call:", x), name("calls:live")},
                 arguments, [done](const reply& y) { done(y.ok()); });
  }

  /// The ping comes back over the other connection: it works.
  void announce() override {
    client_->send(
      {"SET", name("node:" + options_.node), "up", "PX", text(options_.lease)},
      nullptr);
    publish(channel_of(options_.node), node_ping{options_.node}, nullptr);
  }

  void allow(const allow_request& x,
             then<std::optional<request_allowed>> f) override {
    if (x.limit == 0) {
      f(request_allowed{false, 0, std::max<int64_t>(x.per_ms, 1)});
      return;
    }
    client_->run(
      allow_, {name("limit:" + x.key)},
      {std::to_string(x.limit), std::to_string(std::max<int64_t>(x.per_ms, 1))},
      [f](const reply& y) {
        if (y.what != reply::kind::list || y.items.size() != 3)
          f(std::nullopt);
        else
          f(request_allowed{y.at(0).integer == 1,
                            static_cast<uint64_t>(y.at(1).integer),
                            y.at(2).integer});
      });
  }

  void tell_breaker(const breaker_changed& x) override {
    auto key = name("breaker:" + x.provider);
    if (x.open && x.pause_ms > 0)
      client_->send({"SET", key, x.node, "PX", std::to_string(x.pause_ms)},
                    nullptr);
    else
      client_->send({"DEL", key}, nullptr);
    publish(channel_of_all(), x, nullptr);
  }

  void ask_breaker(const std::string& provider,
                   then<std::optional<breaker_changed>> f) override {
    client_->send({"PTTL", name("breaker:" + provider)},
                  [f, provider](const reply& x) {
                    if (x.what != reply::kind::integer || x.integer <= 0)
                      f(std::nullopt);
                    else
                      f(breaker_changed{provider, true, x.integer, "redis"});
                  });
  }

  void end_call(const end_call_anywhere& x, then<bool> told) override {
    client_->send({"GET", name("lease:call:" + x.call_id)},
                  [this, x, told](const reply& y) {
                    auto node = y.text.substr(0, y.text.find(' '));
                    if (y.what != reply::kind::text || !is_node_name(node))
                      told(false);
                    else
                      publish(channel_of(node), x, [told](const reply& z) {
                        told(z.integer > 0); // so many have heard it
                      });
                  });
  }

  void list(then<std::optional<std::vector<session_record>>> f) override {
    client_->run(
      list_, {name("calls:live")},
      {options_.prefix, std::to_string(most_listed)}, [f](const reply& x) {
        if (x.what != reply::kind::list) {
          f(std::nullopt);
          return;
        }
        std::vector<session_record> result;
        for (auto& row : x.items)
          result.push_back({row.at(0).text, row.at(1).text, row.at(2).text,
                            row.at(3).text, row.at(4).text,
                            number(row.at(5).text), number(row.at(6).text)});
        f(std::move(result));
      });
  }

private:
  std::string name(const std::string& key) const {
    return options_.prefix + key;
  }

  std::string key(const char* kind, const shared_call& x) const {
    return name(kind + x.call.call_id);
  }

  std::string channel_of_all() const { return name("velox:all"); }

  std::string channel_of(const std::string& node) const {
    return name("velox:node:" + node);
  }

  std::vector<std::string> lease_keys(const std::string& call_id) const {
    return {name("lease:call:" + call_id), name("fence:" + call_id),
            name("calls:live")};
  }

  std::vector<std::string>
  fields(const shared_call& x, std::chrono::milliseconds shown) const {
    return {options_.node,
            text(shown),
            "stage",
            std::string{to_text(x.shown.stage)},
            "turn",
            std::to_string(x.shown.turn),
            "interrupt_count",
            std::to_string(x.shown.interrupt_count),
            "org_id",
            x.call.org_id,
            "agent_id",
            x.call.agent_id,
            "node",
            options_.node,
            "fence",
            std::to_string(x.fence),
            "started_at",
            time_text(x.call.started_at),
            "updated_at",
            time_text(x.updated_at)};
  }

  void publish(const std::string& channel, const node_message& x, on_reply f) {
    client_->send({"PUBLISH", channel, to_json(x)}, std::move(f));
  }

  sessions_options options_;
  script take_{scripts::take};
  script renew_{scripts::renew};
  script show_{scripts::show};
  script release_{scripts::release};
  script allow_{scripts::allow};
  script list_{scripts::list};
  std::unique_ptr<client> client_; // last: it uses the scripts
};

} // namespace

std::shared_ptr<shared_sessions> make_sessions(sessions_options options) {
  return std::make_shared<sessions>(std::move(options));
}

} // namespace velox::persistence::redis
