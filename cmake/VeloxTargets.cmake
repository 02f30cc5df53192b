# How every target of ours is compiled, and how a folder becomes a library.

# -- warnings and sanitizers ---------------------------------------------------
add_library(velox_options INTERFACE)
target_compile_options(velox_options INTERFACE -Wall -Wextra -Wpedantic -Werror)
target_compile_definitions(velox_options INTERFACE RAPIDJSON_HAS_STDSTRING=1)
if(VELOX_SANITIZE)
  add_compile_options(-fsanitize=${VELOX_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${VELOX_SANITIZE})
  if(VELOX_SANITIZE MATCHES "undefined")
    # CAF's init_fun_factory binds a null reference that it never reads (shared caf-notes).
    add_compile_options(-fno-sanitize=null -fno-sanitize-recover=undefined)
    # RapidJSON 1.1's empty stack adds an offset to a null pointer (internal/stack.h).
    add_compile_options(-fno-sanitize=pointer-overflow)
  endif()
endif()

if(VELOX_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Asio uses fences, which the thread sanitizer cannot follow; it is no reason not to build.
  add_compile_options(-Wno-tsan)
endif()

# -- speed of the build --------------------------------------------------------
find_program(VELOX_CCACHE ccache)
if(VELOX_CCACHE)
  # Precompiled headers need their time stamps and defines ignored, or nothing hits.
  set(velox_launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${VELOX_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${velox_launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${velox_launcher})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  endif()
endif()
find_program(VELOX_MOLD mold)
if(VELOX_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# velox_library(NAME DIRECTORY DIR... [EXCLUDE REGEX...]): the sources of the
# folders, subfolders included, as the static library velox_NAME. EXCLUDE leaves
# out the paths that end in "/REGEX".
function(velox_library name)
  cmake_parse_arguments(arg "" "" "DIRECTORY;EXCLUDE" ${ARGN})
  set(sources "")
  foreach(dir IN LISTS arg_DIRECTORY)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${dir}/*.cpp")
    list(APPEND sources ${found})
  endforeach()
  foreach(file IN LISTS arg_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "/${file}$")
  endforeach()
  if(NOT sources)
    set(sources "${CMAKE_SOURCE_DIR}/cmake/empty.cpp")
  endif()
  add_library(velox_${name} STATIC ${sources})
  target_include_directories(velox_${name} PUBLIC "${CMAKE_SOURCE_DIR}")
  target_link_libraries(velox_${name} PRIVATE velox_options)
endfunction()

# velox_precompile(TARGET caf|gtest...): headers that nearly every file of the
# target includes, compiled once.
function(velox_precompile target)
  foreach(set IN LISTS ARGN)
    if(set STREQUAL "caf")
      target_precompile_headers(${target} PRIVATE <caf/all.hpp> <string> <vector> <functional> <memory>)
    elseif(set STREQUAL "gtest")
      target_precompile_headers(${target} PRIVATE <gtest/gtest.h> <gmock/gmock.h>)
    endif()
  endforeach()
endfunction()
