"""Clients that know several bootnodes of one key: when one of them is gone, all
are at the next, and their conversations do not notice."""

import os
import shutil
import signal
import time

from chat import FAST, Dialogue, connected, meet, nobody_left, talk
from harness import check, test
from process import Bootnode, Gochat, new_state
from topology import Lan, Loopback

SECOND = "10.0.0.101"
INTERVAL = 2
TIMES = ("--heartbeat-interval", str(INTERVAL), "--peer-timeout", "15")
PORT = 9595


def two_nodes(t, names=("a", "b"), times=TIMES):
    """Returns a LAN, and two bootnodes with the same key there."""
    net = Lan(t, names)
    net.boot.ip("address add %s/24 dev eth0" % SECOND)
    first = Bootnode(t, net.boot, *times)
    state = new_state(t)
    shutil.copy(os.path.join(first.state, "bootnode_key"), state)
    second = Bootnode(t, net.boot, *times, state=state,
                      listen="%s:%d" % (SECOND, PORT))
    second.address = second.listen
    check(first.key == second.key, "two keys")
    return net, first, second


def both(first, second):
    return "%s,%s" % (first.address, second.address)


def address_of(client):
    """Returns the address of the client's bootnode, as /status has it."""
    mark = client.mark()
    client.cmd({"cmd": "status"})
    return client.wait("status", 10, since=mark)["bootnode"].get("address")


def is_at(client, boot):
    return address_of(client) == boot.address


@test(deadline=90)
def nodes_first_killed(t):
    """The first is killed: within three heartbeats all are at the second, and
    see a newcomer there; not a line of theirs is lost."""
    net, first, second = two_nodes(t, ("a", "b", "c"))
    clients = [Gochat(t, net.hosts[name], nick, both(first, second), *TIMES)
               for name, nick in (("a", "anna"), ("b", "bert"))]
    for client in clients:
        client.wait("bootnode", 15, state="joined", address=first.address)
        check(is_at(client, first), "not at the first")
    meet(*clients)
    dialogue = Dialogue(*clients)
    dialogue.say()

    first.kill(signal.SIGKILL)
    killed = time.monotonic()
    until = killed + 3 * INTERVAL
    for client in clients:
        while not client.find("bootnode", state="rejoined",
                              address=second.address):
            check(time.monotonic() < until + 10, "not at the second")
            dialogue.say()
            time.sleep(0.1)
    took = time.monotonic() - killed
    t.note("at the second after %.1f s" % took)
    check(took < 3 * INTERVAL, "that took %.1f s" % took)

    dialogue.say()
    dialogue.settle()
    cleo = Gochat(t, net.c, "cleo", both(first, second), *TIMES)
    cleo.wait("bootnode", 15, state="joined", address=second.address)
    for client in clients:
        check(is_at(client, second), "not at the second")
        connected(client, cleo)
        lost = client.find("bootnode", state="lost")
        check([e["address"] for e in lost] == [first.address], str(lost))
    nobody_left(*clients)
    talk(cleo, clients, "hello from the second")


@test(deadline=90)
def nodes_first_back(t):
    """Who has gone to the second stays there once the first is back, and goes
    back when the second is gone."""
    net, first, second = two_nodes(t)
    anna = Gochat(t, net.a, "anna", both(first, second), *TIMES)
    anna.wait("bootnode", 15, state="joined", address=first.address)
    first.kill()
    anna.wait("bootnode", 30, state="rejoined", address=second.address)
    first.wait_gone()
    first = first.again()
    mark = anna.mark()
    anna.never("bootnode", 3 * INTERVAL, since=mark)
    check(is_at(anna, second), "it went back")
    second.kill()
    anna.wait("bootnode", 30, since=mark, state="rejoined",
              address=first.address)


@test(deadline=60)
def nodes_name_unknown(t):
    """The first name has no address: the log says so, and the second, which is
    numeric or a name that has one, is asked at once."""
    net = Lan(t)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna",
                  "no-such-host.invalid,%s" % boot.address, *FAST)
    anna.wait("bootnode", 5, state="joined", address=boot.address)
    wanted = b"cannot resolve the bootnode no-such-host.invalid:9595"
    t.wait(lambda: wanted in anna.stderr(), 30, "the name is in the log")
    check(anna.find("bootnode", state="unreachable") == [], "it was waited for")


@test(deadline=60)
def nodes_key_for_all(t):
    """Whoever has met one bootnode of a list knows the key of all; lists of
    hosts with different keys are refused."""
    net, first, second = two_nodes(t)
    anna = Gochat(t, net.a, "anna", both(first, second), *TIMES)
    anna.wait("bootnode", 15, state="joined")
    known = os.path.join(anna.state, "known_bootnodes")
    want = "".join("%s %s\n" % (b.address, b.key) for b in (first, second))
    t.wait(lambda: open(known).read() == want, 10, "both are known")
    anna.quit()
    check(anna.wait_exit() == 0, "exit code %s" % anna.code)

    with open(known, "a") as f:
        f.write("other.example:9595 %s\n" % ("0" * 64))
    anna = Gochat(t, net.a, "anna",
                  both(first, second) + ",other.example", *TIMES,
                  state=anna.state)
    check(anna.wait_exit() == 1, "exit code %s" % anna.code)
    for part in (first.address, "other.example:9595", "different keys"):
        check(part.encode() in anna.stderr(), part)


@test(deadline=90)
def nodes_invite(t):
    """An invite has both bootnodes, and who comes by it falls over, too; so
    does a room that is remembered."""
    net, first, second = two_nodes(t)
    anna = Gochat(t, net.a, "anna", None, *TIMES, room="den",
                  way=["--bootnode", both(first, second), "--new-room", "den"])
    invite = anna.wait("invite", 15)["uri"]
    start = "gochat://%s/den?key=%s#" % (both(first, second), first.key)
    check(invite.startswith(start), "another invite")
    bert = Gochat(t, net.b, "bert", None, *TIMES, "--remember", room="den",
                  way=["--invite-file", t.path("invite", invite, 0o600)])
    meet(anna, bert)
    t.wait(lambda: b"is remembered in rooms/" in bert.stderr(), 15,
           "the room is remembered")
    bert.quit()
    check(bert.wait_exit() == 0, "exit code %s" % bert.code)

    first.kill()
    bert = Gochat(t, net.b, "bert", None, *TIMES, room="den",
                  state=bert.state, way=["--port", "4545"])
    bert.wait("bootnode", 15, state="joined", address=second.address)
    bert.wait("peer", 15, state="connected", nick="anna")
    bert.say("by way of the second")
    anna.wait("message", 10, text="by way of the second")


@test(deadline=60)
def nodes_by_name(t):
    """Bootnodes that are given by name: events and /status have the address
    of the one that the client is at."""
    net = Loopback(t)
    first = Bootnode(t, net.boot, *TIMES)
    state = new_state(t)
    shutil.copy(os.path.join(first.state, "bootnode_key"), state)
    second = Bootnode(t, net.boot, *TIMES, state=state, port=9600)
    anna = Gochat(t, net.a, "anna", "localhost,localhost:9600", *TIMES)
    anna.wait("bootnode", 15, state="joined", address=first.address)
    check(is_at(anna, first), "not at the first")
    first.kill()
    anna.wait("bootnode", 30, state="rejoined", address=second.address)
    check(is_at(anna, second), "not at the second")
