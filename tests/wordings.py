#!/usr/bin/env python3
"""usage: wordings.py BINARY TABLE

Refusals as servers word them, one a line: the cause (others that are right, too, behind commas), the blocked address,
the zone that the text names, the text ("\\n" is a line end). "-" is none, "*" is not looked at. Texts, not mails: this
measures the rules on wording, without layouts. All texts go through one run, so that it stays quick.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

Row = collections.namedtuple("Row", "line causes ip zone text")


def read(path):
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 4 or not all(fields):
            sys.exit(f"{path}:{number}: expected four fields, none empty")
        causes, ip, zone, text = fields
        rows.append(Row(number, causes.split(","), ip, zone, text.replace("\\n", "\n")))
    return rows


def run(binary, rows):
    """What the program says of each row, by line number."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for row in rows:
            name = os.path.join(folder, f"{row.line}.txt")
            pathlib.Path(name).write_text(row.text + "\n", encoding="utf-8")
            names[name] = row.line
        done = subprocess.run([binary, "-f", "json", *names], capture_output=True, timeout=300, check=False)
        results = collections.defaultdict(list)
        for line in done.stdout.decode("utf-8").splitlines():
            result = json.loads(line)
            results[names[result["source"]]].append(result)
        return results, done


def differences(row, results):
    if len(results) != 1 or len(results[0]["deliveries"]) > 1:
        return [f"expected one delivery, got {results}"]
    deliveries = results[0]["deliveries"]
    delivery = deliveries[0] if deliveries else {"cause": results[0]["kind"]}
    block = delivery.get("block") or {}
    zone = block.get("zone") if block.get("zone_source") == "text" else None
    told = []
    if delivery["cause"] not in row.causes:
        told.append(f"cause {delivery['cause']} not {'|'.join(row.causes)} (rule {delivery.get('rule')}, "
                    f"matched {delivery.get('matched')!r})")
    for name, want, got in (("ip", row.ip, block.get("ip")), ("zone", row.zone, zone)):
        if want != "*" and want != (got or "-"):
            told.append(f"{name} {got or '-'} not {want}")
    return told


def main(binary, table):
    rows = read(pathlib.Path(table))
    if not rows:
        sys.exit(f"{table}: no rows")
    results, done = run(os.path.abspath(binary), rows)
    if done.returncode not in (0, 1):
        sys.exit(f"exit status {done.returncode}: {done.stderr.decode('utf-8', 'replace')}")
    failed = 0
    for row in rows:
        told = differences(row, results[row.line])
        if told:
            failed += 1
            print(f"{table}:{row.line}: {'; '.join(told)}\n    {row.text!r}")
    print(f"{len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
