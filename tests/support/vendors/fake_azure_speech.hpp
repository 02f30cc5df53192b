#pragma once

#include "tests/support/vendors/fake_voice.hpp"

namespace velox::test {

/// Azure's /cognitiveservices/v1. What is not well-formed SSML, or comes
/// without its headers, gets 400. Texts with elements in
/// them are noted as SSML.
class fake_azure_speech : public fake_voice {
public:
  fake_azure_speech();

  /// The voice that the last request named.
  std::string voice() const;

private:
  void answer(const vendor_request& request, vendor_connection& connection);

  mutable std::mutex mutex_;
  std::string voice_;
};

} // namespace velox::test
