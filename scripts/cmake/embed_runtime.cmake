# Makes lib/runtime/*.h text inside the tool: generated/lib/runtime/embedded_files.inc, one {"name", R"(text)"} per
# file. Included by CMakeLists.txt it adds the rule; run with cmake -P it is the rule.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  file(GLOB runtime_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/runtime/*.h)
  list(FILTER runtime_headers EXCLUDE REGEX "/embedded\\.h$")
  set(embedded_files ${PROJECT_BINARY_DIR}/generated/lib/runtime/embedded_files.inc)
  string(REPLACE ";" "," header_list "${runtime_headers}")
  add_custom_command(
    OUTPUT ${embedded_files}
    COMMAND ${CMAKE_COMMAND} "-Dheaders=${header_list}" -Doutput=${embedded_files}
            -P ${PROJECT_SOURCE_DIR}/scripts/cmake/embed_runtime.cmake
    DEPENDS ${runtime_headers} ${PROJECT_SOURCE_DIR}/scripts/cmake/embed_runtime.cmake
    COMMENT "Embedding lib/runtime" VERBATIM)
  target_sources(tinyc_runtime PRIVATE ${embedded_files})
  return()
endif()

string(REPLACE "," ";" headers "${headers}")
set(entries "")
foreach(header IN LISTS headers)
  get_filename_component(name ${header} NAME)
  file(READ ${header} text)
  string(FIND "${text}" ")tinyc\"" at)
  if(NOT at EQUAL -1)
    message(FATAL_ERROR "${header} contains the end mark of its own literal")
  endif()
  string(APPEND entries "{\"lib/runtime/${name}\", R\"tinyc(${text})tinyc\"},\n")
endforeach()
file(WRITE ${output} "${entries}")
