#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Percent encoding (RFC 3986, 2.1) and application/x-www-form-urlencoded (URL
/// Standard, 5), as carriers post it.

namespace velox {

/// `text` with all but letters, digits and "-._~" as %XX.
std::string percent_encode(std::string_view text);

/// `text` with every %XX as its byte; none when a % is not followed by two
/// hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);

/// Name-value pairs in their order; names may repeat.
class form {
public:
  struct field {
    std::string name;
    std::string value;
  };

  /// Appends a field.
  form& add(std::string_view name, std::string_view value);

  /// The value of the first field of that name; none when there is no such
  /// field.
  std::optional<std::string_view> find(std::string_view name) const;

  /// The same, but empty when there is none.
  std::string_view get(std::string_view name) const;

  const std::vector<field>& fields() const { return fields_; }

  bool empty() const { return fields_.empty(); }

private:
  std::vector<field> fields_;
};

/// Why a form was not read.
enum class form_error : uint8_t {
  none,
  bad_escape,      ///< a % without two hexadecimal digits
  too_many_fields, ///< more than admitted
  too_large,       ///< more bytes than admitted
};

/// One sentence for log and answer.
std::string_view to_text(form_error error);

/// Bounds of what is read from a stranger.
struct form_limits {
  size_t fields = 500;
  size_t bytes = 256 * 1024;
};

/// Reads form text into `out`. On an error `out` is unchanged.
form_error
parse_form(std::string_view text, form& out, const form_limits& limits = {});

/// The form as text: a space becomes +.
std::string encode_form(const form& x);

} // namespace velox
