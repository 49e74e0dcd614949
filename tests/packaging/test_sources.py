"""The sources: what no compiler and no formatter holds them to."""

import glob
import io
import os
import re
import tokenize

import elf
from harness import TOP, check, check_equal, test

COLUMNS = 80
PROGRAM = ("common", "launcher", "netd", "cryptod", "ui")
FOLDERS = PROGRAM + ("packaging", "tests")
# What the programs leave to the end of their processes, and tests free, so
# that a leak is seen.
FREED_BY_TESTS = {"bootnode_free", "recall_free", "ui_free"}
# Of each folder those whose headers it may include, besides its own.
BELOW = {
    "common": (),
    "launcher": ("common",),
    "netd": ("common",),
    "netd/transport": ("common",),
    "netd/client": ("common", "netd", "netd/transport"),
    "netd/bootnode": ("common", "netd"),
    "cryptod": ("common",),
    "cryptod/client": ("common", "cryptod"),
    "cryptod/bootnode": ("common", "cryptod"),
    "ui": ("common",),
    "ui/json": ("common", "ui"),
    "ui/tui/editor": ("common", "ui"),
    "ui/tui": ("common", "ui", "ui/tui/editor"),
}
INCLUDED_ALL_THE_SAME = {
    ("launcher/options.h", "ui/nick.h"),	# one rule of nicknames
    ("ui/main.c", "ui/tui/tui.h"),		# it opens the screen
    # How wide a character is, as the screen has it.
    ("ui/tui/editor/history.c", "ui/tui/cluster.h"),
}
C_TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"'
                     r"|'(?:\\.|[^'\\\n])*'", re.S)


def sources(*endings, folders=FOLDERS):
    """The paths in the tree of all files with such ENDINGS."""
    found = [path for folder in folders for ending in endings
             for path in glob.glob(os.path.join(TOP, folder, "**/*" + ending),
                                   recursive=True)]
    check(len(found) > 20, "the sources are not found: %s" % found)
    return sorted(os.path.relpath(path, TOP) for path in found)


def c_comments(text):
    """The lines, from 1, on which a comment of C stands."""
    for token in C_TOKEN.finditer(text):
        if token[0].startswith("/"):
            first = text.count("\n", 0, token.start()) + 1
            yield from range(first, first + token[0].count("\n") + 1)


def python_comments(text):
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0]


@test
def comments_fit_the_line(t):
    """make format breaks lines of code, and no comments."""
    wrong = []
    for path in sources(".c", ".h", ".py"):
        text = t.read(path)
        lines = text.splitlines()
        commented = (python_comments if path.endswith(".py")
                     else c_comments)(text)
        wrong += ["%s:%d" % (path, number) for number in commented
                  if len(lines[number - 1].expandtabs(8)) > COLUMNS]
    check(not wrong, "comments of over %d columns:\n%s"
          % (COLUMNS, "\n".join(wrong)))


def code(t, *paths):
    """What is in PATHS, comments and strings aside."""
    return "\n".join(C_TOKEN.sub(" ", t.read(path)) for path in paths)


@test
def functions_are_used_by_the_program(t):
    """None is there for the tests alone: it would be proved right, and what
    the program does instead would not."""
    built = {os.path.join(t.build, path[:-2] + ".o"): path
             for path in sources(".c", folders=PROGRAM)}
    public, wanted = {}, set()
    # What runs while building has no object.
    for path, kind, name in elf.symbols(filter(os.path.exists, built)):
        if kind == "U":
            wanted.add(name)
        elif kind == "T" and name != "main":
            public[name] = built[path]
    check(len(public) > 500, "only %d functions are found" % len(public))
    # In a header one that is not declared there stands in a table.
    tables = set(re.findall(r"\b\w+\b(?!\()", code(
        t, *sources(".h", folders=PROGRAM))))
    unused = {name for name in public.keys() - wanted - tables
              if len(re.findall(r"\b%s\b" % name, code(
                  t, public[name]))) == 1}
    check_equal(unused, FREED_BY_TESTS, "functions that only tests call")


@test
def folders_include_what_is_below_them(t):
    """Never the other way round, nor each other's."""
    wrong, seen = [], set()
    for path in sources(".c", ".h", folders=PROGRAM):
        folder = os.path.dirname(path)
        check(folder in BELOW, folder + " is a new folder: what is below it?")
        for header in re.findall(r'^#include "([^"]+)"', t.read(path), re.M):
            of = os.path.dirname(header)
            if (path, header) in INCLUDED_ALL_THE_SAME:
                seen.add((path, header))
            elif of and of != folder and of not in BELOW[folder]:
                wrong.append("%s includes %s" % (path, header))
    check(not wrong, "\n".join(wrong))
    check_equal(seen, set(INCLUDED_ALL_THE_SAME), "exceptions")
