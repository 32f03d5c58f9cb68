/* The directory of a compound file, before libgsf gets it: that follows it by recursion and keeps it sorted in lists,
 * so that a long one takes the stack or minutes, and it believes the sizes in the header. */
#include "input/compound.h"

#include "input/internal.h"
#include "input/mapi_text.h"

enum {
    SECTOR_SHIFT = 9, /* of version 3, the one that messages have */
    SECTOR_BYTES = 1 << SECTOR_SHIFT,
    PER_SECTOR = SECTOR_BYTES / 4, /* sector numbers in one */
    ENTRY_BYTES = 128,
    ENTRIES_MAX = 8192, /* a report on some hundred recipients */
    HEADER_FAT = 109,   /* sectors of the allocation table that the header names */
    NAME_BYTES = 64
};

static const uint32_t end_of_chain = 0xFFFFFFFE, no_entry = 0xFFFFFFFF, last_sector = 0xFFFFFFFA;

bool bw_is_compound(bw_slice head) { return bw_starts(head, BW_S("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")); }

static uint32_t number_at(bw_slice file, uint64_t offset, size_t n)
{
    if (offset >= file.n)
        return no_entry;
    const bw_slice bytes = bw_sub(file, (size_t)offset, (size_t)offset + n);
    return bytes.n == n ? (uint32_t)bw_little_endian(bytes) : no_entry;
}

static uint64_t offset_of(uint32_t sector) { return ((uint64_t)sector + 1) << SECTOR_SHIFT; }

/* The sector that holds the nth part of the allocation table: named by the header, or in a chain behind it. */
static uint32_t table_sector(bw_slice file, uint32_t nth)
{
    if (nth < HEADER_FAT)
        return number_at(file, 76 + (uint64_t)nth * 4, 4);
    nth -= HEADER_FAT;
    uint32_t sector = number_at(file, 68, 4);
    for (; nth >= PER_SECTOR - 1 && sector < last_sector; nth -= PER_SECTOR - 1)
        sector = number_at(file, offset_of(sector) + SECTOR_BYTES - 4, 4);
    return sector < last_sector ? number_at(file, offset_of(sector) + (uint64_t)nth * 4, 4) : no_entry;
}

/* The sector behind this one in its chain. */
static uint32_t next_sector(bw_slice file, uint32_t sector)
{
    const uint32_t table = table_sector(file, sector / PER_SECTOR);
    return table < last_sector ? number_at(file, offset_of(table) + (uint64_t)(sector % PER_SECTOR) * 4, 4)
                               : no_entry;
}

/* What has been seen of a directory of count entries. */
struct directory {
    uint32_t count;
    unsigned char linked[ENTRIES_MAX / 8]; /* a bit for each that another one leads to */
};

/* The links of an entry lead to entries that there are, and that no other link leads to: then they
 * are a tree. The first entry is its root. */
static bool links_hold(struct directory *directory, bw_slice entry, bool root)
{
    for (size_t link = 68; link <= 76; link += 4) {
        const uint32_t to = number_at(entry, link, 4);
        if (to == no_entry)
            continue;
        if (to == 0 || to >= directory->count || (root && link < 76))
            return false;
        const unsigned char bit = (unsigned char)(1u << to % 8);
        if (directory->linked[to / 8] & bit)
            return false;
        directory->linked[to / 8] |= bit;
    }
    return true;
}

/* An entry that is in use is of a kind that there is, and has a name that ends. */
static bool entry_holds(struct directory *directory, bw_slice entry, bool root)
{
    const unsigned char type = (unsigned char)entry.p[66];
    const uint32_t name = number_at(entry, NAME_BYTES, 2);
    if (root ? type != 5 : type > 2)
        return false;
    if (type == 0)
        return true;
    if (name < 2 || name > NAME_BYTES || name % 2 || number_at(entry, name - 2, 2) != 0)
        return false;
    return links_hold(directory, entry, root);
}

static bool directory_holds(bw_slice file, uint32_t first, uint32_t count)
{
    struct directory directory = {.count = count};
    uint32_t seen = 0;
    for (uint32_t sector = first; sector != end_of_chain; sector = next_sector(file, sector)) {
        const size_t start = (size_t)offset_of(sector);
        for (size_t at = start; at < start + SECTOR_BYTES; at += ENTRY_BYTES)
            if (!entry_holds(&directory, bw_sub(file, at, at + ENTRY_BYTES), seen++ == 0))
                return false;
    }
    return true;
}

const char *bw_compound_check(bw_slice file)
{
    const uint32_t first = number_at(file, 48, 4);
    uint32_t count = 0;
    if (number_at(file, 30, 2) != SECTOR_SHIFT || number_at(file, 32, 2) != 6)
        return "is damaged: its sectors have an unknown size";
    for (uint32_t sector = first; sector != end_of_chain; sector = next_sector(file, sector)) {
        if (sector >= last_sector || offset_of(sector) + SECTOR_BYTES > file.n)
            return "is damaged: its directory is cut off";
        count += SECTOR_BYTES / ENTRY_BYTES;
        if (count > ENTRIES_MAX)
            return "holds more properties and recipients than can be read";
    }
    if (count && !directory_holds(file, first, count))
        return "is damaged: its directory makes no sense";
    return count ? NULL : "is damaged: it has no directory";
}
