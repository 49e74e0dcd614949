"""A fleet: bootnodes of one key in namespaces of their own, an engine, and a
flock of clients that follows where it is sent.

    a (the flock, or clients)   b   engine   node1   node2   node3 ...
                10.0.0.0/24, one switch
"""

import os
import re
import shutil
import subprocess
import time

from engine import Engine
from harness import check
from process import Bootnode, new_state
from topology import Lan

HOMES = re.compile(rb"event=fleet homes=(\d+)")
# A node lets everybody in: the flock has one address.
CROWDED = ("--max-sessions-per-address", "60000", "--join-rate", "100000")
STATUS = re.compile(r"status: (\d+) in, (\d+) of (\d+) rooms whole, "
                    r"([0-9.]+) s longest, (\d+) redirects, (\d+) moves, "
                    r"(\d+) lost(.*)")


class Fleet:
    """COUNT nodes with one key, each on a host of its own, which are listed in
    nodes; net has the hosts."""

    def __init__(self, test, count=3, spare=0, names=("a", "b"), flags=()):
        self.test = test
        self.flags = tuple(flags)
        hosts = ["node%d" % n for n in range(1, count + spare + 1)]
        self.net = Lan(test, tuple(names) + ("engine",) + tuple(hosts))
        self.hosts = [self.net.hosts[name] for name in hosts]
        self.engine = Engine(test, self.net.engine)
        self.key_file = None
        self.nodes = []
        for _ in range(count):
            self.add()
        self.agreed(count)

    def add(self):
        """Starts one more node."""
        host = self.hosts[len(self.nodes)]
        state = new_state(self.test)
        if self.key_file:
            shutil.copy(self.key_file, state)
        path = self.test.path(host.label + ".sock")
        node = Bootnode(self.test, host, "--fleet", self.engine.url,
                        "--control-socket", path, *CROWDED, *self.flags,
                        state=state)
        node.control = path
        self.key_file = os.path.join(state, "bootnode_key")
        self.nodes.append(node)
        return node

    @property
    def addresses(self):
        return ",".join(node.address for node in self.nodes)

    def living(self, node):
        """Returns how many nodes NODE has last said to be homes of rooms."""
        return int((HOMES.findall(node.stderr()) or [1])[-1])

    def agreed(self, count, nodes=None, timeout=15):
        for node in nodes or self.nodes:
            self.test.wait(lambda: self.living(node) == count, timeout,
                           "%s sees %d nodes" % (node.host.label, count), 0.3)


class Flock:
    """COUNT clients in rooms of SIZE, on HOST, which know NODES (text)."""

    def __init__(self, test, host, nodes, count=900, size=3, timeout=60):
        self.test = test
        self.rooms = count // size
        self.count = count
        self.popen = subprocess.Popen(
            host.enter() + [test.swarm, "flock", nodes, str(count), str(size)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, bufsize=1)
        test.cleanup(self.end)
        self._read()

    def end(self):
        self.popen.kill()
        self.popen.wait()
        self.popen.stdout.close()
        self.popen.stdin.close()

    def _read(self):
        line = self.popen.stdout.readline()
        self.test.note("flock: " + line.rstrip())
        match = STATUS.match(line)
        check(match, "the flock says %r" % line)
        self.present, self.whole, _ = map(int, match.groups()[:3])
        self.longest = float(match[4])
        self.redirects, self.moves, self.lost = map(int, match.groups()[4:7])
        self.at = {}
        for word in match[8].split():
            address, _, sessions = word.partition("=")
            self.at[address] = int(sessions)
        return self

    def status(self, what="status"):
        self.popen.stdin.write(what + "\n")
        return self._read()

    def mark(self):
        """Everything counts from here on."""
        return self.status("mark")

    def is_whole(self):
        self.status()
        return self.whole == self.rooms and self.present == self.count

    def wait_whole(self, timeout):
        self.test.wait(self.is_whole, timeout, "all rooms are whole", 0.2)

    def leaves(self, node, timeout):
        """Waits until all rooms are whole, and none is at NODE. Returns the
        seconds."""
        began = time.monotonic()
        self.test.wait(lambda: self.is_whole() and
                       node.address not in self.at, timeout,
                       "all rooms are whole elsewhere", 0.1)
        return time.monotonic() - began

    def stays_whole(self, seconds):
        """Checks that no room is broken, and nobody loses its session."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            check(self.is_whole(), "a room was broken")
            time.sleep(0.5)
        check(self.lost == 0, "%d lost their session" % self.lost)
