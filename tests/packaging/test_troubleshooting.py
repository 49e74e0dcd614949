"""docs/troubleshooting.md and the manual explain the same messages, and the
program has each of them."""

import glob
import os
import re

import manual
import messages
from harness import TOP, check, check_equal, test

STRINGS = re.compile(messages.TEXT)
STATE_FILE = re.compile(r"\b(?:identity|bootnode_key|known_peers)\b")
PAGES = ("packaging/man/gochat.1", "packaging/man/gochat-bootnode.8")


def varying(message):
    """Puts one sign for whatever varies: numbers, names, addresses."""
    return re.sub(r"\d+", "…", message.replace("...", "…")).rstrip("… :")


def of_page(text):
    """Returns the heads of its DIAGNOSTICS."""
    return re.findall(r"^\.It (.+)$", manual.section(text, r"\.Sh DIAG"),
                      re.M)


def of_document(text):
    """Returns the messages in the first column of its tables."""
    return [message for line in text.splitlines() if line.startswith("| `")
            for message in re.findall("`([^`]+)`", line.split(" | ")[0])]


def of_program():
    """Returns all strings of the C sources, as a reader sees them."""
    found = []
    for path in glob.glob(os.path.join(TOP, "**/*.c"), recursive=True):
        if os.path.relpath(path, TOP).split(os.sep)[0] in ("tests", "build"):
            continue
        with open(path, encoding="utf-8") as file:
            found += [re.sub(r"\d+", "…", messages.plain(literal["text"]))
                      for literal in STRINGS.finditer(file.read())]
    check(len(found) > 500, "only %d strings are found" % len(found))
    return found


@test
def troubleshooting_and_manual_agree(t):
    pages = [varying(head) for page in PAGES for head in of_page(t.read(page))]
    document = [varying(message) for message in of_document(
        t.read("docs/troubleshooting.md"))]
    check(len(document) > 20, "the tables are not read")
    check(len(set(document)) == len(document), "a message is there twice")
    check_equal(document, pages, "docs/troubleshooting.md")


def template(text, gap):
    """Returns a pattern for what begins with TEXT; … stands for GAP."""
    return re.compile(gap.join(map(re.escape, re.split(" *… *", text))),
                      re.S)


def is_said(message, said):
    """Returns whether MESSAGE, whose file may be any, is within a string of
    SAID, or comes from one that says most of it."""
    for form in (varying(message), varying(STATE_FILE.sub("…", message))):
        within = template(form.lstrip("… "), ".*?")
        if any(within.search(text) for text in said):
            return True
    return any(len(text) > len(message) / 2 and
               template(text, ".+").match(varying(message)) for text in said)


@test
def troubleshooting_is_of_what_is_said(t):
    said = of_program()
    for message in of_document(t.read("docs/troubleshooting.md")):
        check(is_said(message, said), "nobody says " + message)
