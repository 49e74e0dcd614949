"""Each type of packet in common/wire.h is described, and fuzzed."""

import re

from harness import check, check_equal, test

ROW = re.compile(r'^\tX\((\w+),\s+(\d+),\s+"([\w-]+)"\)', re.M)


def types(t):
    """Returns {name: number} of the types."""
    text = t.read("common/wire.h")
    found = {name: number for name, number, _ in ROW.findall(text)}
    check(len(found) > 10, "the table of types is not read: %s" % found)
    return found


@test
def protocol_has_all_packets(t):
    """Each type has a row in the table, and a section whose heading names
    it."""
    text = t.read("common/PROTOCOL.md")
    wanted = {"%s %s" % pair for pair in types(t).items()}
    table = re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", text, re.M)
    check_equal({"%s %s" % (name, number) for number, name in table}, wanted,
                "the table of types in PROTOCOL.md")
    headings = " ".join(re.findall(r"^### (.*)$", text, re.M))
    check_equal({"%s %s" % pair for pair in
                 re.findall(r"([A-Z_]+) \((\d+)\)", headings)}, wanted,
                "the headings of PROTOCOL.md")


@test
def packets_are_all_fuzzed(t):
    """The fuzz target calls each decoder."""
    decoders = set(re.findall(r"^int wire_get_(\w+)\(", t.read("common/wire.h"),
                              re.M))
    text = t.read("tests/fuzz/wire.c")
    called = set(re.findall(r"^\t(?:PLAIN|MACED)\((\w+),", text, re.M))
    called |= set(re.findall(r"wire_get_(\w+)\(data", text))
    check_equal(called, decoders, "decoders in tests/fuzz/wire.c")
