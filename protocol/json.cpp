#include "protocol/json.hpp"

#include "protocol/utf8.hpp"

#include <rapidjson/document.h>

#include <array>
#include <charconv>
#include <cmath>

namespace velox {

namespace {

/// The escape of a character that a JSON string cannot hold as it is.
void append_escape(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default:
      out += "\\u00";
      out += digits[static_cast<uint8_t>(c) >> 4];
      out += digits[static_cast<uint8_t>(c) & 0x0f];
  }
}

/// True for the bytes that are copied as they are.
bool is_plain(char c) {
  auto byte = static_cast<uint8_t>(c);
  return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

/// How deep objects and arrays nest in `text`, or none when it holds a NUL,
/// which RapidJSON would take for the end of the text.
std::optional<size_t> nesting(std::string_view text) {
  size_t depth = 0;
  size_t deepest = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\0')
      return std::nullopt;
    if (quoted) {
      if (c == '\\' && i + 1 < text.size() && text[i + 1] != '\0')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain]))
      ++plain;
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty())
      break;
    if (static_cast<uint8_t>(text[0]) <= 0x7f) {
      append_escape(out, text[0]);
      text.remove_prefix(1);
    } else if (size_t length = utf8_length(text)) {
      out.append(text.substr(0, length));
      text.remove_prefix(length);
    } else {
      out += "\xef\xbf\xbd";
      text.remove_prefix(1);
    }
  }
  out += '"';
}

void append_json_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 32> digits;
  auto result = std::to_chars(digits.begin(), digits.end(), value);
  out.append(digits.data(), result.ptr);
}

json_object&
json_object::add_raw(std::string_view name, std::string_view json) {
  if (text_.size() > 1)
    text_ += ',';
  append_json_string(text_, name);
  text_ += ':';
  text_ += json;
  return *this;
}

json_object& json_object::add(std::string_view name, std::string_view value) {
  add_raw(name, {});
  append_json_string(text_, value);
  return *this;
}

json_object& json_object::add(std::string_view name, double value) {
  add_raw(name, {});
  append_json_number(text_, value);
  return *this;
}

json_object& json_object::add(std::string_view name, const json_object& value) {
  return add_raw(name, value.str());
}

json_object& json_object::add(std::string_view name, const json_array& value) {
  return add_raw(name, value.str());
}

json_array& json_array::add_raw(std::string_view json) {
  if (text_.size() > 1)
    text_ += ',';
  text_ += json;
  return *this;
}

json_array& json_array::add(std::string_view value) {
  add_raw({});
  append_json_string(text_, value);
  return *this;
}

json_array& json_array::add(double value) {
  add_raw({});
  append_json_number(text_, value);
  return *this;
}

json_error read_json(std::string_view text, rapidjson::Document& document,
                     size_t max_depth) {
  auto depth = nesting(text);
  if (!depth)
    return json_error::malformed;
  if (*depth > max_depth)
    return json_error::too_deep;
  // Not kParseFullPrecisionFlag: of a zero with an exponent ("0e99") RapidJSON
  // 1.1 then counts the leading zeros of 0, which is undefined.
  constexpr unsigned flags
    = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  document.Parse<flags>(text.data(), text.size());
  return document.HasParseError() ? json_error::malformed : json_error::none;
}

const rapidjson::Value*
json_member(const rapidjson::Value& object, std::string_view name) {
  if (!object.IsObject())
    return nullptr;
  for (auto& member : object.GetObject())
    if (std::string_view{member.name.GetString(), member.name.GetStringLength()}
        == name)
      return &member.value;
  return nullptr;
}

std::optional<std::string_view>
json_text(const rapidjson::Value& object, std::string_view name) {
  auto* value = json_member(object, name);
  if (!value || !value->IsString())
    return std::nullopt;
  return std::string_view{value->GetString(), value->GetStringLength()};
}

std::optional<int64_t>
json_integer(const rapidjson::Value& object, std::string_view name) {
  auto* value = json_member(object, name);
  if (!value)
    return std::nullopt;
  if (value->IsInt64())
    return value->GetInt64();
  auto text = json_text(object, name);
  if (!text)
    return std::nullopt;
  int64_t number = 0;
  auto* end = text->data() + text->size();
  auto result = std::from_chars(text->data(), end, number);
  if (result.ec != std::errc{} || result.ptr != end)
    return std::nullopt;
  return number;
}

std::optional<double>
json_number(const rapidjson::Value& object, std::string_view name) {
  auto* value = json_member(object, name);
  if (!value || !value->IsNumber())
    return std::nullopt;
  return value->GetDouble();
}

std::optional<bool>
json_bool(const rapidjson::Value& object, std::string_view name) {
  auto* value = json_member(object, name);
  if (!value || !value->IsBool())
    return std::nullopt;
  return value->GetBool();
}

} // namespace velox
