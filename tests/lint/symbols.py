#!/usr/bin/env python3
"""usage: symbols.py NM LIBRARY

The library defines only bw_ symbols for others, and holds no state that can change.
"""
import subprocess
import sys

WRITABLE = (".data", ".bss", ".tdata", ".tbss")
READ_ONLY_AFTER_START = ".data.rel.ro"  # constant, filled in by the loader


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    out = subprocess.run([sys.argv[1], "--format=sysv", "--defined-only", sys.argv[2]],
                         capture_output=True, text=True, check=True).stdout
    problems, count = [], 0
    for line in out.splitlines():
        fields = [field.strip() for field in line.split("|")]
        if len(fields) != 7 or fields[0] == "Name":
            continue
        name, kind, section = fields[0], fields[2], fields[6]
        if kind == "a" or name.startswith((".L", "__")):
            continue
        count += 1
        if kind.isupper() and not name.startswith("bw_"):
            problems.append("'%s' is visible to users of the library and does not begin with bw_" % name)
        if section.startswith(WRITABLE) and not section.startswith(READ_ONLY_AFTER_START):
            problems.append("'%s' is a variable that outlives a call (%s)" % (name, section))
    for problem in problems:
        print(problem)
    print("%d symbols looked at, %d problems" % (count, len(problems)))
    sys.exit(1 if problems or not count else 0)


main()
