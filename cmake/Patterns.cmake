# Sets embedded_patterns_sources: every file under patterns/ as read-only bytes of the library.
# The list is globbed at each build, and the list file changes only when a file comes or goes; a changed file is a
# dependency of its own. Notes, hidden files and editors' leftovers are not tables and stay out.
file(GLOB_RECURSE pattern_files CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/patterns
     ${PROJECT_SOURCE_DIR}/patterns/*)
list(FILTER pattern_files EXCLUDE REGEX "(^|/)\\.|~$|\\.(md|orig|rej|swp)$")
list(SORT pattern_files COMPARE STRING)
list(JOIN pattern_files "\n" pattern_lines)

set(generated ${PROJECT_BINARY_DIR}/generated)
set(embedded_patterns_sources ${generated}/embedded_patterns.c ${generated}/embedded_patterns_data.S)
file(GENERATE OUTPUT ${generated}/patterns.list CONTENT "${pattern_lines}\n")
list(TRANSFORM pattern_files PREPEND ${PROJECT_SOURCE_DIR}/patterns/ OUTPUT_VARIABLE pattern_paths)

add_custom_command(
  OUTPUT ${embedded_patterns_sources}
  COMMAND ${CMAKE_COMMAND}
          -D FOLDER=${PROJECT_SOURCE_DIR}/patterns -D LIST=${generated}/patterns.list -D OUT=${generated}
          -P ${PROJECT_SOURCE_DIR}/cmake/EmbedPatterns.cmake
  DEPENDS ${PROJECT_SOURCE_DIR}/cmake/EmbedPatterns.cmake ${generated}/patterns.list ${pattern_paths}
  COMMENT "Embedding patterns/"
  VERBATIM)
