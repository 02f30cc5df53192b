#include "adapters/console/recordings.hpp"

#include "adapters/console/admin_key.hpp"
#include "adapters/http/ask.hpp"
#include "protocol/errc.hpp"
#include "protocol/json.hpp"
#include "protocol/type_ids.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

namespace velox::console {

namespace {

constexpr caf::timespan patience = std::chrono::seconds{5};

/// What one answer may hold; longer recordings are fetched in parts.
constexpr uint64_t largest_answer = 64 << 20;

struct parts {
  caf::actor_system& sys;
  store_actor store;
  recording_source source;
  std::string default_org;
};

using parts_ptr = std::shared_ptr<const parts>;

std::string query_of(const http::request& x, const char* name) {
  auto found = x.query.find(name);
  return found == x.query.end() ? "" : found->second;
}

http::response refusal(const caf::error& why) {
  if (why == errc::not_found)
    return http::error_response(404, "not_found", "There is no such call.",
                                "Check the call id.");
  return http::error_response(503, "unavailable",
                              "The engine could not answer in time.",
                              "Try again; see GET /readyz if it persists.");
}

http::response no_recording() {
  return http::error_response(
    404, "no_recording", "The call has no such recording.",
    "See GET /api/v1/recordings for those there "
    "are; old ones are deleted (recording.keep_days).");
}

std::string to_json(const std::vector<recording_record>& all) {
  json_array list;
  for (auto& x : all)
    list.add(json_object{}
               .add("call_id", x.call_id)
               .add("org_id", x.org_id)
               .add("file", x.file)
               .add("duration_ms", x.duration_ms)
               .add("size", x.size)
               .add("key_id", x.key_id)
               .add("created_at", x.created_at)
               .add("delete_after", x.delete_after));
  return json_object{}.add("recordings", list).str();
}

void list_all(const parts_ptr& all, const http::request& x,
              const http::responder& answer) {
  auto org = query_of(x, "org_id");
  http::ask(
    all->sys, all->store, patience,
    [answer](const std::vector<recording_record>& found) {
      answer(http::json_response(200, to_json(found)));
    },
    [answer](const caf::error& why) { answer(refusal(why)); },
    list_recordings{org.empty() ? all->default_org : org});
}

/// The answer with what was read of the recording.
http::response
to_response(recording_part part, const byte_range& wanted, bool ranged) {
  if (!part.trouble.empty())
    return http::error_response(500, "recording_unreadable", part.trouble,
                                "The engine's log says more.");
  http::response result;
  result.content_type = "audio/wav";
  result.headers.add("Accept-Ranges", "bytes");
  result.headers.add("Cache-Control", "no-store");
  auto total = std::to_string(part.total);
  if (!ranged) {
    if (part.total > largest_answer)
      return http::error_response(413, "recording_too_long",
                                  "The recording is too long for one answer.",
                                  "Ask for parts with the header Range: "
                                  "bytes=FIRST-LAST, as velox ctl does.");
  } else if (part.bytes.empty()) {
    result = http::error_response(416, "no_such_range",
                                  "The recording has no such part.",
                                  "Its length is in Content-Range.");
    result.headers.add("Content-Range", "bytes */" + total);
    return result;
  } else {
    result.status = 206;
    auto last = wanted.first + part.bytes.size() - 1;
    result.headers.add("Content-Range", "bytes " + std::to_string(wanted.first)
                                          + "-" + std::to_string(last) + "/"
                                          + total);
  }
  result.body = std::move(part.bytes);
  return result;
}

void send_sound(const parts_ptr& all, const http::request& x,
                const http::responder& answer, const recording_record& what) {
  byte_range wanted;
  auto header = x.headers.get("Range");
  // What we do not understand may be ignored (RFC 9110, 14.2).
  auto ranged = header && parse_range(*header, wanted);
  if (!ranged)
    wanted = {};
  auto count = std::min(wanted.last - wanted.first, largest_answer - 1) + 1;
  all->source(what, wanted.first, count,
              [answer, wanted, ranged](recording_part part) {
                answer(to_response(std::move(part), wanted, ranged));
              });
}

void fetch_one(const parts_ptr& all, const http::request& x,
               const http::responder& answer) {
  auto file = query_of(x, "file");
  auto on_list
    = [all, x, answer, file](const std::vector<recording_record>& found) {
        auto one = std::find_if(found.begin(), found.end(), [&](auto& y) {
          return file.empty() || y.file == file;
        });
        if (one == found.end())
          return answer(no_recording());
        send_sound(all, x, answer, *one);
      };
  // The call knows its organisation, and only that one is asked for.
  auto on_call = [all, answer, on_list](const conversation_record& call) {
    http::ask(
      all->sys, all->store, patience, on_list,
      [answer](const caf::error& why) { answer(refusal(why)); },
      list_recordings{call.org_id, call.call_id});
  };
  http::ask(
    all->sys, all->store, patience, on_call,
    [answer](const caf::error& why) { answer(refusal(why)); },
    find_conversation{x.params.at("id")});
}

bool read_number(std::string_view text, uint64_t& out) {
  auto end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, out);
  return error == std::errc{} && stop == end;
}

} // namespace

bool parse_range(std::string_view text, byte_range& out) {
  constexpr std::string_view unit = "bytes=";
  if (!text.starts_with(unit))
    return false;
  text.remove_prefix(unit.size());
  auto dash = text.find('-');
  if (dash == text.npos)
    return false;
  byte_range result;
  if (!read_number(text.substr(0, dash), result.first))
    return false;
  auto last = text.substr(dash + 1);
  if (!last.empty() && !read_number(last, result.last))
    return false;
  if (result.last < result.first)
    return false;
  out = result;
  return true;
}

void add_recordings(http::router& routes, caf::actor_system& sys,
                    store_actor store, recording_source source,
                    std::string default_org, std::string admin_key) {
  auto all = std::make_shared<const parts>(
    parts{sys, std::move(store), std::move(source), std::move(default_org)});
  auto add = [&](const std::string& path, auto what) {
    auto pattern = "/api/v1" + path;
    routes.add("GET", pattern,
               with_admin_key(admin_key, [all, what](const http::request& x,
                                                     http::responder answer) {
                 what(all, x, answer);
               }));
    routes.alias("/api" + path, pattern);
  };
  add("/recordings", list_all);
  add("/recordings/{id}", fetch_one);
}

} // namespace velox::console
