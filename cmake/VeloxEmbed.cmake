# velox_embed_text(TARGET FILE F HEADER H FUNCTION NS::NAME): the text of F in the
# program, as the std::string_view NS::NAME() that the header H declares.
function(velox_embed_text target)
  cmake_parse_arguments(arg "" "FILE;HEADER;FUNCTION" "" ${ARGN})
  string(REGEX MATCH "^(.*)::([^:]+)$" _ "${arg_FUNCTION}")
  set(namespace "${CMAKE_MATCH_1}")
  set(name "${CMAKE_MATCH_2}")
  # Configure again when the text changes.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${arg_FILE}")
  file(READ "${arg_FILE}" text)
  # C++ takes 65536 characters in one literal; an agent file has a tenth of it.
  string(LENGTH "${text}" length)
  if(length GREATER 60000)
    message(FATAL_ERROR "${arg_FILE} is too long to be embedded")
  endif()
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${target}_${name}.cpp")
  file(CONFIGURE OUTPUT "${out}" @ONLY CONTENT
"#include \"@arg_HEADER@\"

namespace @namespace@ {

std::string_view @name@() {
  return R\"velox(@text@)velox\";
}

} // namespace @namespace@
")
  target_sources(${target} PRIVATE "${out}")
endfunction()
