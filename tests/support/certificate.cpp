#include "tests/support/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace {

struct closer {
  void operator()(std::FILE* x) const { std::fclose(x); }
  void operator()(X509* x) const { X509_free(x); }
  void operator()(EVP_PKEY* x) const { EVP_PKEY_free(x); }
};

template <class T>
using owned = std::unique_ptr<T, closer>;

owned<X509> make_certificate(EVP_PKEY* key) {
  owned<X509> out{X509_new()};
  X509_set_version(out.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(out.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(out.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), 3600);
  X509_set_pubkey(out.get(), key);
  auto* name = X509_get_subject_name(out.get());
  X509_NAME_add_entry_by_txt(
    name, "CN", MBSTRING_ASC,
    reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(out.get(), name);
  X509_sign(out.get(), key, EVP_sha256());
  return out;
}

} // namespace

test_certificate::test_certificate() {
  auto pattern
    = (std::filesystem::temp_directory_path() / "velox-test-XXXXXX").string();
  if (!mkdtemp(pattern.data()))
    throw std::runtime_error("cannot make a folder for the certificate");
  folder_ = pattern;
  owned<EVP_PKEY> pair{EVP_EC_gen("P-256")};
  auto x509 = make_certificate(pair.get());
  owned<std::FILE> first{std::fopen(certificate().c_str(), "w")};
  owned<std::FILE> second{std::fopen(key().c_str(), "w")};
  if (!first || !second || !PEM_write_X509(first.get(), x509.get())
      || !PEM_write_PrivateKey(second.get(), pair.get(), nullptr, nullptr, 0,
                               nullptr, nullptr))
    throw std::runtime_error("cannot write the certificate");
}

test_certificate::~test_certificate() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}
