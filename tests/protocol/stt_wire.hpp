#pragma once

#include "protocol/json.hpp"
#include "protocol/recognised_words.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace velox::test {

/// The frame of that name in tests/wire/stt/`file`, as it would be on the wire.
inline std::string stt_frame(const std::string& file, const char* name) {
  std::string path = VELOX_SOURCE_DIR "/tests/wire/stt/";
  path += file;
  std::ifstream in{path};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  rapidjson::Document document;
  EXPECT_EQ(read_json(text, document), json_error::none) << file;
  auto* frames = json_member(document, "frames");
  auto* frame = frames ? json_member(*frames, name) : nullptr;
  if (!frame) {
    ADD_FAILURE() << file << " has no frame " << name;
    return {};
  }
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer{out};
  frame->Accept(writer);
  return out.GetString();
}

/// What was reported since the last call: "~text" is partial, "?text" partial
/// and likely over, "=text" final, "!text" final and the turn is over.
inline std::vector<std::string> take(recognised_list& list) {
  std::vector<std::string> result;
  for (auto& x : list)
    if (auto* partial = std::get_if<words_partial>(&x))
      result.push_back((partial->hint == turn_hint::likely_over ? '?' : '~')
                       + partial->text);
    else if (auto* final = std::get_if<words_final>(&x))
      result.push_back((final->turn_over ? '!' : '=') + final->text);
  list.clear();
  return result;
}

} // namespace velox::test
