"""The manual has no warnings, its references exist, its json is right."""

import glob
import os
import re
import sys

import manual
from harness import HERE, TOP, check, check_equal, test

sys.path.append(os.path.join(os.path.dirname(HERE), "e2e"))
import contract  # noqa: E402

TYPES = {contract.TEXT: "string", contract.COUNT: "integer", bool: "boolean",
         contract.NUMBER: "number", list: "array", dict: "object"}
# Pages of others that gochat's own pages name.
OTHERS = {"systemd 1", "systemd.exec 5", "sd_listen_fds 3", "chmod 1"}


def pages(t):
    found = sorted(glob.glob(os.path.join(TOP, "packaging/man/*.[0-9]")))
    check(len(found) == 4, "%d pages" % len(found))
    return found


@test
def manual_has_no_warnings(t):
    for page in pages(t):
        said = t.run([t.tool("mandoc"), "-Tlint", "-Wwarning", page],
                     code=None)
        check(said.returncode == 0 and not said.stdout, said.stdout)


@test
def manual_refers_to_what_is_there(t):
    own = {" ".join(os.path.basename(p).rsplit(".", 1)) for p in pages(t)}
    for page in pages(t):
        text = t.read(page)
        name = os.path.basename(page)
        title = re.search(r"^\.Dt (\S+ \d)$", text, re.M)[1].lower()
        check(title == " ".join(name.rsplit(".", 1)), "title of " + name)
        for other in re.findall(r"^\.Xr (\S+ \d)", text, re.M):
            check(other in own | OTHERS, "%s refers to %s" % (name, other))
            check(other != title, "%s refers to itself" % name)
        for head in re.findall(r"^\.Sx (\S.*?)(?: \.)?$", text, re.M):
            check(re.search(r"^\.S[hs] %s$" % head, text, re.M),
                  "%s has no section %s" % (name, head))


@test
def manual_has_all_commands(t):
    """The page has the slash commands of ui/command.c, and no other."""
    table = t.read("ui/command.c").split("commands[] = {")[1]
    names = re.findall(r'^\t\{ "(\w+)",', table, re.M)
    check(len(names) > 5, "the table of commands is not read")
    page = manual.section(t.read("packaging/man/gochat.1"), r"\.Ss Commands",
                          r"\.S[sh]")
    check_equal(manual.items(page, "Ic"), ["/" + name for name in names],
                "commands in gochat.1")


def fields(item):
    return dict(re.findall(r"^\.It Va (\w+) Pq (\w+)", "\n".join(item.lines),
                           re.M))


def expected_fields():
    """Returns {event: {field: type}} of the end-to-end tests' contract."""
    found = {}
    for kind, (must, may) in contract.EVENTS.items():
        name, _, state = kind.partition("/")
        have = found.setdefault(name, {})
        if state:
            have["state"] = "string"
        for field, of in {**must, **may}.items():
            have[field] = TYPES[of]
    return found


@test
def manual_has_all_events(t):
    """gochat-json(5) and the end-to-end tests agree about events and
    fields."""
    page = manual.section(t.read("packaging/man/gochat-json.5"),
                          r"\.Sh EVENTS")
    events = manual.items(page, "Ic")
    wanted = expected_fields()
    check_equal(events, wanted, "events in gochat-json.5")
    for name, item in events.items():
        check_equal(["%s %s" % pair for pair in fields(item).items()],
                    ["%s %s" % pair for pair in wanted[name].items()],
                    "gochat-json.5: fields of " + name)


def examples(page):
    """Returns the objects between .Bd -literal and .Ed, one for each block."""
    for block in re.findall(r"^\.Bd -literal\n(.*?)^\.Ed", page, re.M | re.S):
        yield block.replace("\\e", "\\").replace("\n", "").encode()


@test
def manual_examples_of_events_are_events(t):
    page = t.read("packaging/man/gochat-json.5")
    shown = [contract.parse(example) for example in examples(
        manual.section(page, r"\.Sh EVENTS"))]
    check_equal({event["event"] for event in shown}, expected_fields(),
                "examples of events")
    for event in shown:
        wrong = contract.violation(event)
        check(not wrong, "the example of %s: %s" % (event["event"], wrong))


def events_logged(t):
    """Returns the names of the events that the C sources log."""
    found = set()
    for path in (path for folder in ("*", "*/bootnode", "*/client") for path
                 in glob.glob(os.path.join(TOP, folder, "*.c"))):
        found |= set(re.findall(
            r'\blog_(?:event\([^,"]+,|at_address\()\s*"(\w+)"', t.read(path)))
    check("figure" in found and "joined" in found, str(found))
    return found


def events_of_page(page):
    """Returns {event: its keys} of the log, as gochat-bootnode(8) has them."""
    page = page[page.index(".Ss The log"):]
    page = page[:page.index(".El")]
    found = {}
    for item in re.findall(r"^\.It Ic (.*)$", page, re.M):
        words, _, keys = item.partition(" Pq ")
        for word in words.split(" , "):
            found[word] = keys.split(" , ") if keys else []
    return found


def events_of_document(text):
    """Returns the same, as docs/interfaces.md has them."""
    table = text[text.index("| event | keys |"):]
    rows = [line.split("|") for line in
            table[:table.index("\n\n")].splitlines()[2:]]
    return {re.search(r"`(\w+)`", row[1])[1]: re.findall(r"\w+", row[2].replace(
        "and ", "")) for row in rows}


@test
def manual_and_document_have_all_events_of_the_log(t):
    known = events_logged(t)
    page = events_of_page(t.read("packaging/man/gochat-bootnode.8"))
    check_equal(page, known - {"path", "refused", "broken"},
                "gochat-bootnode.8")	# the other events are a client's
    document = events_of_document(t.read("docs/interfaces.md"))
    check_equal(document, known, "docs/interfaces.md")
    for name, keys in page.items():
        check_equal(document[name], keys, "docs/interfaces.md: " + name)


@test
def manual_says_what_is_needed(t):
    """The pages name the numbers of launcher/needs.h."""
    needs = dict(re.findall(r"#define NEEDS_(\w+) (\d+)",
                            t.read("launcher/needs.h")))
    texts = {"DESCRIPTORS": "can be used, and gochat needs %s",
             "PROCESSES": "no more processes are allowed, and gochat needs %s"}
    for path in ("packaging/man/gochat.1", "packaging/man/gochat-bootnode.8",
                 "docs/troubleshooting.md"):
        page = t.read(path)
        for name, text in texts.items():
            check(text % needs[name] in page, "%s: %s" % (path, name))
    check("up to %(DESCRIPTORS)s descriptors" % needs in
          t.read("packaging/RUNBOOK.md"), "packaging/RUNBOOK.md")
