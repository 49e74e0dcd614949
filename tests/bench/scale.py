"""What a session costs a bootnode that has many of them.

The clients are in rooms of four, and each has an address of its own. They are
played by one process, tests/load/swarm, whose memory and time do not count.
"""

import re
import resource
import signal
import subprocess

import table
from gochat import Bootnode, end, free_port, read_some
from procs import cpu, pss

SIZES = (1000, 10000)
MANY = (100000, 1000000)	# minutes; tests/bench/run million
ROOM = 4
SESSION = 512			# bytes of memory, over all processes, if
SESSIONS = 100000		# there are so many to share what each has
JOIN = 150 / 90			# 150 us, if a multiplication takes 30
HEARTBEAT = 1.3			# bare echoes
RATE = 100000			# heartbeats a second: a million at 10 s
CORE = 0.6			# of a core, for them
SECONDS = 10
MULTIPLICATIONS = 3000
ECHOES = 300000
# Each client sends a heartbeat in this time, or else goes.
INTERVAL, TIMEOUT = 100, 1200
STORM = 50000			# clients of a bootnode that is killed
STORM_INTERVAL = 10
WAIT = 60			# seconds until the last of them is in again
NEEDED = 1200			# bytes for each session, with the swarm


class Crowd:
    """The clients of BOOT."""

    def __init__(self, bench, boot, count, interval=INTERVAL):
        self.popen = bench.popen(
            [bench.options.swarm, "crowd"] + [
                str(n) for n in (boot.port, count, ROOM, interval)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.rest = b""
        self.read("joined")

    def read(self, what):
        """Reads a line about what was done. Returns its numbers: seconds,
        clients, heartbeats, answers."""
        while b"\n" not in self.rest:
            self.rest += read_some(self.popen.stdout)
        line, _, self.rest = self.rest.partition(b"\n")
        if not line.startswith(what.encode()):
            raise RuntimeError("the swarm says %r" % line)
        return [float(n) for n in re.findall(rb"[\d.]+", line)]

    def tell(self, what, *numbers):
        self.popen.stdin.write(
            " ".join([what] + [str(n) for n in numbers]).encode() + b"\n")

    def ask(self, what, *numbers):
        self.tell(what, *numbers)
        return self.read({"leave": "left"}.get(what, what))


def available():
    """Returns the bytes of memory that the machine can give away."""
    with open("/proc/meminfo") as file:
        for line in file:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0


def references(bench):
    """Returns the microseconds of three multiplications, and of an echo."""
    port = free_port()
    echo = bench.tool("echo", "serve", port)
    before = children()
    run(bench, "x25519", MULTIPLICATIONS) # the echo opens its socket meanwhile
    three = (children() - before) / MULTIPLICATIONS * 1e6
    run(bench, "echo", "ask", port, ECHOES)
    return three, cpu(echo.pid) / ECHOES * 1e6


def run(bench, *words):
    """Runs a program of tests/bench/*.c to its end."""
    if bench.tool(*words).wait() != 0:
        raise RuntimeError("%s did not work" % words[0])


def children():
    """Returns the CPU seconds of all programs that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure_one(bench, count, three, echoed):
    boot = Bootnode(bench, "--max-sessions", str(count), "--heartbeat-interval",
                    str(INTERVAL), "--peer-timeout", str(TIMEOUT))
    family = boot.family()
    empty = family.total(pss)
    before = family.each(cpu)
    crowd = Crowd(bench, boot, count)
    spent = {role: (value - before[role]) / count * 1e6
             for role, value in family.each(cpu).items()}
    table.row("join, of %d, us CPU" % count, spent["netd"] + spent["cryptod"],
              three, "three X25519", at_most=JOIN)
    table.note("  ".join("%s %.0f" % item for item in spent.items()))
    before = family.total(cpu)
    _, _, beats, acks = crowd.ask("beat", SECONDS, RATE)
    spent = family.total(cpu) - before
    table.row("heartbeat, of %d, us CPU" % count, spent / acks * 1e6, echoed,
              "a datagram echoed in C", at_most=HEARTBEAT)
    table.row("  share of a core at %d a second" % RATE,
              spent / acks * RATE, CORE, "the aim", at_most=1)
    table.note("%.0f sent in %d s, %.2f %% unanswered" % (
        beats, SECONDS, 100 * (beats - acks) / beats))
    full = family.total(pss)
    table.row("memory of a session, of %d, bytes" % count,
              full / count, SESSION, "the aim",
              at_most=1 if count >= SESSIONS else None)
    crowd.ask("leave", count * 9 // 10)
    left = family.total(pss)
    table.note("MB: empty %.1f  full %.1f  nine of ten have left %.1f" % (
        empty / 1e6, full / 1e6, left / 1e6))
    boot.end()


def measure_all(bench, sizes):
    three, echoed = references(bench)
    for count in sizes:
        if available() < count * NEEDED:
            table.note("%d sessions: left out, since there are only %d MB of "
                       "memory" % (count, available() / 1e6))
            continue
        measure_one(bench, count, three, echoed)


def measure_storm(bench):
    """Kills a bootnode and starts another one in its place."""
    flags = ["--max-sessions", str(2 * STORM), "--heartbeat-interval",
             str(STORM_INTERVAL)]
    boot = Bootnode(bench, *flags)
    crowd = Crowd(bench, boot, STORM, STORM_INTERVAL)
    crowd.ask("beat", 2 * STORM_INTERVAL, STORM // STORM_INTERVAL)
    crowd.tell("storm", 5 * WAIT)
    end(boot.popen, signal.SIGKILL)
    boot = Bootnode(bench, *flags, port=boot.port)
    seconds = crowd.read("storm")[0]
    table.row("longest wait, %d at a restart, s" % STORM,
              crowd.read("longest")[0], WAIT, "the aim", at_most=1)
    table.note("all are back after %.1f s" % seconds)


def measure(bench):
    measure_all(bench, SIZES)


def measure_many(bench):
    measure_all(bench, MANY)
