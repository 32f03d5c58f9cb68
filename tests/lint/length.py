#!/usr/bin/env python3
"""Functions have at most 80 lines from brace to brace, files at most 600. Prints where src/ stands."""
import statistics
import csource

FUNCTION_MAX = 80
FILE_MAX = 600


def main():
    root = csource.root_argument()
    problems, lengths, count = [], [], 0
    for path, text in csource.files(root, "src/**/*.[ch]", "include/**/*.h", "tests/**/*.[ch]"):
        count += 1
        lines = text.count("\n")
        if lines > FILE_MAX:
            problems.append("%s: %d lines, at most %d" % (path, lines, FILE_MAX))
        for name, line, length in csource.functions(text):
            if path.startswith("src/"):
                lengths.append(length)
            if length > FUNCTION_MAX:
                problems.append("%s:%d: %s has %d lines, at most %d" % (path, line, name, length, FUNCTION_MAX))
    if lengths:
        lengths.sort()
        print("%d functions in src: median %g, 90%% within %d, longest %d"
              % (len(lengths), statistics.median(lengths), lengths[(len(lengths) * 9 - 1) // 10], lengths[-1]))
    csource.finish(problems, count, "files")


main()
