#include "protocol/twiml.hpp"

#include "protocol/xml.hpp"

#include <charconv>

namespace velox::twiml {

namespace {

constexpr size_t max_document = 64 * 1024;

// -- writing
// -------------------------------------------------------------------

/// Writes ` name="value"` unless the value is empty.
void append_attribute(std::string& out, std::string_view name,
                      std::string_view value) {
  if (value.empty())
    return;
  out.append(" ").append(name).append("=\"");
  xml::append_escaped(out, value);
  out += '"';
}

/// Writes the end of a start tag, `text` and the end tag of `name`.
void append_content(std::string& out, std::string_view name,
                    std::string_view text) {
  out += '>';
  xml::append_escaped(out, text);
  out.append("</").append(name).append(">");
}

struct verb_writer {
  std::string& out;

  void operator()(const connect& x) const {
    out += "<Connect";
    append_attribute(out, "action", x.action);
    out += "><Stream";
    append_attribute(out, "url", x.url);
    append_attribute(out, "name", x.name);
    append_attribute(out, "statusCallback", x.status_callback);
    out += '>';
    for (auto& parameter : x.parameters) {
      out += "<Parameter";
      append_attribute(out, "name", parameter.name);
      // Twilio wants the attribute even when there is nothing to say.
      out += " value=\"";
      xml::append_escaped(out, parameter.value);
      out += "\"/>";
    }
    out += "</Stream></Connect>";
  }

  void operator()(const say& x) const {
    out += "<Say";
    append_attribute(out, "voice", x.voice);
    append_attribute(out, "language", x.language);
    append_content(out, "Say", x.text);
  }

  void operator()(const redirect& x) const {
    out += "<Redirect";
    append_attribute(out, "method", x.method);
    append_content(out, "Redirect", x.url);
  }

  void operator()(const reject& x) const {
    out += "<Reject";
    append_attribute(out, "reason", x.reason);
    out += "/>";
  }

  void operator()(const hangup&) const { out += "<Hangup/>"; }

  void operator()(const dial& x) const {
    out += "<Dial";
    if (x.timeout)
      append_attribute(out, "timeout", std::to_string(*x.timeout));
    append_attribute(out, "callerId", x.caller_id);
    append_attribute(out, "action", x.action);
    out += "><Number";
    append_content(out, "Number", x.number);
    out += "</Dial>";
  }

  void operator()(const pause& x) const {
    out += "<Pause";
    append_attribute(out, "length", std::to_string(x.length));
    out += "/>";
  }

  void operator()(const other_verb& x) const {
    out.append("<").append(x.name).append("/>");
  }
};

// -- reading
// -------------------------------------------------------------------

/// `text` without white space at its ends.
std::string trimmed(std::string_view text) {
  constexpr std::string_view white = " \t\r\n";
  auto begin = text.find_first_not_of(white);
  if (begin == std::string_view::npos)
    return {};
  return std::string{
    text.substr(begin, text.find_last_not_of(white) - begin + 1)};
}

/// The first child of that name.
const xml::element* child(const xml::element& x, std::string_view name) {
  for (auto& candidate : x.children)
    if (candidate.name == name)
      return &candidate;
  return nullptr;
}

/// Reads a number of seconds that may be missing.
read_error read_seconds(const xml::element& x, std::string_view name,
                        std::optional<unsigned>& out) {
  auto text = x.attribute(name);
  if (text.empty())
    return {};
  unsigned number = 0;
  auto* end = text.data() + text.size();
  auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc{} || result.ptr != end)
    return {"attribute " + std::string{name} + " of <" + x.name
            + "> is not a whole number of seconds"};
  out = number;
  return {};
}

read_error read_connect(const xml::element& x, verb& out) {
  auto* stream = child(x, "Stream");
  if (!stream) {
    out = other_verb{x.name};
    return {};
  }
  connect result;
  result.action = x.attribute("action");
  result.url = stream->attribute("url");
  result.name = stream->attribute("name");
  result.status_callback = stream->attribute("statusCallback");
  if (result.url.empty())
    return {"<Stream> has no url"};
  for (auto& parameter : stream->children) {
    if (parameter.name != "Parameter")
      continue;
    if (parameter.attribute("name").empty())
      return {"<Parameter> has no name"};
    result.parameters.push_back({std::string{parameter.attribute("name")},
                                 std::string{parameter.attribute("value")}});
  }
  out = std::move(result);
  return {};
}

read_error read_dial(const xml::element& x, verb& out) {
  dial result;
  if (auto error = read_seconds(x, "timeout", result.timeout))
    return error;
  result.caller_id = x.attribute("callerId");
  result.action = x.attribute("action");
  auto* number = child(x, "Number");
  result.number = trimmed(number ? number->text : x.text);
  if (result.number.empty())
    return {"<Dial> has no number"};
  out = std::move(result);
  return {};
}

read_error read_pause(const xml::element& x, verb& out) {
  std::optional<unsigned> length;
  auto error = read_seconds(x, "length", length);
  out = pause{length.value_or(1)};
  return error;
}

read_error read_verb(const xml::element& x, verb& out) {
  if (x.name == "Connect")
    return read_connect(x, out);
  if (x.name == "Dial")
    return read_dial(x, out);
  if (x.name == "Pause")
    return read_pause(x, out);
  if (x.name == "Say") {
    out = say{trimmed(x.text), std::string{x.attribute("voice")},
              std::string{x.attribute("language")}};
  } else if (x.name == "Redirect") {
    out = redirect{trimmed(x.text), std::string{x.attribute("method")}};
  } else if (x.name == "Reject") {
    auto reason = x.attribute("reason");
    out = reject{std::string{reason.empty() ? "rejected" : reason}};
  } else if (x.name == "Hangup") {
    out = hangup{};
  } else {
    out = other_verb{x.name};
  }
  return {};
}

} // namespace

std::string response::str() const {
  std::string out = R"(<?xml version="1.0" encoding="UTF-8"?><Response>)";
  for (auto& x : verbs)
    std::visit(verb_writer{out}, x);
  out += "</Response>";
  return out;
}

read_error read(std::string_view text, response& out) {
  if (text.size() > max_document)
    return {"document is larger than 64 KiB"};
  xml::element root;
  if (auto error = xml::read(text, root); !error.empty())
    return {std::move(error)};
  if (root.name != "Response")
    return {"root element is <" + root.name + ">, not <Response>"};
  response result;
  for (auto& x : root.children)
    if (auto error = read_verb(x, result.verbs.emplace_back()))
      return error;
  out = std::move(result);
  return {};
}

} // namespace velox::twiml
