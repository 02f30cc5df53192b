#include "persistence/parameter_name.hpp"

#include <cctype>
#include <vector>

namespace velox::persistence {

namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'
         || c == '.';
}

/// The word that ends before `end`, operators and blanks skipped.
std::string_view word_before(std::string_view sql, size_t end) {
  while (end > 0 && std::string_view{" <>=("}.find(sql[end - 1]) != sql.npos)
    --end;
  auto begin = end;
  while (begin > 0 && is_word(sql[begin - 1]))
    --begin;
  return sql.substr(begin, end - begin);
}

/// The word behind `keyword`, such as the table behind "INSERT INTO ".
std::string_view word_behind(std::string_view sql, std::string_view keyword) {
  auto at = sql.find(keyword);
  if (at == sql.npos)
    return {};
  auto begin = at + keyword.size();
  auto end = begin;
  while (end < sql.size() && is_word(sql[end]))
    ++end;
  return sql.substr(begin, end - begin);
}

/// Splits at the commas that are in no parentheses, up to the end of the list.
std::vector<std::string_view> items(std::string_view list) {
  std::vector<std::string_view> result;
  size_t begin = 0;
  int depth = 0;
  for (size_t i = 0; i <= list.size(); ++i) {
    auto ends = i == list.size() || (list[i] == ')' && depth == 0)
                || list.substr(i).starts_with(" FROM ")
                || list.substr(i).starts_with(" WHERE ");
    if (ends || (list[i] == ',' && depth == 0)) {
      auto item = list.substr(begin, i - begin);
      while (item.starts_with(' '))
        item.remove_prefix(1);
      result.push_back(item);
      begin = i + 1;
    }
    if (ends)
      break;
    depth += list[i] == '(' ? 1 : list[i] == ')' ? -1 : 0;
  }
  return result;
}

/// The list that begins behind `keyword`.
std::vector<std::string_view>
items_behind(std::string_view sql, std::string_view keyword) {
  auto at = sql.find(keyword);
  if (at == sql.npos)
    return {};
  return items(sql.substr(at + keyword.size()));
}

/// Where `$index` stands in `text`, not being the beginning of a longer number.
size_t find_parameter(std::string_view text, size_t index) {
  auto name = "$" + std::to_string(index);
  for (auto at = text.find(name); at != text.npos; at = text.find(name, at + 1))
    if (at + name.size() == text.size()
        || std::isdigit(static_cast<unsigned char>(text[at + name.size()]))
             == 0)
      return at;
  return text.npos;
}

} // namespace

std::string parameter_name(std::string_view sql, size_t index) {
  std::string table{word_behind(sql, "INSERT INTO ")};
  if (!table.empty()) {
    auto columns = items_behind(sql, table + " (");
    auto values = items_behind(sql, "VALUES (");
    if (values.empty())
      values = items_behind(sql, "SELECT ");
    for (size_t i = 0; i < values.size() && i < columns.size(); ++i)
      if (find_parameter(values[i], index) != sql.npos)
        return table + "." + std::string{columns[i]};
  }
  for (auto keyword : {"UPDATE ", "DELETE FROM ", "FROM "})
    if (table.empty())
      table = word_behind(sql, keyword);
  auto at = find_parameter(sql, index);
  auto column = at == sql.npos ? std::string_view{} : word_before(sql, at);
  if (column.empty() || column == "LIMIT")
    return "parameter " + std::to_string(index);
  auto dot = column.rfind('.');
  if (dot != column.npos)
    column.remove_prefix(dot + 1);
  return table + "." + std::string{column};
}

} // namespace velox::persistence
