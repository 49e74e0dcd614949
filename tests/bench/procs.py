"""What processes cost, from /proc: CPU time, memory, wake-ups.

tests/e2e/procinfo.py, which is on the path, knows which processes belong
to one gochat and what they are.
"""

import os

import process_table
import procinfo

ROLES = ("launcher",) + process_table.children("client")


def cpu(pid):
    """Returns the CPU seconds of a process so far, to the nanosecond."""
    with open("/proc/%d/schedstat" % pid) as file:
        return int(file.read().split()[0]) / 1e9


def pss(pid):
    """Returns the proportional set size in bytes: shared pages count in
    part."""
    with open("/proc/%d/smaps_rollup" % pid) as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def wakeups(pid):
    """Returns how often a process has gone to sleep, and hence been woken."""
    return int(procinfo.status(pid)["voluntary_ctxt_switches"])


class Family:
    """The processes of one gochat, by role."""

    def __init__(self, leader):
        self.pids = {procinfo.role(pid): pid
                     for pid in procinfo.family(leader)}
        missing = set(ROLES) - set(self.pids)
        if missing:
            raise RuntimeError("no process %s" % ", ".join(missing))

    def each(self, figure):
        """Returns {role: FIGURE(pid)}."""
        return {role: figure(self.pids[role]) for role in ROLES}

    def total(self, figure):
        return sum(self.each(figure).values())


def growth(before, after):
    """Returns the difference of two answers of Family.each()."""
    return {role: after[role] - before[role] for role in before}


def cpu_by_process(families):
    """Returns the CPU seconds so far as {"who's role": seconds}."""
    return {"%s's %s" % (who, role): seconds
            for who, family in families.items()
            for role, seconds in family.each(cpu).items()
            if role != "launcher"}


class Others:
    """Measures the CPU time that others than this benchmark took."""

    def __init__(self):
        self.first = self.now()

    @staticmethod
    def now():
        """Returns CPU seconds so far: those there were, those anybody used,
        ours."""
        with open("/proc/stat") as file:
            ticks = [int(word) for word in file.readline().split()[1:9]]
        tick = os.sysconf("SC_CLK_TCK")
        ours = os.times()
        user, nice, system, _, _, _, _, stolen = ticks
        return [sum(ticks) / tick, (user + nice + system + stolen) / tick,
                sum(ours[:4])]

    def share(self):
        """Returns the others' share, 0 to 1, once all that was started has
        ended."""
        total, taken, ours = [now - first for now, first
                             in zip(self.now(), self.first)]
        return max(taken - ours, 0) / total
