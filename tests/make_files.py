#!/usr/bin/env python3
"""usage: tests/make_files.py [FOLDER]

Writes the packed and foreign files that the tests read (tests/files by default), byte for byte the same on every run.
Each form has a whole one and ones that are damaged. Without a FOLDER also the samples that have such a file as a part.
"""
import base64
import bz2
import gzip
import io
import lzma
import pathlib
import struct
import sys
import tarfile
import zipfile
import zlib

BOUNCE = b"""From: MAILER-DAEMON@mx.example.com
To: alice@example.com
Subject: failure notice

<bob@example.net>:
550 5.1.1 <bob@example.net>: user unknown
"""
PLAIN = b"From: carol@example.com\nSubject: lunch\n\nAt noon?\n"
MBOX = b"".join(b"From alice@example.com Mon Jan  3 12:00:00 2022\n" + mail + b"\n" for mail in (BOUNCE, PLAIN))
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde"
WHEN = (2022, 1, 3, 12, 0, 0)


# ---- archives ------------------------------------------------------------------------------------------------

def zip_of(members, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as box:
        for name, data in members:
            info = zipfile.ZipInfo(name, WHEN)
            info.compress_type = compression
            box.writestr(info, data)
    return out.getvalue()


def tar_of(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as box:
        folder = tarfile.TarInfo("inner")
        folder.type = tarfile.DIRTYPE
        box.addfile(folder)
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            box.addfile(info, io.BytesIO(data))
    return out.getvalue()


def encrypted(box):
    """The zip with its first member marked as encrypted (APPNOTE 4.4.4, bit 0)."""
    box = bytearray(box)
    box[6] |= 1
    box[box.index(b"PK\1\2") + 8] |= 1
    return bytes(box)


def zstd_stored(data):
    """A Zstandard frame (RFC 8878) of one block that is not compressed."""
    return (b"\x28\xb5\x2f\xfd" + bytes([0x20, len(data)]) if len(data) < 256 else
            b"\x28\xb5\x2f\xfd" + bytes([0x60]) + struct.pack("<H", len(data) - 256)) + \
        struct.pack("<I", len(data) << 3 | 1)[:3] + data


def archives():
    members = [("inner/bounce.eml", BOUNCE), ("picture.png", PICTURE), ("old.mbox", MBOX),
               ("配信エラー.eml", PLAIN)]
    tar, box = tar_of(members), zip_of(members)
    return {
        "mails.zip": box,
        "mails.tar": tar,
        "mails.tar.gz": gzip.compress(tar, mtime=0),
        "bounce.eml.gz": gzip.compress(BOUNCE, mtime=0),
        "old.mbox.xz": lzma.compress(MBOX),
        "old.mbox.bz2": bz2.compress(MBOX),
        "old.mbox.zst": zstd_stored(MBOX),
        "pictures.zip": zip_of([("%d.png" % i, PICTURE) for i in range(5)]),
        "zip-in-zip.zip": zip_of([("bounce.eml", BOUNCE), ("mails.zip", box)]),
        "encrypted.zip": encrypted(zip_of([("secret.eml", BOUNCE), ("secret.mbox", MBOX)])),
        "twice.gz": gzip.compress(gzip.compress(BOUNCE, mtime=0), mtime=0),
        "bomb.gz": gzip.compress(b"Subject: x\n\n" + bytes(1 << 23), mtime=0),
        "bomb.tar.gz": gzip.compress(tar_of([("zeros.bin", bytes(1 << 23)), ("bounce.eml", BOUNCE)]), mtime=0),
        "bomb.zip": zip_of([("zeros.bin", bytes(1 << 23)), ("bounce.eml", BOUNCE)]),
        "many.tar.gz": gzip.compress(tar_of([("%d.eml" % i, PLAIN) for i in range(300)]), mtime=0),
        "damaged.zip": damaged(box, box.index(b"inner/bounce.eml") + 30),
        "cut.zip": box[:len(box) // 2],
        "cut.eml.gz": gzip.compress(BOUNCE, mtime=0)[:-20],
        "cut.tar": tar[:tar.index(b"At noon?") - 200],
        "empty.zip": zip_of([]),
    }


def damaged(data, at):
    return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1:]


# ---- compound files (MS-CFB) ------------------------------------------------------------------------------------

END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


class Compound:
    """Version 3: sectors of 512 bytes, streams below 4096 bytes in sectors of 64."""

    def __init__(self, root):
        self.entries, self.sectors, self.fat, self.mini, self.minifat = [], [], [], b"", []
        self.add("Root Entry", root, 5)
        mini_start = self.chain(self.mini)
        self.entries[0]["start"], self.entries[0]["size"] = mini_start, len(self.mini)
        minifat_start = self.chain(b"".join(struct.pack("<I", n) for n in self.minifat), b"\xff")
        minifat_count = (len(self.minifat) * 4 + 511) // 512
        directory = self.chain(b"".join(map(self.entry, self.entries)))
        fat_count = 1
        while fat_count * 128 < len(self.sectors) + fat_count:
            fat_count += 1
        first = len(self.sectors)
        table = self.fat + [FAT] * fat_count
        table += [FREE] * (fat_count * 128 - len(table))
        header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack(
            "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_count, directory, 0, 4096, minifat_start,
            minifat_count, END, 0)
        header += b"".join(struct.pack("<I", first + i if i < fat_count else FREE) for i in range(109))
        self.directory = directory
        self.table = 512 + first * 512  # where the first part of the allocation table stands
        self.bytes = header + b"".join(self.sectors) + b"".join(struct.pack("<I", n) for n in table)

    def chain(self, data, fill=b"\0"):
        """The data in sectors of its own; the first one's number."""
        if not data:
            return END
        start = len(self.sectors)
        for at in range(0, len(data), 512):
            self.sectors.append(data[at:at + 512].ljust(512, fill))
            self.fat.append(len(self.sectors))
        self.fat[-1] = END
        return start

    def mini_chain(self, data):
        if not data:
            return END
        start = len(self.minifat)
        for at in range(0, len(data), 64):
            self.mini += data[at:at + 64].ljust(64, b"\0")
            self.minifat.append(len(self.minifat) + 1)
        self.minifat[-1] = END
        return start

    def add(self, name, content, kind):
        entry = {"name": name, "kind": kind, "child": FREE, "left": FREE, "right": FREE, "start": 0, "size": 0}
        number = len(self.entries)
        self.entries.append(entry)
        if kind == 2:
            entry["size"] = len(content)
            entry["start"] = self.mini_chain(content) if len(content) < 4096 else self.chain(content)
        else:
            below = [self.add(child, inner, 1 if isinstance(inner, dict) else 2)
                     for child, inner in sorted(content.items(), key=lambda item: (len(item[0]), item[0].upper()))]
            entry["child"] = self.tree(below)
        return number

    def tree(self, numbers):
        if not numbers:
            return FREE
        middle = len(numbers) // 2
        top = self.entries[numbers[middle]]
        top["left"], top["right"] = self.tree(numbers[:middle]), self.tree(numbers[middle + 1:])
        return numbers[middle]

    @staticmethod
    def entry(one):
        name = one["name"].encode("utf-16-le") + b"\0\0"
        return struct.pack("<64sHBBIII16xI16xIQ", name, len(name), one["kind"], 1, one["left"], one["right"],
                           one["child"], 0, one["start"], one["size"])


# ---- messages as properties (MS-OXMSG) ----------------------------------------------------------------------------

def properties(header, values):
    """The streams of one thing: values is {id: text, bytes, int, a time as float, or (code page's name, text)}."""
    streams, fixed = {}, bytes(header)
    for number, value in values.items():
        if isinstance(value, int):
            fixed += struct.pack("<HHIII", 0x0003, number, 6, value, 0)
            continue
        if isinstance(value, float):
            fixed += struct.pack("<HHIQ", 0x0040, number, 6, (int(value) + 11644473600) * 10000000)
            continue
        kind, data = ((0x001F, value.encode("utf-16-le")) if isinstance(value, str) else
                      (0x001E, value[1].encode(value[0])) if isinstance(value, tuple) else (0x0102, value))
        streams["__substg1.0_%04X%04X" % (number, kind)] = data
        fixed += struct.pack("<HHIII", kind, number, 6, len(data), 0)
    streams["__properties_version1.0"] = fixed
    return streams


def message(values, recipients=(), attachments=(), depth=0):
    folder = properties(24 if depth else 32, values)
    for i, recipient in enumerate(recipients):
        folder["__recip_version1.0_#%08X" % i] = properties(8, recipient)
    for i, (attachment, inner) in enumerate(attachments):
        folder["__attach_version1.0_#%08X" % i] = properties(8, attachment)
        if inner:
            folder["__attach_version1.0_#%08X" % i]["__substg1.0_3701000D"] = inner
    return folder


# ---- rich text (MS-OXRTFCP, MS-OXRTFEX) ------------------------------------------------------------------------------

FIRST_WINDOW = (b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
                b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
                b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx")


def packed(rtf):
    """The RTF as a mail program stores it: references into the last 4096 bytes."""
    past, out, items = bytearray(FIRST_WINDOW), bytearray(), []
    at = 0
    while at < len(rtf):
        found, n = -1, min(17, len(rtf) - at)
        while n >= 2 and found < 0:
            found = bytes(past[-4000:]).rfind(rtf[at:at + n])
            n -= found < 0
        if found < 0:
            items.append(rtf[at:at + 1])
            n = 1
        else:
            items.append(struct.pack(">H", (max(0, len(past) - 4000) + found) % 4096 << 4 | n - 2))
        past += rtf[at:at + n]
        at += n
    items.append(struct.pack(">H", len(past) % 4096 << 4))
    for i in range(0, len(items), 8):
        out.append(sum(1 << bit for bit, item in enumerate(items[i:i + 8]) if len(item) == 2))
        out += b"".join(items[i:i + 8])
    crc = zlib.crc32(bytes(out), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return struct.pack("<IIII", len(out) + 12, len(rtf), 0x75465A4C, crc) + bytes(out)


def stored(rtf):
    """The same, not packed."""
    return struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf


def rtf_bytes(text, page):
    """Text as RTF has it: bytes of the code page as \\'xx."""
    return "".join(c if c.isascii() else "".join("\\'%02x" % byte for byte in c.encode(page)) for c in text)


RTF_TEXT = ("{\\rtf1\\ansi\\ansicpg932\\fromtext \\deff0{\\fonttbl{\\f0\\fswiss Arial;}{\\f3\\fmodern\\fcharset0 Courier New;}}"
            "{\\colortbl;\\red0\\green0\\blue0;}{\\*\\generator none;}\\uc1\\pard\\plain\\deftab360 \\f0\\fs20 "
            + rtf_bytes("宛先不明です。", "cp932") +
            "\\par\n\\par\n<bob@example.net>:\\line\n550 5.1.1 user unknown \\u12354?\\'82\\'a2\\par\n}").encode()
RTF_HTML = ("{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl\n{\\f0\\fswiss Arial;}{\\f4\\fnil\\fcharset128 MS Gothic;}}\n"
            "{\\*\\htmltag19 <html>}{\\*\\htmltag64}{\\*\\htmltag96 <div title=\"\\{x\\}\">}\\htmlrtf {\\htmlrtf0 "
            "\\htmlrtf \\f4 \\htmlrtf0 " + rtf_bytes("宛先不明", "cp932") + "{\\*\\htmltag116 <br>}\\htmlrtf \\line\n\\htmlrtf0 "
            "\\htmlrtf \\f0 \\htmlrtf0 {\\*\\htmltag84 &lt;}\\htmlrtf <\\htmlrtf0 bob@example.net{\\*\\htmltag84 &gt;}\\htmlrtf >"
            "\\htmlrtf0 : 550 5.1.1 no such \\'e9l\\'e8ve{\\*\\mhtmltag84 hidden}\\htmlrtf }\\htmlrtf0 {\\*\\htmltag104 </div>}}").encode()


def nested(depth, most):
    inner = nested(depth + 1, most) if depth < most else None
    return message({0x001A: "IPM.Note", 0x0037: "level %d" % depth, 0x1000: "text %d" % depth}, [],
                   [({0x3705: 5}, inner)] if inner else [], depth)


def directory_in_a_loop(file):
    at = file.table + file.directory * 4
    return file.bytes[:at] + struct.pack("<I", file.directory) + file.bytes[at + 4:]


def messages():
    original = message({0x001A: "IPM.Note", 0x0037: "見積書の件", 0x1000: "see attachment\r\n",
                        0x007D: "From: Alice <alice@example.com>\r\nTo: bob@example.net\r\nSubject: "
                                "=?utf-8?B?6KaL56mN5pu444Gu5Lu2?=\r\nDate: Mon, 3 Jan 2022 12:00:00 +0900\r\n"
                                "Message-ID: <1@example.com>\r\nContent-Type: text/plain; charset=x\r\n\tformat=flowed"
                                "\r\n--=_2\r\n\r\n"}, [], [], 1)
    report = message(
        {0x001A: "REPORT.IPM.Note.NDR", 0x0037: "Undeliverable: 見積書の件", 0x0042: "Mail \"Delivery\" System",
         0x0065: "postmaster@mx.example.com", 0x0039: 1641178800.0, 0x6820: "mx.example.com", 0x3FFD: 932},
        [{0x3001: "Bob", 0x39FE: "bob@example.net", 0x0C20: 571,
          0x0C1B: "<mx.example.net #5.7.1 smtp;550 5.7.1 Client host [192.0.2.25] blocked using Spamhaus>"},
         {0x3001: ("cp932", "受信者"), 0x3003: "dora@example.org", 0x0C20: 511, 0x1001: "no such mailbox"}],
        [({0x3705: 5, 0x3707: "original"}, original),
         ({0x3707: "large.bin", 0x3701: bytes(range(256)) * 40}, None)])
    # As a mail program saves a notice that came as a plain mail.
    notice = message({0x001A: "IPM.Note", 0x0037: ("cp932", "配信エラー"), 0x1000: ("cp932", "宛先不明です。\r\n<bob@"
                      "example.net>:\r\n550 5.1.1 user unknown\r\n"), 0x0C1A: ("cp932", "配信担当"),
                      0x0C1F: "MAILER-DAEMON@mx.example.jp", 0x3FFD: 932, 0x0E06: 1641178800.0},
                     [], [({0x3704: "a/b\"c.txt", 0x370E: "text/plain", 0x3701: b"x"}, None)])
    html = message({0x001A: "IPM.Note", 0x0037: "failure notice", 0x1013: "<p>&lt;bob@example.net&gt;: 550 5.1.1 "
                    "ユーザー不明</p>".encode("euc-jp"), 0x3FDE: 51932})
    wrong = packed(RTF_TEXT)
    return {
        "rtf-text.msg": Compound(message({0x001A: "IPM.Note", 0x0037: "配信エラー", 0x1009: packed(RTF_TEXT)})).bytes,
        "rtf-html.msg": Compound(message({0x001A: "IPM.Note", 0x0037: "failure notice", 0x1009: packed(RTF_HTML)})).bytes,
        "rtf-stored.msg": Compound(message({0x001A: "IPM.Note", 0x1000: " ", 0x1009: stored(RTF_HTML)})).bytes,
        "rtf-damaged.msg": Compound(message({0x001A: "IPM.Note", 0x1009: wrong[:12] + b"none" + wrong[16:]})).bytes,
        "report.msg": Compound(report).bytes,
        "notice.msg": Compound(notice).bytes,
        "html.msg": Compound(html).bytes,
        "deep.msg": Compound(nested(0, 30)).bytes,
        "loop.msg": directory_in_a_loop(Compound(notice)),
        "document.doc": Compound({"WordDocument": bytes(5000)}).bytes,
        "cut.msg": Compound(report).bytes[:3000],
    }


# ---- winmail.dat (MS-OXTNEF) ---------------------------------------------------------------------------------------

def attribute(level, number, data):
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def padded(data):
    return data + bytes(-len(data) % 4)


def property_list(values):
    """values is as in properties(); a number above 0xFFFF is a named property's; ("object", bytes) is one of type 000D."""
    out = struct.pack("<I", len(values))
    for number, value in values.items():
        name = b""
        if number > 0xFFFF:
            number &= 0xFFFF
            name = bytes(16) + struct.pack("<II", 1, 10) + padded("name\0".encode("utf-16-le"))
        if isinstance(value, int):
            out += struct.pack("<HH", 0x0003, number) + name + struct.pack("<I", value)
            continue
        if isinstance(value, float):
            out += struct.pack("<HHQ", 0x0040, number, (int(value) + 11644473600) * 10000000)
            continue
        if isinstance(value, tuple) and value[0] == "object":
            kind, data = 0x000D, bytes(16) + value[1]
        else:
            kind, data = ((0x001F, value.encode("utf-16-le") + b"\0\0") if isinstance(value, str) else
                          (0x001E, value[1].encode(value[0]) + b"\0") if isinstance(value, tuple) else (0x0102, value))
        out += struct.pack("<HH", kind, number) + name + struct.pack("<II", 1, len(data)) + padded(data)
    return out


def tnef(*attributes):
    head = attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
    return struct.pack("<IH", 0x223E9F78, 1) + head + b"".join(attribute(*one) for one in attributes)


def winmails():
    page = (1, 0x00069007, struct.pack("<II", 932, 0))
    original = tnef((1, 0x00078008, b"IPM.Microsoft Mail.Note\0"),
                    (1, 0x00069003, property_list({0x0037: "見積書の件", 0x1000: "see attachment\r\n"})))
    report = tnef(
        page, (1, 0x00078008, b"IPM.Microsoft Mail.Non-Delivery\0"),
        (1, 0x00018004, "配信エラー".encode("cp932") + b"\0"),
        (1, 0x00069003, property_list({0x18000: "passed over", 0x0065: "postmaster@mx.example.com",
                                       0x0042: ("cp932", "管理者"), 0x0039: 1641178800.0})),
        (1, 0x00069004, struct.pack("<I", 1) + property_list(
            {0x3001: "Bob", 0x39FE: "bob@example.net", 0x0C1B: "<mx.example.net #5.1.1 smtp;550 5.1.1 no such user>"})),
        (2, 0x00069002, bytes(14)), (2, 0x00018010, b"a.txt\0"), (2, 0x0006800F, b"some text"),
        (2, 0x00069002, bytes(14)), (2, 0x00069005, property_list({0x3701: ("object", original), 0x3705: 5})))
    plain = tnef(page, (1, 0x00018004, b"lunch\0"), (1, 0x0002800C, "正午に\r\n".encode("cp932") + b"\0"))
    rtf = tnef(page, (1, 0x00018004, b"lunch\0"), (1, 0x00069003, property_list({0x1009: packed(RTF_HTML)})))
    return {"report.dat": report, "plain.dat": plain, "rtf.dat": rtf, "cut.dat": report[:-30]}


# ---- mails with a winmail.dat ----------------------------------------------------------------------------------------

NOTICE = """Your message did not reach some or all of the intended recipients.

      Subject:\tplan
      Sent:\t3/11/2005 10:15 AM

The following recipient(s) could not be reached:

      'kai@example.org' on 3/11/2005 10:15 AM
            The e-mail account does not exist at the organization this message was sent to.  Check the e-mail address, \
or contact the recipient directly to find out the correct address.
            <ex.corp.example #5.1.1 smtp;550 5.1.1 User unknown>

      lea@example.org on 3/11/2005 10:15 AM
            You do not have permission to send to this recipient.  For assistance, contact your system administrator.
            <ex.corp.example #5.7.1 smtp;554 5.7.1 Service unavailable; Client host [203.0.113.9] blocked using bl.spamcop.net>
"""
NOTICE_JA = """次の受信者にメッセージを配信できませんでした。

      件名:\t見積書の件
      送信日時:\t2005/03/11 10:15

次の受信者に届きませんでした :

      kai@example.org 2005/03/11 10:15
            この受信者にメッセージを送信するアクセス許可がありません。
            <ex.corp.example #5.7.1 smtp;550 5.7.1 Client host [203.0.113.9] blocked using bl.spamcop.net>
"""


def rtf_of(text, page=1252):
    """The text as a mail program makes rich text of it."""
    words = text.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}").replace("\t", "\\tab ")
    return ("{\\rtf1\\ansi\\ansicpg%d\\fromtext \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\\uc1\\pard\\plain\\f0\\fs20 " % page +
            rtf_bytes(words, "cp%d" % page).replace("\n", "\\par\r\n") + "}").encode()


def mail(header, *parts):
    """parts: (fields, bytes), each in base64."""
    out = header + "MIME-Version: 1.0\n"
    if len(parts) == 1:
        return (out + parts[0][0] + "Content-Transfer-Encoding: base64\n\n").encode() + base64.encodebytes(parts[0][1])
    out = (out + "Content-Type: multipart/mixed; boundary=\"----_=_NextPart\"\n\n").encode()
    for fields, data in parts:
        out += ("------_=_NextPart\n" + fields + "Content-Transfer-Encoding: base64\n\n").encode() + base64.encodebytes(data) + b"\n"
    return out + b"------_=_NextPart--\n"


def winmail_samples():
    header = ("From: \"System Administrator\" <postmaster@corp.example>\nTo: jonas@corp.example\nSubject: Undeliverable: plan\n"
              "Date: Fri, 11 Mar 2005 10:15:07 +0100\nMessage-ID: <exchange2003-winmail-%s@ex.corp.example>\n")
    page, when = (1, 0x00069007, struct.pack("<II", 1252, 0)), 1110532507.0
    original = tnef((1, 0x00078008, b"IPM.Microsoft Mail.Note\0"), (1, 0x00018004, b"plan\0"), (1, 0x00069003, property_list(
        {0x0042: "Jonas", 0x5D02: "jonas@corp.example", 0x0039: when - 7, 0x1035: "<plan.1@corp.example>",
         0x1009: packed(rtf_of("The plan is ready.\n"))})),
        (1, 0x00069004, struct.pack("<I", 2) +
         property_list({0x3001: "Kai", 0x39FE: "kai@example.org", 0x0C15: 1}) +
         property_list({0x3001: "Lea", 0x39FE: "lea@example.org", 0x0C15: 1})))
    attached = ((2, 0x00069002, bytes(14)), (2, 0x00069005, property_list({0x3701: ("object", original), 0x3705: 5})))
    note = (page, (1, 0x00078008, b"IPM.Microsoft Mail.Note\0"), (1, 0x00018004, b"Undeliverable: plan\0"))
    rich = tnef(*note, (1, 0x00069003, property_list({0x1009: packed(rtf_of(NOTICE))})), *attached)
    report = tnef(
        page, (1, 0x00078008, b"IPM.Microsoft Mail.Non-Delivery\0"), (1, 0x00018004, b"Undeliverable: plan\0"),
        (1, 0x00069003, property_list({0x0039: when, 0x6820: "ex.corp.example"})),
        (1, 0x00069004, struct.pack("<I", 2) +
         property_list({0x3001: "Kai", 0x39FE: "kai@example.org", 0x0C1B: "<ex.corp.example #5.1.1 smtp;550 5.1.1 User unknown>"}) +
         property_list({0x3001: "Lea", 0x39FE: "lea@example.org",
                        0x0C1B: "<ex.corp.example #5.7.1 smtp;554 5.7.1 Service unavailable; Client host [203.0.113.9] "
                                "blocked using bl.spamcop.net>"})), *attached)
    japanese = tnef((1, 0x00069007, struct.pack("<II", 932, 0)), (1, 0x00018004, "配信不能: 見積書の件".encode("cp932") + b"\0"),
                    (1, 0x00069003, property_list({0x1009: packed(rtf_of(NOTICE_JA, 932))})))
    text = "Content-Type: text/plain; charset=us-ascii\n"
    labelled = "Content-Type: application/ms-tnef; name=\"winmail.dat\"\nContent-Disposition: attachment; filename=\"winmail.dat\"\n"
    unlabelled = "Content-Type: application/octet-stream; name=\"winmail.dat\"\n"
    return {
        "winmail-alone.eml": mail(header % "alone", (labelled, rich)),
        "winmail-beside-text.eml": mail(header % "beside-text", (text, NOTICE.encode()), (unlabelled, rich)),
        "winmail-report.eml": mail(header % "report", (text, b"\r\n"), (labelled, report)),
        "winmail-report-beside-text.eml": mail(header % "report-2", (text, NOTICE.encode()), (labelled, report)),
        "winmail-cut.eml": mail(header % "cut", (text, b"\r\n"), (labelled, rich[:-400])),
        "winmail-damaged.eml": mail(header % "damaged", (text, NOTICE.encode()), (labelled, rich[:8])),
        "winmail-ja.eml": mail(header % "ja", (text, b"\r\n"), (labelled, japanese)),
    }


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).with_name("files"))
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in {**archives(), **messages(), **winmails()}.items():
        (folder / name).write_bytes(data)
    if len(sys.argv) == 1:
        for name, data in winmail_samples().items():
            (pathlib.Path(__file__).parent.parent / "samples" / "exchange2003" / name).write_bytes(data)


main()
