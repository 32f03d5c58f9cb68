#!/usr/bin/env python3
"""Only src/main.c and src/cli/ print, end the process or read the environment. The rest returns."""
import re
import csource

CALLS = ["exit", "_exit", "_Exit", "quick_exit", "abort", "printf", "vprintf", "puts", "putchar", "perror",
         "getenv", "secure_getenv", "setenv", "putenv", "unsetenv", "err", "errx", "warn", "warnx", "system", "popen"]
NAMES = ["stderr", "stdout", "stdin", "environ"]
BANNED = re.compile(r"(?<![\w.>])(?:(?:%s)\s*\(|(?:%s)\b)" % ("|".join(CALLS), "|".join(NAMES)))


def main():
    root = csource.root_argument()
    problems, count = [], 0
    for path, text in csource.files(root, "src/**/*.[ch]", "include/**/*.h"):
        if path == "src/main.c" or path.startswith("src/cli/"):
            continue
        count += 1
        code = csource.code_only(text)
        for match in BANNED.finditer(code):
            problems.append("%s:%d: '%s' belongs to src/cli/"
                            % (path, csource.line_of(code, match.start()), match[0].rstrip("( \t")))
    csource.finish(problems, count, "files")


main()
