#include "bench/endings/corpus.hpp"

#include "adapters/language/scripted/file_map.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <yaml-cpp/yaml.h>

namespace velox::bench {

namespace {

constexpr std::array<std::string_view, 12> kinds{
  "yes-no",  "name",       "spelled",     "number", "date",    "time",
  "address", "hesitation", "conjunction", "long",   "goodbye", "question"};

constexpr std::array<std::string_view, 4> voices{"slt", "rms", "kal16", "awb"};

/// Shorter is a stop within a word, longer a caller who has gone.
constexpr int shortest_pause = 100;
constexpr int longest_pause = 3000;

constexpr double quietest_noise = -90;
constexpr double loudest_noise = -40;

std::string_view trimmed(std::string_view x) {
  auto begin = x.find_first_not_of(' ');
  if (begin == std::string_view::npos)
    return {};
  return x.substr(begin, x.find_last_not_of(' ') - begin + 1);
}

/// "700ms" in milliseconds; -1 when it is none.
int pause_of(std::string_view text) {
  int result = -1;
  auto end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, result);
  return error == std::errc{} && std::string_view(rest, end) == "ms" ? result
                                                                     : -1;
}

template <class List>
bool known(const List& list, const std::string& x) {
  return std::find(list.begin(), list.end(), x) != list.end();
}

utterance read_utterance(language::file_map& map) {
  utterance x;
  x.say = map.required("say");
  if (auto problem = parse_breaths(x.say, x.breaths);
      !problem.empty() && !x.say.empty())
    map.complain("say", problem);
  x.kind = map.required("kind");
  if (!x.kind.empty() && !known(kinds, x.kind))
    map.complain("kind", fmt::format("is \"{}\"; choose one of {}", x.kind,
                                     fmt::join(kinds, ", ")));
  x.asked = map.text("asked");
  x.voice = map.required("voice");
  if (!x.voice.empty() && !known(voices, x.voice))
    map.complain("voice", fmt::format("is \"{}\"; choose one of {}", x.voice,
                                      fmt::join(voices, ", ")));
  auto noise = map.required("noise");
  auto end = noise.data() + noise.size();
  auto [rest, error] = std::from_chars(noise.data(), end, x.noise_dbfs);
  if (!noise.empty()
      && (error != std::errc{} || rest != end
          || !(x.noise_dbfs >= quietest_noise
               && x.noise_dbfs <= loudest_noise)))
    map.complain("noise", fmt::format("is \"{}\"; give dBFS from {} to {}",
                                      noise, quietest_noise, loudest_noise));
  x.held_out = map.flag("held_out");
  map.no_other_keys();
  return x;
}

} // namespace

std::span<const std::string_view> utterance_kinds() {
  return kinds;
}

std::string parse_breaths(std::string_view say, std::vector<breath>& out) {
  out.clear();
  for (auto pause = 0;;) {
    auto open = std::min(say.find('<'), say.size());
    std::string words{trimmed(say.substr(0, open))};
    if (words.empty())
      return "has a pause without words on both sides; say something there, "
             "or leave it out";
    if (words.find('>') != std::string::npos)
      return "has a '>' that ends no pause; write pauses as <700ms>";
    out.push_back({std::move(words), pause});
    if (open == say.size())
      return {};
    auto close = say.find('>', open);
    pause = close == std::string_view::npos
              ? -1
              : pause_of(say.substr(open + 1, close - open - 1));
    if (pause < shortest_pause || pause > longest_pause)
      return fmt::format("has a pause that is none; write <700ms>, {} to {} ms",
                         shortest_pause, longest_pause);
    say.remove_prefix(close + 1);
  }
}

corpus_parsed parse_corpus(const std::string& yaml) {
  corpus_parsed out;
  try {
    language::file_map root{YAML::Load(yaml), "the corpus", out.errors};
    auto maps = root.maps("utterances");
    root.no_other_keys();
    for (auto& map : maps)
      out.utterances.push_back(read_utterance(map));
    if (maps.empty() && out.errors.empty())
      root.complain("utterances", "holds nothing; add some");
  } catch (const YAML::Exception& e) {
    out.errors.push_back(fmt::format("line {}: the file is not valid YAML; {}",
                                     e.mark.line + 1, e.msg));
  }
  if (!out.errors.empty())
    out.utterances.clear();
  return out;
}

std::vector<utterance> load_corpus(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw std::runtime_error{path + ": cannot be read; name another file"};
  std::string yaml{std::istreambuf_iterator<char>{in}, {}};
  auto parsed = parse_corpus(yaml);
  if (!parsed.errors.empty())
    throw std::runtime_error{
      fmt::format("{}: {}", path, fmt::join(parsed.errors, "\n"))};
  return std::move(parsed.utterances);
}

std::string corpus_path() {
  return VELOX_CORPUS_FILE;
}

} // namespace velox::bench
