"""Rules for the sources that no compiler and no formatter checks."""

import glob
import io
import os
import re
import tokenize

import elf
from harness import TOP, check, check_equal, test

COLUMNS = 80
PROGRAM = ("common", "precis", "launcher", "netd", "cryptod", "ui", "fleetd")
FOLDERS = PROGRAM + ("packaging", "tests")
# The programs leave this to the end of their processes, and tests free it, so
# that a leak is seen.
FREED_BY_TESTS = {"control_free", "recall_free", "ui_free"}
# For each folder, the folders whose headers it may include.
BELOW = {
    "common": (),
    "precis": ("common",),
    "launcher": ("common", "precis"),
    "netd": ("common",),
    "netd/transport": ("common",),
    "netd/client": ("common", "netd", "netd/transport"),
    "netd/bootnode": ("common", "netd"),
    "fleetd": ("common",),
    "cryptod": ("common",),
    "cryptod/client": ("common", "cryptod"),
    "cryptod/bootnode": ("common", "cryptod"),
    "ui": ("common", "precis"),
    "ui/json": ("common", "ui"),
    "ui/client": ("common", "ui"),
    "ui/bootnode": ("common", "ui", "ui/json"),
    "ui/tui/editor": ("common", "ui"),
    "ui/tui": ("common", "ui", "ui/tui/editor"),
}
INCLUDED_ALL_THE_SAME = {
    ("launcher/options.h", "ui/nick.h"),	# one rule for nicknames
    ("ui/start.c", "ui/tui/tui.h"),		# opens the screen
    ("ui/foreground.c", "ui/tui/tui.h"),	# gives it away and takes it
    # The width of a character, as on the screen.
    ("ui/tui/editor/history.c", "ui/tui/cluster.h"),
}
C_TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"'
                     r"|'(?:\\.|[^'\\\n])*'", re.S)


def sources(*endings, folders=FOLDERS):
    """Returns the paths in the tree of all files with such ENDINGS."""
    found = [path for folder in folders for ending in endings
             for path in glob.glob(os.path.join(TOP, folder, "**/*" + ending),
                                   recursive=True)]
    check(len(found) > 20, "the sources are not found: %s" % found)
    return sorted(os.path.relpath(path, TOP) for path in found)


def c_comments(text):
    """Returns the numbers of the lines that have a comment of C."""
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
    """make format breaks lines of code, but not comments."""
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
    """Returns the code in PATHS, without comments and strings."""
    return "\n".join(C_TOKEN.sub(" ", t.read(path)) for path in paths)


@test
def functions_are_used_by_the_program(t):
    """No function is there for the tests alone: they would test it, and not
    the code that the program runs instead."""
    built = {os.path.join(t.build, path[:-2] + ".o"): path
             for path in sources(".c", folders=PROGRAM)}
    public, wanted = {}, set()
    # Programs that only run while building have no object here.
    for path, kind, name in elf.symbols(filter(os.path.exists, built)):
        if kind == "U":
            wanted.add(name)
        elif kind == "T" and name != "main":
            public[name] = built[path]
    check(len(public) > 500, "only %d functions are found" % len(public))
    # A function that its header does not declare stands in a table there.
    tables = set(re.findall(r"\b\w+\b(?!\()", code(
        t, *sources(".h", folders=PROGRAM))))
    unused = {name for name in public.keys() - wanted - tables
              if len(re.findall(r"\b%s\b" % name, code(
                  t, public[name]))) == 1}
    check_equal(unused, FREED_BY_TESTS,
                "functions that only tests call")


@test
def folders_include_what_is_below_them(t):
    """No folder includes one above it, or one at its side."""
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
