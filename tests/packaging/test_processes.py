"""Files that follow from the table of processes agree with it.

common/processes.h is the one list of them; the launcher, the sandbox and the
tests use it. Here is what the compiler cannot see: the Makefile, the AppArmor
profiles, the folders, and the table in launcher/README.md.
"""

import os
import re
import sys

from harness import HERE, TOP, check, check_equal, test

sys.path.append(os.path.join(os.path.dirname(HERE), "e2e"))
import process_table  # noqa: E402

PROFILES = "packaging/apparmor/usr.bin.gochat"
# Folders of a process, apart from common, its own and the one above that.
BESIDES = {
    "gochat": {"ui/nick.o", "ui/text.o", "ui/buf.o", "precis/"},
    "gochat-netd": {"netd/transport/"},
    "gochat-ui": {"ui/json/", "ui/tui/", "precis/"},
    "gochat-ui-bootnode": {"ui/json/", "ui/tui/", "precis/"},
}
NEEDED = {"NOTHING": "", "TERMINAL": "the terminal",
          "SOCKETS": "the UDP ports", "STATE_DIR": "the state folder",
          "ROOM_FILE": "the room file", "LOCKED_MEMORY": "locked memory",
          "ACCESS_KEYS": "access keys",
          "LISTENER": "the control socket",
          "KEPT": "the state of the bootnode before",
          "FLEET": "a fleet, its engine's credentials"}
FILES = {"FILES_ANY": "any", "FILES_NONE": "none",
         "KNOWN_PEERS_BYTES": "`known_peers`"}


def folder(row):
    """Returns the folder of a process: netd/client for netd_client."""
    return row.filter.replace("_", "/") + "/"


@test
def processes_are_built(t):
    """Each row has a program, and each program a row."""
    makefile = t.read("Makefile").replace("\\\n", " ")
    names = re.search(r"^NAMES\s*=(.*)$", makefile, re.M)[1].split()
    check_equal(names, process_table.PROGRAMS, "NAMES of the Makefile")


@test
def processes_have_folders(t):
    """Each folder has a main.c, a filter.c and a README.md."""
    for row in process_table.ROWS:
        for name in ("main.c", "filter.c", "README.md"):
            check(os.path.exists(os.path.join(TOP, folder(row), name)),
                  "%s has no %s%s" % (row.program, folder(row), name))
        check("FILTER(%s," % row.filter in t.read(folder(row) + "filter.c"),
              "%sfilter.c is not that of %s" % (folder(row), row.filter))


def linked(t, program):
    """Returns the objects below the build folder whose code is part of it, by
    the linker's map: sections that nothing refers to are not."""
    with open(os.path.join(t.build, program + ".map")) as file:
        text = file.read()
    text = text[text.index("\nLinker script and memory map"):]
    # A long name has a line of its own.
    sections = re.findall(
        r"^ \.text\S*\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+\.o)$", text, re.M)
    base = os.path.relpath(os.path.abspath(t.build), TOP)
    found = {}
    for size, path in sections:
        inside = path.split(os.path.basename(base) + "/", 1)
        if len(inside) == 2 and int(size, 16) > 0:
            found[inside[1]] = found.get(inside[1], 0) + int(size, 16)
    return found


@test
def executables_have_no_others_code(t):
    """No process contains code that only another one needs."""
    for row in process_table.ROWS:
        above = os.path.dirname(folder(row).rstrip("/"))
        own = {"common", above, folder(row).rstrip("/")} - {""}
        more = BESIDES.get(row.program, set())
        objects = linked(t, row.program)
        check(folder(row) + "main.o" in objects and
              folder(row) + "filter.o" not in objects,
              "the map of %s names %s" % (row.program, sorted(objects)))
        strange = [o for o in objects if os.path.dirname(o) not in own and
                   o not in more and not any(o.startswith(f) for f in more
                                             if f.endswith("/"))]
        check(not strange, "%s has code of %s" % (row.program, strange))


def profiles(t):
    """Returns the lines of each profile."""
    found, current = {}, None
    for line in t.read(PROFILES).splitlines():
        begun = re.match(r"profile (\S+)", line)
        if begun:
            current = found.setdefault(begun[1], [])
        elif current is not None:
            current.append(line.strip())
    return found


@test
def processes_may_make_their_sockets(t):
    """The profile has the sockets that the unit of systemd asks for; root asks
    at the operators', so that it is not for its owner alone."""
    unit = t.read("packaging/systemd/gochat-bootnode.service")
    sockets = re.findall(r"^Environment=(\w+)_SOCKET=%t(/\S+)$", unit, re.M)
    check_equal([name for name, _ in sockets], {"METRICS", "CONTROL"},
                "sockets of the unit")
    for name, path in sockets:
        rule = "/run%s rw," % path
        check((rule if name == "CONTROL" else "owner " + rule) in
              profiles(t)["gochat"], "no rule for /run" + path)


@test
def processes_have_profiles(t):
    """Each process has a profile, with what its row needs and no more."""
    found = profiles(t)
    check_equal(found, process_table.PROGRAMS, "profiles")
    for row in process_table.ROWS:
        if row.role == process_table.LAUNCHER:
            continue
        program, rules = row.program, found[row.program]
        start = "@{gochat_libexec}/%s mrpx -> &%s," % (program, program)
        check(start in found["gochat"], "the launcher may not start " + program)
        check("@{gochat_libexec}/%s mr," % program in rules,
              program + " may not read itself")
        for rule, wanted in {
                "network netlink raw,": "FD_NETLINK" in row.fds,
                "network inet dgram,": "FD_UDP" in row.fds,
                "network inet6 dgram,": "FD_UDP" in row.fds,
                "owner @{gochat_state}/{,**} rwkl,": "STATE_DIR" in row.needs,
                "owner /memfd:* rw,": "ROOM_FILE" in row.needs,
                "network unix stream,":
                    "LISTENER" in row.needs or "FD_ENGINE" in row.fds,
                "network inet stream,": "FD_ENGINE" in row.fds,
                "network inet6 stream,": "FD_ENGINE" in row.fds,
                "capability ipc_lock,": "LOCKED_MEMORY" in row.needs,
                "include <abstractions/consoles>": "TERMINAL" in row.needs,
        }.items():
            check((rule in rules) == wanted, "the profile of %s %s %r" % (
                program, "lacks" if wanted else "has", rule))
    signals, = [rule for rule in found["gochat"] if "signal (send)" in rule]
    check(signals == "signal (send) peer={%s}," % ",".join(
        process_table.PROGRAMS), "the launcher may signal: " + signals)


def documented(row):
    """Returns a row as launcher/README.md has it."""
    neighbours = process_table.neighbours_of(row)
    ends = {number for _, number in neighbours} | {
        process_table.FDS["FD_CONTROL"]}
    others = [name for name in row.fds if process_table.FDS[name] not in ends]
    goes = process_table.GOES_WITH[row.role]
    return "| %s |" % " | ".join((
        "`%s`" % row.program, " and ".join(row.modes),
        ", ".join("%s (%s)" % (
            role, "from %d on" % process_table.FDS["FD_ROOMS"]
            if number == process_table.FDS["FD_COMES_LATER"] else number)
            for role, number in neighbours),
        "" if goes == row.role else goes,
        ", ".join(NEEDED[need] for need in row.needs),
        ", ".join("`%s`" % name for name in others),
        FILES[row.bytes])).replace("  ", " ")


@test
def processes_are_documented(t):
    readme = t.read("launcher/README.md")
    at = readme.index("| program | mode |")
    lines = readme[at:readme.index("\n\n", at)].splitlines()[2:]
    wanted = [documented(row) for row in process_table.ROWS
              if row.role != process_table.LAUNCHER]
    check(lines == wanted, "launcher/README.md is to have these rows:\n%s" %
          "\n".join(wanted))
