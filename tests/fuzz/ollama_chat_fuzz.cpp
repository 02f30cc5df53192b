#include "protocol/ollama_chat.hpp"
#include "tests/fuzz/chat_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return velox::fuzz_stream<velox::ollama_chat_stream>(data, size);
}
