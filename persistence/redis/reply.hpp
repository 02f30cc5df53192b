#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace velox::persistence::redis {

/// What became of a command.
struct reply {
  enum class kind : uint8_t {
    nil,
    text, ///< a string or a status
    integer,
    list,
    refused, ///< Redis answered with an error, which is in `text`
    failed,  ///< no answer: Redis is away, or too slow; `text` says why
  };

  kind what = kind::failed;
  std::string text{};
  int64_t integer = 0;
  std::vector<reply> items{};

  bool ok() const { return what != kind::refused && what != kind::failed; }

  /// The item at `i`; a nil where there is none.
  const reply& at(size_t i) const {
    static const reply none{kind::nil};
    return i < items.size() ? items[i] : none;
  }
};

/// Gets the answer, once.
using on_reply = std::function<void(reply)>;

} // namespace velox::persistence::redis
