# velox_embed_sql(TARGET DIRECTORY): the migrations NNNN_name.sql of a folder,
# numbered from 0001 without gaps, compiled into the target. persistence/migrate.hpp
# declares what the generated file defines.
function(velox_embed_sql target directory)
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${directory}/*.sql")
  list(SORT files)
  set(entries "")
  set(expected 0)
  foreach(file IN LISTS files)
    math(EXPR expected "${expected} + 1")
    get_filename_component(stem "${file}" NAME_WE)
    if(NOT stem MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)$")
      message(FATAL_ERROR "${file}: a migration is called NNNN_name.sql")
    endif()
    math(EXPR version "1${CMAKE_MATCH_1} - 10000")
    set(name "${CMAKE_MATCH_2}")
    if(NOT version EQUAL expected)
      message(FATAL_ERROR "${file}: migrations are numbered without gaps, expected ${expected}")
    endif()
    file(READ "${file}" sql)
    string(APPEND entries "  {${version}, \"${name}\", R\"velox_sql(${sql})velox_sql\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  endforeach()
  set(out "${CMAKE_BINARY_DIR}/generated/${target}_migrations.cpp")
  # Written aside first: the file that is compiled changes only when a migration does.
  file(WRITE "${out}.new" "// Generated from ${directory}.
#include \"persistence/migrate.hpp\"

namespace velox::persistence {

namespace {

constexpr migration migrations[] = {
${entries}};

} // namespace

std::span<const migration> all_migrations() {
  return migrations;
}

} // namespace velox::persistence
")
  configure_file("${out}.new" "${out}" COPYONLY)
  target_sources(${target} PRIVATE "${out}")
endfunction()
