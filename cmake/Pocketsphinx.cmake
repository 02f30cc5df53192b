# Debian's pocketsphinx.pc names a folder that its package does not have, so the
# parts are looked up one by one.
find_path(POCKETSPHINX_INCLUDE_DIR pocketsphinx.h PATH_SUFFIXES pocketsphinx REQUIRED)
find_path(SPHINXBASE_INCLUDE_DIR sphinxbase/cmd_ln.h REQUIRED)
find_library(POCKETSPHINX_LIBRARY pocketsphinx REQUIRED)
find_library(SPHINXBASE_LIBRARY sphinxbase REQUIRED)
add_library(Pocketsphinx::pocketsphinx UNKNOWN IMPORTED)
set_target_properties(Pocketsphinx::pocketsphinx PROPERTIES
  IMPORTED_LOCATION "${POCKETSPHINX_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${POCKETSPHINX_INCLUDE_DIR};${SPHINXBASE_INCLUDE_DIR};${SPHINXBASE_INCLUDE_DIR}/sphinxbase"
  INTERFACE_LINK_LIBRARIES "${SPHINXBASE_LIBRARY}")
