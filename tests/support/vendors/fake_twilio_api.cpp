#include "tests/support/vendors/fake_twilio_api.hpp"

#include "protocol/base64.hpp"
#include "protocol/form.hpp"
#include "protocol/json.hpp"

#include <span>

namespace velox::test {

namespace {

std::string words_for(int status) {
  auto code = status == 401   ? 20003
              : status == 404 ? 20404
              : status == 429 ? 20429
                              : 20500;
  return json_object{}
    .add("code", code)
    .add("message", "the fake's own words, which nobody may repeat")
    .add("status", status)
    .str();
}

} // namespace

fake_twilio_api::fake_twilio_api(std::string account_sid,
                                 std::string auth_token)
  : account_sid_(std::move(account_sid)), auth_token_(std::move(auth_token)),
    server_(std::make_unique<fake_vendor>(
      [this](const vendor_request& x, vendor_connection& peer) {
        answer(x, peer);
      },
      fake_vendor_options{.words = words_for})) {}

void fake_twilio_api::start_call(const std::string& call_id) {
  std::lock_guard guard{mutex_};
  live_.insert(call_id);
}

bool fake_twilio_api::is_live(const std::string& call_id) const {
  std::lock_guard guard{mutex_};
  return live_.contains(call_id);
}

std::vector<fake_twilio_api::update> fake_twilio_api::updates() const {
  std::lock_guard guard{mutex_};
  return updates_;
}

void fake_twilio_api::answer(const vendor_request& x, vendor_connection& peer) {
  auto refuse = [&](int status) {
    peer.respond(status, words_for(status),
                 {{"Content-Type", "application/json"}});
  };
  auto pass = account_sid_ + ':' + auth_token_;
  auto wanted = "Basic "
                + encode_base64(std::span{
                  reinterpret_cast<const uint8_t*>(pass.data()), pass.size()});
  if (x.header("Authorization") != wanted)
    return refuse(401);
  auto prefix = "/2010-04-01/Accounts/" + account_sid_ + "/Calls/";
  if (x.method != "POST" || !x.path.starts_with(prefix)
      || !x.path.ends_with(".json"))
    return refuse(404);
  auto call_id
    = x.path.substr(prefix.size(), x.path.size() - prefix.size() - 5);
  form fields;
  if (x.header("Content-Type") != "application/x-www-form-urlencoded"
      || parse_form(x.body, fields) != form_error::none)
    return refuse(400);
  update got{call_id, std::string{fields.get("Twiml")},
             std::string{fields.get("Status")}};
  if (got.twiml.empty() == got.status.empty())
    return refuse(400); // one of the two
  {
    std::lock_guard guard{mutex_};
    if (!live_.contains(call_id))
      return refuse(404);
    if (got.status == "completed")
      live_.erase(call_id);
    updates_.push_back(got);
  }
  peer.respond(200,
               json_object{}
                 .add("sid", call_id)
                 .add("status", got.status.empty() ? "in-progress" : got.status)
                 .str(),
               {{"Content-Type", "application/json"}});
}

} // namespace velox::test
