#include "adapters/cli/rehearsal/rehearsal.hpp"

#include "adapters/cli/rehearsal/director.hpp"
#include "adapters/cli/rehearsal/ear_text.hpp"
#include "adapters/cli/rehearsal/script_reader.hpp"
#include "adapters/cli/serve/briefings.hpp"
#include "adapters/language/scripted/dialogue.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace velox::rehearsal {

namespace {

/// The lines of an agent by their keys in a script.
constexpr std::pair<std::string_view, std::string agent_lines::*> line_keys[]{
  {"still_there", &agent_lines::still_there},
  {"still_there_again", &agent_lines::still_there_again},
  {"idle_goodbye", &agent_lines::idle_goodbye},
  {"out_of_credit", &agent_lines::out_of_credit},
  {"too_long", &agent_lines::too_long},
  {"trouble", &agent_lines::trouble},
  {"closing", &agent_lines::closing},
  {"reconnected", &agent_lines::reconnected},
  {"here", &agent_lines::here},
  {"almost_over", &agent_lines::almost_over},
  {"recording_notice", &agent_lines::recording_notice},
  {"recording_question", &agent_lines::recording_question},
};

std::optional<language::agent> agent_of(const call_script& x) {
  if (x.agent_yaml.empty())
    return std::nullopt;
  return language::parse(x.agent_yaml).value;
}

agent_record record_of(const call_script& x) {
  auto result = sim_agent();
  if (auto agent = agent_of(x)) {
    result = language::to_record(*agent, x.agent_yaml);
    result.id = sim_agent().id;
    result.org_id = sim_agent().org_id;
  } else {
    result.name = x.agent_name.empty() ? result.name : x.agent_name;
    result.language = x.language;
  }
  return result;
}

/// Who answers: the agent's own script, unless the call's stands in for it.
bool answers_itself(const call_script& x) {
  auto agent = agent_of(x);
  if (!agent || !x.answers.empty())
    return false;
  auto& models = agent->models;
  return models.empty() || models.front() == "scripted";
}

agent_briefing brief(const call_script& script, const agent_record& agent) {
  agent_briefing result;
  if (script.agent_yaml.empty()) {
    result.lines.greeting = script.greeting;
    result.transfer_number = script.transfer_number;
    result.languages = script.languages;
  } else {
    auto self = answers_itself(script);
    cli::briefings source{[self](const agent_record&, const agent_briefing&) {
      call_providers who;
      who.models.push_back({self ? "scripted" : "stand-in", "", {}});
      return who;
    }};
    result = source.get(agent);
  }
  for (auto& [key, member] : line_keys)
    if (auto i = script.lines.find(std::string{key}); i != script.lines.end())
      result.lines.*member = i->second;
  if (!script.fillers.empty())
    result.lines.fillers = script.fillers;
  if (script.own_turns)
    result.turns = script.turns;
  if (script.own_manners)
    result.manners = script.manners;
  return result;
}

/// What the caller has just said; empty when it was not understood.
std::string last_words(const prompt& x) {
  auto spoke = !x.history.empty() && x.history.back().role == "user";
  return spoke ? x.history.back().text : std::string{};
}

/// What a turn of the caller is known by: it gets the same answer when it is
/// asked about again, after a restart in the middle of the answer.
std::string turn_key(const prompt& x) {
  std::string result;
  for (auto& line : x.history)
    if (line.role == "user")
      result += line.text + "\n";
  if (!x.history.empty() && x.history.back().role != "user")
    result += "not understood behind " + x.history.back().text;
  return result;
}

} // namespace

rehearsal::rehearsal(const call_script& script)
  : script_(script), used_(script.answers.size()) {
  prepare();
  run();
  timeline_ = timeline_of(*world_, legs_, *tools_, engine_);
}

rehearsal::~rehearsal() = default;

void rehearsal::prepare() {
  auto agent = record_of(script_);
  if (script_.answers.empty() && !answers_itself(script_))
    throw std::invalid_argument{
      "the agent has no script of its own that could answer; add 'answers'"};
  world_plan plan;
  plan.limits = script_.limits;
  plan.turns = script_.turns;
  plan.credit = script_.credit;
  plan.reservation = script_.reservation;
  plan.agent = agent;
  plan.brief = [this](const agent_record& x) { return brief(script_, x); };
  plan.recognisers = script_.recogniser.providers;
  plan.synthesisers = script_.synthesiser.providers;
  plan.models = script_.model.providers;
  // The tools need the world, and the world the tools.
  struct port final : tool_port {
    std::vector<tool_definition> tools(const agent_record& of) override {
      return self->tools_->tools(of);
    }
    void call(const std::string& id, const tool_call& x,
              std::function<void(tool_result)> done) override {
      self->tools_->call(id, x, std::move(done));
    }
    rehearsal* self = nullptr;
  };
  auto tools = std::make_shared<port>();
  tools->self = this;
  plan.tools = tools;
  world_ = std::make_unique<sim_world>(std::move(plan));
  tools_ = std::make_shared<sim_tools>(world_->time, script_.tools);
  if (!answers_itself(script_))
    return;
  auto begins = parse_begin(script_.now).value_or(language::moment{});
  auto zero = world_->time.now();
  auto brain = std::make_shared<language::dialogue>(
    std::make_shared<const language::agent>(*agent_of(script_)),
    [this, begins, zero] {
      auto now = begins;
      now.time
        += std::chrono::duration_cast<minutes>(world_->time.now() - zero);
      while (now.time >= hours{24}) {
        now.time -= hours{24};
        now.day += std::chrono::days{1};
      }
      return now;
    });
  agent_ = [brain](const prompt& x) {
    auto own = brain->answer(x);
    model_reply result;
    result.text = own.text;
    result.then = own.then;
    result.transfer_to = own.transfer_to;
    result.memory = own.memory;
    return result;
  };
}

void rehearsal::set_up(sim_call& leg) {
  auto& stages = *leg.stages;
  stages.recogniser.script = script_.recogniser;
  stages.synthesiser.script = script_.synthesiser;
  stages.model.script = script_.model;
  stages.reply
    = [this, &stages](const prompt& x) { return reply_to(x, stages); };
}

model_reply rehearsal::reply_to(const prompt& x, sim_stage_world& stages) {
  if (agent_)
    return agent_(x);
  auto& answers = script_.answers;
  auto said = turn_key(x);
  if (auto known = replies_.find(said); known != replies_.end())
    return answers[known->second].reply;
  auto words = last_words(x);
  for (size_t i = 0; i < answers.size(); ++i) {
    auto& one = answers[i];
    auto fits = x.history.empty()
                  ? one.first_words
                  : !one.first_words && (!one.when || one.when->holds(words));
    if (!fits || (one.once && used_[i]))
      continue;
    used_[i] = true;
    replies_[said] = i;
    return one.reply;
  }
  stages.surprises.push_back(
    x.history.empty()
      ? std::string{"no answer has 'when: call_begins', and the agent no "
                    "greeting"}
      : "no answer fits \"" + words + "\"");
  model_reply lost;
  lost.text = "I do not know what to say.";
  return lost;
}

sim_call& rehearsal::place(const leg_script& leg, size_t number) {
  call_plan plan;
  plan.nonce = "leg" + std::to_string(number);
  plan.resumed = leg.resumed;
  plan.line = script_.quality;
  plan.script = leg.caller;
  plan.seed = script_.seed + number;
  plan.outbound = script_.outbound;
  auto& call = world_->place(std::move(plan));
  set_up(call);
  legs_.push_back(&call);
  return call;
}

void rehearsal::run() {
  auto& time = world_->time;
  began_ = time.now();
  auto until = began_ + script_.patience;
  director_ = std::make_unique<director>(*world_, script_.events, engine_);
  for (size_t i = 0; i < script_.legs.size(); ++i) {
    auto& leg = script_.legs[i];
    if (i > 0) {
      if (!leg.beside)
        while (!legs_.back()->ended && time.now() < until)
          world_->run(milliseconds{50});
      world_->run(leg.after);
    }
    director_->watch(place(leg, i));
  }
  over_ = world_->run_until_over(until - time.now());
  ended_ = began_;
  for (auto* leg : legs_)
    ended_ = std::max(ended_, leg->ended.value_or(time.now()));
  director_->stop();
  if (over_)
    world_->run(seconds{20}); // for what the dead leave behind
}

caf::timespan rehearsal::longest_silence() const {
  std::vector<std::pair<virtual_world::time_point, virtual_world::time_point>>
    sounds;
  auto connected = began_;
  for (auto* leg : legs_) {
    for (auto& x : leg->carrier->ear())
      sounds.emplace_back(x.from, x.until);
    for (auto& x : leg->caller->record()) {
      sounds.emplace_back(x.from, std::min(x.until, ended_));
      if (x.what == caller_step::act::wait)
        sounds.back().second = x.from;
    }
    // Between two legs there is no line to be silent.
    if (leg != legs_.front())
      sounds.emplace_back(connected, leg->began);
    connected = leg->ended.value_or(ended_);
  }
  auto over = ended_;
  for (auto& x : legs_.back()->carrier->wire())
    if (x.what == wire_record::kind::close)
      over = std::min(over, x.at);
  sounds.emplace_back(over, over);
  std::sort(sounds.begin(), sounds.end());
  caf::timespan longest{0};
  auto at = began_;
  for (auto& [from, to] : sounds) {
    longest = std::max<caf::timespan>(longest, std::min(from, over) - at);
    at = std::max(at, to);
  }
  return longest;
}

caf::timespan rehearsal::recorded() const {
  caf::timespan result{0};
  for (auto& x : *world_->recordings)
    if (x.finished)
      result += x.length;
  return result;
}

caf::timespan rehearsal::billed() const {
  int64_t result = 0;
  for (auto& x : world_->book->booked)
    result += x.seconds;
  return seconds{result};
}

std::vector<std::string> rehearsal::broken_promises() {
  std::vector<std::string> result;
  if (!over_) {
    result.push_back("the call has not ended");
    return result;
  }
  if (auto alive = world_->alive(); alive != 0)
    result.push_back(fmt::format("{} actors outlive the call", alive));
  if (auto slots = world_->slots(); slots != 0)
    result.push_back(fmt::format("{} slots are still taken", slots));
  for (auto* leg : legs_) {
    uint64_t played = 0;
    uint64_t cleared = 0;
    for (auto& x : leg->carrier->wire()) {
      if (x.what == wire_record::kind::clear)
        cleared = std::max(cleared, played);
      if (x.what != wire_record::kind::play)
        continue;
      if (x.turn != 0 && x.turn <= cleared)
        result.push_back(fmt::format("audio of turn {} was sent behind its "
                                     "clear",
                                     x.turn));
      played = std::max(played, x.turn);
    }
  }
  uint64_t expected = 0;
  for (auto& x : world_->db->events_of(legs_.front()->plan.call_id))
    if (legs_.size() == 1 && x.sequence != ++expected) {
      result.push_back(fmt::format("event {} of the log is missing", expected));
      break;
    }
  for (auto& x : timeline_) {
    if (x.kind == "surprise")
      result.push_back(x.fields.at(""));
    if (x.kind != "stored" || x.fields.at("role") != "agent")
      continue;
    std::string sum;
    for (auto* part : {"heard", "sent", "unsent"})
      if (auto& text = x.fields.at(part); !text.empty())
        sum += (sum.empty() ? "" : " ") + text;
    if (sum != x.fields.at(""))
      result.push_back("heard, sent and unsent of turn " + x.fields.at("turn")
                       + " are not its text");
  }
  return result;
}

} // namespace velox::rehearsal
