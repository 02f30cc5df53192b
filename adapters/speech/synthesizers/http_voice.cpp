#include "adapters/speech/synthesizers/http_voice.hpp"

namespace velox::speech {

namespace {

/// Error answers are read so far, in bytes.
constexpr size_t refusal_limit = 4096;

class plain_reader : public answer_reader {
public:
  bool feed(std::string_view bytes, heard_audio& out) override {
    out.mulaw.insert(out.mulaw.end(), bytes.begin(), bytes.end());
    return true;
  }
};

} // namespace

std::unique_ptr<answer_reader> make_plain_reader() {
  return std::make_unique<plain_reader>();
}

http_voice::http_voice(std::string name, net::outbound_ptr out,
                       const synthesis_client_actor& client, text_limit limit,
                       const voice_options& options,
                       std::function<net::vendor_access()> access,
                       http_recipe recipe)
  : voice_session(std::move(name), std::move(out), client, limit, options),
    access_(std::move(access)), recipe_(std::move(recipe)) {}

void http_voice::start(uint64_t id, const std::string& text) {
  net::exchange_handlers hears;
  auto self = weak<http_voice>();
  hears.head = [self, id](const net::response_head& head) {
    if (auto voice = self.lock())
      voice->on_head(id, head);
  };
  hears.piece = [self, id](std::string_view bytes) {
    if (auto voice = self.lock())
      voice->on_piece(id, bytes);
  };
  hears.ended = [self, id] {
    if (auto voice = self.lock())
      voice->on_ended(id);
  };
  hears.failed = [self, id](const net::error& why) {
    if (auto voice = self.lock())
      voice->on_failed(id, why);
  };
  auto request = recipe_.ask(access_(), text);
  answers_[id].exchange = out().send(std::move(request), std::move(hears));
}

void http_voice::stop(uint64_t id) {
  give_up(id);
}

void http_voice::disconnect() {
  auto all = std::move(answers_);
  answers_.clear();
  for (auto& [id, x] : all)
    x.exchange->cancel();
}

void http_voice::give_up(uint64_t id) {
  auto node = answers_.extract(id);
  if (!node.empty())
    node.mapped().exchange->cancel();
}

void http_voice::on_head(uint64_t id, const net::response_head& head) {
  auto i = answers_.find(id);
  if (i == answers_.end())
    return;
  if (head.status >= 200 && head.status < 300)
    i->second.reader = recipe_.reader(head);
  else
    i->second.refused = head;
}

void http_voice::on_piece(uint64_t id, std::string_view bytes) {
  auto i = answers_.find(id);
  if (i == answers_.end())
    return;
  auto& x = i->second;
  if (!x.reader) {
    auto room = refusal_limit - x.refused_body.size();
    x.refused_body += bytes.substr(0, room);
    return;
  }
  heard_audio out;
  if (x.reader->feed(bytes, out)) {
    heard(id, out.mulaw, std::move(out.words));
    return;
  }
  give_up(id);
  fail(id, {provider_errc::broken, name() + ": an answer that makes no sense"});
}

void http_voice::on_ended(uint64_t id) {
  auto node = answers_.extract(id);
  if (node.empty())
    return;
  auto& x = node.mapped();
  if (!x.reader) {
    fail(id, failure_of(name(), x.refused.status, x.refused.headers,
                        recipe_.error_code(x.refused_body)));
    return;
  }
  heard_audio out;
  if (!x.reader->finish(out)) {
    fail(id, {provider_errc::broken, name() + ": an incomplete answer"});
    return;
  }
  heard(id, out.mulaw, std::move(out.words));
  done(id);
}

void http_voice::on_failed(uint64_t id, const net::error& why) {
  auto node = answers_.extract(id);
  if (node.empty())
    return;
  auto& x = node.mapped();
  // The status says more than that its text was cut short.
  if (x.refused.status != 0)
    fail(id, failure_of(name(), x.refused.status, x.refused.headers,
                        recipe_.error_code(x.refused_body)));
  else
    fail(id, failure_of(name(), why));
}

std::string join_url(const std::string& base, std::string_view version,
                     std::string_view path) {
  auto result = base;
  if (!base.ends_with(version) && !path.starts_with(version))
    result += version;
  if (base.ends_with(version) && path.starts_with(version))
    path.remove_prefix(version.size());
  return result.append(path);
}

net::request json_post(std::string url, std::string body) {
  net::request result;
  result.method = "POST";
  result.url = std::move(url);
  result.headers = {{"Content-Type", "application/json"}};
  result.body = std::move(body);
  return result;
}

} // namespace velox::speech
