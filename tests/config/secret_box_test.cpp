#include "config/secret_box.hpp"

#include <gtest/gtest.h>

using namespace velox::config;

namespace {

const std::string key(64, 'a');

} // namespace

TEST(SecretBox, OpensWhatItSealed) {
  secret_box box{key + "\n", "webhooks.key"};
  for (auto& text :
       {std::string{}, std::string{"whsec_x"}, std::string(1000, '\0')}) {
    auto sealed = box.seal(text, "acme", "secret");
    EXPECT_NE(sealed, box.seal(text, "acme", "secret")); // a fresh nonce
    EXPECT_EQ(box.open(sealed, "acme", "secret"), text);
  }
}

TEST(SecretBox, OpensNothingElse) {
  secret_box box{key, "webhooks.key"};
  secret_box other{std::string(64, 'b'), "webhooks.key"};
  auto sealed = box.seal("whsec_x", "acme", "secret");
  EXPECT_THROW(other.open(sealed, "acme", "secret"), box_error);
  EXPECT_THROW(box.open(sealed, "rival", "secret"), box_error);
  EXPECT_THROW(box.open(sealed, "acme", "old_secret"), box_error);
  EXPECT_THROW(box.open("", "acme", "secret"), box_error);
  EXPECT_THROW(box.open("AAAA", "acme", "secret"), box_error);
  for (size_t i = 0; i < sealed.size(); i += 7) {
    auto changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_THROW(box.open(changed, "acme", "secret"), box_error) << i;
  }
}

TEST(SecretBox, SaysWhatIsWrongWithAKey) {
  for (auto& bad : {std::string{}, std::string(63, 'a'), std::string(64, 'g'),
                    std::string(66, 'a')})
    try {
      secret_box box{bad, "webhooks.key"};
      ADD_FAILURE() << bad;
    } catch (const box_error& e) {
      EXPECT_NE(std::string{e.what()}.find("openssl rand -hex 32"),
                std::string::npos);
    }
}
