#!/usr/bin/env python3
"""usage: cli.py BINARY

The program from outside: options, inputs, messages on standard error, exit statuses. Temporary files only.
"""
import csv
import io
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

BINARY = None
SAMPLES = pathlib.Path(__file__).resolve().parent.parent / "samples"

BOUNCE = b"""From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: sender@example.org
Subject: Undelivered Mail Returned to Sender
Date: Tue, 24 Jan 2023 18:02:11 +0900
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; nobody@example.com
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.example.com
Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.com>: Recipient address
    rejected: User unknown in local recipient table

--b--
"""
ORDINARY = b"""From: friend@example.org
To: someone@example.com
Subject: Lunch
Date: Tue, 24 Jan 2023 18:02:11 +0900
Message-ID: <1@example.org>

Shall we eat at noon?
"""
RULE = """rule:     test.unknown
cause:    mailbox-disabled
tier:     exact
match:    %s
example:  550 5.1.1 Recipient address rejected: User unknown in local recipient table
source:   this test
"""


def run(*arguments, stdin=b"", env=None, **more):
    """The finished process; bytes in, text out."""
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": "/nonexistent"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH"):
        if name in os.environ:
            environment[name] = os.environ[name]
    environment.update(env or {})
    done = subprocess.run([BINARY, *map(str, arguments)], input=None if "stdin_file" in more else stdin,
                          stdin=more.pop("stdin_file", None), stdout=more.pop("stdout", subprocess.PIPE),
                          stderr=subprocess.PIPE, env=environment, timeout=120, check=False, **more)
    done.out = (done.stdout or b"").decode("utf-8")
    done.err = done.stderr.decode("utf-8")
    return done


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.kept = tempfile.TemporaryDirectory(prefix="bouncewhy-cli-")
        self.addCleanup(self.kept.cleanup)
        self.dir = pathlib.Path(self.kept.name)

    def file(self, name, data):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def assert_ends_cleanly(self, done, status):
        """The status; one line end at the end of the output, no empty line there; messages are whole lines of ours."""
        self.assertEqual(done.returncode, status, done.err + done.out)
        if done.out:
            self.assertTrue(done.out.endswith("\n") and not done.out.endswith("\n\n"), done.out[-200:])
        for line in done.err.splitlines():
            self.assertRegex(line, r"^(bouncewhy: |  )")


class Inputs(Case):
    def test_bounce_is_0(self):
        done = run(self.file("a.eml", BOUNCE))
        self.assert_ends_cleanly(done, 0)
        self.assertEqual(done.err, "")
        self.assertIn("nobody@example.com", done.out)
        self.assertNotIn("\033", done.out)

    def test_ordinary_mail_is_1(self):
        done = run(self.file("a.eml", ORDINARY))
        self.assert_ends_cleanly(done, 1)
        self.assertEqual(done.err, "")
        self.assertNotEqual(done.out, "")

    def test_standard_input(self):
        path = self.file("a.eml", BOUNCE)
        expected = run(path).out
        for arguments in ((), ("-",), ("--", "-")):
            done = run(*arguments, stdin=BOUNCE)
            self.assert_ends_cleanly(done, 0)
            self.assertEqual(done.out, expected)

    def test_missing_file_is_2(self):
        done = run(self.dir / "no.eml")
        self.assert_ends_cleanly(done, 2)
        self.assertEqual(done.out, "")
        self.assertRegex(done.err, r"^bouncewhy: .*/no\.eml: No such file or directory\n$")

    def test_empty_file_is_2(self):
        for arguments, stdin in (((self.file("empty", b""),), b""), ((), b"")):
            done = run(*arguments, stdin=stdin)
            self.assert_ends_cleanly(done, 2)
            self.assertEqual(done.out, "")
            self.assertIn("empty", done.err)

    def test_binary_file_is_2(self):
        done = run(self.file("a.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8))
        self.assert_ends_cleanly(done, 2)
        self.assertEqual(done.out, "")
        self.assertRegex(done.err, r"^bouncewhy: .*/a\.png: .*not a mail")

    def test_folder_without_mail_is_2(self):
        empty = self.dir / "folder"
        empty.mkdir()
        done = run(empty)
        self.assert_ends_cleanly(done, 2)
        self.assertIn("folder: ", done.err)

    def test_one_bad_among_several(self):
        good, other = self.file("a.eml", BOUNCE), self.file("b.eml", BOUNCE)
        for order in ((good, "gone.eml", other), ("gone.eml", good, other), (good, other, "gone.eml")):
            done = run(*order)
            self.assert_ends_cleanly(done, 2)
            self.assertEqual(done.err.count("\n"), 1)
            self.assertIn("gone.eml", done.err)
            self.assertEqual(done.out.count("550 5.1.1"), 2)
            self.assertIn("a.eml", done.out)
            self.assertIn("b.eml", done.out)

    def test_heading_only_for_several(self):
        one = self.file("one.eml", BOUNCE)
        self.assertNotIn("one.eml", run(one).out)
        done = run(one, self.file("two.eml", ORDINARY))
        self.assert_ends_cleanly(done, 0)
        self.assertLess(done.out.index("one.eml"), done.out.index("two.eml"))

    def test_mbox_and_folder(self):
        mbox = b"".join(b"From sender@example.org Tue Jan 24 18:02:11 2023\n" + mail + b"\n"
                        for mail in (BOUNCE, ORDINARY, BOUNCE))
        folder = self.file("folder/a.mbox", mbox).parent
        self.file("folder/b.eml", BOUNCE)
        done = run("--format=json", folder)
        self.assert_ends_cleanly(done, 0)
        rows = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual([(pathlib.Path(row["source"]).name, row["index"], row["kind"]) for row in rows],
                         [("a.mbox", 1, "bounce"), ("a.mbox", 2, "not-a-bounce"), ("a.mbox", 3, "bounce"),
                          ("b.eml", 1, "bounce")])

    def test_hostile_file_name(self):
        done = run(self.dir / "x\033[2J\u202e.eml")
        self.assert_ends_cleanly(done, 2)
        self.assertNotIn("\033", done.err)
        self.assertNotIn("\u202e", done.err)

    def test_hint_on_a_terminal(self):
        master, slave = os.openpty()
        os.write(master, b"not a mail\n\x04")
        done = run(stdin_file=slave)
        os.close(slave)
        os.close(master)
        self.assertEqual(done.err.count("\n"), 1, done.err)
        self.assertTrue(done.err.startswith("bouncewhy: "))
        self.assertIn("Ctrl-D", done.err)
        self.assertEqual(run(stdin=BOUNCE).err, "")


class Options(Case):
    def test_unknown_option(self):
        for option in ("--no-such-option", "-z", "--lang=fr", "--format=xml", "--color=red",
                       "--width=wide", "--width=-1", "--dump=everything", "--lang", "--help=x"):
            done = run(option, stdin=BOUNCE)
            self.assertEqual(done.returncode, 2, option)
            self.assertEqual(done.out, "")
            self.assertTrue(all(line.startswith("bouncewhy: ") for line in done.err.splitlines()), done.err)
            self.assertTrue(done.err.endswith("Try 'bouncewhy --help' for more information.\n"), done.err)

    def test_help(self):
        english, japanese = run("--lang=en", "--help"), run("--help", "-lja")
        for done in (english, japanese):
            self.assert_ends_cleanly(done, 0)
            self.assertEqual(done.err, "")
            for option in ("-l, --lang", "-f, --format", "--explain", "--patterns", "--list-rules", "--check-patterns",
                           "--dump", "--color", "--width", "--help", "--version"):
                self.assertIn(option, done.out)
            self.assertNotIn("help.", done.out)
            self.assertRegex(done.out.splitlines()[-1], r"^  bouncewhy ")
        self.assertTrue(english.out.startswith("Usage: bouncewhy "))
        self.assertNotEqual(english.out, japanese.out)

    def test_version(self):
        done = run("--version")
        self.assert_ends_cleanly(done, 0)
        self.assertRegex(done.out, r"^bouncewhy \d+\.\d+\.\d+\n$")

    def test_language_from_environment(self):
        english, japanese = run("-len", stdin=BOUNCE).out, run("-lja", stdin=BOUNCE).out
        self.assertNotEqual(english, japanese)
        for env, expected in (({"LC_ALL": "ja_JP.UTF-8"}, japanese),
                              ({"LC_ALL": "", "LC_MESSAGES": "ja_JP.UTF-8", "LANG": "C"}, japanese),
                              ({"LC_ALL": "", "LANG": "ja_JP.eucJP"}, japanese),
                              ({"LC_ALL": "en_US.UTF-8", "LANG": "ja_JP.UTF-8"}, english),
                              ({"LC_ALL": "de_DE.UTF-8"}, english),
                              ({"LC_ALL": ""}, english)):
            self.assertEqual(run(stdin=BOUNCE, env=env).out, expected, env)

    def test_json(self):
        done = run("-fjson", stdin=BOUNCE)
        self.assert_ends_cleanly(done, 0)
        self.assertEqual(done.out.count("\n"), 1)
        report = json.loads(done.out)
        self.assertEqual(list(report), ["schema", "source", "index", "kind", "format", "reporting_mta", "date", "original",
                                        "deliveries", "forged"])
        self.assertEqual(report["source"], "-")
        self.assertEqual(report["deliveries"][0]["recipient"], "nobody@example.com")
        self.assertEqual(report["deliveries"][0]["cause"], "user-unknown")

    def test_color(self):
        self.assertIn("\033[1m", run("--color=always", stdin=BOUNCE, env={"NO_COLOR": "1"}).out)
        self.assertNotIn("\033", run("--color=never", stdin=BOUNCE).out)
        for env, colored in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False),
                             ({"TERM": "xterm", "NO_COLOR": ""}, True), ({"TERM": "dumb"}, False), ({}, False)):
            master, slave = os.openpty()
            done = run(stdin=BOUNCE, stdout=slave, env=env)
            os.close(slave)
            self.assertEqual(done.returncode, 0)
            shown = os.read(master, 65536)
            os.close(master)
            self.assertEqual(b"\033[1m" in shown, colored, env)

    def test_width(self):
        wide = run("--width=0", stdin=BOUNCE).out
        self.assertEqual(wide, run(stdin=BOUNCE).out)
        narrow = run("--width=50", stdin=BOUNCE).out
        self.assertEqual(wide.split(), narrow.split())
        self.assertGreater(len(narrow.splitlines()), len(wide.splitlines()))
        self.assertLessEqual(max(len(line) for line in narrow.splitlines()), 50)

    def test_explain(self):
        plain, explained = run(stdin=BOUNCE).out, run("--explain", stdin=BOUNCE).out
        self.assertTrue(explained.startswith(plain))
        rule = json.loads(run("-fjson", stdin=BOUNCE).out)["deliveries"][0]["rule"]
        self.assertIn(rule, explained[len(plain):])

    def test_dump(self):
        seen = set()
        for stage in ("mime", "delivery", "evidence", "classify"):
            done = run("--dump=" + stage, stdin=BOUNCE)
            self.assert_ends_cleanly(done, 0)
            self.assertNotEqual(done.out, "")
            seen.add(done.out)
        self.assertEqual(len(seen), 4)



class ManyMails(Case):
    """What somebody with a morning's worth of bounces uses: -j, --format=csv."""

    def test_order_does_not_depend_on_threads(self):
        one = run("-fjson", "-j1", SAMPLES)
        self.assertEqual(one.returncode, 0)
        for threads in (2, 5):
            many = run("-fjson", "-j%d" % threads, SAMPLES)
            self.assertEqual(many.out, one.out)
            self.assertEqual(many.err, one.err)

    def test_errors_stand_where_they_belong(self):
        paths = []
        for n in range(12):
            paths.append(self.file("%02d.eml" % n, BOUNCE))
            paths.append(self.dir / ("%02d-missing.eml" % n))
        one, many = run("-fjson", "-j1", *paths), run("-fjson", "-j4", *paths)
        self.assertEqual((one.returncode, one.out, one.err), (many.returncode, many.out, many.err))
        self.assertEqual(one.returncode, 2)
        self.assertEqual(one.out.count("\n"), 12)

    def test_csv_holds_what_json_does(self):
        rows = list(csv.DictReader(io.StringIO(run("-fcsv", SAMPLES).out, newline=""), strict=True))
        wanted = []
        for line in run("-fjson", SAMPLES).out.splitlines():
            message = json.loads(line)
            wanted += [(message, d) for d in message["deliveries"]] or [(message, None)]
        self.assertEqual(len(rows), len(wanted))
        for row, (message, delivery) in zip(rows, wanted):
            self.assertEqual(row["source"], message["source"])
            self.assertEqual(row["kind"], message["kind"])
            self.assertEqual(row["cause"], delivery["cause"] if delivery else "")
            self.assertEqual(row["blocked_ip"], ((delivery or {}).get("block") or {}).get("ip") or "")
            for value in row.values():
                self.assertNotRegex(value, "^[=+@-]")
                self.assertNotRegex(value, "[\r\n]")

    def test_summary_adds_up(self):
        whole = run("--summary", "-fjson", SAMPLES)
        self.assert_ends_cleanly(whole, 0)
        for threads in (1, 3):
            self.assertEqual(run("--summary", "-fjson", "-j%d" % threads, SAMPLES).out, whole.out)
        lines = run("-fjson", SAMPLES).out.splitlines(True)
        parts = [self.file("%d.json" % n, "".join(lines[n * 300:(n + 1) * 300])) for n in range(len(lines) // 300 + 1)]
        self.assertEqual(run("--summary", "--from-json", "-fjson", *parts).out, whole.out)
        self.assertEqual(run("--summary", "--from-json", "-fjson", stdin="".join(lines).encode()).out, whole.out)
        summary = json.loads(whole.out)
        self.assertEqual(summary["messages"], len(lines))
        self.assertEqual(sum(f["count"] for f in summary["findings"]), summary["failed"] + summary["delayed"])
        self.assertEqual(sum(c["count"] for c in summary["causes"]), summary["failed"] + summary["delayed"])

    def test_csv_of_the_summary_holds_what_json_does(self):
        summary = json.loads(run("--summary", "-fjson", SAMPLES).out)
        done = run("--summary", "-fcsv", "--bom", SAMPLES)
        self.assert_ends_cleanly(done, 0)
        rows = list(csv.DictReader(io.StringIO(done.out.removeprefix("\ufeff"), newline=""), strict=True))
        self.assertTrue(done.out.startswith("\ufeffsection,name,count,"))
        self.assertEqual({r["name"]: int(r["count"]) for r in rows if r["section"] == "total"},
                         {key: summary[key] for key in ("messages", "failed", "delayed", "arrived", "repeated")})
        self.assertEqual({r["name"]: int(r["count"]) for r in rows if r["section"] == "kind"}, summary["kinds"])
        self.assertEqual((rows[0]["first"], rows[0]["last"]), (summary["first"], summary["last"]))
        for section, key in (("cause", "causes"), ("list", "lists"), ("address", "addresses"), ("domain", "domains"),
                             ("dead", "dead"), ("full", "full")):
            self.assertEqual([(r["name"].removeprefix("'"), int(r["count"])) for r in rows if r["section"] == section],
                             [(t["name"], t["count"]) for t in summary[key]])
        findings = [r for r in rows if r["section"] == "finding"]
        self.assertEqual(len(findings), len(summary["findings"]))
        for row, finding in zip(findings, summary["findings"]):
            self.assertEqual(row["name"], finding["cause"])
            self.assertEqual(row["domains"], "; ".join("%(name)s %(count)d" % d for d in finding["domains"]))
            for key in ("count", "delayed", "actor", "ip", "list", "list_status", "zone", "place", "first", "last"):
                self.assertEqual(row[key], "" if finding[key] is None else str(finding[key]), key)

    def test_summary_for_readers(self):
        mails = [self.file("%d.eml" % n, BOUNCE.replace(b"nobody@", b"nobody%d@" % n)) for n in range(3)]
        done = run("--summary", *mails)
        self.assert_ends_cleanly(done, 0)
        self.assertIn("1. 3 of 3: The address does not exist\n", done.out)
        self.assertIn("1. 3件のうち3件: 宛先のアドレスが存在しない\n", run("--summary", "-lja", *mails).out)
        self.assertEqual(run("--recipients=dead", *mails).out.split(),
                         ["nobody%d@example.com" % n for n in range(3)])
        self.assertEqual(run("--recipients=full", *mails).out, "")

    def test_interrupt_reports_what_is_done(self):
        mbox = b"".join(b"From a@example.org Mon Jan  1 00:00:00 2024\n" + BOUNCE + b"\n" for _ in range(20))
        with subprocess.Popen([BINARY, "--summary", "-fjson"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={"LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": "/nonexistent"}) as process:
            process.stdin.write(mbox)
            process.stdin.flush()
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            time.sleep(0.2)
            process.stdin.write(mbox)
            out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, err)
        self.assertIn(b"interrupted after ", err)
        self.assertLessEqual(json.loads(out)["messages"], 21)

    def test_progress(self):
        for when in ("always", "never", "auto"):
            done = run("--progress=%s" % when, "-fjson", stdin=BOUNCE)  # too short to be told of
            self.assert_ends_cleanly(done, 0)
            self.assertEqual(done.err, "")
        self.assert_ends_cleanly(run("--progress=perhaps", stdin=BOUNCE), 2)

    def test_summary_of_no_lines(self):
        done = run("--summary", "--from-json", stdin=b"{}\n")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no line of --format=json", done.err)
        self.assert_ends_cleanly(run("--from-json", stdin=BOUNCE), 2)

    def test_byte_order_mark(self):
        self.assertTrue(run("-fcsv", "--bom", stdin=BOUNCE).out.startswith("\ufeffsource,"))
        self.assertTrue(run("-fcsv", stdin=BOUNCE).out.startswith("source,"))

    def test_bad_numbers(self):
        for word in ("0", "-1", "x", "1000"):
            done = run("-j", word, stdin=BOUNCE)
            self.assert_ends_cleanly(done, 2)
            self.assertIn(word, done.err)


class Requests(Case):
    """--role, --ticket, --redact."""

    def test_ticket(self):
        blocked = BOUNCE.replace(b"Recipient address\n    rejected: User unknown in local recipient table",
                                 b"Client host\n    [192.0.2.7] blocked using zen.spamhaus.org")
        for options, first in ((("--ticket",), "Send to: the support desk of your mail provider"),
                               (("--ticket=receiver",), "Send to: the recipient's mail administrator"),
                               (("--ticket=list",), "Send to: The Spamhaus Project"),
                               (("--ticket", "--role=admin"), "Send to: The Spamhaus Project"),
                               (("--ticket", "-lja"), "送り先: メールの契約先")):
            done = run(*options, stdin=blocked)
            self.assert_ends_cleanly(done, 0)
            self.assertTrue(done.out.startswith(first), done.out[:200])
            self.assertIn("192.0.2.7", done.out)
            self.assertIn("blocked using zen.spamhaus.org", done.out)

    def test_nobody_to_ask(self):
        for stdin, status in ((BOUNCE, 0), (ORDINARY, 1)):
            done = run("--ticket", stdin=stdin)
            self.assert_ends_cleanly(done, status)
            self.assertTrue(done.out.startswith("There is no request to send in this case."), done.out)

    def test_refused_together(self):
        for options, word in ((("--ticket", "-fjson"), "--ticket"), (("--redact", "--dump=mime"), "--redact"),
                              (("--role=boss",), "boss"), (("--ticket=boss",), "boss")):
            done = run(*options, stdin=BOUNCE)
            self.assert_ends_cleanly(done, 2)
            self.assertEqual(done.out, "")
            self.assertIn(word, done.err)

    def test_nothing_private_is_left(self):
        """In no output of any sample does an address survive of which the tables do not know the domain."""
        samples = sorted(p for p in SAMPLES.rglob("*.eml"))
        self.assertGreater(len(samples), 300)
        known = 0
        for sample in samples:
            plain = [json.loads(line) for line in run("-fjson", sample).out.splitlines()]
            outputs = [run("--redact", *options, sample).out
                       for options in (("-fjson",), ("-len",), ("-lja", "--ticket"), ("-len", "--explain", "--role=support"))]
            masked = [json.loads(line) for line in outputs[0].splitlines()]
            for message, hidden in zip(plain, masked):
                private = {message["original"]["from"], message["original"]["to"]}
                private.update(d["recipient"] for d in message["deliveries"])
                for address in filter(None, private):
                    local, at, domain = address.rpartition("@")
                    if not at or len(local) < 3 or local.lower() in ("postmaster", "mailer-daemon", "user1"):
                        continue
                    known += 1
                    for out in outputs:
                        self.assertNotIn(address.lower(), out.lower(), sample)
                self.assertEqual(len(message["deliveries"]), len(hidden["deliveries"]))
                self.assertEqual([d["cause"] for d in message["deliveries"]], [d["cause"] for d in hidden["deliveries"]])
                self.assertIsNone(hidden["original"]["subject"])
        self.assertGreater(known, 300)


class Output(Case):
    def test_closed_stdout(self):
        for arguments in ((), ("--help",), ("--version",), ("--list-rules",), ("-fjson",)):
            done = run(*arguments, stdin=BOUNCE, stdout=None, preexec_fn=lambda: os.close(1))
            self.assertEqual(done.returncode, 2, arguments)
            self.assertRegex(done.err, r"^bouncewhy: standard output: .+\n$")

    def test_full_device(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        with open("/dev/full", "wb") as full:
            done = run(stdin=BOUNCE, stdout=full)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.err, r"^bouncewhy: standard output: No space left on device\n$")

    def test_reader_gone(self):
        read_end, write_end = os.pipe()
        os.close(read_end)
        ignoring = run("--list-rules", stdin=BOUNCE, stdout=write_end, restore_signals=False)
        default = run("--list-rules", stdin=BOUNCE, stdout=write_end)
        os.close(write_end)
        self.assertEqual((ignoring.returncode, ignoring.err), (2, ""))
        self.assertNotEqual(default.returncode, 0)
        self.assertEqual(default.err, "")

    def test_closed_stdin(self):
        done = run(preexec_fn=lambda: os.close(0))
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.out, "")
        self.assertIn("bouncewhy: ", done.err)


class Patterns(Case):
    def test_user_rule_wins(self):
        rule = self.file("mine.rules", RULE % "User unknown in local recipient table")
        done = run("--patterns", rule, "-fjson", stdin=BOUNCE)
        self.assert_ends_cleanly(done, 0)
        self.assertEqual(json.loads(done.out)["deliveries"][0]["rule"], "test.unknown")
        listed = run("--patterns", rule, "--list-rules").out
        self.assertRegex(listed, r"(?m)^exact +test\.unknown +mailbox-disabled +.*mine\.rules:1$")

    def test_configuration_folder(self):
        self.file("bouncewhy/patterns/mine.rules", RULE % "User unknown in local recipient table")
        self.file("home/.config/bouncewhy/patterns/mine.rules", RULE % "User unknown in local recipient table")
        for env in ({"XDG_CONFIG_HOME": str(self.dir)}, {"XDG_CONFIG_HOME": "", "HOME": str(self.dir / "home")}):
            done = run("-fjson", stdin=BOUNCE, env=env)
            self.assertEqual(json.loads(done.out)["deliveries"][0]["rule"], "test.unknown", env)

    def test_later_path_replaces(self):
        first = self.file("1.rules", RULE % "User unknown")
        second = self.file("2.rules", RULE % "Recipient address rejected")
        done = run("--patterns", first, "--patterns", second, "--list-rules")
        self.assertRegex(done.out, r"test\.unknown.*2\.rules:1  replaces .*1\.rules:1")

    def test_broken_regex(self):
        rule = self.file("bad.rules", RULE % "User (unknown")
        done = run("--patterns", rule, stdin=BOUNCE)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.out, "")
        lines = done.err.splitlines()
        self.assertRegex(lines[0], r"^bouncewhy: .*/bad\.rules:4:\d+: .*parenthes")
        column = int(lines[0].split("bad.rules:4:")[1].split(":")[0])
        self.assertEqual(lines[1], "  match:    User (unknown")
        self.assertEqual(lines[2], "  " + " " * (column - 1) + "^")
        self.assertEqual(len(lines), 3)

    def test_missing_path(self):
        done = run("--patterns", self.dir / "gone", stdin=BOUNCE)
        self.assert_ends_cleanly(done, 2)
        self.assertRegex(done.err, r"gone: No such file or directory\n$")
        self.assertEqual(done.out, "")

    def test_help_whatever_is_broken(self):
        done = run("--patterns", self.file("bad.rules", "nonsense"), "--help")
        self.assert_ends_cleanly(done, 0)

    def test_check(self):
        clean = run("--check-patterns")
        self.assertRegex(clean.out.splitlines()[-1], r"^\d+ rules, \d+ examples: 0 findings$")
        self.assert_ends_cleanly(clean, 0)
        bad = self.file("bad.rules", (RULE % "never in the example") + "\n" + (RULE % "User unknown"))
        done = run("--check-patterns", bad)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.out, r"bad\.rules:\d+:\d+: ")
        self.assertNotIn(" 0 findings", done.out.splitlines()[-1])

    def test_list_rules(self):
        done = run("--list-rules")
        self.assert_ends_cleanly(done, 0)
        tiers = [line.split()[0] for line in done.out.splitlines()]
        self.assertEqual(tiers, sorted(tiers, key=["exact", "words", "weak"].index))
        for line in done.out.splitlines():
            self.assertRegex(line, r"^\S+ +\S+ +\S+ +\S+:\d+$")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
