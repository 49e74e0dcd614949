"""The processes from outside: their titles, their jails, and what ends the
program."""

import os
import signal

import process_table
import procinfo
from chat import FAST, meet, talk
from harness import check, register, test
from process import Bootnode, Gochat
from topology import Lan

ROLES = process_table.children("client")
ROOM = "velvet-underpass-room"
NOBODY = 65534


def by_role(process):
    """Returns the pid of each role."""
    pids = process.by_role()
    mode = "bootnode" if isinstance(process, Bootnode) else "client"
    roles = set(process_table.children(mode)) | {"launcher", "spawner"}
    check(set(pids) == roles and
          process.family() == set(pids.values()), "the processes are %s" % {
              pid: procinfo.cmdline(pid) for pid in process.family()})
    return pids


def conversation(t):
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST, room=ROOM)
    bert = Gochat(t, net.b, "bert", boot, *FAST, room=ROOM)
    meet(anna, bert)
    talk(anna, [bert], "before anybody looks")
    return boot, anna, bert


# What only descriptors lead to.
MEMORIES = {process_table.FDS["FD_ROOM"]: "/memfd:room (deleted)",
            process_table.FDS["FD_ACCESS"]: "/memfd:access (deleted)"}


@test()
def processes_titles(t):
    """ps shows program and role, and nothing of the command line."""
    boot, anna, bert = conversation(t)
    for process, mode in ((anna, "client"), (boot, "bootnode")):
        pids = by_role(process)
        for role in process_table.children(mode):
            title = procinfo.cmdline(pids[role]).decode()
            check(title == "gochat-%s: %s" % (role, mode), "title %r" % title)
        for pid in pids.values():
            line = procinfo.cmdline(pid)
            for word in (ROOM, boot.address, boot.host.address, "anna",
                         process.state):
                check(word.encode() not in line, "ps shows %r" % line)


def check_jail(process):
    """Checks for no new privileges, a filter, no capability, not root.

    The spawner has no filter: it has to be able to start the others.
    """
    for role, pid in by_role(process).items():
        if role == "spawner":
            continue
        status = procinfo.status(pid)
        what = "%s of %s" % (role, process.label)
        check(status["NoNewPrivs"] == "1", what + " may gain privileges")
        check(status["Seccomp"] == "2", what + " has no filter")
        if role == "launcher":
            continue
        for field in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
            check(int(status[field], 16) == 0, "%s has %s %s" % (
                what, field, status[field]))
        if procinfo.maps_uid(NOBODY):
            check("0" not in status["Uid"].split(), what + " is root")
            check("0" not in status["Gid"].split(), what + " group root")
            check(status["Groups"] in ("", status["Gid"].split()[0]),
                  "%s has groups %s" % (what, status["Groups"]))


@test()
def processes_jailed(t):
    """Each process is in its jail, in both modes."""
    boot, anna, bert = conversation(t)
    for process in (anna, boot):
        check_jail(process)


@test()
def processes_descriptors(t):
    """A child holds the descriptors of its row, and no file but known_peers;
    only ui has the pipes."""
    boot, anna, bert = conversation(t)
    looked = 0
    for process, mode in ((anna, "client"), (boot, "bootnode")):
        for role, pid in by_role(process).items():
            folder = "/proc/%d/fd" % pid
            try:
                links = {int(n): os.readlink(os.path.join(folder, n))
                         for n in os.listdir(folder)}
            except PermissionError:
                continue	# root of a user namespace may not look
            if role in ("launcher", "spawner"):
                continue
            looked += 1
            more = set(links) - process_table.numbers(
                process_table.row_of(role, mode))
            check(not more, "%s of %s has the descriptors %s, too" % (
                role, process.label, {n: links[n] for n in more}))
            for number, target in links.items():
                # A sanitizer writes to standard error.
                open_file = target.startswith("/") and number != 2 and \
                    not target.startswith("/dev/")
                if role == "cryptod" and target == MEMORIES.get(number):
                    continue
                if process is anna and role == "cryptod" and \
                        target == os.path.join(anna.state, "known_peers"):
                    continue
                check(not open_file, "%s of %s holds %s" % (
                    role, process.label, target))
                check(role == "ui" or number == 2 or
                      not target.startswith("pipe:"),
                      "%s of %s holds a pipe" % (role, process.label))
    t.note("descriptors of %d processes seen" % looked)


@test()
def processes_programs(t):
    """Each process runs the executable of its role and mode."""
    boot, anna, bert = conversation(t)
    looked = 0
    for process, mode in ((anna, "client"), (boot, "bootnode")):
        for role, pid in by_role(process).items():
            if role in ("launcher", "spawner"):
                continue
            try:
                path = os.readlink("/proc/%d/exe" % pid)
            except PermissionError:
                continue	# root of a user namespace may not look
            looked += 1
            wanted = process_table.row_of(role, mode).program
            check(os.path.basename(path) == wanted, "%s of %s is %s" % (
                role, process.label, path))
    t.note("executables of %d processes seen" % looked)


@test()
def processes_environment(t):
    """The children's environment does not hold what the launcher's did."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST,
                  env={"ROOM": ROOM + "-env", "NICK": "nick-of-the-env"})
    anna.wait("bootnode", state="joined")
    for role, pid in by_role(anna).items():
        if role in ("launcher", "spawner"):
            continue
        try:
            with open("/proc/%d/environ" % pid, "rb") as file:
                content = file.read()
        except PermissionError:
            continue
        for word in (b"-env", b"HOME=", b"LOGNAME="):
            check(word not in content, "%s has %r" % (role, content))


def child_broke_its_filter(t, role):
    """The launcher says which process broke its filter, and ends with exit
    code 3."""
    boot, anna, bert = conversation(t)
    anna.may_fail = True
    os.kill(by_role(anna)[role], signal.SIGSYS)
    check(anna.wait_exit(10) == 3, "exit code %s" % anna.code)
    anna.wait_gone(2)
    log = anna.stderr()
    check(b"gochat-" + role.encode() in log, "the log does not name " + role)
    check(b"killed by its sandbox" in log, "nor what it died of")


for ROLE in ROLES:
    register("child_broke_its_filter_" + ROLE,
             lambda t, role=ROLE: child_broke_its_filter(t, role))
