/* A message as a list of properties (MS-OXCMSG), as mail programs that do not keep the mail itself store it, and the
 * mail that is made of them. */
#ifndef BW_INPUT_MAPI_H
#define BW_INPUT_MAPI_H

#include "base/base.h"

/* Types of a property's value (MS-OXCDATA section 2.11.1). */
enum {
    BW_MAPI_INT32 = 0x0003,
    BW_MAPI_STRING8 = 0x001E,
    BW_MAPI_STRING = 0x001F,
    BW_MAPI_TIME = 0x0040,
    BW_MAPI_BINARY = 0x0102
};

/* Properties that have a place of their own in other forms (MS-OXPROPS). */
enum {
    BW_MAPI_MESSAGE_CLASS = 0x001A,
    BW_MAPI_SUBJECT = 0x0037,
    BW_MAPI_BODY = 0x1000,
    BW_MAPI_ATTACH_DATA = 0x3701,
    BW_MAPI_ATTACH_NAME = 0x3704,
    BW_MAPI_MESSAGE_CODE_PAGE = 0x3FFD
};

/* A property: value as stored, little-endian; strings perhaps with their NUL. */
struct bw_mapi_value {
    uint16_t id, type;
    bw_slice bytes;
};

/* The properties of one thing. */
struct bw_mapi_bag {
    struct bw_mapi_value *items;
    size_t count, cap;
};

struct bw_mapi_message;

/* A file, or a message (else NULL). */
struct bw_mapi_attachment {
    struct bw_mapi_bag bag;
    struct bw_mapi_message *message;
};

/* A message; of a report (MS-OXOMSG section 2.2.2) the recipients are those that it speaks of. */
struct bw_mapi_message {
    struct bw_mapi_bag bag;
    BW_LIST(struct bw_mapi_bag) recipients;
    BW_LIST(struct bw_mapi_attachment) attachments;
};

/* The property is one that bw_mapi_put_mail looks at: others need not be read. */
bool bw_mapi_wants(uint16_t id, uint16_t type);
/* Appends the message as an RFC 5322 message; a report becomes one of RFC 3464 (as MS-OXCMAIL section 2.1.3.6 has it).
 * Text is UTF-8, or labelled with the code page that it has. arena: for what is needed meanwhile. */
void bw_mapi_put_mail(struct bw_buf *out, struct bw_arena *arena, const struct bw_mapi_message *message);

#endif
