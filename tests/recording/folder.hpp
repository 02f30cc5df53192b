#pragma once

#include "adapters/recording/keys.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace velox::recording {

/// A folder that is gone with its owner.
class temp_folder {
public:
  temp_folder() {
    auto pattern
      = (std::filesystem::temp_directory_path() / "velox-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error("cannot make a temporary folder");
    path = pattern;
  }
  temp_folder(const temp_folder&) = delete;
  temp_folder& operator=(const temp_folder&) = delete;
  ~temp_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  std::filesystem::path path;
};

inline secret_key key_of(uint8_t value) {
  secret_key result;
  for (auto& byte : result.bytes())
    byte = value++;
  return result;
}

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline void
put_content(const std::filesystem::path& file, const std::string& content) {
  std::ofstream out{file, std::ios::binary | std::ios::trunc};
  out << content;
}

/// The text of the recording_error that `work` throws.
template <class F>
std::string complaint_of(F work) {
  try {
    work();
  } catch (const recording_error& e) {
    return e.what();
  }
  return "nothing was thrown";
}

} // namespace velox::recording
