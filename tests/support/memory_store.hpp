#pragma once

#include "adapters/cli/rehearsal/memory_store.hpp"

namespace velox::test {

// The store without a database is part of the program: `velox test` uses it.
using rehearsal::make_memory_database;
using rehearsal::memory_database;
using rehearsal::memory_database_ptr;
using rehearsal::spawn_memory_store;
using rehearsal::store_is_down;

} // namespace velox::test
