#include "mime/internal.h"

enum { MOST_OF_ONE_KIND = 4, MOST_OF_ALL = 100 };

void bw_anomaly_add(struct bw_anomalies *anomalies, struct bw_arena *arena, const char *what, size_t offset)
{
    if (!anomalies || anomalies->count >= MOST_OF_ALL)
        return;
    size_t same = 0;
    for (size_t i = 0; i < anomalies->count; i++) {
        if (!bw_eq(bw_str(anomalies->items[i].what), bw_str(what)))
            continue;
        if (anomalies->items[i].offset == offset || ++same == MOST_OF_ONE_KIND)
            return;
    }
    struct bw_anomaly *added = bw_push(arena, anomalies);
    if (added)
        *added = (struct bw_anomaly){what, offset};
}

void bw_mime_odd(const struct bw_mime *mime, const char *what, const char *at)
{
    /* A part of a decoded attachment lies outside the message: compare as numbers, as C leaves other comparisons of
     * unrelated pointers undefined. */
    const uintptr_t start = (uintptr_t)mime->origin.p, place = (uintptr_t)at;
    const bool inside = at && mime->origin.p && place >= start && place - start <= mime->origin.n;
    bw_anomaly_add(mime->anomalies, mime->arena, what, inside ? (size_t)(place - start) : BW_NONE);
}
