"""A client in a fleet: it goes to the home of its room, and moves with it, and
people see nothing of that; a home that is gone, or that one client cannot
reach, is left out."""

import os
import re
import shutil
import signal
import time

from chat import Dialogue, connected, nobody_left, talk
from engine import Engine
from harness import check, test
from process import Bootnode, Gochat, new_state
from test_check import quiet
from test_nodes import is_at
from topology import Lan

BIG = "60000"			# sessions: the home of nearly all rooms
SMALL = "10"
MOVED = 15			# seconds until a room has moved
LEFT = 10			# seconds until a dead home is left
SETTLED = 12			# seconds until nobody is missed any more


class Fleet:
    """Two nodes, SMALL and BIG; clients at a and b, which know the small one
    alone."""

    def __init__(self, t, big=True):
        self.t = t
        self.net = Lan(t, ("a", "b", "engine", "small", "big"))
        self.engine = Engine(t, self.net.engine)
        self.small = self.start(self.net.small, SMALL)
        if big:
            self.add_big()

    def start(self, host, sessions, key=None):
        state = new_state(self.t)
        if key:
            shutil.copy(os.path.join(key, "bootnode_key"), state)
        return Bootnode(self.t, host, "--fleet", self.engine.url,
                        "--max-sessions", sessions, state=state)

    def add_big(self):
        """The home of all rooms is another one from now on."""
        self.big = self.start(self.net.big, BIG, self.small.state)
        for node in (self.small, self.big):
            self.t.wait(lambda: b"event=fleet homes=2" in node.stderr(), 15,
                        "each node knows of the other")

    def come(self, *nicks, at, flags=()):
        clients = [Gochat(self.t, self.net.hosts[name], nick, self.small,
                          *flags) for name, nick in zip("ab", nicks)]
        for client in clients:
            client.wait("bootnode", 15, state="joined", address=at.address)
            check(is_at(client, at), "/status has another address")
        return clients


@test(deadline=60)
def fleet_client_goes_home(t):
    """Whoever asks another node is at the home at once, and sees nothing of
    that; the log has it. So does a check."""
    fleet = Fleet(t)
    anna, bert = fleet.come("anna", "bert", at=fleet.big)
    connected(anna, bert)
    talk(anna, [bert], "hello")
    for client in (anna, bert):
        check(len(client.find("bootnode")) == 1, str(client.find("bootnode")))
        check(b"names the home of the room" in client.stderr(), "not logged")
    said = quiet(t, fleet.net.a, "--bootnode", fleet.small.address,
                 "--bootnode-key", fleet.small.key)
    check(re.match(r"ok: bootnode %s let us in .*; 1 other sent us on\n"
                   % re.escape(fleet.big.address), said), said)


@test(deadline=90)
def fleet_home_killed(t):
    """The home is killed: both are at the next one in time, not a line is
    lost, and a newcomer meets them there."""
    fleet = Fleet(t)
    anna, bert = fleet.come("anna", "bert", at=fleet.big)
    connected(anna, bert)
    dialogue = Dialogue(anna, bert)
    dialogue.say()
    fleet.big.kill(signal.SIGKILL)
    killed = time.monotonic()
    for client in (anna, bert):
        while not client.find("bootnode", state="rejoined",
                              address=fleet.small.address):
            check(time.monotonic() < killed + 2 * LEFT, "not at the next one")
            dialogue.say()
            time.sleep(0.1)
    took = time.monotonic() - killed
    t.figures = "%.1f s" % took
    check(took < LEFT, "that took %.1f s" % took)
    dialogue.say()
    dialogue.settle()
    nobody_left(anna, bert)
    cleo = Gochat(t, fleet.net.a, "cleo", fleet.small)
    connected(anna, cleo)


@test(deadline=150)
def fleet_home_out_of_reach(t):
    """One client cannot reach the home: it is served elsewhere, and goes home
    once it can."""
    fleet = Fleet(t)
    anna, = fleet.come("anna", at=fleet.big)
    fleet.net.b.nft("add table inet cut\n"
                    "add chain inet cut out "
                    "{ type filter hook output priority 0; }\n"
                    "add rule inet cut out ip daddr %s drop\n"
                    % fleet.big.host.address)
    began = time.monotonic()
    bert = Gochat(t, fleet.net.b, "bert", fleet.small)
    bert.wait("bootnode", 15, state="joined", address=fleet.small.address)
    t.figures = "%.1f s" % (time.monotonic() - began)
    check(bert.find("bootnode", state="unreachable") == [], "that is told")
    fleet.net.b.nft("delete table inet cut\n")
    connected(anna, bert, timeout=100)
    check(is_at(bert, fleet.big), "not at the home")
    check(bert.find("bootnode", state="lost") == [], "a loss is told")


def moved(t, *flags):
    """The room moves while two talk, and neither of them notices."""
    fleet = Fleet(t, big=False)
    anna, bert = fleet.come("anna", "bert", at=fleet.small, flags=flags)
    connected(anna, bert)
    dialogue = Dialogue(anna, bert)
    dialogue.say()
    began = time.monotonic()
    fleet.add_big()
    there = []
    while len(there) < 2:
        check(time.monotonic() < began + MOVED, "it does not move")
        dialogue.say()
        there = [c for c in (anna, bert) if is_at(c, fleet.big)]
    t.figures = "%.1f s" % (time.monotonic() - began)
    end = time.monotonic() + SETTLED
    while time.monotonic() < end:
        dialogue.say()
        time.sleep(1)
    dialogue.settle()
    nobody_left(anna, bert)
    for client in (anna, bert):
        check(len(client.find("bootnode")) == 1, str(client.find("bootnode")))
    return fleet, anna


@test(deadline=90)
def fleet_room_moves(t):
    fleet, anna = moved(t)
    cleo = Gochat(t, fleet.net.a, "cleo", fleet.small)
    connected(anna, cleo)


@test(deadline=90)
def fleet_room_moves_relay(t):
    """Their path goes through the old node, and then through the new one."""
    moved(t, "--relay", "only")
