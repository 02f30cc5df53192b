#include "protocol/ssml.hpp"

#include "protocol/sentence_marks.hpp"
#include "protocol/xml.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace velox {

namespace {

struct element_rule {
  std::string_view name;
  bool empty; ///< has no content
  bool literal;
  std::array<std::string_view, 3> attributes;
};

constexpr auto elements = std::to_array<element_rule>({
  {"break", true, false, {"time", "strength"}},
  {"emphasis", false, false, {"level"}},
  {"say-as", false, true, {"interpret-as", "format", "detail"}},
  {"prosody", false, false, {"rate", "pitch", "volume"}},
  {"phoneme", false, true, {"ph", "alphabet"}},
  {"sub", false, true, {"alias"}},
});

const element_rule* find_element(std::string_view name) {
  auto i = std::ranges::find(elements, name, &element_rule::name);
  return i == elements.end() ? nullptr : &*i;
}

bool is_name(char c) {
  return is_ascii_lower(c) || is_ascii_upper(c) || is_ascii_digit(c)
         || c == '-';
}

/// "300ms" or "1.5s" in milliseconds (CSS 2, section 4.3.9).
std::optional<unsigned> milliseconds(std::string_view x) {
  bool seconds = !x.ends_with("ms");
  if (!x.ends_with('s') || x.size() > 8)
    return std::nullopt;
  x.remove_suffix(seconds ? 1 : 2);
  double value = 0, scale = 1;
  bool point = false, digit = false;
  for (char c : x) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (!is_ascii_digit(c))
      return std::nullopt;
    digit = true;
    value = value * 10 + (c - '0');
    scale *= point ? 10 : 1;
  }
  if (!digit)
    return std::nullopt;
  value = value / scale * (seconds ? 1000 : 1);
  return static_cast<unsigned>(std::min<double>(value, longest_break));
}

/// Reads one tag; see `ssml_tag_at`.
class tag_reader {
public:
  explicit tag_reader(std::string_view text) : text_(text) {}

  bool read(ssml_piece& x) {
    at_ = 1;
    bool close = take('/');
    auto* rule = find_element(name());
    if (!rule)
      return false;
    x.name = rule->name;
    x.tag = true;
    while (!close && attribute(*rule, x))
      ;
    blanks();
    bool empty = !close && take('/');
    if (bad_ || !take('>') || at_ > longest_tag)
      return false;
    x.part = close   ? ssml_part::close
             : empty ? ssml_part::empty
                     : ssml_part::open;
    return is_meant(*rule, x);
  }

  size_t length() const { return at_; }

private:
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c)
      return false;
    ++at_;
    return true;
  }

  bool blanks() {
    auto before = at_;
    while (at_ < text_.size() && is_ascii_space(text_[at_]))
      ++at_;
    return at_ > before;
  }

  std::string_view name() {
    auto begin = at_;
    while (at_ < text_.size() && is_name(text_[at_]))
      ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool attribute(const element_rule& rule, ssml_piece& x) {
    auto before = at_;
    if (!blanks())
      return false;
    auto key = name();
    if (key.empty()) {
      at_ = before;
      return false;
    }
    char quote = take('=') && at_ < text_.size() ? text_[at_] : '\0';
    bool known
      = std::ranges::find(rule.attributes, key) != rule.attributes.end()
        && x.attribute(key).empty();
    auto end
      = quote == '"' || quote == '\'' ? text_.find(quote, at_ + 1) : text_.npos;
    if (!known || end == text_.npos || end > longest_tag) {
      bad_ = true;
      return false;
    }
    auto value = text_.substr(at_ + 1, end - at_ - 1);
    if (value.find_first_of("<>&") != value.npos) {
      bad_ = true;
      return false;
    }
    x.attributes.emplace_back(key, value);
    at_ = end + 1;
    return true;
  }

  /// What the element cannot do without is there.
  static bool is_meant(const element_rule& rule, ssml_piece& x) {
    if (x.part == ssml_part::close)
      return !rule.empty;
    if (rule.empty && x.part == ssml_part::open)
      return false;
    if (rule.name == "sub" && x.attribute("alias").empty())
      return false;
    if (rule.name == "phoneme" && x.attribute("ph").empty())
      return false;
    for (auto& [key, value] : x.attributes)
      if (key == "time") {
        auto pause = milliseconds(value);
        if (!pause)
          return false;
        value = std::to_string(*pause) + "ms";
      }
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  bool bad_ = false;
};

std::string written(const ssml_piece& x) {
  if (x.part == ssml_part::close)
    return "</" + x.name + ">";
  auto result = "<" + x.name;
  for (auto& [key, value] : x.attributes) {
    result += " " + key + "=\"";
    xml::append_escaped(result, value);
    result += '"';
  }
  return result + (x.part == ssml_part::empty ? "/>" : ">");
}

/// Leaves out the tags that have no other half, and empty elements without a
/// meaning; marks what is literal.
void balance(std::vector<ssml_piece>& all) {
  std::vector<size_t> open;
  std::vector<bool> paired(all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    auto& x = all[i];
    if (x.part == ssml_part::open)
      open.push_back(i);
    else if (x.part == ssml_part::empty)
      paired[i] = x.name == "break";
    else if (x.part == ssml_part::close && !open.empty()) {
      // Whatever was opened within and not closed has no other half.
      auto j = std::ranges::find(open.rbegin(), open.rend(), x.name,
                                 [&](size_t k) { return all[k].name; });
      if (j == open.rend())
        continue;
      paired[i] = paired[*j] = true;
      open.erase(j.base() - 1, open.end());
    }
  }
  std::vector<ssml_piece> result;
  int literal = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    auto& x = all[i];
    if (x.tag && !paired[i])
      continue;
    if (x.tag && find_element(x.name)->literal)
      literal += x.part == ssml_part::open ? 1 : -1;
    x.literal = !x.tag && literal > 0;
    bool joins = !x.tag && !result.empty() && !result.back().tag
                 && result.back().literal == x.literal;
    if (joins)
      result.back().text += x.text;
    else
      result.push_back(std::move(x));
  }
  all = std::move(result);
}

} // namespace

std::string_view ssml_piece::attribute(std::string_view wanted) const {
  for (auto& [key, value] : attributes)
    if (key == wanted)
      return value;
  return {};
}

ssml_tag ssml_tag_at(std::string_view text) {
  if (!text.starts_with('<'))
    return {};
  auto head = text.substr(0, longest_tag);
  tag_reader reader{head};
  if (ssml_piece x; reader.read(x))
    return {reader.length(), false};
  // It could still become one: its name fits so far and nothing closed it.
  auto name = head.substr(
    std::min<size_t>(head.starts_with("</") ? 2 : 1, head.size()));
  auto size = static_cast<size_t>(std::ranges::find_if_not(name, is_name)
                                  - name.begin());
  bool whole = size < name.size();
  bool fits = std::ranges::any_of(elements, [&](const element_rule& x) {
    return whole ? x.name == name.substr(0, size)
                 : x.name.starts_with(name.substr(0, size));
  });
  bool closed = head.find_first_of("<>", 1) != head.npos;
  return {0, fits && !closed && text.size() < longest_tag};
}

std::vector<ssml_piece> split_ssml(std::string_view text) {
  std::vector<ssml_piece> result;
  auto add_text = [&](std::string_view x) {
    if (!x.empty())
      result.push_back({ssml_part::text, std::string{x}});
  };
  size_t done = 0;
  for (auto at = text.find('<'); at != text.npos; at = text.find('<', at)) {
    tag_reader reader{text.substr(at)};
    ssml_piece x;
    if (!reader.read(x)) {
      ++at;
      continue;
    }
    add_text(text.substr(done, at - done));
    x.text = written(x);
    result.push_back(std::move(x));
    at += reader.length();
    done = at;
  }
  add_text(text.substr(done));
  balance(result);
  return result;
}

} // namespace velox
