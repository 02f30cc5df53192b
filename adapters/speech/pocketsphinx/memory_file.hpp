#pragma once

#include <string>
#include <string_view>

namespace velox::speech {

/// A file that exists only in memory (memfd_create(2)), for libraries that
/// read nothing but files. Nothing is left behind, not even after a crash.
class memory_file {
public:
  /// Throws `std::system_error` when the process has no descriptor left.
  memory_file(const char* name, std::string_view content);
  ~memory_file();

  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;

  /// What to hand to the library: can be opened any number of times.
  const std::string& path() const { return path_; }

private:
  int descriptor_;
  std::string path_;
};

} // namespace velox::speech
