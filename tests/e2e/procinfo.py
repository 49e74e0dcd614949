"""What /proc tells of the processes that a launcher started.

A process counts as alive until it is gone or a zombie: orphans are
adopted by the run itself, which is process 1 here and reaps them when
the test is over.
"""

import os


def stat(pid):
    """Returns (state, parent, session) of PID, or None when it is gone."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return fields[0].decode(), int(fields[1]), int(fields[3])


def alive(pid):
    found = stat(pid)
    return found is not None and found[0] not in "ZX"


def family(leader):
    """Returns the living processes of LEADER's session, and its
    descendants."""
    table = {}
    for name in os.listdir("/proc"):
        found = stat(int(name)) if name.isdigit() else None
        if found and found[0] not in "ZX":
            table[int(name)] = found
    members = {p for p, f in table.items() if p == leader or f[2] == leader}
    grown = True
    while grown:
        new = {p for p, f in table.items()
               if f[1] in members and p not in members}
        members |= new
        grown = bool(new)
    return members


def reap_orphans():
    """Reaps orphans that have ended, and whose launcher is gone.

    A process that the run itself started is of this session, or leads one of
    its own: the code that started it waits for it.
    """
    us = os.getpid()
    ours = stat(us)[2]
    for pid in [int(name) for name in os.listdir("/proc") if name.isdigit()]:
        state, parent, session = stat(pid) or ("", 0, 0)
        if (state == "Z" and parent == us and session not in (pid, ours)
                and stat(session) is None):
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:	# another test was quicker
                pass


def cmdline(pid):
    """Returns the command line as ps shows it; empty when PID is gone."""
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            return file.read().replace(b"\0", b" ").strip()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def status(pid):
    """Returns the fields of /proc/PID/status."""
    with open("/proc/%d/status" % pid) as file:
        pairs = (line.partition(":") for line in file)
        return {name: value.strip() for name, _, value in pairs}


def resident(pids):
    """Returns the KiB that PIDS have in memory; shared ones count each
    time."""
    return sum(int(status(pid)["VmRSS"].split()[0]) for pid in pids)


def proportional(pids):
    """Returns the same, with shared memory divided among the processes that
    share it, or None if we may not look."""
    total = 0
    for pid in pids:
        try:
            with open("/proc/%d/smaps_rollup" % pid) as file:
                total += sum(int(line.split()[1]) for line in file
                             if line.startswith("Pss:"))
        except PermissionError:
            return None
    return total


def cpu_seconds(pids):
    """Returns the processor seconds that PIDS have used since their start."""
    ticks = 0
    for pid in pids:
        with open("/proc/%d/stat" % pid, "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def role(pid):
    """Returns netd, cryptod, ui, launcher or spawner; None if unknown."""
    line = cmdline(pid)
    if line.startswith(b"gochat: spawner"):
        return "spawner"
    title = line.split(b" ")[0].rstrip(b":").rpartition(b"/")[2]
    name = title.decode("ascii", "replace")
    if name == "gochat":
        return "launcher"
    return name[7:] if name.startswith("gochat-") else None


def maps_uid(uid):
    """Returns whether this user namespace knows the user id UID."""
    with open("/proc/self/uid_map") as file:
        for line in file:
            first, _, count = map(int, line.split())
            if first <= uid < first + count:
                return True
    return False
