"""A flood from somebody who is denied, at a bootnode whose list is full: what
a datagram of it costs, and what the clients who are there lose.
"""

import os
import socket
import statistics
import time

import table
from gochat import Bootnode
from procs import cpu
from scale import Crowd

LIST = 10000			# prefixes, as many as a file may have
FROM = "127.0.66.1"		# no client of the crowd has it
DATAGRAM = b"\0" * 61		# as long as a HEARTBEAT, and of no type
RATE = 20000			# a second
BURST = 100			# so many together
SECONDS = 2
ROUNDS = 5
CLIENTS = 1000
INTERVAL = 10			# seconds between the heartbeats of a client
BEATS = 2000			# a second


def write_list(bench):
    """Writes a list with neighbours on both sides of what is denied."""
    path = os.path.join(bench.home("lists"), "deny")
    with open(path, "w") as file:
        for number in range(LIST // 2):
            print("10.%d.%d.0/24" % divmod(number, 256), file=file)
            if number < LIST // 2 - 1:
                print("2001:db8:%x::/48" % number, file=file)
        print(FROM, file=file)
    return path


def dropped(port):
    """Returns how many datagrams found no room in the socket of this port."""
    with open("/proc/net/udp") as file:
        for line in file:
            words = line.split()
            if words[1].endswith(":%04X" % port):
                return int(words[-1])
    raise RuntimeError("nobody has port %d" % port)


def flood(boot):
    """Returns how many datagrams the bootnode has read."""
    before = dropped(boot.port)
    sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((FROM, 0))
        s.connect(("127.0.0.1", boot.port))
        begin = time.monotonic()
        while sent < RATE * SECONDS:
            for _ in range(BURST):
                s.send(DATAGRAM)
            sent += BURST
            time.sleep(max(begin + sent / RATE - time.monotonic(), 0))
    return sent - (dropped(boot.port) - before)


def cost(boot):
    """Returns the microseconds of CPU time for a datagram of a flood."""
    family = boot.family()
    before = family.total(cpu)
    read = flood(boot)
    return (family.total(cpu) - before) / read * 1e6


def measure(bench):
    full = Bootnode(bench, "--deny-file", write_list(bench),
                    "--heartbeat-interval", str(INTERVAL))
    empty = Bootnode(bench, name="empty")
    costs = [(cost(full), cost(empty)) for _ in range(ROUNDS)]
    table.row("datagram from who is denied, us CPU",
              *(statistics.median(column) for column in zip(*costs)),
              "of no type, no list", at_most=1.15)
    crowd = Crowd(bench, full, CLIENTS, INTERVAL)
    crowd.tell("beat", SECONDS, BEATS)
    read = flood(full)
    _, _, beats, answers = crowd.read("beat")
    table.row("  heartbeats of others meanwhile", beats, answers,
              "answers", at_most=1.001)
    table.note("%.0f datagrams a second came from there, and a list of %d "
               "prefixes" % (read / SECONDS, LIST))
