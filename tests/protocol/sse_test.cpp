#include "protocol/sse.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

using namespace velox;

namespace {

using events = std::vector<std::pair<std::string, std::string>>;

events read(std::string_view bytes, size_t size) {
  sse_parser parser;
  events out;
  while (!bytes.empty()) {
    auto piece = bytes.substr(0, size);
    parser.push(piece);
    bytes.remove_prefix(piece.size());
    while (auto event = parser.next())
      out.emplace_back(event->event, event->data);
  }
  return out;
}

struct row {
  std::string_view bytes;
  events expected;
};

} // namespace

TEST(Sse, FollowsTheStandard) {
  for (auto& [bytes, expected] : {
         row{"data: a\n\n", {{"", "a"}}},
         row{"data:a\n\n", {{"", "a"}}},
         row{"data:  a\n\n", {{"", " a"}}},
         row{"data: a\ndata: b\n\n", {{"", "a\nb"}}},
         row{"data: a\r\rdata: b\r\n\r\n", {{"", "a"}, {"", "b"}}},
         row{"data: a\r\n\r\ndata: b\n\n", {{"", "a"}, {"", "b"}}},
         row{": comment\n\ndata: a\n\n", {{"", "a"}}},
         row{"event: x\ndata: a\n\ndata: b\n\n", {{"x", "a"}, {"", "b"}}},
         row{"event: x\n\ndata: b\n\n", {{"", "b"}}}, // no data, no event
         row{"data\n\n", {{"", ""}}},
         row{"data: \ndata:\n\n", {{"", "\n"}}},
         row{"id: 1\nretry: 5\nwhat: ever\ndata: a\n\n", {{"", "a"}}},
         row{"\xef\xbb\xbf"
             "data: a\n\n",
             {{"", "a"}}},
         row{"data: a:b: c\n\n", {{"", "a:b: c"}}},
         row{"data: a\n", {}}, // it has not ended
         row{"data: ü你👋\n\n", {{"", "ü你👋"}}},
         row{"\n\n\n", {}},
       })
    for (size_t size = 1; size <= bytes.size(); ++size)
      EXPECT_EQ(read(bytes, size), expected) << bytes << " by " << size;
}

TEST(Sse, KeepsWhatIsNoEvent) {
  sse_parser parser;
  parser.push("{\n \"error\": {}\n}");
  EXPECT_FALSE(parser.next());
  EXPECT_EQ(parser.stray(), "{\n \"error\": {}\n");
}

TEST(Sse, TakesALineOfAMegabyteInSmallPieces) {
  std::string line(1u << 20, 'x');
  sse_parser parser;
  parser.push("data: ");
  for (size_t i = 0; i < line.size(); i += 1024) {
    parser.push(std::string_view{line}.substr(i, 1024));
    ASSERT_FALSE(parser.next());
  }
  parser.push("\n\n");
  auto event = parser.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->data, line);
}

TEST(Sse, RefusesToGrowForEver) {
  sse_parser parser{100};
  parser.push("data: " + std::string(60, 'x') + "\n");
  EXPECT_FALSE(parser.next());
  EXPECT_FALSE(parser.broken());
  parser.push("data: " + std::string(60, 'x'));
  EXPECT_TRUE(parser.broken());
  parser.push("\n\n");
  EXPECT_FALSE(parser.next());
}
