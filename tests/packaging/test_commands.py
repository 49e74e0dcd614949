"""The commands in the documents can be run: their targets and options
exist."""

import glob
import os
import re

import options
from harness import TOP, check, test

BLOCK = re.compile(r"^```\n(.*?)^```$", re.M | re.S)
SPAN = re.compile(r"`([^`\n]+)`")
MAKE = re.compile(r"^(?:sudo )?make ([a-z][\w-]*)")
GOCHAT = re.compile(r"^(?:\$ |# )?(?:\S*/)?gochat(?= )")
FLAG = re.compile(r"(?<!\S)--([a-z][a-z-]*)")


def commands(text):
    """Returns the lines in blocks and spans of code."""
    blocks = "".join(BLOCK.findall(text))
    for line in blocks.splitlines() + SPAN.findall(BLOCK.sub("", text)):
        yield re.split(r" +# ", line)[0]


def documents(t):
    for path in ["README.md"] + sorted(glob.glob("docs/*.md", root_dir=TOP)):
        yield path, list(commands(t.read(path)))


@test
def commands_of_make_are_targets(t):
    makefile = t.read("Makefile") + t.read("packaging/packaging.mk")
    targets = set(" ".join(re.findall(r"^([a-z][\w -]*):(?!=)", makefile,
                                      re.M)).split())
    named = [(path, target[1]) for path, lines in documents(t)
             for target in map(MAKE.search, lines) if target]
    check(len(named) > 5, "only %d targets are named" % len(named))
    wrong = ["%s: make %s" % pair for pair in named if pair[1] not in targets]
    check(not wrong, "no targets: " + ", ".join(wrong))


@test
def commands_have_options_that_there_are(t):
    known = {row.flag for row in options.rows(t)}
    named = [(path, flag) for path, lines in documents(t) for line in lines
             if GOCHAT.search(line) or line.startswith("--")
             for flag in FLAG.findall(line)]
    check(len(named) > 20, "only %d options are named" % len(named))
    wrong = ["%s: --%s" % pair for pair in named if pair[1] not in known]
    check(not wrong, "no options: " + ", ".join(wrong))


@test
def commands_of_scripts_are_there(t):
    """Commands that begin with packaging/... or ./gochat exist."""
    for path, lines in documents(t):
        for line in lines:
            script = re.match(r"(packaging/[\w./-]+)", line)
            check(not script or os.path.exists(os.path.join(TOP, script[1])),
                  "%s: there is no %s" % (path, line))
