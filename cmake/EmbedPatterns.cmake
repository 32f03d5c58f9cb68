# cmake -D FOLDER=patterns -D LIST=names -D OUT=folder -P EmbedPatterns.cmake
#
# Writes OUT/embedded_patterns_data.S, the bytes of all files one after the other in .rodata (the assembler reads them, so
# that nothing is turned into text and back), and OUT/embedded_patterns.c, the table declared in src/table/embedded.h.
cmake_minimum_required(VERSION 3.25)

file(STRINGS "${LIST}" names)
if(NOT names)
  message(FATAL_ERROR "no table found under ${FOLDER}")
endif()

set(offset 0)
set(entries "")
set(bytes "")
foreach(name IN LISTS names)
  file(SIZE "${FOLDER}/${name}" size)
  string(APPEND entries "    {\"${name}\", bw_embedded_data + ${offset}, ${size}},\n")
  string(APPEND bytes "    .incbin \"${FOLDER}/${name}\"\n")
  math(EXPR offset "${offset} + ${size}")
endforeach()

file(WRITE "${OUT}/embedded_patterns_data.S"
"/* Generated from patterns/ by cmake/EmbedPatterns.cmake. */
    .section .rodata
    .globl bw_embedded_data
    .hidden bw_embedded_data
    .type bw_embedded_data, %object
bw_embedded_data:
${bytes}    .byte 0
    .size bw_embedded_data, . - bw_embedded_data
    .section .note.GNU-stack, \"\", %progbits
")
file(WRITE "${OUT}/embedded_patterns.c"
"/* Generated from patterns/ by cmake/EmbedPatterns.cmake. */
#include \"table/embedded.h\"

extern const unsigned char bw_embedded_data[];

const struct bw_embedded_file bw_embedded_files[] = {
${entries}};
const size_t bw_embedded_file_count = sizeof bw_embedded_files / sizeof bw_embedded_files[0];
")
