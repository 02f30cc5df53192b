#include "adapters/speech/pocketsphinx/memory_file.hpp"

#include <cerrno>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

namespace velox::speech {

memory_file::memory_file(const char* name, std::string_view content)
  : descriptor_(::memfd_create(name, MFD_CLOEXEC)) {
  auto fail = [this] {
    auto why = errno;
    if (descriptor_ >= 0)
      ::close(descriptor_);
    throw std::system_error(why, std::generic_category(),
                            "cannot keep the speech model in memory");
  };
  if (descriptor_ < 0)
    fail();
  while (!content.empty()) {
    auto written = ::write(descriptor_, content.data(), content.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      fail();
    content.remove_prefix(static_cast<size_t>(written));
  }
  path_ = "/proc/self/fd/" + std::to_string(descriptor_);
}

memory_file::~memory_file() {
  ::close(descriptor_);
}

} // namespace velox::speech
