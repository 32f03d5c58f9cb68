/* What the unit tests share: an arena and limits per test, and assertions on slices that say what they got. */
#ifndef BW_TEST_SUPPORT_H
#define BW_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* Fails unless got holds the bytes of wanted; NULL wants the unknown slice. where: printed with the failure. */
static inline void check_slice(bw_slice got, const char *wanted, const char *where)
{
    if (!wanted && !got.p)
        return;
    if (wanted && got.p && got.n == strlen(wanted) && memcmp(got.p, wanted, got.n) == 0)
        return;
    fail_msg("%s: got %s'%.*s', wanted %s'%s'", where, got.p ? "" : "unknown ", BW_ARG(got),
             wanted ? "" : "unknown ", wanted ? wanted : "");
}

/* An arena in *state for each test; for cmocka_unit_test_setup_teardown. */
static inline int arena_setup(void **state)
{
    *state = bw_arena_new(0);
    return *state ? 0 : -1;
}

/* Its other half. */
static inline int arena_teardown(void **state)
{
    bw_arena_free(*state);
    return 0;
}

#define ARENA_TEST(function) cmocka_unit_test_setup_teardown(function, arena_setup, arena_teardown)

/* times copies of unit in the arena. */
static inline bw_slice repeated(struct bw_arena *arena, const char *unit, size_t times)
{
    const size_t n = strlen(unit);
    char *copies = bw_arena_alloc(arena, n * times + 1);
    assert_non_null(copies);
    for (size_t i = 0; i < times; i++)
        memcpy(copies + i * n, unit, n);
    return (bw_slice){copies, n * times};
}

/* Processor time since then, in seconds: for tests that a quadratic loop must fail. */
static inline double seconds_since(clock_t then) { return (double)(clock() - then) / CLOCKS_PER_SEC; }

#endif
