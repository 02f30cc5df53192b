#include "adapters/language/scripted/turn.hpp"

#include <algorithm>

/// Asking for slots one after the other, reading them back, changing them.

namespace velox::language {

void turn::begin(const intent& what, bool use_words) {
  drop_form();
  memory_.intent = what.name;
  // Who it is need not be asked twice in one call.
  for (auto& form : memory_.done)
    for (auto& s : what.slots)
      if (s.type == slot_type::name || s.type == slot_type::phone)
        if (auto known = form.slots.find(s.name); known != form.slots.end())
          memory_.slots[s.name] = known->second;
  if (use_words)
    take(what, nullptr, true);
  say(filled(what.start));
  advance(what);
}

void turn::in_form(const intent& form) {
  auto slot_asked
    = std::find_if(form.slots.begin(), form.slots.end(),
                   [&](auto& s) { return s.name == memory_.asking; });
  auto dictating
    = slot_asked != form.slots.end() && slot_asked->type == slot_type::text;
  auto found = find_command(words_);
  auto heeded = found.has_value() && !(dictating && words_.size() > 3);
  // Thanks are no request in the middle of a form.
  auto what = heeded ? *found : command::thanks;
  if (what == command::cancel) {
    drop_form();
    say(filled(who_.says.cancelled));
    return ask(filled(who_.says.anything_else), "?more");
  }
  if (what == command::goodbye) {
    say(filled(who_.says.cancelled));
    return hang_up(who_.says.farewell);
  }
  if (what == command::repeat || what == command::wait)
    // What was asked stays asked.
    return static_cast<void>(obey(what));
  if (what == command::help || what == command::hello) {
    if (what == command::help && slot_asked != form.slots.end())
      say(slot_asked->hint.empty() ? default_hint(slot_asked->type)
                                   : filled(slot_asked->hint));
    return advance(form);
  }
  if (slot_asked != form.slots.end())
    on_slot(form, *slot_asked);
  else if (memory_.asking == "?change")
    on_change(form);
  else
    on_confirm(form);
}

void turn::on_slot(const intent& form, const slot& asked) {
  // Nearly everything can be a name or a message, also "what are your hours".
  auto other = meant_.what != nullptr && meant_.what != &form;
  if (other && asked.type == slot_type::name && meant_.score >= certain)
    return aside(*meant_.what);
  if (take(form, &asked, false))
    return advance(form);
  if (other && meant_.score >= likely)
    return aside(*meant_.what);
  lost(who_.says.not_understood,
       asked.hint.empty() ? default_hint(asked.type) : asked.hint);
}

void turn::on_confirm(const intent& form) {
  auto yes = find_yes_no(words_);
  auto change_wanted = wants_change(words_);
  auto before = memory_.slots;
  if (change_wanted)
    if (auto which = named_slot(form)) {
      return change(form, *which);
    }
  take(form, nullptr, true);
  if (memory_.slots != before)
    return advance(form);
  if (yes && !*yes) {
    if (auto which = named_slot(form)) {
      return change(form, *which);
    }
    return ask(filled(who_.says.what_to_change), "?change");
  }
  if (yes && question_was_cut()) {
    // A yes to something else than what is about to be settled.
    say(filled(who_.says.not_heard));
    return advance(form);
  }
  if (yes)
    return conclude(form);
  if (change_wanted)
    return ask(filled(who_.says.what_to_change), "?change");
  if (meant_.what != nullptr && meant_.what != &form && meant_.score >= likely)
    return aside(*meant_.what);
  lost(who_.says.not_understood, default_hint(slot_type::yes_no));
}

void turn::on_change(const intent& form) {
  if (auto which = named_slot(form)) {
    return change(form, *which);
  }
  if (take(form, nullptr, true) || find_yes_no(words_) == false)
    return advance(form);
  lost(who_.says.not_understood, who_.says.what_to_change);
}

/// Another value for `which`: the one that was said along, or else asked for.
void turn::change(const intent& form, const slot& which) {
  memory_.slots.erase(which.name);
  // "change the name" is no name, nor any message.
  auto anything
    = which.type == slot_type::name || which.type == slot_type::text;
  take(form, anything ? nullptr : &which, true);
  advance(form);
}

/// Something else in the middle of a form.
void turn::aside(const intent& what) {
  if (!what.slots.empty() || what.then != next_step::listen)
    return serve(what);
  auto form = current_form();
  auto& count = memory_.answered[what.name];
  say(filled(what.answers[count % what.answers.size()]));
  ++count;
  if (form != nullptr)
    advance(*form);
}

/// Takes what the caller said of the form's slots, `asked` first of all. What
/// is known already is only replaced when the caller wants that.
bool turn::take(const intent& form, const slot* asked, bool replace) {
  auto taken = false;
  auto rest = words_;
  slot_context context{now_.day, &who_.hours, std::nullopt, false};
  auto try_slot = [&](const slot& s) {
    auto known = memory_.slots.contains(s.name);
    if (known && !replace && &s != asked)
      return;
    context.asked = &s == asked;
    if (auto value = take_value(s.type, rest, context)) {
      memory_.slots[s.name] = *value;
      taken = true;
    }
  };
  // Days before times, which need to know them; both before names and numbers,
  // which would take their words.
  for (auto type :
       {slot_type::date, slot_type::time, slot_type::phone, slot_type::number,
        slot_type::name, slot_type::yes_no, slot_type::text}) {
    // Of a dictated text, or of a number, nothing is anything else.
    if (asked != nullptr && asked->type != type
        && (asked->type == slot_type::text || asked->type == slot_type::phone
            || asked->type == slot_type::number))
      continue;
    for (auto& s : form.slots)
      if (s.type == type)
        try_slot(s);
    if (type == slot_type::date)
      for (auto& s : form.slots)
        if (s.type == type && memory_.slots.contains(s.name))
          context.day = kept_day(memory_.slots[s.name]);
  }
  return taken;
}

/// The slot that the caller mentions: "the time", "my name".
const slot* turn::named_slot(const intent& form) const {
  auto mentions = [&](std::string_view word) {
    return std::any_of(words_.begin(), words_.end(), [&](auto& w) {
      return w == word || (w.size() > 3 && similarity(w, word) >= 0.9);
    });
  };
  for (auto& s : form.slots)
    if (mentions(s.name))
      return &s;
  for (auto& s : form.slots) {
    if (s.type == slot_type::date && (mentions("day") || mentions("date")))
      return &s;
    if (s.type == slot_type::time && (mentions("time") || mentions("hour")))
      return &s;
    if (s.type == slot_type::phone && (mentions("number") || mentions("phone")))
      return &s;
    if (s.type == slot_type::text && (mentions("message") || mentions("text")))
      return &s;
  }
  return nullptr;
}

/// Asks for what is missing, reads back, or does what the form is for.
void turn::advance(const intent& form) {
  check_times(form);
  for (auto& s : form.slots)
    if (!memory_.slots.contains(s.name))
      return ask(filled(s.ask), s.name);
  if (!form.confirm.empty())
    return ask(filled(form.confirm), "?confirm");
  conclude(form);
}

/// Forgets days and times that cannot be, and says why.
void turn::check_times(const intent& form) {
  if (!form.open_hours_only)
    return;
  std::optional<sys_days> day;
  for (auto& s : form.slots) {
    auto value = memory_.slots.find(s.name);
    if (s.type != slot_type::date || value == memory_.slots.end())
      continue;
    day = kept_day(value->second);
    auto& today = who_.hours.week[std::chrono::weekday{now_.day}.c_encoding()];
    auto over = day == now_.day && !who_.hours.unknown()
                && std::none_of(today.begin(), today.end(),
                                [&](auto& x) { return x.to > now_.time; });
    if (day && *day >= now_.day && who_.hours.open_on(*day) && !over)
      continue;
    auto next
      = day ? who_.hours.next_open(std::max(*day, now_.day)) : std::nullopt;
    if (!day || *day < now_.day || !next)
      say(filled(who_.says.past));
    else
      say(fill(who_.says.closed_day, [&](std::string_view name) {
        return name == "day"         ? speak_day(*day)
               : name == "next_open" ? speak_day(*next)
                                     : value_of(name);
      }));
    memory_.slots.erase(value);
    day.reset();
  }
  for (auto& s : form.slots) {
    auto value = memory_.slots.find(s.name);
    if (s.type != slot_type::time || value == memory_.slots.end() || !day)
      continue;
    auto time = kept_time(value->second);
    auto past = *day == now_.day && time && *time <= now_.time;
    if (time && !past && who_.hours.open_at(*day, *time))
      continue;
    say(
      past
        ? filled(who_.says.past)
        : fill(who_.says.closed_time, [&](std::string_view name) {
            return name == "weekday"    ? weekday_name(*day)
                   : name == "openings" ? speak_openings(
                       who_.hours.week[std::chrono::weekday{*day}.c_encoding()])
                                        : value_of(name);
          }));
    memory_.slots.erase(value);
  }
}

void turn::drop_form() {
  memory_.intent.clear();
  memory_.slots.clear();
  memory_.asking.clear();
  memory_.question.clear();
}

} // namespace velox::language
