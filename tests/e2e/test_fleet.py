"""Several bootnodes that act as one: a room has one home among them, whoever
asks another is sent there, and when nodes, the engine, or the way between them
come and go, all rooms are whole again soon."""

import os
import signal
import time

from chat import Dialogue, connected, meet, nobody_left, talk
from fleet import Fleet, Flock
from harness import check, test
from process import Gochat
from test_control import control
from test_nodes import address_of, is_at

DEAD = 10			# seconds until a dead node's rooms are whole
AGREE = 5			# for rooms that are split by two views
DRAINED = 30


def began(t, **more):
    """Returns a fleet of three nodes, and 300 rooms that are whole there."""
    fleet = Fleet(t, 3, **more)
    flock = Flock(t, fleet.net.a, fleet.addresses)
    flock.wait_whole(30)
    return fleet, flock


def shares(t, fleet, flock, nodes):
    """Checks that the rooms are shared out between NODES, and no others."""
    check(set(flock.at) == {node.address for node in nodes}, str(flock.at))
    fair = flock.count / len(nodes)
    for address, sessions in flock.at.items():
        check(0.6 * fair < sessions < 1.4 * fair, str(flock.at))


@test(deadline=90)
def fleet_redirects(t):
    """Whoever asks another node than the home is sent there, and all rooms
    are whole; the engine has heard nothing of rooms."""
    fleet, flock = began(t)
    shares(t, fleet, flock, fleet.nodes)
    # Two of three ask the wrong node.
    check(flock.count * 0.5 < flock.redirects < flock.count * 0.9,
          "%d redirects" % flock.redirects)
    check(flock.lost == 0 and flock.moves == 0, "they moved")
    flock.mark().stays_whole(3)
    check(flock.redirects == 0, "they are sent on")


@test(deadline=120)
def fleet_node_killed(t):
    """A node is killed: its rooms are whole at their next homes within 10 s,
    and those of others do not notice."""
    fleet, flock = began(t)
    flock.mark()
    victim = fleet.nodes[1]
    there = flock.at[victim.address]
    victim.kill_all()
    took = flock.leaves(victim, DEAD + 5)
    t.figures = "%d sessions, %.1f s" % (there, took)
    check(took < DEAD, "it took %.1f s" % took)
    check(flock.lost == there, "%d of %d lost" % (flock.lost, there))
    rest = [node for node in fleet.nodes if node is not victim]
    fleet.agreed(2, rest)
    flock.wait_whole(AGREE)
    shares(t, fleet, flock, rest)


@test(deadline=120)
def fleet_node_added(t):
    """A new node gets its share of the rooms, and nobody loses a session."""
    fleet, flock = began(t, spare=1)
    flock.mark()
    before = dict(flock.at)
    node = fleet.add()
    fleet.agreed(4)
    t.wait(lambda: flock.is_whole() and node.address in flock.at and
           flock.at[node.address] > 0.6 * flock.count / 4, 15,
           "it has its share")
    flock.wait_whole(AGREE)
    shares(t, fleet, flock, fleet.nodes)
    t.figures = "%d moved, %.1f s" % (flock.at[node.address], flock.longest)
    check(flock.longest < AGREE + 2, "split for %.1f s" % flock.longest)
    check(flock.lost == 0, "%d lost" % flock.lost)
    # Only to the new one: nobody else got a session.
    for address, sessions in before.items():
        check(flock.at[address] <= sessions, "%s got some" % address)


def drained(t, end):
    fleet, flock = began(t)
    flock.mark()
    node = fleet.nodes[0]
    began_at = time.monotonic()
    end(node)
    flock.leaves(node, DRAINED)
    node.wait_exit(DRAINED)
    took = time.monotonic() - began_at
    t.figures = "%.1f s, split for %.1f s" % (took, flock.longest)
    check(took < DRAINED, "it took %.1f s" % took)
    check(flock.longest < AGREE, "split for %.1f s" % flock.longest)
    check(flock.lost == 0, "%d lost" % flock.lost)
    shares(t, fleet, flock, fleet.nodes[1:])


@test(deadline=120)
def fleet_drained_by_signal(t):
    """SIGTERM: a node sends its rooms to their next homes, and ends."""
    drained(t, lambda node: os.kill(node.pid, signal.SIGTERM))


@test(deadline=120)
def fleet_drained_by_operator(t):
    drained(t, lambda node: control(t, node, "drain"))


@test(deadline=120)
def fleet_engine_killed(t):
    """The engine dies, and comes back empty: nobody notices."""
    fleet, flock = began(t)
    flock.mark()
    fleet.engine.kill()
    flock.stays_whole(8)
    fleet.engine.start()
    flock.stays_whole(8)
    fleet.agreed(3)
    check(flock.moves == 0, "%d moves" % flock.moves)
    for node in fleet.nodes:
        check(b"engine" in node.stderr(), "the log does not tell")


@test(deadline=120)
def fleet_engine_paused(t):
    """The engine stands still for longer than a lease."""
    fleet, flock = began(t)
    flock.mark()
    fleet.engine.pause()
    flock.stays_whole(10)
    fleet.engine.go_on()
    flock.stays_whole(8)
    fleet.agreed(3)
    check(flock.moves == 0, "%d moves" % flock.moves)


@test(deadline=120)
def fleet_engine_emptied(t):
    """Somebody throws all records away, or puts others in their place."""
    fleet, flock = began(t)
    flock.mark()
    fleet.engine.ask("FLUSHALL")
    flock.stays_whole(8)
    records = fleet.engine.records()
    index = next(key for key in records if key.endswith(b":nodes"))
    names = [key for key in records if key != index]
    check(len(names) == 3, str(records))
    # One node's record in the place of another's, and noise.
    fleet.engine.ask("SET", names[0], records[names[1]])
    fleet.engine.ask("SET", names[1], b"noise")
    flock.stays_whole(4)
    # As long as this is there, the engine is not believed.
    fleet.engine.ask("SADD", index, "not an id")
    flock.stays_whole(8)
    fleet.engine.ask("SREM", index, "not an id")
    for node in fleet.nodes:
        t.wait(lambda: b"event=engine_back" in node.stderr(), 20,
               "%s believes the engine again" % node.host.label)
    flock.stays_whole(2)
    fleet.agreed(3)
    check(flock.moves == 0, "%d moves" % flock.moves)


@test(deadline=150)
def fleet_engine_cut(t):
    """One node cannot reach the engine for a while, and is reached by clients
    all the same: the others take its rooms, and it gets them back."""
    fleet, flock = began(t)
    node = fleet.nodes[2]
    rest = fleet.nodes[:2]
    flock.mark()
    node.host.nft("add table inet cut\n"
                  "add chain inet cut out "
                  "{ type filter hook output priority 0; }\n"
                  "add rule inet cut out ip daddr %s drop\n"
                  % fleet.net.engine.address)
    fleet.agreed(2, rest, 20)
    # Clients that are at the node have no reason to leave it, and those that
    # ask for its rooms elsewhere are served there: rooms stay as they are.
    flock.stays_whole(5)
    node.host.nft("delete table inet cut\n")
    fleet.agreed(3, timeout=30)
    flock.wait_whole(AGREE)
    check(flock.lost == 0, "%d lost" % flock.lost)


@test(deadline=120)
def fleet_fleetd_killed(t):
    """fleetd of each node is killed, again and again: nobody notices, and the
    fleet agrees again."""
    fleet, flock = began(t)
    flock.mark()
    for _ in range(3):
        for node in fleet.nodes:
            node.restart_role("fleetd")
        flock.stays_whole(3)
    fleet.agreed(3)
    check(flock.moves == 0, "%d moves" % flock.moves)


@test(deadline=120)
def fleet_conversation(t):
    """Two who ask different nodes meet, and go on talking while their home is
    killed, and while another one drains."""
    fleet = Fleet(t, 3)
    anna = Gochat(t, fleet.net.a, "anna", fleet.addresses)
    bert = Gochat(t, fleet.net.b, "bert",
                  ",".join(reversed(fleet.addresses.split(","))))
    meet(anna, bert)
    at = {c.wait("bootnode", 10, state="joined")["address"]
          for c in (anna, bert)}
    check(len(at) == 1, "they are at %s" % at)
    dialogue = Dialogue(anna, bert)
    for end in (lambda node: node.kill_all(),
                lambda node: os.kill(node.pid, signal.SIGTERM)):
        home = next(node for node in fleet.nodes if node.address in at)
        end(home)
        killed = time.monotonic()
        at = set()
        for client in (anna, bert):
            while is_at(client, home):
                check(time.monotonic() < killed + 20, "not at another node")
                dialogue.say()
                time.sleep(0.2)
            at.add(address_of(client))
        took = time.monotonic() - killed
        t.figures += " %.1f s" % took
        check(took < DEAD, "that took %.1f s" % took)
        check(len(at) == 1, "they are at %s" % at)
        fleet.nodes.remove(home)
    dialogue.settle()
    nobody_left(anna, bert)
    cleo = Gochat(t, fleet.net.a, "cleo", fleet.nodes[0])
    connected(anna, cleo)
    talk(cleo, [anna, bert], "hello from the last node")


@test(deadline=60)
def fleet_engine_knows_no_room(t):
    """What the engine has does not name a room, a person, nor an address of a
    client; the records are sealed, and have leases."""
    fleet = Fleet(t, 2)
    anna = Gochat(t, fleet.net.a, "anna", fleet.addresses, room="kitchen")
    bert = Gochat(t, fleet.net.b, "bert", fleet.addresses, room="kitchen")
    meet(anna, bert)
    alias = fleet.nodes[0].find("joined") + fleet.nodes[1].find("joined")
    records = fleet.engine.records()
    check(len(records) == 3, "%s" % list(records))
    whole = b"\n".join(list(records) + list(records.values()))
    for name in (b"kitchen", b"anna", b"bert", fleet.nodes[0].public,
                 fleet.nodes[0].key.encode(), b"10.0.0.",
                 bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]),
                 *(event["room"].encode() for event in alias)):
        check(name not in whole, "%r is there" % name)
    for key in records:
        left = fleet.engine.ask("PTTL", key)
        check(0 < left <= (60000 if key.endswith(b":nodes") else 6000),
              "%s ends in %s ms" % (key, left))
