#include "base/base.h"

void bw_limits_default(struct bw_limits *out)
{
    *out = (struct bw_limits){
        .message_bytes = (size_t)64 << 20,
        .arena_bytes = (size_t)256 << 20,
        .header_fields = 2000,
        .mime_parts = 2000,
        .mime_depth = 40,
        .text_bytes = (size_t)1 << 20,
        .deliveries = 2000,
        .delivery_text = (size_t)16 << 10,
        .urls = 12,
        .regex_steps = 200000,
        .regex_depth = 2000,
        .regex_heap_kib = 4096,
    };
}
