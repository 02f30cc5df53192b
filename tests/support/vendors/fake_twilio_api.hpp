#pragma once

#include "tests/support/vendors/fake_vendor.hpp"

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace velox::test {

/// Twilio's REST API as far as live calls are concerned (twilio.md, sections 7
/// and 10): basic authentication, "update a call", 404 with 20404 for calls
/// that are over.
class fake_twilio_api {
public:
  fake_twilio_api(std::string account_sid, std::string auth_token);

  fake_vendor& server() { return *server_; }

  /// This call is live from now on.
  void start_call(const std::string& call_id);
  bool is_live(const std::string& call_id) const;

  struct update {
    std::string call_id;
    std::string twiml;
    std::string status;
  };
  std::vector<update> updates() const;

private:
  void answer(const vendor_request& x, vendor_connection& peer);

  const std::string account_sid_;
  const std::string auth_token_;
  mutable std::mutex mutex_;
  std::set<std::string> live_;
  std::vector<update> updates_;
  /// Last, so that its threads end first.
  std::unique_ptr<fake_vendor> server_;
};

} // namespace velox::test
