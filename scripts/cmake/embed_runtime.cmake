# Makes files text inside the tool: the kernels (lib/runtime/*.h), the verification harness (lib/runtime/harness/*), the
# tables of lib/target and lib/cost; one {"name", R"(text)"} per file. Included by CMakeLists.txt it adds the rules; run with
# cmake -P it is the rule.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  # generated/INC, of FILES called FOLDER/..., for the sources of a target.
  function(embed_files target inc folder)
    set(output ${PROJECT_BINARY_DIR}/generated/${inc})
    string(REPLACE ";" "," file_list "${ARGN}")
    add_custom_command(
      OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} "-Dfiles=${file_list}" -Dfolder=${folder} -Doutput=${output}
              -P ${PROJECT_SOURCE_DIR}/scripts/cmake/embed_runtime.cmake
      DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/scripts/cmake/embed_runtime.cmake
      COMMENT "Embedding ${folder}" VERBATIM)
    target_sources(${target} PRIVATE ${output})
  endfunction()
  file(GLOB kernels CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/runtime/*.h)
  list(FILTER kernels EXCLUDE REGEX "/embedded\\.h$")
  embed_files(tinyc_runtime lib/runtime/embedded_files.inc lib/runtime ${kernels})
  file(GLOB harness CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/runtime/harness/*)
  embed_files(tinyc_runtime lib/runtime/embedded_harness.inc lib/runtime/harness ${harness})
  return()
endif()

string(REPLACE "," ";" files "${files}")
set(entries "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  string(FIND "${text}" ")tinyc\"" at)
  if(NOT at EQUAL -1)
    message(FATAL_ERROR "${file} contains the end mark of its own literal")
  endif()
  string(APPEND entries "{\"${folder}/${name}\", R\"tinyc(${text})tinyc\"},\n")
endforeach()
file(WRITE ${output} "${entries}")
