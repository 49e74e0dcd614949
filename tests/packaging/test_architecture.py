"""docs/architecture.md follows a line, a datagram and others through the code.

Each step is a function that is where the document says, and one of the steps
above it in the same list leads to it."""

import glob
import os
import re

from harness import check, test

DOCUMENT = "docs/architecture.md"
STEP = re.compile(r"^\d+\. `([^`:]+): (\w+)`(?: \((message|packet) (\w+)\))?",
                  re.M)
ITEM = re.compile(r"^\d+\. .*$", re.M)
COMMENT = re.compile(r"/\*.*?\*/", re.S)


class Source:
    """A file of C in the style of this project: the name of a function that it
    defines is the first word of a line, and "}" alone ends it."""

    def __init__(self, text):
        self.text = COMMENT.sub("", text)

    def body(self, function):
        """Returns the body of a function, or None if it is not defined
        here."""
        found = re.search(
            r"^(?:static void __attribute__\(\(noreturn\)\) )?%s\([^;{]*?\)\n"
            r"?\s*\{\n(.*?)^\}" % function, self.text, re.M | re.S)
        return found and found[1]

    def members(self, function):
        """Returns the names by which the function may be called in tables."""
        return re.findall(r"[.>](\w+) = %s\b" % function, self.text)


class Step:
    def __init__(self, t, match):
        self.path, self.function, self.by, self.what = match.groups()
        self.name = "%s: %s" % (self.path, self.function)
        self.source = Source(t.read(self.path)) if os.path.exists(
            os.path.join(t.top, self.path)) else None
        self.body = self.source and self.source.body(self.function)
        self.is_there = self.body is not None
        self.body = self.body or ""

    def is_received(self, t):
        """Returns whether a table or a switch of its process calls it for
        that."""
        kind = "IPC_" if self.by == "message" else "WIRE_"
        folder = self.path.split("/")[0]
        place = re.compile(r"\b%s%s\b[^;]{0,80}?\b%s\b" % (
            kind, self.what, self.function))
        return kind + self.what in self.body or any(
            place.search(t.read(path)) for path in glob.glob(
                os.path.join(t.top, folder, "**/*.c"), recursive=True))

    def leads_to(self, other):
        """Returns whether one calls, sends to or hands on the other."""
        if other.by == "message":
            return "IPC_" + other.what in self.body
        if other.by == "packet":
            return "wire_put_" + other.what.lower() in self.body
        called = [r"\b%s\(" % other.function] + [
            r"[.>]%s\(" % member for member in other.source.members(
                other.function)]
        # The function may also be handed over, to be called back.
        handed = re.search(r"\b%s\([^;]*\b%s\b" % (
            self.function, other.function), other.source.text)
        return handed or any(re.search(call, self.body) for call in called)


def lists(text):
    """Returns the numbered lists of the document: their items, as text."""
    return [found for part in re.split(r"\n\n(?!\s)", text)
            if (found := ITEM.findall(part))]


def steps(t):
    """Returns the lists of steps."""
    return [[Step(t, match) for match in map(STEP.match, items) if match]
            for items in lists(t.read(DOCUMENT))
            if any(STEP.match(item) for item in items)]


@test
def architecture_names_functions(t):
    found = [step for way in steps(t) for step in way]
    check(len(found) > 60, "only %d steps are found" % len(found))
    missing = [step.name for step in found if not step.is_there]
    check(not missing, "%s: not defined there: %s" % (
        DOCUMENT, ", ".join(missing)))


@test
def architecture_follows_calls(t):
    wrong = []
    for way in steps(t):
        for i, step in enumerate(way[1:], 1):
            if not any(before.leads_to(step) for before in way[:i]):
                wrong.append("nothing above %s leads to it" % step.name)
            elif step.by and not step.is_received(t):
                wrong.append("%s is not given %s" % (step.name, step.what))
    check(not wrong, "%s: %s" % (DOCUMENT, "; ".join(wrong)))


@test
def architecture_has_only_steps(t):
    """Every item of a list of steps is a step, so that none is unchecked."""
    odd = [item for items in lists(t.read(DOCUMENT))
           if any(STEP.match(item) for item in items)
           for item in items if not STEP.match(item)]
    check(not odd, "%s: not a step: %s" % (DOCUMENT, "; ".join(odd)))
