"""What a client costs that nobody uses: memory, CPU time and wake-ups.

Each wake-up ought to have a cause: the heartbeat and its answer, and for each
peer the keepalive, its answer, and the peer's own keepalive. All of these are
netd's. While somebody is connected cryptod looks from time to time whether
another gochat of the user has added to known_peers; ui and the launcher sleep.
"""

import statistics
import time

import table
from gochat import Bootnode, Client, pair
from procs import ROLES, cpu, growth, pss, wakeups

HEARTBEAT = 10			# seconds
KEEPALIVE = 15			# seconds, of each peer
KNOWN_PEERS = 30		# seconds between two looks at the file
WINDOW = 2 * KEEPALIVE		# a whole number of either
SETTLE = 5			# seconds after which nothing is new any more
CROWD = 50
AT_ONCE = 8			# scrypts of 64 MiB
MEMORY = 7			# MB


def expected(peers):
    """Returns the wake-ups a minute of a client that have a cause."""
    return (2 * 60 / HEARTBEAT + 3 * peers * 60 / KEEPALIVE +
            (60 / KNOWN_PEERS if peers > 0 else 0))


def watch(families):
    """For each family, returns wake-ups and CPU seconds a minute, by role."""
    figures = (wakeups, cpu)
    before = [[family.each(f) for f in figures] for family in families]
    time.sleep(WINDOW)
    after = [[family.each(f) for f in figures] for family in families]
    return [[{role: value * 60 / WINDOW
              for role, value in growth(old, new).items()}
             for old, new in zip(*both)] for both in zip(before, after)]


def memory_row(name, family):
    table.row(name, family.total(pss) / 1e6, MEMORY, "the aim", at_most=1)
    table.note("MB: " + "  ".join(
        "%s %.2f" % (role, size / 1e6)
        for role, size in family.each(pss).items()))


def wakeup_row(name, causes, watched):
    """Prints the medians. WATCHED has one answer of watch() for each
    client."""
    woken, spent = [{role: statistics.median(client[figure][role]
                                             for client in watched)
                     for role in ROLES} for figure in range(2)]
    table.row(name, sum(woken.values()), causes, "those with a cause",
              at_most=1)
    table.note("  ".join("%s %g" % item for item in woken.items()) +
               "; CPU, ms a minute: " +
               "  ".join("%s %.1f" % (role, seconds * 1e3)
                         for role, seconds in spent.items()))


def measure(bench):
    boot, anna, _ = pair(bench)
    alone = Client(bench, "cleo", boot, room="empty")
    alone.wait("bootnode", state="joined")
    families = [client.family() for client in (alone, anna)]
    time.sleep(SETTLE)
    memory_row("memory of a client alone, MB", families[0])
    memory_row("memory with one peer, MB", families[1])
    watched = watch(families)
    for peers, name in enumerate(("alone", "with one peer")):
        wakeup_row("wake-ups a minute, %s" % name, expected(peers),
                   [watched[peers]])


def measure_crowd(bench):
    boot = Bootnode(bench)
    clients = []
    while len(clients) < CROWD:
        batch = [Client(bench, "nick%d" % (len(clients) + i), boot)
                 for i in range(min(AT_ONCE, CROWD - len(clients)))]
        for client in batch:
            client.wait("bootnode", state="joined")
        clients += batch
    for client in clients:
        for _ in range(CROWD - 1):
            client.wait("peer", state="connected")
    time.sleep(SETTLE)
    families = [client.family() for client in clients]
    memory_row("memory in a room of %d, MB" % CROWD, families[0])
    watched = watch(families + [boot.family()])
    wakeup_row("wake-ups a minute, room of %d" % CROWD, expected(CROWD - 1),
               watched[:-1])
    wakeup_row("  and of its bootnode", CROWD * 60 / HEARTBEAT, watched[-1:])
