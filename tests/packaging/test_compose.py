"""docker-compose.yml passes every variable on, and sets no value itself."""

import re

from harness import check, check_equal, test

ROW = re.compile(r'^X\(\w+, "(\w+)",.*?\bFOR_(ALL|BOTH|ENTRY|CLIENT|BOOTNODE)\b',
                 re.M | re.S)


def variables(t, mode):
    """Returns those of the options table that mean something in MODE."""
    table = t.read("launcher/options_table.h")
    table = table[table.index("#define OPTIONS_TABLE"):]
    table = table[:table.index("/* clang-format on */")]
    found = dict(ROW.findall(table))
    check("STATE_DIR" in found and "ROOM" in found, "the table is not read")
    fit = {mode, "ALL", "BOTH"} | ({"ENTRY"} if mode == "CLIENT" else set())
    return {name for name, modes in found.items() if modes in fit}


def blocks(text, indent):
    """Returns {name: the lines below it} for the names at INDENT blanks."""
    found, name = {}, None
    for line in text.splitlines():
        head = re.match(r" {%d}([\w-]+):" % indent, line)
        if head:
            name = head[1]
            found[name] = []
        elif re.match(r" {0,%d}[^ #]" % indent, line):
            name = None
        elif name and line.strip() and not line.lstrip().startswith("#"):
            found[name].append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


def environment(t, service):
    """Returns {variable: its value} of a service."""
    services = blocks(t.read("docker-compose.yml"), 0)["services"]
    lines = blocks(blocks(services, 2)[service], 4)["environment"]
    pairs = re.findall(r"^ {6}(\w+): (.*)$", lines, re.M)
    check(len(pairs) == len(lines.splitlines()), "not all is understood of "
          + lines)
    return dict(pairs)


def check_service(t, service, mode, **fixed):
    given = environment(t, service)
    check_equal(given, variables(t, mode), "environment of " + service)
    for name, value in dict(fixed, MODE=service).items():
        check(given.pop(name) == value, "%s of %s" % (name, service))
    for name, value in given.items():
        check(value == "${%s:-}" % name,
              "%s of %s is %s" % (name, service, value))


@test
def compose_passes_variables_to_the_bootnode(t):
    # The client uses .env, too, and there is no terminal.
    check_service(t, "bootnode", "BOOTNODE", UI="plain")


@test
def compose_passes_variables_to_the_client(t):
    check_service(t, "client", "CLIENT")
