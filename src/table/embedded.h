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

/* What the regexes of the embedded files must hold, worked out by the build (cmake/pattern_index.c): for each in the order
 * of their making two bytes length of the pattern, two bytes length of its formula, lower byte first, and the formula.
 * Size 0 in the program that makes it. */
extern const unsigned char bw_embedded_index[];
/* Bytes of it; static. */
extern const size_t bw_embedded_index_size;

/* The embedded records without what only a check reads, taken apart by the build so that a start need not. Numbers lower byte
 * first: four bytes the number of records, four that of regexes, then a run of items. 1: a file begins; two bytes its number in bw_embedded_files. 2: a record; four bytes its line,
 * two bytes the number of its entries, then for each one byte length of the key, two bytes length of the value, the key
 * and the value. Size 0 in the program that makes it. */
extern const unsigned char bw_embedded_records[];
/* Bytes of it; static. */
extern const size_t bw_embedded_records_size;

#endif
