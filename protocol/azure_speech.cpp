#include "protocol/azure_speech.hpp"

#include "protocol/xml.hpp"

namespace velox {

std::string azure_ssml(std::string_view voice, std::string_view language,
                       std::string_view text) {
  std::string content;
  xml::append_escaped(content, text);
  return azure_ssml_of(voice, language, content);
}

std::string azure_ssml_of(std::string_view voice, std::string_view language,
                          std::string_view content) {
  std::string result = R"(<speak version="1.0" )"
                       R"(xmlns="http://www.w3.org/2001/10/synthesis" )"
                       R"(xml:lang=")";
  xml::append_escaped(result, language);
  result += R"("><voice name=")";
  xml::append_escaped(result, voice);
  result += R"(">)";
  result += content;
  return result + "</voice></speak>";
}

std::string_view language_of_voice(std::string_view voice) {
  auto first = voice.find('-');
  if (first == std::string_view::npos || first < 2 || first > 3)
    return {};
  auto second = voice.find('-', first + 1);
  if (second == std::string_view::npos || second - first - 1 != 2)
    return {};
  return voice.substr(0, second);
}

} // namespace velox
