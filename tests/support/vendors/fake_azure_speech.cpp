#include "tests/support/vendors/fake_azure_speech.hpp"

#include "protocol/xml.hpp"

namespace velox::test {

fake_azure_speech::fake_azure_speech() {
  listen(
    [this](auto& request, auto& connection) { answer(request, connection); },
    [](int) { return std::string{"No."}; });
}

std::string fake_azure_speech::voice() const {
  std::lock_guard guard{mutex_};
  return voice_;
}

void fake_azure_speech::answer(const vendor_request& request,
                               vendor_connection& connection) {
  if (request.header("ocp-apim-subscription-key") != "test-key")
    return connection.respond(401, "");
  xml::element root;
  bool well_formed = xml::read(request.body, root).empty()
                     && root.name == "speak" && root.children.size() == 1
                     && root.children[0].name == "voice"
                     && !root.attribute("xml:lang").empty();
  if (request.path != "/cognitiveservices/v1" || !well_formed
      || request.header("content-type") != "application/ssml+xml"
      || request.header("user-agent").empty()
      || request.header("x-microsoft-outputformat")
           != "raw-8khz-8bit-mono-mulaw")
    return connection.respond(400, "");
  auto text = root.children[0].text;
  if (!root.children[0].children.empty()) { // SSML: as it was written
    auto begin = request.body.find('>', request.body.find("<voice")) + 1;
    text = request.body.substr(begin, request.body.find("</voice>") - begin);
  }
  {
    std::lock_guard guard{mutex_};
    voice_ = root.children[0].attribute("name");
  }
  note_text(text);
  connection.begin(200, {{"content-type", "audio/basic"}});
  stream(connection, speak("", text, audio_of(text)),
         [](auto& x) { return x.pieces[x.sent]; });
}

} // namespace velox::test
