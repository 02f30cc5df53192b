#pragma once

#include <rapidjson/fwd.h>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// JSON (RFC 8259) without boilerplate: objects and arrays written member by
/// member, and documents read without a crash on a missing or foreign member.

namespace velox {

/// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8
/// become U+FFFD, so that the result is always valid JSON.
void append_json_string(std::string& out, std::string_view text);

/// Appends the shortest number that reads back as `value`; null for NaN and
/// infinity, which JSON cannot express.
void append_json_number(std::string& out, double value);

class json_array;

/// Writes one JSON object: `json_object{}.add("text", t).add("n", 3).str()`.
/// Names are not checked for repetition.
class json_object {
public:
  json_object& add(std::string_view name, std::string_view value);
  json_object& add(std::string_view name, const char* value) {
    return add(name, std::string_view{value});
  }
  json_object& add(std::string_view name, const std::string& value) {
    return add(name, std::string_view{value});
  }
  json_object& add(std::string_view name, std::same_as<bool> auto value) {
    return add_raw(name, value ? "true" : "false");
  }
  json_object&
  add(std::string_view name,
      std::integral auto value) requires(!std::same_as<decltype(value), bool>) {
    return add_raw(name, std::to_string(value));
  }
  json_object& add(std::string_view name, double value);
  json_object& add(std::string_view name, const json_object& value);
  json_object& add(std::string_view name, const json_array& value);
  json_object& add_null(std::string_view name) { return add_raw(name, "null"); }

  /// A member whose value is JSON text already; it is not checked.
  json_object& add_raw(std::string_view name, std::string_view json);

  /// The object as text; "{}" when nothing was added.
  std::string str() const { return text_ + '}'; }

private:
  std::string text_ = "{";
};

/// Writes one JSON array.
class json_array {
public:
  json_array& add(std::string_view value);
  json_array& add(const char* value) { return add(std::string_view{value}); }
  json_array& add(const std::string& value) {
    return add(std::string_view{value});
  }
  json_array& add(std::same_as<bool> auto value) {
    return add_raw(value ? "true" : "false");
  }
  json_array&
  add(std::integral auto value) requires(!std::same_as<decltype(value), bool>) {
    return add_raw(std::to_string(value));
  }
  json_array& add(double value);
  json_array& add(const json_object& value) { return add_raw(value.str()); }
  json_array& add(const json_array& value) { return add_raw(value.str()); }

  /// An element that is JSON text already; it is not checked.
  json_array& add_raw(std::string_view json);

  /// The array as text; "[]" when nothing was added.
  std::string str() const { return text_ + ']'; }

private:
  std::string text_ = "[";
};

// -- reading ------------------------------------------------------------------

/// Why a JSON text was not read.
enum class json_error : uint8_t { none, malformed, too_deep };

/// How deep objects and arrays may nest by default.
inline constexpr size_t json_max_depth = 32;

/// Reads `text` into `document`. The stack does not grow with the nesting, and
/// strings must be UTF-8. Include <rapidjson/document.h> where this is called.
json_error read_json(std::string_view text, rapidjson::Document& document,
                     size_t max_depth = json_max_depth);

/// The member `name` of `object`; null when there is none or it is no object.
const rapidjson::Value*
json_member(const rapidjson::Value& object, std::string_view name);

/// The member's text; none when missing or no string. Valid as long as the
/// document.
std::optional<std::string_view>
json_text(const rapidjson::Value& object, std::string_view name);

/// The member as an integer, whether written 12 or "12"; none when missing,
/// anything else or out of range.
std::optional<int64_t>
json_integer(const rapidjson::Value& object, std::string_view name);

/// The member as a number, whether written 0.5 or 1; none otherwise.
std::optional<double>
json_number(const rapidjson::Value& object, std::string_view name);

/// The member as true or false; none when missing or neither.
std::optional<bool>
json_bool(const rapidjson::Value& object, std::string_view name);

} // namespace velox
