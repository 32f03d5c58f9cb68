"""What the checks of this folder share: C sources read without their comments and texts, lines kept in place."""
import pathlib
import re
import sys

TOKEN = re.compile(r"""
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
""", re.S | re.X)


def _blank(piece):
    return re.sub(r"[^\n]", " ", piece)


def without_comments(source):
    return TOKEN.sub(lambda m: _blank(m[0]) if m["comment"] else m[0], source)


def code_only(source):
    """Comments blanked, texts emptied, preprocessor lines blanked: what is left is C grammar."""
    def one(match):
        if match["comment"]:
            return _blank(match[0])
        return match[0][0] + " " * (len(match[0]) - 2) + match[0][0]
    code = TOKEN.sub(one, source)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: _blank(m[0]), code, flags=re.M)


def files(root, *patterns):
    """Sorted files under root that match, with their text."""
    found = sorted({p for pattern in patterns for p in pathlib.Path(root).glob(pattern) if p.is_file()})
    for path in found:
        yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def statements(code):
    """Top-level declarations and definitions of code_only() text: (start, end, body_start or None).

    A function's body ends its statement; an extern "C" block is entered instead of counted as one.
    """
    depth = start = 0
    body = None
    fresh = True
    for offset, char in enumerate(code):
        if fresh:
            if char.isspace() or (char == "}" and depth == 0):
                continue
            start, body, fresh = offset, None, False
        if char == "{":
            if depth == 0 and re.fullmatch(r'extern\s+"\s*"\s*', code[start:offset]):
                fresh = True
                continue
            if depth == 0 and re.search(r"\)[\s\w(),]*$", code[start:offset]) and "=" not in code[start:offset]:
                body = offset
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0 and body is not None:
                yield start, offset, body
                fresh = True
        elif char == ";" and depth == 0:
            yield start, offset, None
            fresh = True


def functions(source):
    """(name, line, lines from the opening brace to the closing one) of each function."""
    code = code_only(source)
    for start, end, body in statements(code):
        if body is not None:
            name = re.search(r"(\w+)\s*\(", code[start:body])
            yield (name[1] if name else "?"), line_of(code, start), code.count("\n", body, end) + 1


def root_argument():
    if len(sys.argv) != 2:
        sys.exit("usage: %s ROOT" % sys.argv[0])
    return pathlib.Path(sys.argv[1])


def finish(problems, looked_at, what):
    """Prints the problems and leaves; having looked at nothing is a failure too."""
    for problem in problems:
        print(problem)
    print("%d %s looked at, %d problems" % (looked_at, what, len(problems)))
    sys.exit(1 if problems or not looked_at else 0)
