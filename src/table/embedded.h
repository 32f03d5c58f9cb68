/* The files of patterns/ as the build embeds them. */
#ifndef BW_TABLE_EMBEDDED_H
#define BW_TABLE_EMBEDDED_H

#include <stddef.h>

/* One of them. */
struct bw_embedded_file {
    const char *name; /* relative to patterns/, static */
    const unsigned char *data;
    size_t size;
};

/* In byte order of their names; static. */
extern const struct bw_embedded_file bw_embedded_files[];
/* How many there are. */
extern const size_t bw_embedded_file_count;

#endif
