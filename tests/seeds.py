#!/usr/bin/env python3
"""usage: seeds.py BOUNCEWHY [SAMPLES]

What a good answer to each of the five mails that the project began with has to hold, and must not: the facts in the JSON,
the sentences of the report in both languages, the request. Whole mails and pasted fragments give the same.
"""
import json
import os
import pathlib
import subprocess
import sys
import unittest

BINARY = SAMPLES = None


def run(name, *options):
    env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": "/nonexistent", "HOME": "/nonexistent"}
    done = subprocess.run([BINARY, *options, str(SAMPLES / "seeds" / name)], capture_output=True, env=env, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode("utf-8")


class Seed(unittest.TestCase):
    def facts(self, name, **wanted):
        """Checks the first delivery and its block: cause, actor, code ...; returns (message, delivery, block)."""
        message = json.loads(run(name, "-fjson"))
        delivery = message["deliveries"][0]
        block = delivery["block"]
        found = {**block, **delivery, "list": (block["list"] or {}).get("id")}
        for key, value in wanted.items():
            self.assertEqual(found[key], value, "%s of %s" % (key, name))
        return message, delivery, block

    def says(self, name, language, *texts, options=(), never=()):
        report = " ".join(run(name, "-l", language, *options).split())
        for text in texts:
            self.assertIn(text, report, name)
        for text in never:
            self.assertNotIn(text, report, name)

    def second_line(self, name, language, text):
        self.assertIn(text, run(name, "-l", language).split("\n")[1], name)

    def ticket(self, name, *texts, language="ja"):
        self.says(name, language, *texts, options=("--ticket",))


class SharedServerToOutlook(Seed):
    """000: a private list of Microsoft's, the provider must act, public checkers decide nothing."""

    def test_facts(self):
        for name in ("sendmail-outlook-as3140.eml", "sendmail-outlook-as3140-pasted.txt"):
            self.facts(name, cause="ip-blocked", actor="sender-admin", code="AS3140", ip="203.0.113.45", command="MAIL",
                       list=None, zone=None, action="failed")

    def test_words(self):
        for name in ("sendmail-outlook-as3140.eml", "sendmail-outlook-as3140-pasted.txt"):
            self.second_line(name, "ja", "提供元")
            self.second_line(name, "en", "provider")
            self.says(name, "ja", "独自のリスト", "公開の検索サイト", "AS3140", "203.0.113.45", "1回だけ送り直してください",
                      never=("宛先のアドレスは存在しない",))
            self.says(name, "en", "own list", "public checker", never=("does not exist",))

    def test_ticket(self):
        self.ticket("sendmail-outlook-as3140.eml", "解除申請", "203.0.113.45", "2018-02-26 12:59:29 +09:00", "nobis@example.jp",
                    "someone@outlook.com", "AS3140", "part of their network is on our block list", "Received: from")


class OwnServerToTrendMicro(Seed):
    """001: no unknown user; a hold that ends by itself, or a listing that stays; the owner of the address asks."""

    def test_facts(self):
        for tail in (".eml", "-pasted.txt"):
            self.facts("trendmicro-ers-delay" + tail, cause="ip-blocked", code="ERS-QIL", list="trendmicro-qil",
                       action="delayed", reply="450")
            self.facts("trendmicro-ers-refusal" + tail, cause="ip-blocked", code="ERS-RBL", list="trendmicro-rblplus",
                       action="failed", reply="550")

    def test_words(self):
        for tail in (".eml", "-pasted.txt"):
            self.says("trendmicro-ers-delay" + tail, "ja", "自動で解けるのを待ってください", never=("存在しない",))
            self.says("trendmicro-ers-delay" + tail, "en", "clears by itself", never=("does not exist",))
            self.says("trendmicro-ers-refusal" + tail, "en", "servicecentral.trendmicro.com", never=("does not exist",
                                                                                                  "mail-abuse.com/"))
        self.says("trendmicro-ers-refusal.eml", "en", "stop the cause, then ask for removal",
                  options=("--role=admin",))

    def test_machine(self):
        _, _, block = self.facts("trendmicro-ers-refusal.eml", machine="submission-server")
        self.assertIsNone(block["ip"])
        self.says("trendmicro-ers-refusal.eml", "en", "cp3.example.com")


class ScanRelayOnPsbl(Seed):
    """002: the listed host is the relay behind the server that one would look up; masked or not, several recipients at once."""

    def test_facts(self):
        message, _, _ = self.facts("postfix-psbl.eml", cause="ip-blocked", list="psbl", zone="psbl.surriel.com", command="CONN",
                                   reply="521", ip="203.0.113.77", machine="relay", actor="sender-admin")
        self.assertEqual(len(message["deliveries"]), 3)
        self.facts("postfix-psbl-masked.eml", cause="ip-blocked", list="psbl", ip=None, ip_masked=True, machine=None)
        self.facts("postfix-psbl-masked-pasted.txt", cause="ip-blocked", list="psbl", ip=None, ip_masked=True)

    def test_words(self):
        report = run("postfix-psbl.eml", "-l", "en")
        self.assertEqual(report.count("What to do next"), 1)  # one verdict for all three
        self.says("postfix-psbl.eml", "ja", "smtp05.example.ne.jp ではなく", "中継サーバー relay-av02.example.ne.jp")
        self.says("postfix-psbl.eml", "en", "not smtp05.example.ne.jp", "relay behind it, relay-av02.example.ne.jp")
        self.says("postfix-psbl-masked.eml", "ja", "伏せ字")
        self.says("postfix-psbl-masked.eml", "en", "blanked out", never=("psbl.org/listing?ip=",))

    def test_ticket(self):
        self.ticket("postfix-psbl.eml", "relay-av02.example.ne.jp", "203.0.113.77", "psbl.surriel.com",
                    "2021-11-20 09:41:10 +09:00", "2021-11-25")
        self.ticket("postfix-psbl-masked.eml", "伏せ字")


class PoorReputation(Seed):
    """003: no list is named; the shared server's provider, or the administrator, acts; no page of the mail is the way out."""

    def test_facts(self):
        for name in ("poor-reputation.eml", "poor-reputation-pasted.txt"):
            _, _, block = self.facts(name, cause="poor-reputation", actor="sender-admin", list=None, zone=None)
            self.assertFalse([u for u in block["urls"] if u["source"] == "text"])

    def test_roles(self):
        self.says("poor-reputation.eml", "ja", "リストの名前は示されていません", "提供元")
        self.says("poor-reputation.eml", "ja", "認証(SMTP AUTH)", "パスワードを変え", "改ざん", "逆引き", options=("--role=admin",))
        self.says("poor-reputation.eml", "en", "SMTP AUTH", "change its password", "reverse DNS", options=("--role=admin",))
        self.says("poor-reputation.eml", "en", "What to tell the sender", "the sending server should do",
                  options=("--role=support",))


class QmailToOutlookSpamhaus(Seed):
    """004: no refused sender address; Spamhaus is only named; the provider alone asks; wait an hour after a removal."""

    def test_facts(self):
        for name, ip, masked in (("qmail-outlook-spamhaus.eml", "203.0.113.9", False),
                                 ("qmail-outlook-spamhaus-pasted.txt", "203.0.113.9", False),
                                 ("qmail-outlook-spamhaus-masked.eml", None, True),
                                 ("qmail-outlook-spamhaus-masked-pasted.txt", None, True)):
            self.facts(name, cause="ip-blocked", list="spamhaus-zen", zone="zen.spamhaus.org", zone_source="table", ip=ip,
                       ip_masked=masked, actor="sender-admin", command="MAIL")

    def test_words(self):
        self.second_line("qmail-outlook-spamhaus.eml", "ja", "提供元")
        self.says("qmail-outlook-spamhaus.eml", "ja", "https://check.spamhaus.org/results/?query=203.0.113.9", "どの種類の登録",
                  "自分で解除を申請しないでください", "1時間ほど待って", never=("差出人のアドレスが",))
        self.says("qmail-outlook-spamhaus.eml", "en", "which kind of listing", "do not ask for removal yourself",
                  "wait about an hour", never=("refused the sender's address",))

    def test_ticket(self):
        self.ticket("qmail-outlook-spamhaus.eml", "203.0.113.9", "Spamhaus", "AS(1440)", "sender@example.jp")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    BINARY = str(pathlib.Path(sys.argv[1]).resolve())
    SAMPLES = pathlib.Path(sys.argv[2] if len(sys.argv) == 3 else pathlib.Path(__file__).resolve().parent.parent / "samples")
    unittest.main(argv=sys.argv[:1])
