#!/usr/bin/env python3
"""usage: refusals.py BINARY TABLE

Refusals over the sender, one a line, and what has to be told of each. The columns of TABLE: text ("\\n" is a line end),
cause, actor, ip (or "masked"), id of the list, its status, the zone that the text names, the receiver's code, id of the
receiver, a page that shows or ends the listing, and the shade of the sentences. "-" is none, "*" is not looked at;
a page "-" is none that anybody known vouches for. Of the reports for users and administrators, in English and Japanese:
the second line names the actor, an administrator is not sent to his own provider's support desk, and a link that nobody
known owns cannot be clicked. Receiver and shade are asked for with a language whose sentences are nothing else.
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

COLUMNS = ["text", "cause", "actor", "ip", "list", "status", "zone", "code", "receiver", "page", "shade"]
LISTED = ("ip-blocked", "domain-blocked")
SHADES = ("not-a-listing", "closed", "dynamic", "network", "private")
MARK = "@@ "
QUOTED = "@@@"
HEADING = f"word: heading.message\nis: {MARK}{{source}}\n\nword: heading.reply\nis: {QUOTED}\n\n"

# What the second line of a report has to say, by actor.
ACTORS = {
    "en": {
        "recipient-admin": r"^(?:Only )?[Tt]he (?:recipient's (?:mail )?administrator|administrator on the recipient's side)",
        "sender-admin": r"^(?:Only )?[Tt]he (?:provider|administrator (?:on|of) the (?:send|domain|one who)|one who assigned|company that assigned"
                        r"|sender should first check the sending settings)|^Just wait",
        "sender": r"^The sender\b",
    },
    "ja": {
        "recipient-admin": r"宛先側の(?:サーバー)?管理者",
        "sender-admin": r"提供元|送信(?:側|サーバー|に使ったメールサーバー)の?管理者|送信サーバーを管理|割り当て元"
                        r"|まず送信設定を確かめる|まずは待つだけ",
        "sender": r"送信した方",
    },
}
# Steps for somebody who sends through a provider's server.
USERS_STEPS = {
    "en": r"Give the provider|give (?:the|your) provider|ask your provider|If you run the server yourself",
    "ja": r"提供元に(?:、)?.{0,40}(?:渡|伝え)|ご自分でサーバーを運用",
}


def read(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0].split("\t") != COLUMNS:
        sys.exit(f"{path}:1: expected the columns {' '.join(COLUMNS)}")
    rows = []
    for number, line in enumerate(lines[1:], 2):
        fields = line.split("\t")
        if len(fields) != len(COLUMNS) or not all(fields):
            sys.exit(f"{path}:{number}: expected {len(COLUMNS)} fields, none empty")
        rows.append(dict(zip(COLUMNS, fields), line=number, text=fields[0].replace("\\n", "\n")))
    return rows


def table_names(root, kind):
    """Names of the records of one kind, by id."""
    names = {}
    for path in sorted((root / "patterns").rglob("*.tbl")):
        for record in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
            ids = re.search(rf"^{kind}:\s*(\S+)", record, re.M)
            name = re.search(r"^name:\s*(.+?)\s*$", record, re.M)
            if ids and name and re.match(r"(?:#.*\n)*" + kind + ":", record):
                names[ids[1]] = name[1]
    return names


def probe(root):
    """A language whose sentences are the shade and the receiver."""
    causes = re.findall(r"^cause:\s*(\S+)", (root / "patterns/causes.tbl").read_text(encoding="utf-8"), re.M)
    text = "language: zz\nname: probe\n\n" + HEADING
    for cause in causes:
        text += f"say: cause.{cause}\n"
        if cause in LISTED:
            text += "".join(f"head: ?{shade} {shade}[ {{receiver}}]\n" for shade in SHADES)
            text += "head: ?list listed[ {receiver}]\n"
        text += f"head: {'reputation' if cause == 'poor-reputation' else 'none'}[ {{receiver}}]\nwho: -\n\n"
    return text


def run(binary, folder, names, *options):
    done = subprocess.run([binary, "--width=0", "--color=never", *options, *names], cwd=folder, capture_output=True,
                          timeout=300, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"exit status {done.returncode}: {done.stderr.decode('utf-8', 'replace')}")
    return done.stdout.decode("utf-8")


def reports(output):
    """The report of each file, by name."""
    parts = re.split(rf"^{MARK}(\S+)$", output, flags=re.M)
    return dict(zip(parts[1::2], (part.strip("\n") for part in parts[2::2])))


def block_differences(row, delivery):
    block = delivery.get("block") or {}
    known = block.get("list") or {}
    told = {}
    got = {
        "cause": delivery["cause"],
        "actor": delivery["actor"],
        "ip": "masked" if block.get("ip_masked") else block.get("ip"),
        "list": known.get("id"),
        "status": known.get("status"),
        "zone": block.get("zone") if block.get("zone_source") == "text" else None,
        "code": block.get("code"),
    }
    for name, value in got.items():
        if row[name] not in ("*", value or "-"):
            told[name] = f"{name} {value or '-'} not {row[name]}"
    pages = [url["url"] for url in block.get("urls", ())
             if url["role"] in ("lookup", "removal") and url["trust"] != "unverified"]
    if row["page"] != "*" and (pages if row["page"] == "-" else row["page"] not in pages):
        told["page"] = f"page {pages} not {row['page']}"
    for url in block.get("urls", ()):
        authority = re.split(r"[/\\?#]", re.sub(r"^[a-z]+:/*", "", url["url"]))[0]
        if ("@" in authority and not url["url"].startswith("mailto:") or authority.endswith(".example")) \
                and url["trust"] != "unverified":
            told["trust"] = f"{url['url']} is trusted as {url['trust']}"
    return told


def report_differences(row, delivery, texts):
    told = {}
    loose = [url["url"] for url in (delivery.get("block") or {}).get("urls", ()) if url["trust"] == "unverified"]
    for (lang, role), text in texts.items():
        lines = text.split("\n")
        second = lines[1] if len(lines) > 1 else ""
        if not re.search(ACTORS[lang].get(row["actor"], ""), second):
            told["who"] = f"{lang} {role}: second line {second!r}"
        for url in loose:
            if url in text:
                told["link"] = f"{lang} {role}: {url} can be clicked"
        step = re.search(USERS_STEPS[lang], text.split(f"\n{QUOTED}\n")[0])
        if role == "admin" and step:
            told["step"] = f"{lang}: an administrator is told {step[0]!r}"
    return told


def main(binary, table):
    binary, path = os.path.abspath(binary), pathlib.Path(table)
    rows = read(path)
    root = pathlib.Path(__file__).resolve().parent.parent
    receivers = {name: ids for ids, name in table_names(root, "receiver").items()}
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for row in rows:
            names[f"{row['line']}.txt"] = row
            pathlib.Path(folder, f"{row['line']}.txt").write_text(row["text"] + "\n", encoding="utf-8")
        for lang in ACTORS:
            pathlib.Path(folder, lang).write_text(f"language: {lang}\nname: {lang}\n\n{HEADING}", encoding="utf-8")
        probing = pathlib.Path(folder, "probe")
        probing.write_text(probe(root), encoding="utf-8")
        results = collections.defaultdict(list)
        for line in run(binary, folder, names, "--format=json").splitlines():
            result = json.loads(line)
            results[result["source"]].append(result)
        texts = {(lang, role): reports(run(binary, folder, names, f"--patterns={lang}", f"--lang={lang}",
                                           f"--role={role}"))
                 for lang in ACTORS for role in ("user", "admin")}
        probed = reports(run(binary, folder, names, f"--patterns={probing}", "--lang=zz"))
    wrong = collections.Counter()
    failed = 0
    for name, row in names.items():
        if len(results[name]) != 1 or len(results[name][0]["deliveries"]) != 1:
            told = {"cause": f"expected one delivery, got {results[name]}"}
        else:
            delivery = results[name][0]["deliveries"][0]
            told = block_differences(row, delivery)
            shade, _, receiver = probed[name].split("\n")[0].partition(" ")
            if shade == "none" and delivery["cause"] in LISTED and (delivery["block"] or {}).get("zone"):
                shade = "listed"
            for column, value in (("shade", shade), ("receiver", receivers.get(receiver, "-"))):
                if row[column] not in ("*", value):
                    told[column] = f"{column} {value} not {row[column]}"
            told |= report_differences(row, delivery, {key: all_of[name] for key, all_of in texts.items()})
            if told:
                told["rule"] = f"rule {delivery['rule']}"
        if told:
            failed += 1
            wrong.update(told.keys() - {"rule"})
            print(f"{path}:{row['line']}: {'; '.join(told.values())}\n    {row['text']!r}")
    if wrong:
        print(", ".join(f"{count} {column}" for column, count in wrong.most_common()))
    print(f"{len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
