# bouncewhy_flags: what every C file of ours is compiled with. Linked privately, so that users of the library get none of it.
add_library(bouncewhy_flags INTERFACE)
target_compile_definitions(bouncewhy_flags INTERFACE _POSIX_C_SOURCE=200809L _XOPEN_SOURCE=700)

set(c_flags
  -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
  -Wformat-security -Wundef -Wpointer-arith -Wwrite-strings
  -fvisibility=hidden -fno-common)
if(BOUNCEWHY_WERROR)
  list(APPEND c_flags -Werror)
endif()

# Calls that have no safe use do not compile (strcpy, sprintf, strtok ...).
set(banned_header ${PROJECT_SOURCE_DIR}/src/base/banned.h)
if(EXISTS ${banned_header})
  list(APPEND c_flags "SHELL:-include ${banned_header}")
endif()

if(BOUNCEWHY_SANITIZE)
  add_compile_options(-fsanitize=${BOUNCEWHY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${BOUNCEWHY_SANITIZE})
else()
  # _FORTIFY_SOURCE needs the optimizer, and hides reads from the sanitizers.
  list(APPEND c_flags
    -fstack-protector-strong
    "$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>")
endif()
if(BOUNCEWHY_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "BOUNCEWHY_FUZZ needs clang: use the preset \"fuzz\"")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
target_compile_options(bouncewhy_flags INTERFACE "$<$<COMPILE_LANGUAGE:C>:${c_flags}>")

if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  target_link_options(bouncewhy_flags INTERFACE "LINKER:-z,relro,-z,now,--as-needed")
endif()
