/*
 * Preloaded under valgrind: PCRE2 then interprets. Its compiled code reads whole vectors past the end of a subject and masks
 * what it does not need, which valgrind cannot know; the interpreter reads what it uses, so that its reports are real.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

int pcre2_jit_compile(pcre2_code *code, uint32_t options)
{
    (void)code;
    (void)options;
    return PCRE2_ERROR_JIT_BADOPTION;
}
