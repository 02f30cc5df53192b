# CAF ships no CMake package on Debian; make one imported target per library.
find_package(Threads REQUIRED)
find_path(CAF_INCLUDE_DIR caf/all.hpp REQUIRED)
find_library(CAF_core_LIBRARY caf_core REQUIRED)
add_library(CAF::core UNKNOWN IMPORTED)
set_target_properties(CAF::core PROPERTIES
  IMPORTED_LOCATION "${CAF_core_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}")
target_link_libraries(CAF::core INTERFACE Threads::Threads)

# The header reads, for 0.17.6: #define CAF_VERSION 1706
file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" CAF_VERSION REGEX "#define CAF_VERSION [0-9]+")
if(NOT CAF_VERSION MATCHES " 17[0-9][0-9]$")
  message(FATAL_ERROR "CAF 0.17 is required, found: ${CAF_VERSION}")
endif()
