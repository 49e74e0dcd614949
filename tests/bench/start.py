"""From the start of a client to the first line that it delivered, compared
with the scrypt that no client can do without.

Somebody is in the room already. On loopback the start of a bootnode is part of
the reference, which has no scrypt to do; over a link, six round trips are
granted instead.
"""

import statistics
import subprocess
import time

import table
from gochat import Bootnode, Client, say
from link import Link

ROUNDS = 11
DELAY = 0.025			# of the link, one way
ROUND_TRIPS = 6


class Times:
    """The milliseconds of all rounds, and their medians by name."""

    def __init__(self):
        self.lists = {}

    def add(self, **figures):
        for name, value in figures.items():
            self.lists.setdefault(name, []).append(value * 1e3)

    def __getattr__(self, name):
        return statistics.median(self.lists[name])


class Scene:
    """A bootnode, anna in the room, and bert who comes again and again."""

    def __init__(self, bench, address="127.0.0.1", enters=((), (), ())):
        self.bench = bench
        self.enter = enters[2]
        self.boot = Bootnode(bench, address=address, enter=enters[0])
        self.anna = Client(bench, "anna", self.boot, enter=enters[1])
        self.anna.wait("bootnode", state="joined")

    def come(self):
        """Returns the seconds until bert is connected and has delivered a
        line."""
        bert = Client(self.bench, "bert", self.boot, enter=self.enter)
        bert.wait("peer", state="connected")
        connected = time.perf_counter() - bert.started
        bert.write(say("here I am"))
        bert.wait("delivered")
        delivered = time.perf_counter() - bert.started
        bert.end()
        self.anna.wait("peer", state="left")
        return connected, delivered


def scrypt(bench):
    """Returns the seconds of one scrypt."""
    tool = bench.tool("scrypt", stdout=subprocess.PIPE)
    took = float(tool.stdout.read()) / 1e3
    tool.wait()
    return took


def bare_start(bench):
    """Returns the seconds until a bootnode listens."""
    started = time.perf_counter()
    boot = Bootnode(bench)
    took = time.perf_counter() - started
    boot.end()
    return took


def rounds(bench, scene):
    """Returns the medians of all rounds."""
    times = Times()
    scene.come()		# makes bert's identity
    for _ in range(ROUNDS):
        connected, delivered = scene.come()
        times.add(connected=connected, delivered=delivered,
                  scrypt=scrypt(bench), start=bare_start(bench))
    return times


def measure(bench):
    times = rounds(bench, Scene(bench))
    base = times.scrypt + times.start
    table.row("start to connected, ms", times.connected, base,
              "scrypt, and a bootnode's start")
    table.row("start to line delivered, ms", times.delivered, base,
              "the same")
    table.note("scrypt %.0f ms, start %.0f ms" % (times.scrypt, times.start))


def measure_link(bench):
    link = Link(bench, 3, DELAY)
    round_trip = link.round_trip() * 1e3
    times = rounds(bench, Scene(bench, link.hosts[0].address,
                                [host.enter() for host in link.hosts]))
    granted = times.scrypt + ROUND_TRIPS * round_trip
    table.row("the same over a link: connected", times.connected, granted,
              "scrypt and %d round trips" % ROUND_TRIPS, at_most=1)
    table.row("  and line delivered, ms", times.delivered, granted,
              "the same", at_most=1)
    table.note("a round trip takes %.1f ms; with the start of the program "
               "and beyond the scrypt, %.1f and %.1f of them" % (
                   round_trip,
                   (times.connected - times.scrypt) / round_trip,
                   (times.delivered - times.scrypt) / round_trip))
