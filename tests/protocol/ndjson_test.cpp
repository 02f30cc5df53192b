#include "protocol/ndjson.hpp"

#include <gtest/gtest.h>

#include <vector>

using namespace velox;

namespace {

std::vector<std::string> read(std::string_view bytes, size_t size) {
  ndjson_parser parser;
  std::vector<std::string> out;
  while (!bytes.empty()) {
    auto piece = bytes.substr(0, size);
    parser.push(piece);
    bytes.remove_prefix(piece.size());
    while (auto line = parser.next())
      out.push_back(*line);
  }
  if (auto line = parser.flush())
    out.push_back(*line);
  return out;
}

} // namespace

TEST(Ndjson, CutsLinesWhereverTheBytesAreCut) {
  std::string_view bytes = "{\"a\":1}\r\n\n  {\"ü\":\"你\"}  \n{\"last\":true}";
  for (size_t size = 1; size <= bytes.size(); ++size)
    EXPECT_EQ(read(bytes, size),
              (std::vector<std::string>{"{\"a\":1}", "{\"ü\":\"你\"}",
                                        "{\"last\":true}"}));
  EXPECT_TRUE(read(" \n \r\n", 1).empty());
}

TEST(Ndjson, RefusesToGrowForEver) {
  ndjson_parser parser{16};
  parser.push("0123456789");
  EXPECT_FALSE(parser.broken());
  parser.push("0123456789");
  EXPECT_TRUE(parser.broken());
  EXPECT_FALSE(parser.flush());
}
