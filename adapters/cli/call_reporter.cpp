#include "adapters/cli/call_reporter.hpp"

#include "adapters/cli/text.hpp"
#include "protocol/json.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <ostream>

namespace velox::cli {

namespace {

json_object event(std::string_view name, call_time at) {
  json_object result;
  result.add("event", name).add("at_ms", at.count());
  return result;
}

double seconds(call_time x) {
  return static_cast<double>(x.count()) / 1000;
}

call_time median(std::vector<call_time> values) {
  auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

} // namespace

std::string_view to_text(call_outcome outcome) {
  switch (outcome) {
    case call_outcome::ok: return "ok";
    case call_outcome::not_answered: return "not-answered";
    case call_outcome::usage: return "usage";
    case call_outcome::refused: return "refused";
    case call_outcome::protocol_error: return "protocol-error";
  }
  return "unknown";
}

void call_reporter::emit(const json_object& line) {
  if (!options_.json)
    return;
  std::lock_guard guard{mutex_};
  out_ << line.str() << '\n' << std::flush;
}

void call_reporter::print(call_time at, style s, std::string_view text) {
  if (options_.json)
    return;
  std::string_view colour;
  switch (s) {
    case style::plain: break;
    case style::caller: colour = "\033[36m"; break;
    case style::agent: colour = "\033[32m"; break;
    case style::dim: colour = "\033[2m"; break;
    case style::alarm: colour = "\033[31m"; break;
  }
  auto coloured = options_.colour && !colour.empty();
  std::lock_guard guard{mutex_};
  out_ << fmt::format("{:>8}  {}{}{}\n", clock_text(at), coloured ? colour : "",
                      text, coloured ? "\033[0m" : "")
       << std::flush;
}

void call_reporter::call_started(std::string_view call_id,
                                 std::string_view from, std::string_view to,
                                 std::string_view engine) {
  call_time at{0};
  emit(event("call-started", at)
         .add("call_id", call_id)
         .add("from", from)
         .add("to", to)
         .add("engine", engine));
  print(at, style::dim,
        fmt::format("calls {} from {} ({}) at {}", to, from, call_id, engine));
}

void call_reporter::stream_opened(call_time at, std::string_view url,
                                  std::string_view stream_id) {
  // Velox puts a token behind that, which is nobody's business.
  url = url.substr(0, url.find("/call/"));
  emit(event("stream-opened", at).add("url", url).add("stream_id", stream_id));
  print(at, style::dim, fmt::format("connected to {}", url));
}

void call_reporter::stream_closed(call_time at, uint16_t code,
                                  std::string_view reason) {
  emit(event("stream-closed", at).add("code", code).add("reason", reason));
  if (code != 1000 && code != 1001 && code != 1005)
    print(at, style::dim, fmt::format("stream closed: {} {}", code, reason));
}

void call_reporter::verb(call_time at, std::string_view name,
                         std::string_view detail) {
  emit(event("verb", at).add("verb", name).add("detail", detail));
  print(
    at, style::plain,
    fmt::format("carrier {}{}{}", name, detail.empty() ? "" : ": ", detail));
}

void call_reporter::agent_started(call_time at,
                                  std::optional<call_time> latency) {
  auto line = event("agent-audio-started", at);
  if (latency)
    line.add("latency_ms", latency->count());
  emit(line);
  print(at, style::dim,
        latency ? fmt::format("agent   begins to speak after {:.1f} s",
                              seconds(*latency))
                : std::string{"agent   begins to speak"});
}

void call_reporter::agent_ended(call_time at, call_time lasted) {
  emit(event("agent-audio-ended", at).add("lasted_ms", lasted.count()));
  print(
    at, style::dim,
    fmt::format("agent   is silent, having spoken {:.1f} s", seconds(lasted)));
}

void call_reporter::caller_began(call_time at, const script_step& step) {
  auto line = event("caller-said", at);
  line.add("text", step.text).add("barge_in", step.barge_in_at.has_value());
  line.add("lasts_ms", step.audio.size() / 8);
  emit(line);
  print(at, style::caller, fmt::format("caller  {}", step.text));
}

void call_reporter::caller_ended(call_time at, const script_step& step) {
  emit(event("caller-silent", at).add("text", step.text));
}

void call_reporter::dtmf(call_time at, char digit) {
  emit(event("dtmf", at).add("digit", std::string_view{&digit, 1}));
}

void call_reporter::clear(call_time at, call_time dropped) {
  emit(event("clear", at).add("dropped_ms", dropped.count()));
  print(at, style::dim,
        fmt::format("engine  takes back {:.1f} s of audio", seconds(dropped)));
}

void call_reporter::mark(call_time at, std::string_view name, bool cleared) {
  emit(event("mark", at).add("name", name).add("cleared", cleared));
}

void call_reporter::understood(call_time at, uint64_t turn,
                               std::string_view text, double confidence) {
  emit(event("transcript", at)
         .add("who", "caller")
         .add("turn", turn)
         .add("text", text)
         .add("confidence", confidence));
  print(at, style::dim,
        text.empty() ? std::string{"engine  understood nothing"}
                     : fmt::format("engine  understood \"{}\" ({:.2f})", text,
                                   confidence));
}

void call_reporter::sentence(call_time at, uint64_t turn, int64_t index,
                             std::string_view text) {
  emit(event("transcript", at)
         .add("who", "agent")
         .add("turn", turn)
         .add("index", index)
         .add("text", text));
  print(at, style::agent, fmt::format("agent   {}", text));
}

void call_reporter::sentence_heard(call_time at, uint64_t turn, int64_t index) {
  emit(event("sentence-heard", at).add("turn", turn).add("index", index));
}

void call_reporter::interrupted(call_time at, uint64_t turn,
                                std::string_view heard, std::string_view sent,
                                std::string_view unsent) {
  emit(event("interrupted", at)
         .add("turn", turn)
         .add("heard", heard)
         .add("sent", sent)
         .add("unsent", unsent));
  print(at, style::plain,
        heard.empty()
          ? std::string{"(interrupted: caller heard none of it)"}
          : fmt::format("(interrupted: caller heard \"{}\")", heard));
}

void call_reporter::child_restarted(call_time at, std::string_view child) {
  emit(event("child-restarted", at).add("child", child));
  print(at, style::alarm, fmt::format("engine  restarted {}", child));
}

void call_reporter::engine_ended(call_time at, std::string_view reason,
                                 std::string_view explanation) {
  emit(event("engine-ended", at)
         .add("reason", reason)
         .add("explanation", explanation));
  print(at, style::dim,
        fmt::format("engine  ended the call: {}{}{}", reason,
                    explanation.empty() ? "" : ", ", explanation));
}

void call_reporter::notice(call_time at, std::string_view text) {
  emit(event("notice", at).add("text", text));
  print(at, style::plain, text);
}

void call_reporter::protocol_error(call_time at, std::string_view text) {
  emit(event("protocol-error", at).add("text", text));
  print(at, style::alarm, fmt::format("protocol error: {}", text));
}

void call_reporter::ended(call_time at, std::string_view reason) {
  emit(event("ended", at).add("reason", reason));
  print(at, style::plain, fmt::format("call ended: {}", reason));
}

void call_reporter::summary(const call_summary& x) {
  json_array latencies;
  for (auto latency : x.latencies)
    latencies.add(latency.count());
  emit(event("summary", x.duration)
         .add("outcome", to_text(x.outcome))
         .add("exit_code", static_cast<int>(x.outcome))
         .add("reason", x.reason)
         .add("duration_ms", x.duration.count())
         .add("agent_spoke_ms", x.agent_spoke.count())
         .add("latencies_ms", latencies)
         .add("frames_sent", x.frames_sent)
         .add("frames_received", x.frames_received)
         .add("marks", x.marks)
         .add("clears", x.clears)
         .add("latest_frame_ms", x.latest_frame.count()));
  auto text
    = fmt::format("{}: {:.1f} s, agent spoke {:.1f} s", to_text(x.outcome),
                  seconds(x.duration), seconds(x.agent_spoke));
  if (!x.latencies.empty()) {
    auto [low, high]
      = std::minmax_element(x.latencies.begin(), x.latencies.end());
    text += fmt::format(", {} answers after {:.1f} s ({:.1f} to {:.1f})",
                        x.latencies.size(), seconds(median(x.latencies)),
                        seconds(*low), seconds(*high));
  }
  print(x.duration, x.outcome == call_outcome::ok ? style::plain : style::alarm,
        text);
}

} // namespace velox::cli
