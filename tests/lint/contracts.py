#!/usr/bin/env python3
"""A comment stands directly above every declaration of a header.

A forward declaration (struct x;) needs none, nor does the list type of the struct directly above it, and a run of
short inline functions may share one.
"""
import re
import csource

GUARD = re.compile(r"\b[A-Z_]+_(?:BEGIN|END)(?:_DECLS)?\b|\b(?:BEGIN|END)_DECLS\b")


def main():
    root = csource.root_argument()
    problems, count, declarations = [], 0, 0
    for path, text in csource.files(root, "include/bouncewhy/*.h", "src/*/*.h", "src/*.h"):
        count += 1
        lines = text.split("\n")
        code = GUARD.sub(lambda m: " " * len(m[0]), csource.code_only(text))
        shared_until = previous_end = None
        for start, end, body in csource.statements(code):
            first, last = csource.line_of(code, start), csource.line_of(code, end)
            if re.fullmatch(r"(?:typedef\s+)?(?:struct|union)\s+\w+(?:\s+\w+)?\s*", code[start:end]):
                continue
            if code.startswith("typedef BW_LIST(", start) and previous_end == first - 1:
                continue
            previous_end = last
            declarations += 1
            above = lines[first - 2].rstrip() if first > 1 else ""
            one_line_inline = body is not None and last - first <= 4
            if above.endswith("*/") or above.lstrip().startswith("//"):
                shared_until = last if one_line_inline else None
            elif one_line_inline and shared_until == first - 1:
                shared_until = last
            else:
                shared_until = None
                problems.append("%s:%d: no contract above: %s" % (path, first, lines[first - 1].strip()))
    print("%d declarations" % declarations)
    csource.finish(problems, count, "headers")


main()
