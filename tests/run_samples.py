#!/usr/bin/env python3
"""usage: run_samples.py BOUNCEWHY [SAMPLES]

Runs the program over every sample (X.eml, X.mbox, X.txt) and compares with what lies beside it:
  X.json    --format json; compared as JSON without the key "source"; one value per message. Has to be there.
  X.ja.txt  -l ja, byte for byte, where it is there
  X.en.txt  -l en, byte for byte, where it is there
  X.VIEW.ja.txt, X.VIEW.en.txt  the same with the options of the view (VIEWS below): ticket, admin, support ...
UPDATE=1 rewrites the expectations (an empty X.ja.txt asks for one). FOCUS=part runs only the samples whose path has that
part. Prints each difference and ends with "N passed, N failed".
"""
import concurrent.futures
import difflib
import json
import os
import pathlib
import subprocess
import sys

INPUTS = (".eml", ".mbox", ".txt")
VIEWS = {"": (), ".ticket": ("--ticket",), ".admin": ("--role=admin",), ".support": ("--role=support",),
         ".admin-ticket": ("--role=admin", "--ticket"), ".redacted": ("--redact",)}
TEXTS = {"%s.%s.txt" % (view, language): ("-l", language, *options)
         for view, options in sorted(VIEWS.items(), reverse=True) for language in ("ja", "en")}
SECONDS = 60
UPDATE = os.environ.get("UPDATE", "") not in ("", "0")


def environment():
    """Only what the program may depend on, and what steers the tools that watch it."""
    kept = {k: v for k, v in os.environ.items() if k == "PATH" or k.endswith("SAN_OPTIONS") or k == "LD_LIBRARY_PATH"}
    return dict(kept, TZ="UTC", LC_ALL="C.UTF-8", COLUMNS="80", HOME="/nonexistent", XDG_CONFIG_HOME="/nonexistent")


def run(binary, root, sample, *options):
    """(stdout, exit status, problem or None). Any status but 0 and 1 is a problem."""
    command = [str(binary), *options, sample.relative_to(root).as_posix()]
    try:
        done = subprocess.run(command, cwd=root, env=environment(), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return b"", None, "did not end within %d s" % SECONDS
    if done.returncode not in (0, 1):
        return b"", None, "status %d: %s" % (done.returncode, done.stderr.decode("utf-8", "replace").strip())
    return done.stdout, done.returncode, None


def values(text):
    """The JSON values that follow one another in text, each without its source."""
    decoder, found, at = json.JSONDecoder(), [], 0
    text = text.strip()
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        if isinstance(value, dict):
            value.pop("source", None)
        found.append(value)
        while at < len(text) and text[at].isspace():
            at += 1
    return found


def pretty(found):
    return "".join(json.dumps(value, ensure_ascii=False, indent=2) + "\n" for value in found)


def difference(want, got, name):
    return "".join(difflib.unified_diff(want.splitlines(True), got.splitlines(True), name, "got"))


def check_json(binary, root, sample, expected):
    out, status, problem = run(binary, root, sample, "--format", "json")
    if problem:
        return problem
    try:
        got = values(out.decode("utf-8"))
    except ValueError as error:
        return "not JSON: %s" % error
    bounced = any(isinstance(v, dict) and v.get("kind") == "bounce" for v in got)
    if status != (0 if bounced else 1):
        return "status %d, and the report %s a bounce" % (status, "holds" if bounced else "does not hold")
    if UPDATE:
        expected.write_text(pretty(got), encoding="utf-8")
        return None
    if not expected.exists():
        return "no %s (UPDATE=1 writes it)" % expected.name
    try:
        want = values(expected.read_text(encoding="utf-8"))
    except ValueError as error:
        return "%s is not JSON: %s" % (expected.name, error)
    # The order of keys is promised, so it is compared too.
    return None if pretty(want) == pretty(got) else difference(pretty(want), pretty(got), expected.name)


def check_text(binary, root, sample, expected, options):
    out, _, problem = run(binary, root, sample, *options)
    if problem:
        return problem
    if UPDATE:
        expected.write_bytes(out)
        return None
    want = expected.read_bytes()
    if want == out:
        return None
    return difference(want.decode("utf-8", "replace"), out.decode("utf-8", "replace"), expected.name)


def is_expectation(path):
    return path.name.endswith((".json", *TEXTS))


def stem(path):
    for suffix in (*TEXTS, ".json", *INPUTS):
        if path.name.endswith(suffix):
            return path.with_name(path.name[:-len(suffix)])
    return path


def plan(binary, root, focus):
    """(label, call) for each check. Orphans and two samples that share their expectations are checks that fail."""
    files = sorted(p for p in root.rglob("*") if p.is_file() and (p.suffix in INPUTS or is_expectation(p)))
    samples = [p for p in files if not is_expectation(p)]
    by_stem = {}
    for sample in samples:
        by_stem.setdefault(stem(sample), []).append(sample)
    for path in files:
        label = path.relative_to(root).as_posix()
        if focus not in label:
            continue
        if is_expectation(path):
            if stem(path) not in by_stem:
                yield label, lambda: "expectation without a sample"
            continue
        if len(by_stem[stem(path)]) > 1:
            yield label, lambda: "two samples share this name and so their expectations"
            continue
        expected = stem(path)
        yield label, lambda p=path, e=expected: check_json(binary, root, p, e.with_name(e.name + ".json"))
        for suffix, options in TEXTS.items():
            text = expected.with_name(expected.name + suffix)
            if text.exists():
                yield (text.relative_to(root).as_posix(),
                       lambda p=path, t=text, o=options: check_text(binary, root, p, t, o))


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    binary = pathlib.Path(sys.argv[1]).resolve()
    root = pathlib.Path(sys.argv[2] if len(sys.argv) == 3 else
                        pathlib.Path(__file__).resolve().parent.parent / "samples").resolve()
    checks = list(plan(binary, root, os.environ.get("FOCUS", "")))
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (label, _), problem in zip(checks, pool.map(lambda check: check[1](), checks)):
            if problem is None:
                passed += 1
            else:
                failed += 1
                print("FAIL %s\n%s" % (label, problem.rstrip("\n")))
    if not checks:
        print("no sample found under %s" % root)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed or not passed else 0)


main()
