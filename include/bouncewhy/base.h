/* Borrowed bytes, statuses, errors and limits: what every other public header needs. */
#ifndef BOUNCEWHY_BASE_H
#define BOUNCEWHY_BASE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define BW_API __attribute__((visibility("default")))
#define BW_NODISCARD __attribute__((warn_unused_result))
#define BW_PRINTF(nth, first) __attribute__((__format__(__printf__, nth, first)))
#else
#define BW_API
#define BW_NODISCARD
#define BW_PRINTF(nth, first)
#endif

/* Borrowed bytes: n of them from p, any value, no terminator. p == NULL (then n == 0) means "not known",
 * which is not the same as an empty text. Passed by value; owns nothing. */
typedef struct bw_slice {
    const char *p;
    size_t n;
} bw_slice;

/* What a call came to. Bad mail is never an error: it is an anomaly beside a result. */
typedef enum bw_status {
    BW_OK = 0,
    BW_NO_MEMORY, /* an allocation failed */
    BW_LIMIT,     /* the message is larger than bw_limits.message_bytes */
    BW_IO,        /* a file cannot be opened or read */
    BW_NOT_MAIL,  /* the file is something else (a PDF, a picture ...); the message names it */
    BW_BAD_TABLE, /* a file of patterns/ has a mistake; file, line and column say where */
    BW_MISUSE     /* the caller broke a contract, or the user an option */
} bw_status;

/* Says what went wrong and where. The caller owns it and may reuse it; the first error wins.
 * message is one line, lower case, without a full stop. file is "" and line 0 where they say nothing. */
struct bw_error {
    bw_status status;
    char file[256];
    unsigned line;
    unsigned column;
    char message[512];
};

/* Ceilings for one message. Reaching one leaves an anomaly and a result from what was read;
 * only message_bytes is an error. All counts are inclusive. */
struct bw_limits {
    size_t message_bytes;    /* size of one message */
    size_t arena_bytes;      /* memory that one message may take while it is analysed */
    size_t header_fields;    /* fields in one header section */
    size_t mime_parts;       /* parts in one message */
    size_t mime_depth;       /* nesting of multiparts and attached messages */
    size_t text_bytes;       /* decoded text kept of one part */
    size_t deliveries;       /* recipients reported on */
    size_t delivery_text;    /* text kept for one recipient */
    size_t urls;             /* links reported for one recipient */
    unsigned regex_steps;    /* PCRE2 match limit */
    unsigned regex_depth;    /* PCRE2 backtracking depth limit */
    unsigned regex_heap_kib; /* PCRE2 heap limit */
};

/* Fills *out with the defaults. out: not NULL. */
BW_API void bw_limits_default(struct bw_limits *out);

#ifdef __cplusplus
}
#endif
#endif
