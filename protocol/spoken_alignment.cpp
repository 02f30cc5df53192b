#include "protocol/sentence_marks.hpp"
#include "protocol/spoken_form.hpp"

#include <algorithm>
#include <vector>

namespace velox {

namespace {

struct word {
  size_t end; ///< behind it, marks included
  std::string plain;
};

/// The words between blanks; compared without their case and marks.
std::vector<word> words_of(std::string_view text) {
  std::vector<word> result;
  for (size_t at = 0; at < text.size();) {
    if (is_ascii_space(text[at])) {
      ++at;
      continue;
    }
    word x{};
    for (; at < text.size() && !is_ascii_space(text[at]); ++at) {
      char c = text[at];
      bool letter = is_ascii_lower(c) || is_ascii_digit(c)
                    || static_cast<uint8_t>(c) >= 0x80;
      if (is_ascii_upper(c))
        x.plain += static_cast<char>(c - 'A' + 'a');
      else if (letter)
        x.plain += c;
    }
    x.end = at;
    result.push_back(std::move(x));
  }
  return result;
}

/// The most cells of the table below; a sentence has some thousand.
constexpr size_t most_cells = 1u << 20;

/// Pairs of equal words, growing on both sides: the longest such list.
class ties {
public:
  ties(const std::vector<word>& a, const std::vector<word>& b) : a_(a), b_(b) {
    auto same = [&](size_t i, size_t j) {
      return !a_[i].plain.empty() && a_[i].plain == b_[j].plain;
    };
    while (begin_ < std::min(a.size(), b.size()) && same(begin_, begin_))
      ++begin_;
    while (tail_ < std::min(a.size(), b.size()) - begin_
           && same(a.size() - tail_ - 1, b.size() - tail_ - 1))
      ++tail_;
    for (size_t i = 0; i < begin_; ++i)
      found.emplace_back(i, i);
    middle(same);
    for (size_t i = tail_; i > 0; --i)
      found.emplace_back(a.size() - i, b.size() - i);
  }

  std::vector<std::pair<size_t, size_t>> found;

private:
  /// Longest common subsequence of what is neither in front nor behind.
  template <class Same>
  void middle(Same same) {
    auto rows = a_.size() - tail_ - begin_;
    auto columns = b_.size() - tail_ - begin_;
    if (rows == 0 || columns == 0 || rows > most_cells / columns)
      return;
    std::vector<uint32_t> length((rows + 1) * (columns + 1));
    auto cell = [&](size_t i, size_t j) -> uint32_t& {
      return length[i * (columns + 1) + j];
    };
    for (size_t i = rows; i-- > 0;)
      for (size_t j = columns; j-- > 0;)
        cell(i, j) = same(begin_ + i, begin_ + j)
                       ? cell(i + 1, j + 1) + 1
                       : std::max(cell(i + 1, j), cell(i, j + 1));
    for (size_t i = 0, j = 0; i < rows && j < columns;) {
      if (same(begin_ + i, begin_ + j) && cell(i, j) == cell(i + 1, j + 1) + 1)
        found.emplace_back(begin_ + i++, begin_ + j++);
      else if (cell(i + 1, j) >= cell(i, j + 1))
        ++i;
      else
        ++j;
    }
  }

  const std::vector<word>& a_;
  const std::vector<word>& b_;
  size_t begin_ = 0, tail_ = 0;
};

} // namespace

std::size_t written_up_to(std::string_view written, std::string_view spoken,
                          std::size_t at) {
  auto ours = words_of(written);
  auto said = words_of(spoken);
  if (said.empty() || at >= said.back().end)
    return written.size();
  // How many spoken words are complete.
  auto complete = static_cast<size_t>(
    std::ranges::count_if(said, [at](const word& x) { return x.end <= at; }));
  ties all{ours, said};
  if (complete == 0)
    return 0;
  size_t words = 0; // written ones that count
  for (auto [i, j] : ties{ours, said}.found) {
    if (j > complete)
      break;
    words = i; // all that is said of what is in front of the tie was said
    if (j == complete)
      break;
    words = i + 1;
  }
  return words == 0 ? 0 : ours[words - 1].end;
}

} // namespace velox
