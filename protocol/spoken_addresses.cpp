#include "protocol/spoken_rules.hpp"

#include <algorithm>
#include <array>

/// Web and e-mail addresses, as people dictate them.

namespace velox {

namespace {

/// Ends of host names that stand in text without a scheme. Those that are
/// English words too ("me", "it", "in") need "www." or a path.
constexpr auto domains = std::to_array<std::string_view>(
  {"com", "org", "net",  "edu", "gov", "info", "io", "ai", "app", "dev",
   "co",  "uk",  "de",   "es",  "fr",  "eu",   "ca", "mx", "br",  "ch",
   "at",  "biz", "shop", "nl",  "pl",  "pt",   "jp", "cn", "au",  "nz"});

bool is_alnum(char c) {
  return is_ascii_digit(c) || is_ascii_lower(c) || is_ascii_upper(c);
}

bool is_host(char c) {
  return is_alnum(c) || c == '.' || c == '-';
}

bool is_local(char c) {
  return is_host(c) || c == '_' || c == '+' || c == '%';
}

bool is_path(char c) {
  return is_local(c)
         || std::string_view{"/?&=#~:@!$'*,;"}.find(c)
              != std::string_view::npos;
}

template <class Test>
size_t run(std::string_view text, size_t at, Test test) {
  while (at < text.size() && test(text[at]))
    ++at;
  return at;
}

/// Marks at the end belong to the sentence.
size_t without_marks(std::string_view text, size_t begin, size_t end) {
  while (end > begin && !is_alnum(text[end - 1]) && text[end - 1] != '/')
    --end;
  return end;
}

bool is_domain(std::string_view host) {
  auto dot = host.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || host.size() - dot < 3
      || host.find("..") != std::string_view::npos || !is_alnum(host[0]))
    return false;
  return std::ranges::all_of(host.substr(dot + 1), [](char c) {
    return is_ascii_lower(c) || is_ascii_upper(c);
  });
}

bool is_known_domain(std::string_view host) {
  auto last = host.substr(host.rfind('.') + 1);
  return std::ranges::find(domains, last) != domains.end()
         && !std::ranges::all_of(host.substr(0, host.find('.')),
                                 is_ascii_digit);
}

const number_words* digits_of(const address_words& words) {
  static const number_words en{"en"}, es{"es"}, de{"de"};
  return words.language == "en"   ? &en
         : words.language == "es" ? &es
         : words.language == "de" ? &de
                                  : nullptr;
}

std::string_view sign_word(char c, const address_words& words) {
  switch (c) {
    case '.': return words.dot;
    case '@': return words.at;
    case '/': return words.slash;
    case '-': return words.dash;
    case '_': return words.underscore;
    default: return {};
  }
}

/// `address` with its signs as words. Digits are said one by one in languages
/// whose numbers we know.
std::string say(std::string_view address, const address_words& words) {
  std::string result;
  auto add = [&](std::string_view word) {
    if (!result.empty() && result.back() != ' ')
      result += ' ';
    result += word;
  };
  auto* numbers = digits_of(words);
  for (size_t i = 0; i < address.size();) {
    char c = address[i];
    bool digit = is_ascii_digit(c);
    auto end = run(address, i, [digit](char x) {
      return is_alnum(x) && is_ascii_digit(x) == digit;
    });
    if (end == i) {
      add(sign_word(c, words));
      ++i;
      continue;
    }
    auto piece = address.substr(i, end - i);
    add(digit && numbers ? numbers->each(piece)

                         : std::string{piece});
    i = end;
  }
  while (result.ends_with(' '))
    result.pop_back();
  return result;
}

} // namespace

spoken_result
read_address(std::string_view text, size_t at, const address_words& words) {
  auto rest = text.substr(at);
  size_t scheme = rest.starts_with("https://")  ? 8
                  : rest.starts_with("http://") ? 7
                  : rest.starts_with("mailto:") ? 7
                                                : 0;
  auto begin = at + scheme;
  // E-mail.
  auto local = run(text, begin, is_local);
  if (local > begin && local < text.size() && text[local] == '@') {
    auto end = without_marks(text, begin, run(text, local + 1, is_host));
    if (end > local && is_domain(text.substr(local + 1, end - local - 1)))
      return spoken_reading{end, say(text.substr(begin, end - begin), words)};
  }
  auto host_end = without_marks(text, begin, run(text, begin, is_host));
  auto host = text.substr(begin, host_end - begin);
  bool path = host_end < text.size() && text[host_end] == '/';
  bool sure = scheme > 0 || host.starts_with("www.");
  if (!is_domain(host) || !(sure || is_known_domain(host)))
    return std::nullopt;
  if (!sure && is_word_at(text, host_end))
    return std::nullopt;
  auto end = path ? without_marks(text, begin, run(text, host_end, is_path))
                  : host_end;
  auto address = text.substr(begin, end - begin);
  // Nobody listens to a query.
  address = address.substr(0, address.find_first_of("?#"));
  while (address.ends_with('/'))
    address.remove_suffix(1);
  if (address.starts_with("www.") && address.size() > 4)
    address.remove_prefix(4); // nobody dictates it any more
  return spoken_reading{end, say(address, words)};
}

} // namespace velox
