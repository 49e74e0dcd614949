"""The tables of figures and of causes of drops, as C has them."""

import re

TABLE = "common/figures_table.h"
DROPS = "common/ipc_stats.h"
COLUMNS = ("field", "values", "kind", "unit", "modes", "metric", "json",
           "words", "news", "help")
TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([A-Za-z_]\w*)|(,)')
# These words of common/figures_table.h stand where a name is missing.
UNTOLD = ("NOT_TOLD", "IN_HEAD")


def macro(text, name):
    """Returns the body of #define NAME(X), its lines joined."""
    start = text.index("#define %s(X)" % name) + len("#define (X)" + name)
    body = []
    for line in text[start:].splitlines():
        body.append(line.rstrip("\\"))
        if not line.endswith("\\"):
            return " ".join(body)
    raise ValueError(name + " does not end")


def rows(body, words):
    """Returns the arguments of each X(). Adjoining strings are one, and a name
    in WORDS becomes the string that it stands for."""
    for row in re.findall(r'\bX\(((?:[^()"]|"(?:[^"\\]|\\.)*")*)\)', body):
        columns = [""]
        for string, name, comma in TOKEN.findall(row):
            if comma:
                columns.append("")
            else:
                columns[-1] += words.get(name, name) if name else string
        yield columns


class Figure:
    """A row; json, words and news are None if that output lacks the figure."""

    def __init__(self, columns):
        if len(columns) != len(COLUMNS):
            raise ValueError("%s: %s" % (TABLE, columns))
        for name, value in zip(COLUMNS, columns):
            setattr(self, name, None if value in UNTOLD else value)
        self.type = self.kind.lower()
        self.is_of_bootnode = self.modes != "CLIENT"


def of_netd(t):
    """Returns all figures that netd counts."""
    text = t.read(TABLE)
    found = [Figure(columns) for name in ("FIGURES_OF_STATS",
                                          "FIGURES_OF_NETD")
             for columns in rows(macro(text, name), {})]
    if len(found) != len(re.findall(r"^X\(", text, re.M)):
        raise ValueError(TABLE + ": not every row is read")
    return found


def causes(t):
    """Returns {name of a cause: words for people}."""
    text = t.read(DROPS)
    words = dict(re.findall(r'^#define (\w+) "(\w+)"$', text, re.M))
    return {name: meaning for _, name, meaning in rows(
        macro(text, "DROP_TABLE"), words)}


def rejections(t):
    """Returns the same of the reasons why a client is refused."""
    return {name: meaning for _, name, meaning in rows(
        macro(t.read(DROPS), "REJECTION_TABLE"), {})}
