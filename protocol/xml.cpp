#include "protocol/xml.hpp"

#include "protocol/utf8.hpp"

#include <charconv>

namespace velox::xml {

namespace {

constexpr std::string_view white = " \t\r\n";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'
         || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

/// XML 1.0, section 2.2.
bool is_character(uint32_t code) {
  return code == 0x9 || code == 0xa || code == 0xd
         || (code >= 0x20 && code <= 0xd7ff)
         || (code >= 0xe000 && code <= 0xfffd)
         || (code >= 0x10000 && code <= 0x10ffff);
}

void append_utf8(std::string& out, uint32_t code) {
  auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80 | (code >> shift & 0x3f));
  };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

/// Appends what `&name;` stands for; false when it is none that we know.
bool append_reference(std::string& out, std::string_view name) {
  if (name == "amp")
    out += '&';
  else if (name == "lt")
    out += '<';
  else if (name == "gt")
    out += '>';
  else if (name == "quot")
    out += '"';
  else if (name == "apos")
    out += '\'';
  else if (name.starts_with('#')) {
    int base = name.starts_with("#x") ? 16 : 10;
    name.remove_prefix(base == 16 ? 2 : 1);
    uint32_t code = 0;
    auto* end = name.data() + name.size();
    auto result = std::from_chars(name.data(), end, code, base);
    if (result.ec != std::errc{} || result.ptr != end || !is_character(code))
      return false;
    append_utf8(out, code);
  } else {
    return false;
  }
  return true;
}

/// A recursive descent over one document. Every function returns false after
/// setting `error`.
class reader {
public:
  explicit reader(std::string_view text) : rest_(text) {}

  std::string error;

  bool document(element& root) {
    skip("\xef\xbb\xbf");
    if (!misc())
      return false;
    if (!skip("<"))
      return fail("document does not begin with an element");
    if (!open_element(root, 1) || !misc())
      return false;
    return rest_.empty() || fail("text after the end of the document");
  }

private:
  bool fail(std::string why) {
    error = std::move(why);
    return false;
  }

  bool skip(std::string_view literal) {
    if (!rest_.starts_with(literal))
      return false;
    rest_.remove_prefix(literal.size());
    return true;
  }

  void skip_white() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(white), rest_.size()));
  }

  /// Takes everything up to `end`, and `end`.
  bool until(std::string_view end, std::string_view& taken) {
    auto at = rest_.find(end);
    if (at == std::string_view::npos)
      return fail("document ends too early");
    taken = rest_.substr(0, at);
    rest_.remove_prefix(at + end.size());
    return true;
  }

  /// White space, comments and processing instructions around the root.
  bool misc() {
    std::string_view ignored;
    for (;;) {
      skip_white();
      if (skip("<?")) {
        if (!until("?>", ignored))
          return false;
      } else if (skip("<!--")) {
        if (!until("-->", ignored))
          return false;
      } else if (rest_.starts_with("<!")) {
        return fail("DOCTYPE is not allowed");
      } else {
        return true;
      }
    }
  }

  bool name(std::string& out) {
    size_t size = 0;
    while (size < rest_.size() && is_name_character(rest_[size]))
      ++size;
    if (size == 0)
      return fail("a name is missing");
    out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

  bool append_text(std::string& out, std::string_view raw) {
    while (!raw.empty()) {
      auto plain = raw.substr(0, raw.find('&'));
      out += plain;
      raw.remove_prefix(plain.size());
      if (raw.empty())
        break;
      auto end = raw.find(';');
      if (end == std::string_view::npos
          || !append_reference(out, raw.substr(1, end - 1)))
        return fail("unknown entity");
      raw.remove_prefix(end + 1);
    }
    return true;
  }

  bool attribute(element& x) {
    std::string key, value;
    if (!name(key))
      return false;
    skip_white();
    if (!skip("="))
      return fail("attribute " + key + " has no value");
    skip_white();
    std::string_view raw;
    std::string_view quote = rest_.starts_with('\'') ? "'" : "\"";
    if (!skip(quote))
      return fail("value of attribute " + key + " is not quoted");
    if (!until(quote, raw))
      return false;
    if (raw.find('<') != std::string_view::npos)
      return fail("value of attribute " + key + " contains <");
    for (auto& [other, ignored] : x.attributes)
      if (other == key)
        return fail("attribute " + key + " is repeated");
    if (!append_text(value, raw))
      return false;
    x.attributes.emplace_back(std::move(key), std::move(value));
    return true;
  }

  /// Behind the <.
  bool open_element(element& x, size_t depth) {
    if (depth > max_depth)
      return fail("elements are nested too deep");
    if (!name(x.name))
      return false;
    for (;;) {
      auto before = rest_.size();
      skip_white();
      if (skip("/>"))
        return true;
      if (skip(">"))
        return content(x, depth);
      if (rest_.empty())
        return fail("document ends too early");
      if (rest_.size() == before)
        return fail("space is missing between attributes");
      if (!attribute(x))
        return false;
    }
  }

  /// Between > and the end tag, and the end tag.
  bool content(element& x, size_t depth) {
    std::string_view piece;
    for (;;) {
      if (skip("</")) {
        std::string end;
        if (!name(end))
          return false;
        if (end != x.name)
          return fail("</" + end + "> closes <" + x.name + ">");
        skip_white();
        return skip(">") || fail("end tag is not closed");
      }
      if (skip("<!--")) {
        if (!until("-->", piece))
          return false;
      } else if (skip("<![CDATA[")) {
        if (!until("]]>", piece))
          return false;
        x.text += piece;
      } else if (skip("<?")) {
        if (!until("?>", piece))
          return false;
      } else if (skip("<")) {
        if (!open_element(x.children.emplace_back(), depth + 1))
          return false;
      } else {
        auto end = rest_.find('<');
        if (end == std::string_view::npos)
          return fail("<" + x.name + "> is not closed");
        if (!append_text(x.text, rest_.substr(0, end)))
          return false;
        rest_.remove_prefix(end);
      }
    }
  }

  std::string_view rest_;
};

/// True for U+FFFE and U+FFFF, the only well-formed characters above the
/// controls that XML 1.0 excludes.
bool is_noncharacter(std::string_view utf8) {
  return utf8 == "\xef\xbf\xbe" || utf8 == "\xef\xbf\xbf";
}

} // namespace

std::string_view element::attribute(std::string_view wanted) const {
  for (auto& [name, value] : attributes)
    if (name == wanted)
      return value;
  return {};
}

std::string read(std::string_view text, element& root) {
  reader in{text};
  element result;
  if (in.document(result))
    root = std::move(result);
  return in.error;
}

void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    size_t length = utf8_length(text);
    auto character = text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
    if (length > 1) {
      if (!is_noncharacter(character))
        out += character;
    } else if (length == 1) {
      switch (character[0]) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&apos;"; break;
        // A bare one would read back as a line feed.
        case '\r': out += "&#13;"; break;
        default:
          if (is_character(static_cast<uint8_t>(character[0])))
            out += character;
      }
    }
  }
}

} // namespace velox::xml
