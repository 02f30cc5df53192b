#pragma once

#include <string>

/// A self-signed certificate for localhost, in files that go with it.
class test_certificate {
public:
  test_certificate();
  test_certificate(const test_certificate&) = delete;
  test_certificate& operator=(const test_certificate&) = delete;
  ~test_certificate();

  std::string certificate() const { return folder_ + "/certificate.pem"; }
  std::string key() const { return folder_ + "/key.pem"; }

private:
  std::string folder_;
};
