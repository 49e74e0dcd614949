"""The table of processes, read out of common/processes.h.

A test that expects something of all processes takes them from here, so that a
new one is tested without another list.
"""

import collections
import os
import re

HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "..", "..", "common", "processes.h")
MODES = ("client", "bootnode")

Row = collections.namedtuple(
    "Row", "id filter role modes program needs fds later bytes")
Channel = collections.namedtuple("Channel", "role number other other_number")


def read_table(text, name, columns):
    """Returns the rows of an X-macro: a tuple of strings each."""
    body = re.search(r"#define %s\(X\)\s*\\\n((?:.*\\\n)*.*\n)" % name, text)
    body = body[1].replace("\\\n", "\n")
    rows, depth, start = [], 0, 0
    for at, char in enumerate(body):
        if char == "(":
            depth += 1
            if depth == 1:
                start = at + 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                rows.append(tuple(" ".join(cell.split()) for cell in
                                  body[start:at].split(",")))
    for row in rows:
        if len(row) != columns:
            raise AssertionError("%s: expected %d columns: %s" % (
                name, columns, row))
    if not rows:
        raise AssertionError("no rows in " + name)
    return rows


def in_modes(cell):
    return {"IN_CLIENT": MODES[:1], "IN_BOOTNODE": MODES[1:],
            "IN_BOTH": MODES}[cell]


with open(HEADER) as FILE:
    TEXT = FILE.read()

# "netd" by NETD; the launcher's is "gochat".
SHORT = {id: name.strip('"').rpartition("-")[2]
         for id, name, _, _ in read_table(TEXT, "ROLE_TABLE", 4)}
GOES_WITH = {SHORT[id]: SHORT[other]
             for id, _, other, _ in read_table(TEXT, "ROLE_TABLE", 4)}
FDS = {name: int(number) for name, number in re.findall(
    r"\b(FD_\w+) = (-?\d+)", TEXT)}
ROOMS_MAX = int(re.search(r"#define ROOMS_MAX (\d+)", TEXT)[1])
ROWS = [Row(row[0], row[1], SHORT[row[2]], in_modes(row[3]),
            row[4].strip('"'), tuple(re.findall(r"NEEDS_(\w+)", row[5])),
            tuple(re.findall(r"FD\((\w+)\)", row[6])), row[7], row[8])
        for row in read_table(TEXT, "PROCESS_TABLE", 9)]
CHANNELS = [Channel(SHORT[a], FDS[a_fd], SHORT[b], FDS[b_fd])
            for a, a_fd, b, b_fd in read_table(TEXT, "CHANNEL_TABLE", 4)]
PROGRAMS = tuple(row.program for row in ROWS)
LAUNCHER = "gochat"


def children(mode, fleet=False):
    """Returns the short names of a mode's roles, except the launcher's, and
    those that only a bootnode in a fleet has."""
    return tuple(row.role for row in ROWS
                 if row.role != LAUNCHER and mode in row.modes and
                 (fleet or "FLEET" not in row.needs))


def row_of(role, mode):
    found, = [row for row in ROWS if row.role == role and mode in row.modes]
    return found


def numbers(row):
    """Returns the descriptors that the process has in its sandbox, with 0 to
    2, and the ends that come later."""
    rooms = range(FDS["FD_ROOMS"], FDS["FD_ROOMS"] + ROOMS_MAX)
    later = [number for _, number in neighbours_of(row)
             if number == FDS["FD_COMES_LATER"]]
    return {0, 1, 2} | {FDS[name] for name in row.fds} | set(
        rooms if later else ())


def neighbours(role):
    """Returns (neighbour, number of its end) of each channel of a role."""
    return [pair for c in CHANNELS for pair in
            ([(c.other, c.number)] if c.role == role else []) +
            ([(c.role, c.other_number)] if c.other == role else [])]


def neighbours_of(row):
    """Returns those that the process has in its modes."""
    return [(role, number) for role, number in neighbours(row.role)
            if any(role in children(mode, True) for mode in row.modes)]
