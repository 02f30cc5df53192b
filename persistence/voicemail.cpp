#include "persistence/voicemail.hpp"

#include "persistence/outbox.hpp"
#include "protocol/json.hpp"

namespace velox::persistence {

void store_voicemail(connection& db, const voicemail_left& x) {
  transaction all{db};
  std::string org;
  std::string agent;
  auto take = [&](rows found) {
    if (!org.empty() || !found.next())
      return;
    org = found.text(0);
    agent = found.text(1);
  };
  take(db.query("SELECT org_id, agent_id FROM conversations "
                "WHERE call_id = $1",
                x.call_id));
  take(db.query("SELECT org_id, id FROM agents WHERE phone_number = $1 "
                "AND phone_number <> '' AND active",
                x.called));
  if (org.empty())
    throw not_found{"no call and no agent of ours has had this voicemail"};
  auto data = json_object{}
                .add("call_id", x.call_id)
                .add("agent_id", agent)
                .add("recording_id", x.recording_id)
                .add("recording_url", x.url)
                .add("duration_seconds", x.seconds);
  outbox{db}.add({org, "voicemail.received:" + x.recording_id,
                  "voicemail.received", x.call_id, data.str(), x.at});
  all.commit();
}

} // namespace velox::persistence
