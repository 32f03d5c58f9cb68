#!/usr/bin/env python3
"""No file of the tree knows the machine that it was written on."""
import os
import pathlib
import re
import subprocess
import csource

# A bounce may well speak of somebody's home folder (a pipe, a .forward): samples, their reports and tables are looked at
# for this checkout's own place only.
HOMES = re.compile(r"(?<![\w.])/(?:home|Users)/[A-Za-z0-9_.-]+|(?<![\w.])/root/[A-Za-z0-9_.-]+")
MAY_NAME_HOMES = ("samples/", "docs/REPORTS.md", "patterns/", "tests/unit/", "tests/fuzz/corpus/")


def tracked(root):
    """Files that git knows or would add; everything where this is no checkout."""
    try:
        out = subprocess.run(["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"],
                             capture_output=True, check=True).stdout
        return [name for name in out.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        return [p.relative_to(root).as_posix() for p in root.rglob("*")
                if p.is_file() and p.relative_to(root).parts[0] not in ("build", ".git")]


def main():
    root = csource.root_argument().resolve()
    own = {str(root)}
    home = os.path.expanduser("~")
    if home.count("/") > 1:
        own.add(home)
    problems, count = [], 0
    for name in tracked(root):
        path = pathlib.Path(root, name)
        if not path.is_file() or name == "tests/lint/paths.py":
            continue
        count += 1
        text = path.read_bytes().decode("utf-8", "replace")
        found = [place for place in own if re.search(re.escape(place) + r"(?![\w-])", text)]
        if not name.startswith(MAY_NAME_HOMES):
            found += HOMES.findall(text)
        problems += ["%s: names the place %s" % (name, place) for place in found]
    csource.finish(problems, count, "files")


main()
