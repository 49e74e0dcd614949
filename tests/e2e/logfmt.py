"""A strict reader of the log: logfmt, one line an event.

parse() takes a line as docs/interfaces.md promises it and nothing else; Log is
a file of such lines that is still being written.
"""

import datetime
import json
import re

import process_table
from harness import check

PAIR = re.compile(r'([a-z0-9_]+)=("(?:[ !#-\[\]-~]|\\.)*"|[^ "=\\]+)(?: |$)')
LEVELS = ("error", "warn", "info", "debug")
PROCESSES = tuple(process_table.SHORT.values())
PRIORITIES = {"error": 3, "warn": 4, "info": 6, "debug": 7}
HEAD = ["time", "level", "process"]
# What could be an address, with or without a port, in any value but the time.
ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+|[0-9a-fA-F]*:[0-9a-fA-F]*:")


def parse(line, journal=False):
    """Returns the pairs of a LINE (bytes, without its end), in their order."""
    text = line.decode("ascii")
    priority = None
    if journal:
        check(re.match("<[0-7]>", text), "no priority: %r" % text)
        priority, text = int(text[1]), text[3:]
    check(text.isprintable() and not text.endswith(" "), repr(text))
    pairs = {}
    at = 0
    while at < len(text):
        found = PAIR.match(text, at)
        check(found, "not logfmt from column %d on: %r" % (at, text))
        key, value = found.groups()
        check(key not in pairs, "%s twice: %r" % (key, text))
        pairs[key] = json.loads(value) if value[0] == '"' else value
        at = found.end()
    head = HEAD[1:] if journal else HEAD
    check(list(pairs)[:len(head)] == head, "another head: %r" % text)
    check(list(pairs)[len(head)] in ("event", "msg"), repr(text))
    check(pairs["level"] in LEVELS and pairs["process"] in PROCESSES,
          repr(text))
    if journal:
        check(priority == PRIORITIES[pairs["level"]], repr(text))
    else:
        datetime.datetime.strptime(pairs["time"], "%Y-%m-%dT%H:%M:%S.%fZ")
    return pairs


class Log:
    """The log in a file at PATH, made if it is not there yet."""

    def __init__(self, test, path, journal=False):
        open(path, "ab").close()
        self.test = test
        self.path = path
        self.journal = journal

    def lines(self):
        """Returns all lines that are complete, parsed."""
        with open(self.path, "rb") as file:
            whole, _, _ = file.read().rpartition(b"\n")
        return [parse(line, self.journal)
                for line in whole.split(b"\n") if line]

    def find(self, event, **pairs):
        """Returns the lines of EVENT that have these PAIRS."""
        return [line for line in self.lines() if line.get("event") == event
                and all(line.get(k) == v for k, v in pairs.items())]

    def wait(self, event, timeout=15, **pairs):
        """Waits for a line like this, which must be the only one; returns
        it."""
        found = self.test.wait(lambda: self.find(event, **pairs), timeout,
                               "%s %s in the log" % (event, pairs))
        check(len(found) == 1, "%d times: %s" % (len(found), found))
        return found[0]

    def addresses(self):
        """Returns the lines in which something like an address stands."""
        return [line for line in self.lines()
                if any(ADDRESS.search(value)
                       for key, value in line.items() if key != "time")]
