#pragma once

#include "adapters/http/router.hpp"
#include "protocol/interfaces.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
#include <functional>
#include <string>

/// What operators hear of calls that were recorded; `velox ctl` speaks to it.

namespace velox::console {

/// A part of a recording as a WAV file, or why there is none.
struct recording_part {
  uint64_t total = 0; ///< bytes of the whole file
  std::string bytes;
  std::string trouble{}; ///< one sentence for operators; empty: all is well
};

/// Reads `count` bytes from `from` on, less at the end, and calls `done` once,
/// on any thread. May block elsewhere, never the caller.
using recording_source
  = std::function<void(const recording_record&, uint64_t from, uint64_t count,
                       std::function<void(recording_part)> done)>;

/// Which bytes a client wants (RFC 9110, 14.1.2).
struct byte_range {
  uint64_t first = 0;
  uint64_t last = UINT64_MAX;
};

/// "bytes=100-199" and "bytes=100-"; false for anything else, suffixes and
/// lists of ranges included, which we do not serve.
bool parse_range(std::string_view text, byte_range& out);

/// Adds, each for the admin key only (`Authorization: Bearer KEY`):
///
/// - `GET /api/v1/recordings?org_id=ORG`: newest first; ORG is `default_org`
///   when it is not given
/// - `GET /api/v1/recordings/{id}`: the newest recording of call {id}, or the
///   one called `?file=NAME`, as audio/wav: caller left, agent right. With
///   `Range: bytes=...` a part of it; without, up to 64 MiB (an hour and ten
///   minutes).
///
/// `/api/...` is an alias of `/api/v1/...`.
void add_recordings(http::router& routes, caf::actor_system& sys,
                    store_actor store, recording_source source,
                    std::string default_org, std::string admin_key);

} // namespace velox::console
