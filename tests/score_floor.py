#!/usr/bin/env python3
"""usage: score_floor.py [--raise] BOUNCEWHY [SHARED]

Scores the labelled corpora of SHARED (else ../shared beside the checkout) and fails when a measure is under its floor in
floors.json, has no floor, or is gone. --raise lifts the floors to what was measured; it never lowers one. Without corpora
there is nothing to measure: status 77.
"""
import json
import math
import pathlib
import re
import subprocess
import sys

ROW = re.compile(r"^(\S+)\s+(\d+)\s*/\s*(\d+)\s+([\d.]+)%")
SKIPPED = 77


def measure(shared, binary, corpus):
    labels = shared / "corpus" / (corpus + ".jsonl")
    command = [sys.executable, str(shared / "tools" / "score"), str(binary), str(labels)]
    mails = shared / "corpus" / corpus
    if mails.is_dir():
        command.append(str(mails))
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = [ROW.match(line) for line in out.splitlines()]
    return {row[1]: (int(row[2]), int(row[3])) for row in rows if row}


def main():
    args = [a for a in sys.argv[1:] if a != "--raise"]
    lift = "--raise" in sys.argv[1:]
    if len(args) not in (1, 2):
        sys.exit(__doc__)
    here = pathlib.Path(__file__).resolve().parent
    shared = pathlib.Path(args[1]) if len(args) == 2 else here.parent.parent / "shared"
    if not (shared / "tools" / "score").exists():
        print("no labelled corpora here: not scored")
        sys.exit(SKIPPED)
    file = here / "floors.json"
    floors = json.loads(file.read_text(encoding="utf-8"))
    passed = failed = 0
    for corpus, wanted in floors.items():
        found = measure(shared, pathlib.Path(args[0]).resolve(), corpus)
        for name in sorted(set(found) | set(wanted)):
            right, total = found.get(name, (0, 0))
            percent = 100.0 * right / total if total else 0.0
            if lift and total:
                wanted[name] = max(wanted.get(name, 0.0), math.floor(percent * 10) / 10)
            floor = wanted.get(name)
            ok = floor is not None and percent >= floor
            passed, failed = passed + ok, failed + (not ok)
            note = "no floor: --raise sets one" if floor is None else "floor %.1f" % floor
            print("%-4s %-6s %-18s %5d / %-5d %6.2f%%  %s" % ("ok" if ok else "FAIL", corpus, name, right, total, percent, note))
    if lift:
        file.write_text(json.dumps(floors, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed or not passed else 0)


main()
