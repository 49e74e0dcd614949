"""The conversations in the documents are what the program prints."""

import glob
import os
import re
import subprocess
import time

from harness import TOP, Failure, check, test

PATIENCE = 15			# seconds
LINE = re.compile(r"^\d\d:\d\d:\d\d .+$", re.M)
# What differs from one run to the next, and its replacement.
VARYING = (
    (r"^\d\d:\d\d:\d\d", "TIME"),
    (r"\b[0-9a-f]{4}(?: [0-9a-f]{4}){9}\b", "FINGERPRINT"),
    (r"\b[0-9a-f]{64}\b", "KEY"),
    (r"\b\d+(?:\.\d+){3}:\d+\b", "ADDRESS"),
    (r"\bUDP port \d+\b", "UDP port PORT"),
    (r"\((?:lan|direct), [\d.]+ ms\)", "(PATH)"),
)


def constant(line):
    for pattern, word in VARYING:
        line = re.sub(pattern, word, line)
    return line


class Running:
    """A gochat that prints lines, into a file."""

    def __init__(self, t, name, *arguments):
        self.path = os.path.join(t.folder, name)
        with open(self.path, "wb") as out:
            self.process = subprocess.Popen(
                [os.path.join(t.bindir, "gochat"), "--ui", "plain",
                 "--state-dir", self.path + ".state", *arguments],
                stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL,
                cwd=t.folder, env={"PATH": os.environ["PATH"],
                                   "HOME": t.folder, "LC_ALL": "C.UTF-8"})
        t.cleanup(self.end)

    def lines(self):
        with open(self.path, encoding="utf-8") as out:
            return LINE.findall(out.read())

    def wait(self, pattern):
        """Waits until a line has PATTERN in it; returns the match."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = re.search(pattern, "\n".join(self.lines()))
            if found:
                return found
            time.sleep(0.05)
        raise Failure("%s was not printed:\n%s"
                      % (pattern, "\n".join(self.lines())))

    def say(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait(PATIENCE)


def client(t, name, port):
    return Running(t, name, "--bootnode", "127.0.0.1:" + port, "--room",
                   "kitchen", "--nick", name, "--port", "0")


def conversation(t):
    """Returns all lines of a bootnode, anna and bert, who greet each other."""
    boot = Running(t, "bootnode", "--mode", "bootnode", "--listen",
                   "127.0.0.1:0")
    port = boot.wait(r"listening on 127\.0\.0\.1:(\d+)")[1]
    boot.wait("key ")
    anna = client(t, "anna", port)
    bert = client(t, "bert", port)
    anna.wait("bert is here")
    bert.wait("anna is here")
    anna.say("hello bert")
    bert.wait("hello bert")
    bert.say("hello anna")
    anna.wait("hello anna")
    return [line for one in (boot, anna, bert) for line in one.lines()]


@test
def transcripts_are_what_is_printed(t):
    printed = set(map(constant, conversation(t)))
    shown = {path: LINE.findall(t.read(path))
             for path in ["README.md"] + sorted(glob.glob(
                 "docs/*.md", root_dir=TOP))}
    check(len(shown["README.md"]) > 5, "README.md shows no conversation")
    wrong = ["%s: %s" % (path, line) for path, lines in shown.items()
             for line in lines if constant(line) not in printed]
    check(not wrong, "never printed:\n" + "\n".join(
        wrong + sorted(printed)))
