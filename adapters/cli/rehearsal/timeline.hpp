#pragma once

#include "adapters/cli/rehearsal/sim_tools.hpp"
#include "adapters/cli/rehearsal/sim_world.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace velox::rehearsal {

/// One thing that happened in a call, as expectations and traces name it.
struct timeline_entry {
  virtual_world::time_point from;
  virtual_world::time_point until;
  std::string kind;
  /// The main text under "", the rest by name ("turn", "arguments.day").
  std::map<std::string, std::string> fields;
};

/// A kind of entry, and what it can be asked about.
struct entry_kind {
  std::string_view name;
  std::string_view about; ///< for documentation and complaints
  /// Names of its fields, in one text with blanks; "*": any.
  std::string_view fields;
};

/// All kinds there are.
std::span<const entry_kind> entry_kinds();

/// Something that was done to the engine, for the record.
struct engine_record {
  virtual_world::time_point at;
  std::string what;
};

/// All that happened to one call id, over all its legs, by time.
std::vector<timeline_entry>
timeline_of(sim_world& world, std::span<sim_call* const> legs,
            const sim_tools& tools, const std::vector<engine_record>& engine);

/// The same for people, one line per entry, times since `zero`.
std::string trace_of(const std::vector<timeline_entry>& timeline,
                     virtual_world::time_point zero);

/// "said, after 3.250 s: "Hello.""; for complaints.
std::string describe(const timeline_entry& x, virtual_world::time_point zero);

} // namespace velox::rehearsal
