#pragma once

#include <cstdint>
#include <string>

/// The tests' own authority, and what it signs. All of it is made once per
/// process, in a temporary folder that is removed at exit.

namespace velox::test {

/// The PEM file of the authority that signs the fakes' certificates.
const std::string& vendor_ca_file();

/// What a fake shows to its clients.
enum class vendor_leaf : uint8_t {
  good,            ///< for localhost, 127.0.0.1 and ::1
  expired,         ///< the same, until yesterday
  other_host,      ///< for "elsewhere.test" alone
  other_authority, ///< as `good`, by an authority nobody trusts
};

/// PEM files.
struct vendor_certificate {
  std::string chain; ///< the leaf, then its authority
  std::string key;
};

const vendor_certificate& certificate_of(vendor_leaf which);

} // namespace velox::test
