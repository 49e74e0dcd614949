"""The sources: what no compiler and no formatter holds them to."""

import glob
import io
import os
import re
import tokenize

from harness import TOP, check, test

COLUMNS = 80
FOLDERS = ("common", "launcher", "netd", "cryptod", "ui", "packaging",
           "tests")
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
