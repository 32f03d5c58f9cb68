/* Unpacking the rich text of a message (MS-OXRTFCP). */
#include "support.h"

#include "input/rtf.h"

#define BYTES(text)                                                                                          \
    {                                                                                                        \
        text, sizeof(text) - 1                                                                               \
    }
#define LZFU(counted, stated, crc, in) BYTES(counted "\0\0\0" stated "\0\0\0LZFu" crc in)

/* The two examples of MS-OXRTFCP section 3. */
#define HELLO "\x03\x00\x0a\x00rcpg125\x42\x32\x0a\xf3 hel\x09\x00 bw\x05\xb0ld}\x0a\x80\x0f\xa0"
#define CROSSING "\x41\x00\x04\x20WXYZ\x0d\x6e}\x01\x0e\xb0"

static const struct {
    const char *name;
    bw_slice packed;
    const char *wanted; /* NULL: unknown */
    bool whole;
} cases[] = {
    {"references", LZFU("\x2d", "\x2b", "\xf1\xc5\xc7\xa7", HELLO),
     "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n", true},
    {"a reference into itself", LZFU("\x1a", "\x1c", "\xe2\xd4\x4b\x51", CROSSING),
     "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}", true},
    {"checksum", LZFU("\x1a", "\x1c", "\xe2\xd4\x4b\x52", CROSSING), "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}", false},
    {"says less than there is", LZFU("\x1a", "\x0b", "\xe2\xd4\x4b\x51", CROSSING), "{\\rtf1 WXYZ", true},
    {"says more than there is", LZFU("\x1a", "\xff", "\xe2\xd4\x4b\x51", CROSSING),
     "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}", true},
    {"cut in the last reference", LZFU("\x1a", "\x1c", "\xe2\xd4\x4b\x51", "\x41\x00\x04\x20WXYZ\x0d"),
     "{\\rtf1 WXYZ", false},
    {"cut behind the kinds", LZFU("\x0d", "\x1c", "    ", "\x41"), "", false},
    {"no contents", LZFU("\x0c", "\x1c", "    ", ""), "", false},
    {"counts nothing", LZFU("\x00", "\x1c", "    ", "\x00x"), "", false},
    {"stored", BYTES("\x10\0\0\0\x04\0\0\0MELA\0\0\0\0abcdef"), "abcd", true},
    {"stored, cut", BYTES("\x10\0\0\0\x04\0\0\0MELA\0\0\0\0abc"), "abc", false},
    {"stored, too long", BYTES("\x10\0\0\xff\xff\0\0\xffMELA\0\0\0\0abc"), "abc", false},
    {"of another kind", BYTES("\x10\0\0\0\x04\0\0\0LZFV\0\0\0\0abcd"), NULL, false},
    {"shorter than a header", BYTES("\x10\0\0\0\x04\0\0\0LZFu\0\0\0"), NULL, false},
    {"nothing", {"", 0}, NULL, false},
};

static void unpacking(void **state)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool whole = !cases[i].whole;
        check_slice(bw_rtf_unpack(&whole, *state, cases[i].packed, 1000), cases[i].wanted, cases[i].name);
        if (whole != cases[i].whole)
            fail_msg("%s: %s", cases[i].name, whole ? "whole" : "not whole");
    }
}

/* 4 MB of packed bytes could become 32. */
static void ceiling(void **state)
{
    bool whole = true;
    const bw_slice rtf = bw_rtf_unpack(&whole, *state, cases[1].packed, 10);
    check_slice(rtf, "{\\rtf1 WXY", "cut");
    assert_false(whole);
    char bomb[4 * 17 + 16] = "\xff\0\0\0\xff\xff\xff\xffLZFu    ";
    for (size_t i = 16; i < sizeof bomb; i++)
        bomb[i] = (i - 16) % 17 == 0 ? '\xff' : (i - 16) % 2 ? 0 : 15;
    assert_int_equal(bw_rtf_unpack(&whole, *state, (bw_slice){bomb, sizeof bomb}, 300).n, 300);
    assert_false(whole);
}

/* In memory of its own size, so that a sanitizer sees one byte too many. */
static void any_prefix(void **state)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (size_t n = 0; n <= cases[i].packed.n; n++) {
            char *copy = malloc(n ? n : 1);
            bool whole;
            assert_non_null(copy);
            memcpy(copy, cases[i].packed.p, n);
            bw_rtf_unpack(&whole, *state, (bw_slice){copy, n}, 1000);
            free(copy);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {ARENA_TEST(unpacking), ARENA_TEST(ceiling), ARENA_TEST(any_prefix)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
