/* The arena, lists in it, and the growing buffer. */
#include "support.h"

#include <stdalign.h>

static void test_alignment_and_zeroes(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 3, 7, 15, 16, 17, 31, 100, 4000, 9000, 40000, 100000};
    struct bw_arena *arena = *state;
    char *kept[COUNT_OF(sizes) * 20];
    size_t count = 0;
    for (size_t round = 0; round < 20; round++)
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            const size_t size = sizes[i];
            char *memory = bw_arena_alloc(arena, size);
            assert_non_null(memory);
            assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
            for (size_t at = 0; at < size; at++)
                assert_int_equal(memory[at], 0);
            memset(memory, (int)(count & 0x7F), size);
            kept[count++] = memory;
        }
    for (size_t n = 0; n < count; n++) /* nothing was handed out twice */
        for (size_t at = 0; at < sizes[n % COUNT_OF(sizes)]; at += 7)
            assert_int_equal(kept[n][at], n & 0x7F);
    assert_false(bw_arena_failed(arena));
}

static void test_ceiling(void **state)
{
    struct bw_arena *arena = bw_arena_new(1000);
    (void)state;
    size_t used = 0;
    while (bw_arena_alloc(arena, 30)) {
        assert_false(bw_arena_failed(arena));
        assert_true(bw_arena_used(arena) >= used + 30);
        used = bw_arena_used(arena);
        assert_true(used <= 1000);
    }
    assert_true(used >= 900);
    assert_true(bw_arena_failed(arena));
    assert_true(bw_arena_at_limit(arena));
    check_slice(bw_dup(arena, BW_S("0123456789012345678901234567890123456789")), NULL, "dup at the ceiling");
    check_slice(bw_format(arena, "%060d", 1), NULL, "format at the ceiling");
    bw_arena_free(arena);
    arena = bw_arena_new(0);
    assert_null(bw_arena_alloc(arena, SIZE_MAX));
    assert_null(bw_arena_alloc(arena, SIZE_MAX - 8));
    assert_true(bw_arena_failed(arena));
    assert_false(bw_arena_at_limit(arena));
    assert_non_null(bw_arena_alloc(arena, 16));
    bw_arena_free(arena);
    bw_arena_free(NULL);
}

static void test_copies(void **state)
{
    struct bw_arena *arena = *state;
    const bw_slice copy = bw_dup(arena, (bw_slice){"a\0b", 3});
    assert_int_equal(copy.n, 3);
    assert_memory_equal(copy.p, "a\0b", 4);
    check_slice(bw_dup(arena, BW_NULL), NULL, "unknown");
    check_slice(bw_dup(arena, BW_S("")), "", "empty");
    check_slice(bw_format(arena, "%s-%03d", "x", 7), "x-007", "format");
    assert_int_equal(bw_format(arena, "%050000d", 7).n, 50000);
}

static void test_lists(void **state)
{
    BW_LIST(int) list = {0};
    for (int i = 0; i < 5000; i++) {
        int *slot = bw_push((struct bw_arena *)*state, &list);
        assert_non_null(slot);
        assert_int_equal(*slot, 0);
        *slot = i;
    }
    assert_int_equal(list.count, 5000);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(list.items[i], i);
    struct bw_arena *small = bw_arena_new(200);
    BW_LIST(int) few = {0};
    size_t pushed = 0;
    while (bw_push(small, &few))
        pushed++;
    assert_int_equal(few.count, pushed);
    assert_in_range(pushed, 8, 49);
    assert_true(bw_arena_failed(small));
    bw_arena_free(small);
}

static void test_buffer(void **state)
{
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    check_slice(bw_buf_slice(&buf), "", "empty");
    bw_put(&buf, BW_NULL);
    bw_puts(&buf, NULL);
    bw_puts(&buf, "ab");
    bw_putc(&buf, 'c');
    bw_putf(&buf, "%d%s", 12, "x");
    check_slice(bw_buf_slice(&buf), "abc12x", "appended");
    bw_putf(&buf, "%0900d", 1);
    assert_int_equal(buf.n, 906);
    assert_false(buf.failed || buf.truncated);
    const bw_slice taken = bw_buf_take(&buf, *state);
    assert_int_equal(taken.n, 906);
    assert_null(buf.p);
    check_slice(bw_buf_take(&buf, *state), "", "taken from an empty one");
    bw_buf_clear(&buf);
}

static void test_buffer_ceiling(void **state)
{
    static const struct {
        const char *first, *second, *wanted;
        bool truncated;
    } cases[] = {
        {"12345", "678", "12345678", false},   {"12345678", "", "12345678", false},
        {"12345678", "9", "12345678", true},   {"12345", "67890", "12345678", true},
        {"1234567890", "x", "12345678", true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_buf buf;
        bw_buf_init(&buf, 8);
        bw_puts(&buf, cases[i].first);
        bw_puts(&buf, cases[i].second);
        assert_int_equal(buf.truncated, cases[i].truncated);
        assert_false(buf.failed);
        bw_puts(&buf, cases[i].truncated ? "dropped" : "");
        check_slice(bw_buf_take(&buf, *state), cases[i].wanted, cases[i].second);
        assert_int_equal(buf.limit, 8);
        bw_puts(&buf, "again");
        check_slice(bw_buf_slice(&buf), "again", "after take");
        bw_buf_clear(&buf);
    }
}

static void test_failed_buffer(void **state)
{
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    bw_puts(&buf, "kept");
    buf.failed = true;
    bw_puts(&buf, "dropped");
    check_slice(bw_buf_slice(&buf), "kept", "after failure");
    check_slice(bw_buf_take(&buf, *state), NULL, "take");
    assert_true(bw_arena_failed(*state));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_alignment_and_zeroes),
        cmocka_unit_test(test_ceiling),
        ARENA_TEST(test_copies),
        ARENA_TEST(test_lists),
        ARENA_TEST(test_buffer),
        ARENA_TEST(test_buffer_ceiling),
        ARENA_TEST(test_failed_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
