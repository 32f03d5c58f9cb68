#!/usr/bin/env python3
"""Each library is included by one file, which is never a header."""
import re
import csource

OWNER = {
    "pcre2.h": "src/table/regex.c",
    "iconv.h": "src/mime/charset.c",
    "magic.h": "src/input/magic.c",
    "archive.h": "src/input/archive.c",
    "archive_entry.h": "src/input/archive.c",
    "jansson.h": "src/report/json.c",
}


def main():
    root = csource.root_argument()
    problems, count = [], 0
    for path, text in csource.files(root, "src/**/*.[ch]", "include/**/*.h"):
        count += 1
        code = csource.without_comments(text)
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', code, re.M):
            owner = OWNER.get(match[1])
            if owner and owner != path:
                problems.append("%s:%d: only %s includes <%s>"
                                % (path, csource.line_of(code, match.start()), owner, match[1]))
    csource.finish(problems, count, "files")


main()
