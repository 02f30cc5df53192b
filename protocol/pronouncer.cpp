#include "protocol/pronouncer.hpp"

#include "protocol/spoken_form.hpp"
#include "protocol/spoken_rules.hpp"
#include "protocol/ssml.hpp"
#include "protocol/utf8.hpp"
#include "protocol/xml.hpp"

#include <algorithm>

namespace velox {

namespace {

char lower(char c) {
  return is_ascii_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

/// What a <say-as> without a voice that takes it comes to.
std::string say_as(std::string_view kind, const std::string& text,
                   std::string_view language) {
  bool spelled = kind == "characters" || kind == "spell-out" || kind == "digits"
                 || kind == "telephone";
  if (!spelled)
    return spoken_form(text, language);
  std::string result;
  for (std::string_view rest = text; !rest.empty();) {
    auto length = std::max<size_t>(utf8_length(rest), 1);
    if (is_word_at(rest, 0)) {
      result += result.empty() || result.back() == ' ' ? "" : " ";
      result += rest.substr(0, length);
    } else if (!result.empty() && result.back() != ' ') {
      result += ' ';
    }
    rest.remove_prefix(length);
  }
  return spoken_form(result, language);
}

/// What looks like a tag and is none of ours: a voice may have its own.
std::string without_foreign_tags(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    auto at = text.find('<');
    result += text.substr(0, at);
    if (at == text.npos)
      break;
    text.remove_prefix(at);
    char next = text.size() > 1 ? text[1] : ' ';
    bool tag = is_ascii_lower(next) || is_ascii_upper(next) || next == '/'
               || next == '!' || next == '?' || next == '<';
    auto end = tag ? text.find('>') : text.npos;
    if (end != text.npos)
      ++end;
    else if (!tag)
      result += '<';
    text.remove_prefix(end == text.npos ? 1 : end);
  }
  return result;
}

} // namespace

pronouncer::pronouncer(const std::vector<pronunciation>& all,
                       std::string language, voice_markup markup)
  : language_(std::move(language)), markup_(markup) {
  for (auto& x : all) {
    // Without a respelling only a voice that reads IPA can follow.
    bool usable
      = !x.say_as.empty() || (!x.ipa.empty() && markup == voice_markup::ssml);
    if (x.word.empty() || !usable)
      continue;
    all_.push_back(x);
    auto said = spoken_form(x.word, language_);
    if (said != x.word && !said.empty()) {
      all_.push_back(x);
      all_.back().word = std::move(said);
    }
  }
  std::ranges::stable_sort(
    all_, std::ranges::greater{},
    [](const pronunciation& x) { return x.word.size(); });
}

const pronunciation*
pronouncer::match(std::string_view text, std::size_t at) const {
  for (auto& x : all_) {
    auto here = text.substr(at, x.word.size());
    if (std::ranges::equal(here, x.word, {}, lower, lower)
        && !(is_word_at(text, at) && is_word_before(text, at))
        && !(is_word_before(text, at + x.word.size())
             && is_word_at(text, at + x.word.size())))
      return &x;
  }
  return nullptr;
}

void pronouncer::add_word(std::string& to, const pronunciation& x,
                          std::string_view word) const {
  if (markup_ != voice_markup::ssml) {
    to += x.say_as;
    return;
  }
  to += x.ipa.empty() ? "<sub alias=\"" : "<phoneme alphabet=\"ipa\" ph=\"";
  xml::append_escaped(to, x.ipa.empty() ? x.say_as : x.ipa);
  to += "\">";
  xml::append_escaped(to, word);
  to += x.ipa.empty() ? "</sub>" : "</phoneme>";
}

/// Text that is no tag, with the agent's pronunciations.
void pronouncer::add_text(std::string& to, std::string_view text) const {
  auto plain = [&](std::string_view x) {
    if (markup_ == voice_markup::ssml)
      xml::append_escaped(to, x);
    else
      to += x;
  };
  size_t done = 0;
  for (size_t at = 0; at < text.size() && !all_.empty();) {
    auto* x = match(text, at);
    if (!x) {
      at += std::max<size_t>(utf8_length(text.substr(at)), 1);
      continue;
    }
    plain(text.substr(done, at - done));
    add_word(to, *x, text.substr(at, x->word.size()));
    at += x->word.size();
    done = at;
  }
  plain(text.substr(done));
}

/// The texts of `all`, and of the tags what a voice without SSML can use.
std::string pronouncer::without_tags(const std::vector<ssml_piece>& all) const {
  std::string result;
  const ssml_piece* around = nullptr;
  for (auto& x : all) {
    if (x.part == ssml_part::open && x.name != "emphasis"
        && x.name != "prosody")
      around = &x;
    else if (x.part == ssml_part::close && around && x.name == around->name)
      around = nullptr;
    else if (x.name == "break" && markup_ == voice_markup::breaks)
      result
        += x.attribute("time").empty()
             ? std::string{"<break time=\"500ms\"/>"}
             : "<break time=\"" + std::string{x.attribute("time")} + "\"/>";
    if (x.tag)
      continue;
    auto text
      = markup_ == voice_markup::breaks ? without_foreign_tags(x.text) : x.text;
    if (around && around->name == "sub")
      result += around->attribute("alias");
    else if (around && around->name == "say-as")
      result += say_as(around->attribute("interpret-as"), text, language_);
    else
      add_text(result, text);
  }
  return result;
}

std::string pronouncer::operator()(std::string_view sentence) const {
  auto pieces = split_ssml(sentence);
  if (markup_ != voice_markup::ssml)
    return without_tags(pieces);
  std::string result;
  for (auto& x : pieces) {
    if (x.tag)
      result += x.text;
    else if (x.literal)
      xml::append_escaped(result, x.text);
    else
      add_text(result, x.text);
  }
  return result;
}

std::string without_ssml(std::string_view sentence, std::string_view language) {
  return pronouncer{{}, std::string{language}, voice_markup::none}(sentence);
}

std::string fingerprint(const std::vector<pronunciation>& all) {
  std::string result;
  for (auto& x : all)
    for (auto* part : {&x.word, &x.say_as, &x.ipa}) {
      result += *part;
      result += '\x1f'; // in none of them
    }
  return result;
}

} // namespace velox
