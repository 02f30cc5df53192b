#include "adapters/cli/call_command.hpp"

#include "adapters/cli/context.hpp"
#include "adapters/cli/telephone.hpp"
#include "adapters/speech/offline.hpp"
#include "adapters/speech/wav.hpp"
#include "protocol/g711.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <unistd.h>

namespace velox::cli {

namespace {

constexpr auto footer
  = R"(Poses as the carrier: posts the signed webhook, opens the media stream, speaks
and listens in real time, prints what both sides say. --say, --wav and --dtmf
may be repeated and are done in the order given, each once the agent has
answered the one before and is silent. After the last answer the caller hangs
up.

Examples:
  velox call --say "When do you open?" --say "Thank you, goodbye."
  velox call --say "Where are you?" --barge-in-at 1.5 --say "Stop, please."
  velox call --dtmf 1 --wav question.wav --save call.wav
  velox call --engine https://voice.example.com --auth-token TOKEN --json

Exit codes:
  0  the agent answered and the call ended as it should
  1  nothing was heard of the agent
  2  wrong options or config
  3  the engine cannot be reached or refused the call; its answer is printed
  4  the engine broke the carrier's protocol)";

struct call_options {
  telephone_options telephone;
  engine_access access;
  std::string voice = "rms";
  std::string save;
  double pause = 0.6;    ///< seconds
  double duration = 120; ///< seconds
  bool json = false;
  std::vector<std::string> say;
  std::vector<std::string> wav;
  std::vector<std::string> dtmf;
  std::vector<double> barge_in_at;
};

call_time seconds(double x) {
  return call_time{static_cast<int64_t>(x * 1000)};
}

script_step say_step(const std::string& text, const std::string& voice) {
  auto audio = speech::speak(text, voice);
  if (audio.empty())
    throw std::invalid_argument("--say: nothing in \"" + text
                                + "\" can be spoken");
  return {.text = text, .audio = std::move(audio)};
}

script_step wav_step(const std::string& path) {
  std::vector<int16_t> samples;
  try {
    samples = speech::read_wav(path);
  } catch (const std::runtime_error& x) {
    throw std::invalid_argument(std::string{"--wav: "} + x.what());
  }
  if (samples.empty())
    throw std::invalid_argument("--wav: " + path + " holds no audio");
  std::vector<uint8_t> audio(samples.size());
  linear_to_mulaw(samples, audio);
  return {.text = "(plays " + path + ")", .audio = std::move(audio)};
}

script_step dtmf_step(const std::string& digits) {
  return {.text = "(presses " + digits + ")", .digits = digits};
}

/// The steps in the order in which the options stand on the command line.
std::vector<script_step>
make_steps(const CLI::App& sub, const call_options& options) {
  std::vector<script_step> result;
  std::map<std::string, size_t> seen;
  std::optional<call_time> barge_in_at;
  for (const auto* option : sub.parse_order()) {
    auto name = option->get_name();
    auto i = seen[name]++;
    if (name == "--barge-in-at") {
      barge_in_at = seconds(options.barge_in_at[i]);
      continue;
    }
    if (name == "--say")
      result.push_back(say_step(options.say[i], options.voice));
    else if (name == "--wav")
      result.push_back(wav_step(options.wav[i]));
    else if (name == "--dtmf")
      result.push_back(dtmf_step(options.dtmf[i]));
    else
      continue;
    result.back().barge_in_at = std::exchange(barge_in_at, std::nullopt);
  }
  if (barge_in_at)
    throw std::invalid_argument("--barge-in-at must stand before the --say, "
                                "--wav or --dtmf that barges in");
  return result;
}

void save(const std::string& path, const call_record& record) {
  auto linear = [](const std::vector<uint8_t>& mulaw) {
    std::vector<int16_t> result(mulaw.size());
    mulaw_to_linear(mulaw, result);
    return result;
  };
  speech::write_wav(path, linear(record.caller), linear(record.agent));
}

bool wants_colour(const context& ctx) {
  // NO_COLOR: https://no-color.org
  return &ctx.out == &std::cout && ::isatty(STDOUT_FILENO)
         && !std::getenv("NO_COLOR");
}

int call(const context& ctx, const CLI::App& sub, call_options& options) {
  auto settings = ctx.settings();
  complete(options.access, settings);
  if (options.access.auth_token.empty())
    throw std::invalid_argument(
      "no auth token to sign with: pass --auth-token, set twilio.auth_token in "
      "the config, or name the engine's data directory with --data-dir");
  auto& telephone = options.telephone;
  telephone.engine = options.access.engine;
  telephone.auth_token = options.access.auth_token;
  telephone.admin_key = options.access.admin_key;
  telephone.insecure = options.access.insecure;
  if (telephone.public_url.empty())
    telephone.public_url = settings.server.public_url;
  telephone.pause = seconds(options.pause);
  telephone.duration = seconds(options.duration);
  telephone.steps = make_steps(sub, options);
  call_reporter reporter{ctx.out,
                         {.json = options.json, .colour = wants_colour(ctx)}};
  auto record = place_call(telephone, reporter);
  if (!options.save.empty())
    save(options.save, record);
  if (record.summary.outcome != call_outcome::ok)
    ctx.err << "velox: " << to_text(record.summary.outcome) << ": "
            << record.summary.reason << '\n';
  return static_cast<int>(record.summary.outcome);
}

void add_script_options(CLI::App& sub, call_options& options) {
  sub.add_option("--say", options.say, "Say this; may be repeated")
    ->type_name("TEXT")
    ->allow_extra_args(false);
  sub.add_option("--wav", options.wav, "Play this file; may be repeated")
    ->type_name("FILE")
    ->allow_extra_args(false);
  sub
    .add_option("--dtmf", options.dtmf,
                "Press these keys (0-9 * # A-D); may be repeated")
    ->type_name("KEYS")
    ->allow_extra_args(false)
    ->check([](const std::string& keys) -> std::string {
      if (!keys.empty()
          && keys.find_first_not_of("0123456789*#ABCD") == std::string::npos)
        return {};
      return "keys are 0-9, *, # and A-D, not \"" + keys + "\"";
    });
  sub
    .add_option("--barge-in-at", options.barge_in_at,
                "The next thing said cuts in this long after the agent began "
                "its utterance")
    ->type_name("SECONDS")
    ->allow_extra_args(false)
    ->check(CLI::Range(0.0, 600.0));
  sub
    .add_option("--wait", options.pause,
                "Silence after which the agent has finished speaking")
    ->type_name("SECONDS")
    ->check(CLI::Range(0.1, 60.0))
    ->capture_default_str();
  sub.add_option("--duration", options.duration, "Hang up after this long")
    ->type_name("SECONDS")
    ->check(CLI::Range(1.0, 86400.0))
    ->capture_default_str();
  sub.add_option("--voice", options.voice, "The caller's voice")
    ->type_name("NAME")
    ->capture_default_str();
}

void add_engine_options(CLI::App& sub, call_options& options) {
  sub
    .add_option("--engine", options.access.engine,
                "Address of the engine (default: http://127.0.0.1 and "
                "server.port)")
    ->type_name("URL");
  sub
    .add_option("--public-url", options.telephone.public_url,
                "Address that the engine believes to have, for the signature "
                "(default: server.public_url, else --engine)")
    ->type_name("URL");
  sub
    .add_option("--auth-token", options.access.auth_token,
                "Twilio auth token to sign with (default: that of the config "
                "or data directory)")
    ->type_name("TOKEN");
  sub
    .add_option("--admin-key", options.access.admin_key,
                "Key of the API, for the transcript (default: that of the "
                "config or data directory)")
    ->type_name("KEY");
  sub.add_flag("--insecure", options.access.insecure,
               "Accept any TLS certificate");
  sub.add_option("--from", options.telephone.from, "The caller's number")
    ->type_name("NUMBER")
    ->capture_default_str();
  sub.add_option("--to", options.telephone.to, "The number that is called")
    ->type_name("NUMBER")
    ->capture_default_str();
  sub.add_flag("--outbound", options.telephone.outbound,
               "Be somebody whom the agent calls: --to is the agent's number, "
               "--from is ours");
  sub
    .add_option("--answered-by", options.telephone.answered_by,
                "What the carrier's detection says of who has answered")
    ->check(CLI::IsMember({"human", "machine_start", "machine_end_beep",
                           "machine_end_silence", "machine_end_other", "fax",
                           "unknown"}));
}

} // namespace

void add_call(CLI::App& app, context& ctx) {
  auto options = std::make_shared<call_options>();
  auto* sub
    = app.add_subcommand("call", "Call an engine and talk to its agent");
  sub->footer(footer);
  add_script_options(*sub, *options);
  add_engine_options(*sub, *options);
  sub
    ->add_option("--save", options->save,
                 "Write the call as WAV: caller left, agent right, as heard")
    ->type_name("FILE");
  sub->add_flag("--json", options->json, "Print events as JSON lines");
  sub->callback([&ctx, sub, options] {
    ctx.action = [&ctx, sub, options] { return call(ctx, *sub, *options); };
  });
}

} // namespace velox::cli
