#include "adapters/language/scripted/calendar.hpp"

#include <gtest/gtest.h>

#include <optional>

using namespace velox::language;
using namespace std::chrono;

namespace {

// A Saturday.
constexpr sys_days today = 2026y / November / 21;

std::optional<sys_days> day_in(const char* text) {
  auto found = find_day(to_words(text), today);
  return found ? std::optional{found->value} : std::nullopt;
}

/// Open on weekdays from eight to five, and on Saturday from nine to noon.
opening_hours clinic_hours() {
  opening_hours out;
  for (size_t i = 1; i <= 5; ++i)
    out.week[i] = {{8h, 17h}};
  out.week[6] = {{9h, 12h}};
  return out;
}

/// Minutes since midnight, -1 when there is no time in it.
int64_t time_in(const char* text, bool asked = true) {
  auto found = find_time(to_words(text), asked, clinic_hours(), std::nullopt);
  return found ? found->value.count() : -1;
}

} // namespace

TEST(Calendar, FindsDays) {
  struct {
    const char* text;
    sys_days expected;
  } cases[] = {
    {"today", today},
    {"tomorrow morning", today + days{1}},
    {"the day after tomorrow", today + days{2}},
    {"yesterday", today - days{1}},
    {"on tuesday", 2026y / November / 24},
    {"tuesdays", 2026y / November / 24},
    {"next tuesday please", 2026y / November / 24},
    {"saturday", 2026y / November / 28},
    {"this saturday", today},
    {"next saturday", 2026y / November / 28},
    {"last monday", 2026y / November / 16},
    {"tuesday week", 2026y / December / 1},
    {"in two weeks", 2026y / December / 5},
    {"in a week", 2026y / November / 28},
    {"in three days", 2026y / November / 24},
    {"the fifteenth of may", 2027y / May / 15},
    {"may the fifteenth", 2027y / May / 15},
    {"may fifteen", 2027y / May / 15},
    {"15th May", 2027y / May / 15},
    {"november twenty fourth at two thirty", 2026y / November / 24},
    {"twenty fourth of november", 2026y / November / 24},
    {"tuesday the twenty fourth", 2026y / November / 24},
    {"tuesday november twenty fourth", 2026y / November / 24},
    {"the twenty fourth day of november", 2026y / November / 24},
    {"the third", 2026y / December / 3},
    {"the thirty first", 2026y / December / 31},
    {"november tenth", 2026y / November / 10},
    {"january first twenty twenty eight", 2028y / January / 1},
    {"february twenty ninth", 2028y / February / 29},
  };
  for (auto& [text, expected] : cases) {
    auto found = day_in(text);
    ASSERT_TRUE(found) << text;
    EXPECT_EQ((*found - expected).count(), 0)
      << text << ": " << speak_day(*found);
  }
  for (auto text : {"", "may i come in", "february thirtieth of", "hello",
                    "two thirty", "in the morning", "next week", "in a minute"})
    EXPECT_FALSE(day_in(text)) << text;
}

TEST(Calendar, NextWeekdayIsInTheComingWeek) {
  // On a Monday, "next Tuesday" is not tomorrow.
  sys_days monday = 2026y / November / 23;
  EXPECT_EQ(find_day(to_words("next tuesday"), monday)->value,
            sys_days{2026y / December / 1});
  EXPECT_EQ(find_day(to_words("tuesday"), monday)->value,
            sys_days{2026y / November / 24});
  EXPECT_EQ(find_day(to_words("monday"), monday)->value,
            sys_days{2026y / November / 30});
}

TEST(Calendar, FindsTimes) {
  struct {
    const char* text;
    int64_t hour;
    int64_t minute;
  } cases[] = {
    {"two thirty pm", 14, 30},
    {"two thirty p m", 14, 30},
    {"2:30 pm", 14, 30},
    {"two thirty", 14, 30},
    {"to thirty pm", 14, 30},
    {"at two", 14, 0},
    {"nine", 9, 0},
    {"nine oh five", 9, 5},
    {"9:00", 9, 0},
    {"ten fifteen in the morning", 10, 15},
    {"eight in the evening", 20, 0},
    {"fourteen thirty", 14, 30},
    {"half past ten", 10, 30},
    {"quarter to three", 14, 45},
    {"a quarter past nine", 9, 15},
    {"ten minutes past four", 16, 10},
    {"twenty to one", 12, 40},
    {"noon", 12, 0},
    {"midnight", 0, 0},
    {"twelve", 12, 0},
    {"twelve am", 0, 0},
    {"four o'clock", 16, 0},
    {"in the afternoon at four", 16, 0},
    {"tomorrow morning at nine", 9, 0},
    {"around eleven forty five", 11, 45},
  };
  for (auto& [text, hour, minute] : cases)
    EXPECT_EQ(time_in(text), hour * 60 + minute) << text;
  for (auto text : {"", "in the morning", "five five five oh one two three",
                    "twenty nine hundred", "hello"})
    EXPECT_EQ(time_in(text), -1) << text;
  // Without a question a bare number is no time.
  EXPECT_EQ(time_in("i have two children", false), -1);
  EXPECT_EQ(time_in("at two", false), 14 * 60);
  EXPECT_EQ(time_in("two thirty", false), 14 * 60 + 30);
}

TEST(Calendar, WhatIsSpokenIsUnderstood) {
  for (int64_t t = 0; t < 24 * 60; ++t) {
    auto found = find_time(to_words(speak_time(minutes{t})), true, {}, {});
    ASSERT_TRUE(found) << speak_time(minutes{t});
    EXPECT_EQ(found->value.count(), t) << speak_time(minutes{t});
  }
  for (int i = 0; i < 300; ++i) {
    auto day = day_in(speak_day(today + days{i}).c_str());
    ASSERT_TRUE(day) << speak_day(today + days{i});
    EXPECT_EQ((*day - today).count(), i);
  }
}

TEST(Calendar, KnowsWhenItIsOpen) {
  auto hours = clinic_hours();
  hours.closed_on.insert(2026y / November / 23);
  EXPECT_TRUE(hours.open_on(today));
  EXPECT_FALSE(hours.open_on(today + days{1}));
  EXPECT_FALSE(hours.open_on(today + days{2})); // the holiday
  EXPECT_EQ(hours.next_open(today), today + days{3});
  EXPECT_TRUE(hours.open_at(today, 9h));
  EXPECT_FALSE(hours.open_at(today, 12h));
  EXPECT_FALSE(hours.open_at(today, 8h + 59min));
  EXPECT_EQ(speak_week(hours),
            "Monday to Friday from eight in the morning to five in the "
            "afternoon, and Saturday from nine in the morning to noon");
  EXPECT_TRUE(opening_hours{}.open_at(today, 3h));
  EXPECT_EQ(speak_week({}), "");
}
