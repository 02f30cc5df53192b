#include "protocol/form.hpp"

#include <algorithm>

namespace velox {

namespace {

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
         || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_'
         || c == '~';
}

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

void append_encoded(std::string& out, std::string_view text,
                    bool space_is_plus) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else if (c == ' ' && space_is_plus) {
      out += '+';
    } else {
      out += '%';
      out += digits[static_cast<uint8_t>(c) >> 4];
      out += digits[static_cast<uint8_t>(c) & 0x0f];
    }
  }
}

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] == '%') {
      int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return std::nullopt;
      out += static_cast<char>(high << 4 | low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

} // namespace

std::string percent_encode(std::string_view text) {
  std::string out;
  append_encoded(out, text, false);
  return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
  return decode(text, false);
}

form& form::add(std::string_view name, std::string_view value) {
  fields_.push_back({std::string{name}, std::string{value}});
  return *this;
}

std::optional<std::string_view> form::find(std::string_view name) const {
  auto found = std::ranges::find(fields_, name, &field::name);
  if (found == fields_.end())
    return std::nullopt;
  return found->value;
}

std::string_view form::get(std::string_view name) const {
  return find(name).value_or(std::string_view{});
}

std::string_view to_text(form_error error) {
  switch (error) {
    case form_error::none: return "no error";
    case form_error::bad_escape:
      return "form has a % that two hexadecimal digits do not follow";
    case form_error::too_many_fields: return "form has too many fields";
    case form_error::too_large: return "form is too large";
  }
  return "unknown error";
}

form_error
parse_form(std::string_view text, form& out, const form_limits& limits) {
  if (text.size() > limits.bytes)
    return form_error::too_large;
  form result;
  while (!text.empty()) {
    auto item = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    if (item.empty())
      continue;
    if (result.fields().size() == limits.fields)
      return form_error::too_many_fields;
    auto equals = std::min(item.find('='), item.size());
    auto name = decode(item.substr(0, equals), true);
    auto value = decode(item.substr(std::min(equals + 1, item.size())), true);
    if (!name || !value)
      return form_error::bad_escape;
    result.add(*name, *value);
  }
  out = std::move(result);
  return form_error::none;
}

std::string encode_form(const form& x) {
  std::string out;
  for (auto& field : x.fields()) {
    if (!out.empty())
      out += '&';
    append_encoded(out, field.name, true);
    out += '=';
    append_encoded(out, field.value, true);
  }
  return out;
}

} // namespace velox
