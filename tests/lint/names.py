#!/usr/bin/env python3
"""No server, receiver, provider or blocklist is named in C: they belong in patterns/. A comment may name one."""
import pathlib
import re
import csource


def main():
    root = csource.root_argument()
    lines = pathlib.Path(__file__).with_name("names.txt").read_text(encoding="utf-8").splitlines()
    names = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    # '_' and digits end a name too: exim_line is about Exim.
    known = re.compile(r"(?<![A-Za-z])(?:%s)(?![A-Za-z])" % "|".join(map(re.escape, names)), re.I)
    problems, count = [], 0
    for path, text in csource.files(root, "src/**/*.[ch]", "include/**/*.h"):
        count += 1
        code = csource.without_comments(text)
        for match in known.finditer(code):
            problems.append("%s:%d: names '%s'" % (path, csource.line_of(code, match.start()), match[0]))
        if known.search(path):
            problems.append("%s: the file's name is a vendor's" % path)
    csource.finish(problems, count, "files")


main()
