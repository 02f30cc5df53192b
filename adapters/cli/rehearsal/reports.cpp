#include "adapters/cli/rehearsal/reports.hpp"

#include "protocol/json.hpp"
#include "protocol/xml.hpp"

#include <fmt/format.h>

namespace velox::rehearsal {

namespace {

std::string escape_xml(std::string_view text) {
  std::string result;
  xml::append_escaped(result, text);
  return result;
}

const char* outcome(const rehearsed& x) {
  return !x.skipped.empty() ? "skipped" : x.ok() ? "passed" : "failed";
}

struct tally {
  explicit tally(const std::vector<rehearsed>& calls) {
    for (auto& x : calls)
      ++(!x.skipped.empty() ? skipped : x.ok() ? passed : failed);
  }
  size_t passed = 0;
  size_t failed = 0;
  size_t skipped = 0;
};

double in_seconds(std::chrono::microseconds x) {
  return std::chrono::duration<double>(x).count();
}

std::string complaints(const rehearsed& x) {
  std::string result;
  for (auto& y : x.failures)
    result += fmt::format("{}:{}: expected {}\n    got {}\n", x.file, y.line,
                          y.expected, y.got);
  return result;
}

std::string indented(const std::string& text) {
  std::string result;
  size_t from = 0;
  while (from < text.size()) {
    auto end = std::min(text.find('\n', from), text.size());
    result += "  " + text.substr(from, end - from) + "\n";
    from = end + 1;
  }
  return result;
}

} // namespace

std::string text_report(const std::vector<rehearsed>& calls, bool traces) {
  std::string result;
  for (auto& x : calls) {
    if (!x.skipped.empty()) {
      result += fmt::format("skipped  {}: {}\n", x.name, x.skipped);
      continue;
    }
    result += fmt::format("{}  {} ({:.1f} s in {:.1f} ms)\n",
                          x.ok() ? "ok     " : "FAILED ", x.name,
                          in_seconds(x.duration), in_seconds(x.took) * 1000);
    result += indented(complaints(x));
    if (!x.ok() || traces)
      result += indented(x.trace);
  }
  tally n{calls};
  result += fmt::format("{} calls: {} passed, {} failed, {} skipped\n",
                        calls.size(), n.passed, n.failed, n.skipped);
  return result;
}

std::string json_report(const std::vector<rehearsed>& calls) {
  json_array list;
  for (auto& x : calls) {
    json_array failures;
    for (auto& y : x.failures)
      failures.add(json_object{}
                     .add("line", y.line)
                     .add("expected", y.expected)
                     .add("got", y.got));
    json_object one;
    one.add("name", x.name).add("file", x.file).add("outcome", outcome(x));
    if (!x.skipped.empty())
      one.add("why", x.skipped);
    one.add("duration_ms", x.duration.count())
      .add("took_us", x.took.count())
      .add("failures", failures);
    if (!x.ok())
      one.add("trace", x.trace);
    list.add(one);
  }
  tally n{calls};
  return json_object{}
           .add("passed", n.passed)
           .add("failed", n.failed)
           .add("skipped", n.skipped)
           .add("calls", list)
           .str()
         + "\n";
}

std::string junit_report(const std::vector<rehearsed>& calls) {
  tally n{calls};
  auto result
    = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<testsuites>\n<testsuite name=\"velox test\" tests=\"{}\" "
                  "failures=\"{}\" errors=\"0\" skipped=\"{}\">\n",
                  calls.size(), n.failed, n.skipped);
  for (auto& x : calls) {
    result += fmt::format(
      "<testcase name=\"{}\" classname=\"{}\" time=\"{:.6f}\"",
      escape_xml(x.name), escape_xml(x.file), in_seconds(x.took));
    if (!x.skipped.empty())
      result += fmt::format("><skipped message=\"{}\"/></testcase>\n",
                            escape_xml(x.skipped));
    else if (x.ok())
      result += "/>\n";
    else
      result += fmt::format("><failure message=\"{}\">{}</failure>"
                            "<system-out>{}</system-out></testcase>\n",
                            escape_xml(x.failures.front().expected),
                            escape_xml(complaints(x)), escape_xml(x.trace));
  }
  return result + "</testsuite>\n</testsuites>\n";
}

} // namespace velox::rehearsal
