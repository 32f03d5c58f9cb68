#!/usr/bin/env python3
"""What tests/traps.tsv and tests/layouts.tsv promise is there: a name, then its proofs, all behind tabs.

A proof is a sample with its expectation beside it, or FILE:TEXT, where the file holds the text: a test that is run, a row
of a table. In layouts.tsv every proof is a sample."""
import pathlib
import re
import csource

LISTS = {"tests/traps.tsv": False, "tests/layouts.tsv": True}
INPUTS = (".eml", ".mbox", ".txt")


def sample_problem(root, name):
    path = pathlib.Path(root, name)
    if not path.is_file() or path.suffix not in INPUTS or name.endswith((".en.txt", ".ja.txt")):
        return "no such sample"
    return None if path.with_suffix(".json").is_file() else "no expectation beside it"


def text_problem(root, proof):
    name, colon, text = proof.partition(":")
    path = pathlib.Path(root, name)
    if not colon or not text or not path.is_file():
        return "no such file or no text behind it"
    held = path.read_text(encoding="utf-8")
    if path.suffix == ".c":
        run = re.search(r"(?:cmocka_unit_test\w*|ARENA_TEST)\(\s*%s\b" % re.escape(text), held)
        return None if run else "no such test"
    if path.suffix == ".py":
        text = '"%s":' % text
    return None if text in held else "does not hold it"


def main():
    root = csource.root_argument()
    problems, count = [], 0
    for path, only_samples in LISTS.items():
        seen = set()
        for number, line in enumerate(pathlib.Path(root, path).read_text(encoding="utf-8").splitlines(), 1):
            if not line or line.startswith("#"):
                continue
            count += 1
            name, *proofs = line.split("\t")
            found = [] if proofs else ["no proof"]
            if not name.strip() or name in seen:
                found.append("no name or one that stood before")
            seen.add(name)
            for proof in proofs:
                problem = (sample_problem(root, proof) if proof.startswith("samples/") or only_samples
                           else text_problem(root, proof))
                if problem:
                    found.append("%s: %s" % (proof, problem))
            problems += ["%s:%d: %s: %s" % (path, number, name, what) for what in found]
    csource.finish(problems, count, "cases and layouts")


main()
