#include "base/base.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first chunk is small, as most messages are; later ones double, so that the tables take few. */
enum { CHUNK_BYTES = 32 << 10, CHUNK_BYTES_MAX = 1 << 20 };

struct chunk {
    struct chunk *older;
    size_t size, used;
    max_align_t data[];
};

struct bw_arena {
    struct chunk *newest;
    size_t limit, taken;
    bool failed, at_limit;
};

struct bw_arena *bw_arena_new(size_t limit)
{
    struct bw_arena *arena = calloc(1, sizeof *arena);
    if (arena)
        arena->limit = limit;
    return arena;
}

void bw_arena_free(struct bw_arena *arena)
{
    if (!arena)
        return;
    for (struct chunk *chunk = arena->newest, *older; chunk; chunk = older) {
        older = chunk->older;
        free(chunk);
    }
    free(arena);
}

/* A chunk with room for size bytes. Large requests get a chunk of their own behind the newest one, so that the
 * newest one's free room is not lost. */
static struct chunk *chunk_for(struct bw_arena *arena, size_t size)
{
    struct chunk *newest = arena->newest;
    if (newest && newest->size - newest->used >= size)
        return newest;
    size_t usual = newest ? newest->size * 2 : (size_t)CHUNK_BYTES;
    if (usual > CHUNK_BYTES_MAX)
        usual = CHUNK_BYTES_MAX;
    const size_t room = size > usual / 4 ? size : usual;
    struct chunk *chunk = calloc(1, sizeof *chunk + room);
    if (!chunk)
        return NULL;
    chunk->size = room;
    if (newest && size > usual / 4) {
        chunk->older = newest->older;
        newest->older = chunk;
    } else {
        chunk->older = newest;
        arena->newest = chunk;
    }
    return chunk;
}

void *bw_arena_alloc(struct bw_arena *arena, size_t size)
{
    const size_t unit = alignof(max_align_t);
    if (size == 0)
        size = 1;
    if (size > SIZE_MAX / 2) {
        arena->failed = true;
        return NULL;
    }
    size = (size + unit - 1) / unit * unit;
    if (arena->limit && size > arena->limit - arena->taken) {
        arena->failed = arena->at_limit = true;
        return NULL;
    }
    struct chunk *chunk = chunk_for(arena, size);
    if (!chunk) {
        arena->failed = true;
        return NULL;
    }
    void *memory = (char *)chunk->data + chunk->used;
    chunk->used += size;
    arena->taken += size;
    return memory;
}

void bw_arena_fail(struct bw_arena *arena) { arena->failed = true; }

bool bw_arena_failed(const struct bw_arena *arena) { return arena->failed; }

bool bw_arena_at_limit(const struct bw_arena *arena) { return arena->at_limit; }

size_t bw_arena_used(const struct bw_arena *arena) { return arena->taken; }

bw_slice bw_dup(struct bw_arena *arena, bw_slice s)
{
    if (!s.p)
        return BW_NULL;
    char *copy = bw_arena_alloc(arena, s.n + 1);
    if (!copy)
        return BW_NULL;
    if (s.n)
        memcpy(copy, s.p, s.n);
    return (bw_slice){copy, s.n};
}

bw_slice bw_format(struct bw_arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = length < 0 ? NULL : bw_arena_alloc(arena, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text ? (bw_slice){text, (size_t)length} : BW_NULL;
}

void *bw_grow(struct bw_arena *arena, void *items, size_t *cap, size_t count, size_t size)
{
    if (count < *cap)
        return items;
    const size_t wanted = *cap ? *cap * 2 : 8;
    if (wanted > SIZE_MAX / 2 / size)
        return NULL;
    void *copy = bw_arena_alloc(arena, wanted * size);
    if (!copy)
        return NULL;
    if (count)
        memcpy(copy, items, count * size);
    *cap = wanted;
    return copy;
}

bool bw_list_room(struct bw_arena *arena, void **items, size_t *cap, size_t count, size_t size)
{
    void *room = bw_grow(arena, *items, cap, count, size);
    if (room)
        *items = room;
    return room != NULL;
}

bool bw_list_reserve(struct bw_arena *arena, void **items, size_t *cap, size_t count, size_t size, size_t n)
{
    if (n <= *cap)
        return true;
    void *room = n > SIZE_MAX / size ? NULL : bw_arena_alloc(arena, n * size);
    if (!room)
        return false;
    if (count)
        memcpy(room, *items, count * size);
    *items = room;
    *cap = n;
    return true;
}
