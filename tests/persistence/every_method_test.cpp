#include "tests/persistence/every_method.hpp"

#include "persistence/call_log.hpp"
#include "persistence/call_notices.hpp"
#include "persistence/consents.hpp"
#include "persistence/conversations.hpp"
#include "persistence/dnd_checks.hpp"
#include "persistence/outbox.hpp"
#include "persistence/phone_numbers.hpp"
#include "persistence/recordings.hpp"
#include "persistence/recovery.hpp"
#include "persistence/tool_permissions.hpp"
#include "persistence/users.hpp"
#include "tests/persistence/records.hpp"

#include <fstream>
#include <random>
#include <regex>
#include <set>

namespace velox::persistence {

std::vector<repository_method>& every_method() {
  static std::vector<repository_method> all;
  return all;
}

namespace {

/// Something of every kind for organisation acme.
void fill(connection& db) {
  add_tenants(db);
  conversations{db}.open(ringing("CA1"));
  call_log{db}.append({{event("CA1", 1)}, {said("CA1", 1, "user", "hi")}});
  users{db}.upsert({"acme", "u1", "a@acme.test", "Ann", user_role::admin, 5});
  phone_numbers{db}.upsert(
    {"+15550102", "acme", "front-desk", "twilio", "PN1", 5});
  tool_permissions{db}.set({"acme", "front-desk", "book", true, 3, 5});
  consents{db}.add({"acme", "+15550123", "recording", true, 5, "CA1", "said"});
  dnd_checks{db}.add(
    {"acme", "+15550123", "service", "allow", "", "E1", 5, 1000});
  recording_record recording;
  recording.call_id = "CA1";
  recording.org_id = "acme";
  recording.file = "a.velrec";
  recordings{db}.store(recording);
  db.execute("INSERT INTO webhook_endpoints (org_id, id, url, secret_sealed, "
             "old_secret_sealed, disabled_because, created_at) "
             "VALUES ('acme', 'W1', 'https://acme.test', '', '', '', 1)");
  db.execute("UPDATE organisations SET stripe_customer_id = 'cus_1' "
             "WHERE id = 'acme'");
}

/// How much there is behind an optional.
template <class T>
size_t count(const std::optional<T>& x) {
  return x ? 1 : 0;
}

constexpr auto is_login = "a login asks which organisations there are";
constexpr auto is_operator = "operators and the engine ask, who serve all";
constexpr auto is_carrier = "a carrier knows the number or the call only";
using text = const std::string&;

const add_methods tenants{
  {"organisations.upsert",
   [](connection& db, text x) {
     organisations{db}.upsert({x, x, 1});
   },
   nullptr, is_operator},
  {"organisations.find",
   [](connection& db, text x) { organisations{db}.find(x); }, nullptr,
   is_operator},
  {"organisations.profile",
   [](connection& db, text x) { organisations{db}.profile(x); }, nullptr,
   is_operator},
  {"organisations.list",
   [](connection& db, text x) { organisations{db}.list(x); }, nullptr,
   is_operator},
  {"organisations.find_by_customer",
   [](connection& db, text x) { organisations{db}.find_by_customer(x); },
   nullptr, "Stripe knows its customer only"},
  {"organisations.warn_below",
   [](connection& db, text x) { organisations{db}.warn_below(x, 1); }, nullptr,
   is_operator},
  {"organisations.remove",
   [](connection& db, text x) { organisations{db}.remove(x, 1); }, nullptr,
   is_operator},
  {"agents.upsert",
   [](connection& db, text x) {
     agents{db}.upsert({x, "acme", x, x, x, x, x, x, true});
   },
   [](connection& db, text org) -> size_t {
     auto x = front_desk();
     x.org_id = org;
     agents{db}.upsert(x);
     return 1;
   }},
  {"agents.find_by_number",
   [](connection& db, text x) { agents{db}.find_by_number(x); }, nullptr,
   is_carrier},
  {"agents.find_by_own_number",
   [](connection& db, text x) { agents{db}.find_by_own_number(x); }, nullptr,
   is_carrier},
  {"agents.find", [](connection& db, text x) { agents{db}.find(x, x); },
   [](connection& db, text org) {
     return count(agents{db}.find(org, "front-desk"));
   }},
  {"agents.list", [](connection& db, text x) { agents{db}.list(x); },
   [](connection& db, text org) { return agents{db}.list(org).size(); }},
  {"agents.profile", [](connection& db, text x) { agents{db}.profile(x, x); },
   [](connection& db, text org) {
     return count(agents{db}.profile(org, "front-desk"));
   }},
  {"agents.save",
   [](connection& db, text x) {
     agent_profile p;
     p.agent = {x, "acme", x, x, x, x, x, x, true};
     p.prompt = x;
     agents{db}.save(p);
     p.tools = p.llm_config = p.flow = x;
     agents{db}.save(p);
   },
   [](connection& db, text org) -> size_t {
     auto x = front_desk();
     x.org_id = org;
     agent_profile p;
     p.agent = x;
     agents{db}.save(p);
     return 1;
   }},
  {"agents.remove", [](connection& db, text x) { agents{db}.remove(x, x, 1); },
   [](connection& db, text org) -> size_t {
     agents{db}.remove(org, "front-desk", 7);
     return 1;
   }},
  {"users.upsert",
   [](connection& db, text x) {
     users{db}.upsert({"acme", x, x, x, user_role::viewer, 1});
   },
   [](connection& db, text org) -> size_t {
     users{db}.upsert({org, "u1", "x", "x", user_role::viewer, 1});
     return 1;
   }},
  {"users.find", [](connection& db, text x) { users{db}.find(x, x); },
   [](connection& db, text org) { return count(users{db}.find(org, "u1")); }},
  {"users.list", [](connection& db, text x) { users{db}.list(x); },
   [](connection& db, text org) { return users{db}.list(org).size(); }},
  {"users.memberships",
   [](connection& db, text x) { users{db}.memberships(x); }, nullptr, is_login},
  {"users.remove", [](connection& db, text x) { users{db}.remove(x, x, 1); },
   [](connection& db, text org) -> size_t {
     users{db}.remove(org, "u1", 7);
     return 1;
   }},
  {"phone_numbers.upsert",
   [](connection& db, text x) {
     phone_numbers{db}.upsert({x, "acme", "front-desk", x, x, 1});
     phone_numbers{db}.upsert({"+1", "acme", x, x, x, 1});
   },
   [](connection& db, text org) -> size_t {
     phone_numbers{db}.upsert({"+15550102", org, "", "x", "x", 1});
     return 1;
   }},
  {"phone_numbers.find",
   [](connection& db, text x) { phone_numbers{db}.find(x, x); },
   [](connection& db, text org) {
     return count(phone_numbers{db}.find(org, "+15550102"));
   }},
  {"phone_numbers.list",
   [](connection& db, text x) { phone_numbers{db}.list(x); },
   [](connection& db, text org) { return phone_numbers{db}.list(org).size(); }},
  {"phone_numbers.remove",
   [](connection& db, text x) { phone_numbers{db}.remove(x, x); },
   [](connection& db, text org) -> size_t {
     phone_numbers{db}.remove(org, "+15550102");
     return 1;
   }},
};

const add_methods trust{
  {"tool_permissions.set",
   [](connection& db, text x) {
     tool_permissions{db}.set({"acme", "front-desk", x, false, 1, 1});
   },
   [](connection& db, text org) -> size_t {
     // Every organisation may have an agent of this name.
     tool_permissions{db}.set({org, "front-desk", "book", false, 1, 1});
     return 1;
   }},
  {"tool_permissions.find",
   [](connection& db, text x) { tool_permissions{db}.find(x, x, x); },
   [](connection& db, text org) {
     return count(tool_permissions{db}.find(org, "front-desk", "book"));
   }},
  {"tool_permissions.list",
   [](connection& db, text x) { tool_permissions{db}.list(x, x); },
   [](connection& db, text org) {
     return tool_permissions{db}.list(org, "front-desk").size();
   }},
  {"consents.add",
   [](connection& db, text x) {
     consents{db}.add({"acme", x, "calls", true, 1, x, x});
     consents{db}.add({"acme", x, x, true, 1, x, x});
   },
   [](connection& db, text org) -> size_t {
     consents{db}.add({org, "+15550123", "recording", false, 5, "", ""});
     return 1;
   }},
  {"consents.latest",
   [](connection& db, text x) { consents{db}.latest(x, x, x); },
   [](connection& db, text org) {
     return count(consents{db}.latest(org, "+15550123", "recording"));
   }},
  {"consents.history",
   [](connection& db, text x) { consents{db}.history(x, x); },
   [](connection& db, text org) {
     return consents{db}.history(org, "+15550123").size();
   }},
  {"dnd_checks.add",
   [](connection& db, text x) {
     dnd_checks{db}.add({"acme", x, "service", "allow", x, x, 1, 2});
     dnd_checks{db}.add({"acme", x, x, x, x, x, 1, 2});
   },
   [](connection& db, text org) -> size_t {
     dnd_checks{db}.add(
       {org, "+15550123", "service", "deny", "", "E2", 5, 1000});
     return 1;
   }},
  {"dnd_checks.valid",
   [](connection& db, text x) { dnd_checks{db}.valid(x, x, x, 0); },
   [](connection& db, text org) {
     return count(dnd_checks{db}.valid(org, "+15550123", "service", 6));
   }},
};

const add_methods outside{
  {"outbox.add",
   [](connection& db, text x) {
     outbox{db}.add({"acme", x, x, x, x, 1});
     outbox{db}.add({"acme", x, x, x, "{}", 1});
     outbox{db}.add({x, x, x, x, "{}", 1});
   },
   [](connection& db, text org) {
     outbox{db}.add({org, "E1", "call.ended", "CA1", "{}", 1});
     auto found = db.query("SELECT COUNT(*) FROM outbox");
     return found.next() ? static_cast<size_t>(found.integer(0)) : 99;
   }},
};

const add_methods calls{
  {"conversations.open",
   [](connection& db, text x) {
     auto call = ringing(x);
     call.caller = call.called = x;
     conversations{db}.open(call);
   },
   [](connection& db, text org) -> size_t {
     auto call = ringing("CA1");
     call.org_id = org;
     conversations{db}.open(call);
     return 1;
   }},
  {"conversations.close",
   [](connection& db, text x) {
     auto end = hung_up(x);
     end.explanation = end.transfer_to = x;
     conversations{db}.close(end);
   },
   nullptr, is_carrier},
  {"conversations.find",
   [](connection& db, text x) {
     conversations{db}.find(x);
     conversations{db}.find(x, x);
   },
   [](connection& db, text org) {
     return count(conversations{db}.find(org, "CA1"));
   }},
  {"conversations.settled",
   [](connection& db, text x) { conversations{db}.settled(x); }, nullptr,
   is_carrier},
  {"conversations.last_event",
   [](connection& db, text x) { conversations{db}.last_event(x); }, nullptr,
   is_carrier},
  {"recovery.quiet", [](connection&, text) {}, nullptr, is_operator},
  {"recovery.recover",
   [](connection& db, text x) { recovery{db}.recover(x, 1); }, nullptr,
   is_operator},
  {"recovery.run", [](connection&, text) {}, nullptr, is_operator},
  {"call_notices.started",
   [](connection& db, text x) {
     auto call = ringing(x);
     call.org_id = x;
     call_notices{db}.started(call);
   },
   nullptr, is_carrier},
  {"call_notices.ended",
   [](connection& db, text x) {
     auto call = ringing(x);
     call.org_id = x;
     call_notices{db}.ended(call);
   },
   nullptr, is_carrier},
  {"call_log.append",
   [](connection& db, text x) {
     auto message = said("CA1", 9, x, x);
     message.heard = {x, x, x};
     message.model = x;
     call_log{db}.append({{}, {message}});
     call_log{db}.append({{event(x, 1)}, {}});
   },
   nullptr, is_carrier},
  {"call_log.messages",
   [](connection& db, text x) { call_log{db}.messages(x, x); },
   [](connection& db, text org) {
     return call_log{db}.messages(org, "CA1").size();
   }},
  {"call_log.events", [](connection& db, text x) { call_log{db}.events(x, 0); },
   nullptr, is_carrier},
  {"recordings.store",
   [](connection& db, text x) {
     recording_record r;
     r.call_id = "CA1";
     r.org_id = "acme";
     r.file = r.key_id = x;
     recordings{db}.store(r);
   },
   [](connection& db, text org) -> size_t {
     recording_record r;
     r.call_id = "CA1";
     r.org_id = org;
     r.file = "a.velrec";
     r.size = 99;
     recordings{db}.store(r);
     return 1;
   }},
  {"recordings.list", [](connection& db, text x) { recordings{db}.list(x, x); },
   [](connection& db, text org) {
     return recordings{db}.list(org, "").size()
            + recordings{db}.list(org, "CA1").size();
   }},
  {"recordings.due", [](connection&, text) {}, nullptr, is_operator},
  {"recordings.forget",
   [](connection& db, text x) { recordings{db}.forget(x, x); },
   [](connection& db, text org) -> size_t {
     recordings{db}.forget(org, "a.velrec");
     return org == "acme" ? 1 : 0; // it is no error when there is no such file
   }},
  {"recordings.strays",
   [](connection& db, text x) { recordings{db}.strays({x}); }, nullptr,
   is_operator},
};

class EveryMethod : public every_database_test {
protected:
  EveryMethod() { fill(*db); }

  /// All that acme has, as text.
  std::string snapshot() {
    std::string result;
    for (auto sql :
         {"SELECT id, name, CAST(version AS TEXT), phone_number, "
          "CASE WHEN active THEN 'active' ELSE '' END FROM agents "
          "WHERE org_id = 'acme' AND id = 'front-desk'",
          "SELECT name, role, CAST(deleted_at AS TEXT), id, email FROM users "
          "WHERE org_id = 'acme' AND id = 'u1'",
          "SELECT number, agent_id, carrier, carrier_id, '' FROM phone_numbers "
          "WHERE org_id = 'acme' AND number = '+15550102'",
          "SELECT tool, CAST(calls_per_day AS TEXT), '', '', '' "
          "FROM tool_permissions WHERE org_id = 'acme' AND tool = 'book'",
          "SELECT purpose, CAST(at AS TEXT), evidence, '', '' FROM consents "
          "WHERE org_id = 'acme' AND evidence = 'said'",
          "SELECT verdict, evidence_id, '', '', '' FROM dnd_checks "
          "WHERE org_id = 'acme' AND evidence_id = 'E1'",
          "SELECT call_id, status, caller, called, '' FROM conversations "
          "WHERE org_id = 'acme' AND call_id = 'CA1'",
          "SELECT text, heard, sent, unsent, model FROM messages "
          "WHERE org_id = 'acme' AND call_id = 'CA1' AND turn = 1",
          "SELECT kind, detail, '', '', '' FROM call_events "
          "WHERE org_id = 'acme' AND call_id = 'CA1'",
          "SELECT file, CAST(size AS TEXT), key_id, '', '' FROM recordings "
          "WHERE org_id = 'acme' AND file = 'a.velrec'",
          "SELECT id, name, plan, stripe_customer_id, '' FROM organisations "
          "WHERE id = 'acme' AND deleted_at IS NULL"}) {
      auto found = db->query(sql);
      size_t rows = 0;
      for (; found.next(); ++rows)
        for (size_t i = 0; i < 5; ++i)
          result += found.text(i) + '|';
      EXPECT_EQ(rows, 1u) << sql;
    }
    return result;
  }
};

std::vector<std::string> hostile_texts() {
  // A megabyte that no compression shortens, as index entries would be.
  std::mt19937 chance{7};
  std::string megabyte;
  while (megabyte.size() < 1 << 20)
    megabyte += static_cast<char>('a' + chance() % 26);
  return {"'; DROP TABLE agents; --",
          "' OR '1'='1",
          "acme' --",
          "\\'; DELETE FROM users; --",
          "\" OR \"\"=\"",
          "$1",
          "${json}",
          "%",
          "_",
          "?",
          ":id",
          "NULL",
          "",
          "{\"a\": [1, 2",
          std::string("a\0b", 3),
          std::string("\0", 1),
          "\xff\xfe",
          "caf\xe9",
          "\xed\xa0\x80",
          "\xe2\x80\xae"
          "evil",
          "\xf0\x9f\x93\x9e",
          "line\r\nbreak\x01\x1f",
          megabyte};
}

TEST_P(EveryMethod, TakesHostileTextForText) {
  auto before = snapshot();
  for (auto& method : every_method())
    for (auto& x : hostile_texts()) {
      auto shown = x.substr(0, 20);
      // Each alone: what one does is no other's trouble.
      transaction undone{*db};
      try {
        method.hostile(*db, x);
      } catch (const not_found& e) {
        EXPECT_TRUE(x.size() < 4
                    || std::string_view{e.what()}.find(x)
                         == std::string_view::npos)
          << method.name << " repeats the text";
      } catch (const database_error& e) {
        EXPECT_EQ(e.why(), failure::constraint)
          << method.name << " with '" << shown << "': " << e.what();
        EXPECT_TRUE(x.size() < 4
                    || std::string_view{e.what()}.find(x)
                         == std::string_view::npos)
          << method.name << " repeats the text";
        auto names_field = std::regex_search(
          std::string{e.what()}, std::regex{"^[a-z_]+[.][a-z_]+: "});
        EXPECT_TRUE(names_field
                    || std::string_view{e.what()}.find("SQLSTATE")
                         != std::string_view::npos
                    || std::string_view{e.what()}.starts_with("sqlite: "))
          << method.name << " with '" << shown << "': " << e.what();
      } catch (const std::exception& e) {
        ADD_FAILURE() << method.name << " with '" << shown
                      << "' throws something else: " << e.what();
      }
    }
  EXPECT_EQ(snapshot(), before);
}

TEST_P(EveryMethod, NamesTheFieldThatIsNoText) {
  size_t refused = 0;
  for (auto& method : every_method())
    for (auto& x : {std::string("a\0b", 3), std::string("caf\xe9")})
      try {
        transaction undone{*db};
        method.hostile(*db, x);
      } catch (const database_error& e) {
        ++refused;
        EXPECT_TRUE(std::regex_search(std::string{e.what()},
                                      std::regex{"^[a-z_]+[.][a-z_]+: "}))
          << method.name << ": " << e.what();
      } catch (const not_found&) {
        ADD_FAILURE() << method.name << " looked for it";
      }
  EXPECT_GT(refused, every_method().size());
}

TEST_P(EveryMethod, ServesItsOwnOrganisationOnly) {
  auto before = snapshot();
  for (auto& method : every_method()) {
    if (!method.as) {
      EXPECT_FALSE(method.without_org.empty())
        << method.name << ": say why it takes no organisation";
      continue;
    }
    for (std::string org :
         {"rival", "", "nobody", "ACME", "acme ", "%", "' OR '1'='1"}) {
      transaction undone{*db};
      try {
        auto seen = method.as(*db, org);
        // What a rival does for itself is its own affair; see the snapshot.
        if (org != "rival") {
          EXPECT_EQ(seen, 0u) << method.name << " as '" << org << "'";
        }
      } catch (const not_found&) {
      } catch (const database_error& e) {
        EXPECT_EQ(e.why(), failure::constraint)
          << method.name << " as '" << org << "': " << e.what();
        continue; // PostgreSQL answers nothing more in this transaction
      }
      EXPECT_EQ(snapshot(), before) << method.name << " as '" << org << "'";
    }
    transaction undone{*db};
    EXPECT_GT(method.as(*db, "acme"), 0u)
      << method.name << " is not shown what is its own";
  }
}

/// The public methods of the repositories, as the headers have them.
std::set<std::string> methods_of_headers() {
  std::set<std::string> result;
  for (auto& file :
       std::filesystem::directory_iterator{VELOX_SOURCE_DIR "/persistence"}) {
    if (file.path().extension() != ".hpp")
      continue;
    std::ifstream in{file.path()};
    std::string source{std::istreambuf_iterator<char>{in}, {}};
    source = std::regex_replace(source, std::regex{"//[^\n]*"}, "");
    std::regex repository{"class (\\w+) \\{\\s*public:([^}]*?)"
                          "explicit \\1\\(connection& \\w+\\)"};
    for (auto i
         = std::sregex_iterator{source.begin(), source.end(), repository};
         i != std::sregex_iterator{}; ++i) {
      std::string name = (*i)[1];
      auto rest = source.substr(static_cast<size_t>(i->position()));
      rest = rest.substr(0, rest.find("private:"));
      std::regex method{"[\\w>&*\\]]\\s+(\\w+)\\(([^)]*)"};
      for (auto j = std::sregex_iterator{rest.begin(), rest.end(), method};
           j != std::sregex_iterator{}; ++j)
        if (std::string found = (*j)[1]; found != name)
          result.insert(name + "." + found);
    }
  }
  // These are tools, no repositories.
  std::erase_if(result, [](auto& x) {
    return x.starts_with("batch.") || x.starts_with("transaction.");
  });
  return result;
}

TEST(EveryMethodOfTheHeaders, IsInTheTable) {
  std::set<std::string> tested;
  for (auto& method : every_method())
    EXPECT_TRUE(tested.insert(method.name).second) << method.name << " twice";
  auto known = methods_of_headers();
  EXPECT_GE(known.size(), 40u) << "the headers were not understood";
  for (auto& name : known)
    EXPECT_TRUE(tested.count(name))
      << name << " has no line; add one with add_methods (every_method.hpp)";
  for (auto& name : tested)
    EXPECT_TRUE(known.count(name)) << name << " is in no header";
}

VELOX_ON_EVERY_ENGINE(EveryMethod);

} // namespace

} // namespace velox::persistence
