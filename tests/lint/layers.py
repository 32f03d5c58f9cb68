#!/usr/bin/env python3
"""The stages of src/ know only what comes before them, and another stage only by its one header."""
import re
import csource

ORDER = ["base", "table", "input", "mime", "delivery", "evidence", "classify", "diagnose", "report",
         "analyze", "cli", "main"]


def stage_of(path):
    """src/mime/header.c → mime, src/analyze.c → analyze."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else parts[1].rsplit(".", 1)[0]


def main():
    root = csource.root_argument()
    problems, count = [], 0
    for path, text in csource.files(root, "src/**/*.[ch]"):
        count += 1
        stage = stage_of(path)
        if stage not in ORDER:
            problems.append("%s: '%s' is not a stage" % (path, stage))
            continue
        code = csource.without_comments(text)
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', code, re.M):
            target, where = match[1], "%s:%d" % (path, csource.line_of(code, match.start()))
            if target.startswith("bouncewhy/"):
                continue
            if ".." in target.split("/"):
                problems.append("%s: include by stage, not by '..': \"%s\"" % (where, target))
                continue
            if "/" not in target and (root / path).with_name(target).exists():
                continue
            other = stage_of("src/" + target)
            if other == stage:
                continue
            if other not in ORDER:
                problems.append("%s: \"%s\" is of no stage" % (where, target))
            elif ORDER.index(other) > ORDER.index(stage):
                problems.append("%s: %s must not know %s: \"%s\"" % (where, stage, other, target))
            elif target not in ("%s/%s.h" % (other, other), "%s.h" % other):
                problems.append("%s: %s is seen through %s/%s.h only, not \"%s\"" % (where, other, other, other, target))
    csource.finish(problems, count, "files")


main()
