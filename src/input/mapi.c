/* Properties -> mail. All text is written as base64: what stands in it can then not end its part. */
#include "input/mapi.h"

#include "input/mapi_text.h"
#include "input/rtf.h"

#include <string.h>
#include <time.h>

/* Property identifiers (MS-OXPROPS). */
enum {
    SUBMIT_TIME = 0x0039,
    REPRESENTING_NAME = 0x0042,
    REPRESENTING_ADDRESS = 0x0065,
    TRANSPORT_HEADERS = 0x007D,
    SENDER_NAME = 0x0C1A,
    RECIPIENT_TYPE = 0x0C15,
    SUPPLEMENTARY_INFO = 0x0C1B,
    SENDER_ADDRESS = 0x0C1F,
    STATUS_CODE = 0x0C20,
    REMOTE_MTA = 0x0C21,
    DELIVERY_TIME = 0x0E06,
    REPORT_TEXT = 0x1001,
    RTF_PACKED = 0x1009,
    HTML = 0x1013,
    MESSAGE_ID = 0x1035,
    DISPLAY_NAME = 0x3001,
    ADDRESS = 0x3003,
    ATTACH_LONG_NAME = 0x3707,
    ATTACH_TYPE = 0x370E,
    SMTP_ADDRESS = 0x39FE,
    INTERNET_CODE_PAGE = 0x3FDE,
    SENDER_SMTP_ADDRESS = 0x5D01,
    REPRESENTING_SMTP_ADDRESS = 0x5D02,
    REPORTING_MTA = 0x6820
};

static const uint16_t wanted_text[] = {BW_MAPI_MESSAGE_CLASS,
                                       BW_MAPI_SUBJECT,
                                       REPRESENTING_NAME,
                                       REPRESENTING_ADDRESS,
                                       TRANSPORT_HEADERS,
                                       SENDER_NAME,
                                       SENDER_ADDRESS,
                                       SUPPLEMENTARY_INFO,
                                       REMOTE_MTA,
                                       BW_MAPI_BODY,
                                       REPORT_TEXT,
                                       HTML,
                                       MESSAGE_ID,
                                       DISPLAY_NAME,
                                       ADDRESS,
                                       BW_MAPI_ATTACH_NAME,
                                       ATTACH_LONG_NAME,
                                       ATTACH_TYPE,
                                       SMTP_ADDRESS,
                                       SENDER_SMTP_ADDRESS,
                                       REPORTING_MTA,
                                       REPRESENTING_SMTP_ADDRESS};

/* Whom a message was sent to, as against those who got a copy. */
enum { RECIPIENT_TO = 1 };

/* Most of a rich text that is unpacked: of pictures in it nobody reads a word. */
enum { RTF_BYTES = 4 << 20 };

/* What is being written. */
struct writer {
    struct bw_buf *out;
    struct bw_arena *arena;
    unsigned parts; /* boundaries so far: each is another */
};

bool bw_mapi_wants(uint16_t id, uint16_t type)
{
    if (type == BW_MAPI_BINARY)
        return id == HTML || id == RTF_PACKED || id == BW_MAPI_ATTACH_DATA;
    if (type == BW_MAPI_TIME)
        return id == SUBMIT_TIME || id == DELIVERY_TIME;
    if (type == BW_MAPI_INT32)
        return id == STATUS_CODE || id == RECIPIENT_TYPE || id == INTERNET_CODE_PAGE ||
               id == BW_MAPI_MESSAGE_CODE_PAGE;
    if (type == BW_MAPI_STRING || type == BW_MAPI_STRING8)
        for (size_t i = 0; i < sizeof wanted_text / sizeof *wanted_text; i++)
            if (wanted_text[i] == id)
                return true;
    return false;
}

/* ---- values --------------------------------------------------------------------------------------------- */

static bw_slice value_of(const struct bw_mapi_bag *bag, uint16_t id, uint16_t type)
{
    for (size_t i = 0; i < bag->count; i++)
        if (bag->items[i].id == id && bag->items[i].type == type)
            return bag->items[i].bytes;
    return BW_NULL;
}

/* The number, or 0. */
static uint32_t number_of(const struct bw_mapi_bag *bag, uint16_t id)
{
    return (uint32_t)bw_little_endian(bw_sub(value_of(bag, id, BW_MAPI_INT32), 0, 4));
}

/* Text in the code page, up to its NUL. Unknown where there is none. */
static struct bw_mapi_text text_of(const struct writer *writer, const struct bw_mapi_bag *bag, uint16_t id,
                                   unsigned code_page)
{
    bw_slice bytes = value_of(bag, id, BW_MAPI_STRING);
    if (bytes.p)
        return (struct bw_mapi_text){bw_from_utf16(writer->arena, bytes), BW_CODE_PAGE_UTF8};
    bytes = value_of(bag, id, BW_MAPI_STRING8);
    const size_t end = bytes.p ? bw_find_byte(bytes, '\0', 0) : BW_NONE;
    return (struct bw_mapi_text){end == BW_NONE ? bytes : bw_sub(bytes, 0, end), code_page};
}

static unsigned code_page_of(const struct bw_mapi_bag *bag)
{
    const unsigned given = number_of(bag, BW_MAPI_MESSAGE_CODE_PAGE);
    return given ? given : number_of(bag, INTERNET_CODE_PAGE);
}

/* ---- the header ----------------------------------------------------------------------------------------- */

/* The label, a space and the text. Nothing for the unknown or empty text. */
static void put_field(const struct writer *writer, const char *label, struct bw_mapi_text text)
{
    if (bw_trim(text.bytes).n == 0)
        return;
    bw_putf(writer->out, "%s ", label);
    bw_put_header_text(writer->out, text);
    bw_putc(writer->out, '\n');
}

/* An address that mail can be sent to, of those the bag may hold; directories have others (X.500). */
static bw_slice address_of(const struct writer *writer, const struct bw_mapi_bag *bag, const uint16_t *ids,
                           size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const bw_slice address = bw_trim(text_of(writer, bag, ids[i], 0).bytes);
        bool fits = bw_find_byte(address, '@', 0) != BW_NONE;
        for (size_t at = 0; at < address.n; at++)
            fits = fits && (unsigned char)address.p[at] > ' ' && !strchr("<>,;", address.p[at]);
        if (fits)
            return address;
    }
    return BW_NULL;
}

static void put_from(const struct writer *writer, const struct bw_mapi_bag *bag)
{
    static const uint16_t addresses[] = {REPRESENTING_SMTP_ADDRESS, REPRESENTING_ADDRESS, SENDER_SMTP_ADDRESS,
                                         SENDER_ADDRESS};
    struct bw_mapi_text name = text_of(writer, bag, REPRESENTING_NAME, code_page_of(bag));
    if (bw_trim(name.bytes).n == 0)
        name = text_of(writer, bag, SENDER_NAME, code_page_of(bag));
    const bw_slice address = address_of(writer, bag, addresses, sizeof addresses / sizeof *addresses);
    if (bw_trim(name.bytes).n == 0 && !address.p)
        return;
    bw_puts(writer->out, "From: ");
    bw_put_phrase(writer->out, name);
    bw_putf(writer->out, " <%.*s>\n", BW_ARG(address));
}

/* A time in units of 100 ns since 1601 (MS-DTYP section 2.3.3) as RFC 5322 writes it. */
static void put_date(const struct writer *writer, const struct bw_mapi_bag *bag)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    uint64_t ticks = bw_little_endian(value_of(bag, SUBMIT_TIME, BW_MAPI_TIME));
    if (!ticks)
        ticks = bw_little_endian(value_of(bag, DELIVERY_TIME, BW_MAPI_TIME));
    const time_t seconds = (time_t)(ticks / 10000000) - (time_t)11644473600;
    struct tm tm;
    if (!ticks || seconds < 0 || seconds > (time_t)253402300799 || !gmtime_r(&seconds, &tm))
        return;
    bw_putf(writer->out, "Date: %.3s, %d %.3s %04d %02d:%02d:%02d +0000\n", days + (size_t)tm.tm_wday * 3,
            tm.tm_mday, months + (size_t)tm.tm_mon * 3, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Whom the message was for; of a report, the recipients are those that it speaks of. */
static void put_to(const struct writer *writer, const struct bw_mapi_message *message)
{
    static const uint16_t addresses[] = {SMTP_ADDRESS, ADDRESS};
    bool first = true;
    for (size_t i = 0; i < message->recipients.count; i++) {
        const struct bw_mapi_bag *bag = &message->recipients.items[i];
        const bw_slice address = address_of(writer, bag, addresses, sizeof addresses / sizeof *addresses);
        const uint32_t type = number_of(bag, RECIPIENT_TYPE);
        if (!address.p || type > RECIPIENT_TO)
            continue;
        bw_putf(writer->out, "%s<%.*s>", first ? "To: " : ",\n\t", BW_ARG(address));
        first = false;
    }
    if (!first)
        bw_putc(writer->out, '\n');
}

/* The header as it came, without what says how the body stood. What it lacks is made of properties. */
static void put_header(const struct writer *writer, const struct bw_mapi_message *message, bool report)
{
    const struct bw_mapi_bag *bag = &message->bag;
    const unsigned code_page = code_page_of(bag);
    const bw_slice headers = text_of(writer, bag, TRANSPORT_HEADERS, code_page).bytes;
    bw_put_kept_fields(writer->out, headers);
    if (!bw_has_field(headers, BW_S("From")))
        put_from(writer, bag);
    if (!report && !bw_has_field(headers, BW_S("To")))
        put_to(writer, message);
    if (!bw_has_field(headers, BW_S("Date")))
        put_date(writer, bag);
    if (!bw_has_field(headers, BW_S("Subject")))
        put_field(writer, "Subject:", text_of(writer, bag, BW_MAPI_SUBJECT, code_page));
    if (!bw_has_field(headers, BW_S("Message-ID")))
        put_field(writer, "Message-ID:", text_of(writer, bag, MESSAGE_ID, code_page));
    bw_puts(writer->out, "MIME-Version: 1.0\n");
}

/* ---- reports -------------------------------------------------------------------------------------------- */

/* The Action of RFC 3464 that the class of a report stands for (MS-OXCMAIL section 2.1.3.6.1.1); NULL for no report. */
static const char *action_of(bw_slice class)
{
    static const struct {
        bw_slice suffix;
        const char *action;
    } suffixes[] = {{BW_S(".NDR"), "failed"},
                    {BW_S(".Delayed.DR"), "delayed"},
                    {BW_S(".Expanded.DR"), "expanded"},
                    {BW_S(".Relayed.DR"), "relayed"},
                    {BW_S(".DR"), "delivered"}};
    if (bw_istarts(class, BW_S("REPORT.")))
        for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
            if (bw_iends(class, suffixes[i].suffix))
                return suffixes[i].action;
    return NULL;
}

/* What a recipient's properties say of the delivery. */
struct outcome {
    struct bw_mapi_text name, info, report;
    bw_slice address;
    bw_slice remote_mta, status, diagnostic; /* of info, which is "<host #5.1.1 smtp;550 text>" */
};

static void read_outcome(struct outcome *out, const struct writer *writer,
                         const struct bw_mapi_bag *recipient, unsigned code_page)
{
    static const uint16_t addresses[] = {SMTP_ADDRESS, ADDRESS, DISPLAY_NAME};
    *out = (struct outcome){.name = text_of(writer, recipient, DISPLAY_NAME, code_page),
                            .info = text_of(writer, recipient, SUPPLEMENTARY_INFO, code_page),
                            .report = text_of(writer, recipient, REPORT_TEXT, code_page)};
    out->address = address_of(writer, recipient, addresses, sizeof addresses / sizeof *addresses);
    out->remote_mta = bw_trim(text_of(writer, recipient, REMOTE_MTA, code_page).bytes);
    bw_slice info = bw_trim(out->info.bytes);
    if (bw_starts(info, BW_S("<")) && info.p[info.n - 1] == '>')
        info = bw_trim(bw_sub(info, 1, info.n - 1));
    out->diagnostic = info;
    const size_t mark = info.p ? bw_find_byte(info, '#', 0) : BW_NONE;
    bw_slice word, rest = mark == BW_NONE ? BW_NULL : bw_sub(info, mark + 1, info.n);
    if (!bw_next_word(&word, &rest) || word.n < 5 || !bw_is_digit(word.p[0]) || word.p[1] != '.')
        return;
    out->status = word;
    out->diagnostic = bw_trim(rest);
    if (!out->remote_mta.n)
        out->remote_mta = bw_trim(bw_sub(info, 0, mark));
}

/* The fields of RFC 3464 section 2.3. */
static void put_recipient(const struct writer *writer, const struct outcome *outcome, const char *action,
                          uint32_t code)
{
    struct bw_buf *out = writer->out;
    if (outcome->address.p)
        bw_putf(out, "Final-Recipient: rfc822; %.*s\n", BW_ARG(outcome->address));
    else
        put_field(writer, "Final-Recipient: x-name;", outcome->name);
    bw_putf(out, "Action: %s\n", action);
    if (outcome->status.n)
        put_field(writer, "Status:", (struct bw_mapi_text){outcome->status, BW_CODE_PAGE_UTF8});
    else if (code >= 200 && code < 600) /* MS-OXCMAIL section 2.2.3.7.1.3 */
        bw_putf(out, "Status: %u.%u.%u\n", (unsigned)code / 100, (unsigned)code / 10 % 10,
                (unsigned)code % 10);
    if (outcome->remote_mta.n)
        put_field(writer, "Remote-MTA: dns;",
                  (struct bw_mapi_text){outcome->remote_mta, outcome->info.code_page});
    const size_t type = outcome->diagnostic.n ? bw_find_byte(bw_sub(outcome->diagnostic, 0, 20), ';', 0) : 0;
    put_field(writer, type == BW_NONE ? "Diagnostic-Code: smtp;" : "Diagnostic-Code:",
              (struct bw_mapi_text){outcome->diagnostic, outcome->info.code_page});
}

static void put_status(const struct writer *writer, const struct bw_mapi_message *message, const char *action)
{
    const unsigned code_page = code_page_of(&message->bag);
    bw_puts(writer->out, "Content-Type: message/delivery-status\n\n");
    const size_t start = writer->out->n;
    const struct bw_mapi_text reporter = text_of(writer, &message->bag, REPORTING_MTA, code_page);
    put_field(writer, "Reporting-MTA: dns;", reporter);
    for (size_t i = 0; i < message->recipients.count; i++) {
        struct outcome outcome;
        if (writer->out->n > start)
            bw_putc(writer->out, '\n');
        read_outcome(&outcome, writer, &message->recipients.items[i], code_page);
        if (bw_ieq(outcome.remote_mta, bw_trim(reporter.bytes))) /* it refused by itself */
            outcome.remote_mta = BW_NULL;
        put_recipient(writer, &outcome, action, number_of(&message->recipients.items[i], STATUS_CODE));
    }
}

/* The text that a mail program shows for a report that has none. */
static bw_slice report_text(const struct writer *writer, const struct bw_mapi_message *message,
                            unsigned *code_page)
{
    struct bw_buf text;
    bw_buf_init(&text, 0);
    const unsigned given = code_page_of(&message->bag);
    *code_page = BW_CODE_PAGE_UTF8;
    for (size_t i = 0; i < message->recipients.count; i++) {
        struct outcome outcome;
        read_outcome(&outcome, writer, &message->recipients.items[i], given);
        const struct bw_mapi_text lines[] = {outcome.name,
                                             {outcome.address, BW_CODE_PAGE_UTF8},
                                             outcome.report,
                                             {outcome.diagnostic, outcome.info.code_page}};
        for (size_t line = 0; line < sizeof lines / sizeof *lines; line++) {
            if (bw_trim(lines[line].bytes).n == 0)
                continue;
            if (lines[line].code_page != BW_CODE_PAGE_UTF8)
                *code_page = lines[line].code_page;
            bw_put(&text, bw_trim(lines[line].bytes));
            bw_putc(&text, '\n');
        }
        bw_putc(&text, '\n');
    }
    return bw_buf_take(&text, writer->arena);
}

/* ---- the body ------------------------------------------------------------------------------------------- */

static void put_text_part(const struct writer *writer, const char *subtype, bw_slice text, unsigned code_page)
{
    bw_putf(writer->out, "Content-Type: text/%s", subtype);
    bw_put_charset(writer->out, code_page);
    bw_puts(writer->out, "\nContent-Transfer-Encoding: base64\n\n");
    bw_mapi_put_base64(writer->out, text, true);
}

/* The rich text of a message; unknown where it has none. One that is damaged loses its last bracket: who reads it then
 * says that its end is missing. */
static bw_slice rtf_of(const struct writer *writer, const struct bw_mapi_bag *bag)
{
    bool whole = true;
    const bw_slice packed = value_of(bag, RTF_PACKED, BW_MAPI_BINARY);
    bw_slice rtf = packed.p ? bw_rtf_unpack(&whole, writer->arena, packed, RTF_BYTES) : BW_NULL;
    while (!whole && rtf.n && (bw_is_space(rtf.p[rtf.n - 1]) || rtf.p[rtf.n - 1] == '}' || !rtf.p[rtf.n - 1]))
        rtf = bw_sub(rtf, 0, rtf.n - 1);
    return rtf;
}

/* The text if there is one, else the HTML, else the rich text: they say the same. */
static void put_body(const struct writer *writer, const struct bw_mapi_message *message, bool report)
{
    const struct bw_mapi_bag *bag = &message->bag;
    const struct bw_mapi_text plain = text_of(writer, bag, BW_MAPI_BODY, code_page_of(bag));
    const unsigned html_page = number_of(bag, INTERNET_CODE_PAGE);
    struct bw_mapi_text html = {value_of(bag, HTML, BW_MAPI_BINARY), html_page};
    if (!html.bytes.p)
        html = text_of(writer, bag, HTML, html_page ? html_page : code_page_of(bag));
    const bool texts = bw_trim(plain.bytes).n || bw_trim(html.bytes).n;
    const bw_slice rtf = texts ? BW_NULL : rtf_of(writer, bag);
    if (bw_trim(plain.bytes).n) {
        put_text_part(writer, "plain", plain.bytes, plain.code_page);
    } else if (bw_trim(html.bytes).n) {
        put_text_part(writer, "html", html.bytes, html.code_page);
    } else if (rtf.n) {
        put_text_part(writer, "rtf", rtf, 0);
    } else {
        unsigned code_page = BW_CODE_PAGE_UTF8;
        const bw_slice text = report ? report_text(writer, message, &code_page) : BW_NULL;
        put_text_part(writer, "plain", text, code_page);
    }
}

static void put_message(struct writer *writer, const struct bw_mapi_message *message);

static void put_attachment(struct writer *writer, const struct bw_mapi_attachment *attachment)
{
    if (attachment->message) {
        bw_puts(writer->out, "Content-Type: message/rfc822\n\n");
        put_message(writer, attachment->message);
        return;
    }
    const struct bw_mapi_bag *bag = &attachment->bag;
    struct bw_mapi_text name = text_of(writer, bag, ATTACH_LONG_NAME, 0);
    if (bw_trim(name.bytes).n == 0)
        name = text_of(writer, bag, BW_MAPI_ATTACH_NAME, 0);
    bw_puts(writer->out, "Content-Type: ");
    bw_put_media_type(writer->out, bw_trim(text_of(writer, bag, ATTACH_TYPE, 0).bytes));
    bw_puts(writer->out, "\nContent-Disposition: attachment; filename=");
    bw_put_phrase(writer->out, name);
    bw_puts(writer->out, "\nContent-Transfer-Encoding: base64\n\n");
    bw_mapi_put_base64(writer->out, value_of(bag, BW_MAPI_ATTACH_DATA, BW_MAPI_BINARY), true);
}

/* Nested no deeper than who read the properties went. */
static void put_message(struct writer *writer, const struct bw_mapi_message *message)
{
    const bw_slice class = text_of(writer, &message->bag, BW_MAPI_MESSAGE_CLASS, 0).bytes;
    const char *action = message->recipients.count ? action_of(class) : NULL;
    const unsigned boundary = ++writer->parts;
    put_header(writer, message, action != NULL);
    bw_putf(writer->out, "Content-Type: multipart/%s; boundary=\"=_%u\"\n\n--=_%u\n",
            action ? "report; report-type=delivery-status" : "mixed", boundary, boundary);
    put_body(writer, message, action != NULL);
    if (action) {
        bw_putf(writer->out, "\n--=_%u\n", boundary);
        put_status(writer, message, action);
    }
    for (size_t i = 0; i < message->attachments.count; i++) {
        bw_putf(writer->out, "\n--=_%u\n", boundary);
        put_attachment(writer, &message->attachments.items[i]);
    }
    bw_putf(writer->out, "\n--=_%u--\n", boundary);
}

void bw_mapi_put_mail(struct bw_buf *out, struct bw_arena *arena, const struct bw_mapi_message *message)
{
    struct writer writer = {.out = out, .arena = arena};
    put_message(&writer, message);
}
