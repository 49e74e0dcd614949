"""What a fleet costs: a join that is redirected, against one that is not; and
how many more joins two nodes on this machine take than one.

The nodes have one state folder, hence one key. The clients are those of "swarm
flock".
"""

import re
import statistics
import subprocess
import time

import table
from engine import program
from gochat import Bootnode
from procs import cpu

ENGINE_PORT = 6379
ROUNDS = 40			# joins of one client, each way
CROWD = 6000			# clients in rooms of three
OPEN = ("--max-sessions-per-address", "60000", "--join-rate", "100000")
STATUS = re.compile(r"([\d.]+) s longest, (\d+) redirects")


def engine(bench):
    """Starts a redis-server; returns its URL."""
    bench.popen(["bash", "-c", 'exec -a redis-server "$@"', "bash",
                 program(), "--bind", "127.0.0.1", "--port",
                 str(ENGINE_PORT), "--save", "", "--appendonly", "no",
                 "--dir", bench.home("engine")],
                stdout=subprocess.DEVNULL)
    return "redis://127.0.0.1:%d" % ENGINE_PORT


def node(bench, url):
    return Bootnode(bench, "--fleet", url, *OPEN)


def flock(bench, boot, count, size):
    """Joins COUNT clients that know BOOT; returns the seconds until all are
    there, and how many were redirected."""
    done = subprocess.run(
        [bench.options.swarm, "flock", boot.address, str(count), str(size)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True,
        text=True)
    seconds, redirects = STATUS.search(done.stdout).groups()
    return float(seconds), int(redirects)


def agree(bench, boot):
    """Waits until BOOT redirects."""
    while flock(bench, boot, 30, 1)[1] == 0:
        time.sleep(0.2)


def measure_one_by_one(bench, first):
    """The same node is asked: some rooms are its own."""
    direct, sent = [], []
    while len(direct) < ROUNDS or len(sent) < ROUNDS:
        seconds, redirects = flock(bench, first, 1, 1)
        (sent if redirects else direct).append(seconds * 1e3)
    table.row("join by a redirect, ms", statistics.median(sent),
              statistics.median(direct), "a join at the same node", at_most=2)


def spent(families, what):
    """Returns the CPU seconds that WHAT() costs these, and what it
    returns."""
    before = sum(family.total(cpu) for family in families)
    result = what()
    return sum(family.total(cpu) for family in families) - before, result


def measure(bench):
    alone = Bootnode(bench, *OPEN)
    cost_alone, (time_alone, _) = spent(
        [alone.family()], lambda: flock(bench, alone, CROWD, 3))
    alone.end()
    url = engine(bench)
    first = node(bench, url)
    second = node(bench, url)
    agree(bench, first)
    measure_one_by_one(bench, first)
    cost, (seconds, redirects) = spent(
        [first.family(), second.family()],
        lambda: flock(bench, first, CROWD, 3))
    table.row("join at a fleet of two, us CPU", cost / CROWD * 1e6,
              cost_alone / CROWD * 1e6, "a join at a bootnode alone")
    table.note("%.0f %% of them were redirected" % (100 * redirects / CROWD))
    # Each client asks the node that is its room's home, as those do who come
    # back.
    both = ",".join((first.address, second.address))
    done = subprocess.run(
        [bench.options.swarm, "flock", both, str(CROWD), "3"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True,
        text=True)
    seconds = float(STATUS.search(done.stdout).group(1))
    table.row("joins a second, two nodes", CROWD / seconds, CROWD / time_alone,
              "one bootnode, the same clients")
