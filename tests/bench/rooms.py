"""What further rooms cost: memory, wake-ups, and the first screen.

A room that nobody else is in costs a netd and a cryptod. The screen is drawn
before the rooms behind the first have their processes.
"""

import statistics
import time

import procinfo
import table
from gochat import Bootnode, Client, command, environment
from idle import HEARTBEAT, SETTLE, WINDOW
from procs import pss, wakeups
from terminal import FRAME_END, Terminal
from tui import SCREENS, first_screen

COUNTS = (1, 4, 16)
MEMORY = 1.8			# MB for each further room
MANY = 10			# rooms of which the first screen is measured
SCREEN = 2			# times that of one room, at most
SCRYPT = 8			# seconds for the secrets of many rooms


def names(nick, count):
    """Returns rooms that nobody else enters: a peer would have a price."""
    return ["room %d of %s" % (n, nick) for n in range(count)]


def several(nick, boot, count):
    """Returns the arguments of a client with so many rooms."""
    return ["--bootnode", boot.address, "--nick", nick, "--port", "0"] + [
        word for name in names(nick, count) for word in ("--room", name)]


class Rooms(Client):
    """A client with so many rooms, in each of which it is alone."""

    def __init__(self, bench, boot, count):
        nick = "with%d" % count
        rooms = names(nick, count)
        Client.__init__(self, bench, nick, boot, room=rooms[0])
        for name in rooms[1:]:
            self.write(b'{"cmd":"join","room":"%s"}\n' % name.encode())
        for name in rooms:
            self.wait_for("bootnode", room=name, state="joined")

    def wait_for(self, event, **fields):
        """Waits like wait(), but keeps what comes before it."""
        kept = []
        while True:
            found = self.wait(event)
            if all(found.get(k) == v for k, v in fields.items()):
                self.events[:0] = kept
                return
            kept.append(found)

    def pids(self):
        return [pid for pid in procinfo.family(self.popen.pid)
                if procinfo.role(pid) != "spawner"]


def measure(bench):
    boot = Bootnode(bench)
    clients = [Rooms(bench, boot, count) for count in COUNTS]
    time.sleep(SETTLE)
    total = [sum(map(pss, client.pids())) / 1e6 for client in clients]
    table.note("MB: " + "  ".join("%d rooms %.2f" % pair
                                  for pair in zip(COUNTS, total)))
    for count, size in list(zip(COUNTS, total))[1:]:
        table.row("memory of each room after the first, of %d" % count
                  if count < 10 else "  the same, of %d" % count,
                  (size - total[0]) / (count - 1), MEMORY, "the aim",
                  at_most=1)
    before = [sum(map(wakeups, client.pids())) for client in clients]
    time.sleep(WINDOW)
    for count, client, was in zip(COUNTS, clients, before):
        woken = (sum(map(wakeups, client.pids())) - was) * 60 / WINDOW
        table.row("wake-ups a minute, %d rooms" % count, woken,
                  count * 2 * 60 / HEARTBEAT, "those with a cause",
                  at_most=1)


def measure_screen(bench):
    boot = Bootnode(bench)
    env = environment(bench.home("anna"), TERM="xterm-256color")
    times = {1: [], MANY: []}
    for _ in range(SCREENS):
        for count, found in times.items():
            words = command(bench, "anna", "tui",
                            *several("anna", boot, count))
            found.append(first_screen(
                lambda: Terminal(bench, words, env), FRAME_END))
    one, many = [statistics.median(found) for found in times.values()]
    table.row("first screen with %d rooms, ms" % MANY, many, one,
              "with one room", at_most=SCREEN)
