#include "tests/support/vendors/vendor_certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <unistd.h>

namespace velox::test {

namespace {

struct closer {
  void operator()(std::FILE* x) const { std::fclose(x); }
  void operator()(X509* x) const { X509_free(x); }
  void operator()(EVP_PKEY* x) const { EVP_PKEY_free(x); }
  void operator()(X509_EXTENSION* x) const { X509_EXTENSION_free(x); }
};

template <class T>
using owned = std::unique_ptr<T, closer>;

constexpr long hour = 3600;
constexpr long day = 24 * hour;

/// A certificate and the key it is about.
struct identity {
  owned<EVP_PKEY> key;
  owned<X509> certificate;
};

/// What differs from one certificate to the next.
struct wanted {
  const char* common_name;
  const char* alternative_names; ///< null: an authority
  long from;                     ///< seconds from now
  long until;
};

void add_extension(X509* x, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, x, nullptr, nullptr, 0);
  owned<X509_EXTENSION> made{
    X509V3_EXT_conf_nid(nullptr, &context, nid, value)};
  if (!made || !X509_add_ext(x, made.get(), -1))
    throw std::runtime_error("cannot extend a test certificate");
}

void add_extensions(X509* x, X509* issuer, const char* alternative_names) {
  add_extension(x, issuer, NID_subject_key_identifier, "hash");
  add_extension(x, issuer, NID_authority_key_identifier, "keyid:always");
  if (!alternative_names) {
    add_extension(x, issuer, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(x, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
    return;
  }
  add_extension(x, issuer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(x, issuer, NID_key_usage, "critical,digitalSignature");
  add_extension(x, issuer, NID_ext_key_usage, "serverAuth");
  add_extension(x, issuer, NID_subject_alt_name, alternative_names);
}

/// Signed by `authority`, or by itself when there is none.
identity make(const wanted& what, const identity* authority) {
  static long serial = 0;
  identity out{owned<EVP_PKEY>{EVP_EC_gen("P-256")}, owned<X509>{X509_new()}};
  auto* x = out.certificate.get();
  if (!out.key || !x)
    throw std::runtime_error("cannot make a test certificate");
  auto* issuer = authority ? authority->certificate.get() : x;
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x), what.from);
  X509_gmtime_adj(X509_getm_notAfter(x), what.until);
  X509_set_pubkey(x, out.key.get());
  X509_NAME_add_entry_by_txt(
    X509_get_subject_name(x), "CN", MBSTRING_ASC,
    reinterpret_cast<const unsigned char*>(what.common_name), -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(issuer));
  add_extensions(x, issuer, what.alternative_names);
  auto* signer = authority ? authority->key.get() : out.key.get();
  if (!X509_sign(x, signer, EVP_sha256()))
    throw std::runtime_error("cannot sign a test certificate");
  return out;
}

owned<std::FILE> create(const std::string& path) {
  owned<std::FILE> out{std::fopen(path.c_str(), "w")};
  if (!out)
    throw std::runtime_error("cannot write " + path);
  return out;
}

void write_certificates(const std::string& path,
                        std::initializer_list<X509*> chain) {
  auto file = create(path);
  for (auto* x : chain)
    if (!PEM_write_X509(file.get(), x))
      throw std::runtime_error("cannot write " + path);
}

/// The folder and all that is in it.
class certificate_folder {
public:
  certificate_folder() {
    auto pattern
      = (std::filesystem::temp_directory_path() / "velox-vendors-XXXXXX")
          .string();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error("cannot make a folder for certificates");
    folder_ = pattern;
    auto ours = make({"Velox test authority", nullptr, -hour, day}, nullptr);
    auto other = make({"Another authority", nullptr, -hour, day}, nullptr);
    ca_file = folder_ + "/authority.pem";
    write_certificates(ca_file, {ours.certificate.get()});
    constexpr auto here = "DNS:localhost,IP:127.0.0.1,IP:::1";
    add("good", {"localhost", here, -hour, day}, ours);
    add("expired", {"localhost", here, -2 * day, -day}, ours);
    add("other-host", {"elsewhere.test", "DNS:elsewhere.test", -hour, day},
        ours);
    add("other-authority", {"localhost", here, -hour, day}, other);
  }

  ~certificate_folder() {
    if (getpid() != owner_)
      return; // a fork that exits must not take the files along
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string ca_file;
  std::array<vendor_certificate, 4> leaves; ///< in the order of `vendor_leaf`

private:
  void
  add(const std::string& name, const wanted& what, const identity& authority) {
    auto made = make(what, &authority);
    auto& leaf = leaves[count_++];
    leaf = {folder_ + "/" + name + ".pem", folder_ + "/" + name + ".key"};
    write_certificates(leaf.chain,
                       {made.certificate.get(), authority.certificate.get()});
    auto file = create(leaf.key);
    if (!PEM_write_PrivateKey(file.get(), made.key.get(), nullptr, nullptr, 0,
                              nullptr, nullptr))
      throw std::runtime_error("cannot write " + leaf.key);
  }

  std::string folder_;
  std::size_t count_ = 0;
  pid_t owner_ = getpid();
};

const certificate_folder& folder() {
  static certificate_folder instance;
  return instance;
}

} // namespace

const std::string& vendor_ca_file() {
  return folder().ca_file;
}

const vendor_certificate& certificate_of(vendor_leaf which) {
  return folder().leaves[static_cast<std::size_t>(which)];
}

} // namespace velox::test
