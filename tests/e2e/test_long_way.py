"""A bootnode and a peer that are seconds away."""

import time

from chat import Dialogue, meet, nobody_left, texts
from delay import BadCable
from harness import check, register, test
from process import Bootnode, Gochat
from topology import Lan

SCRYPT = 4			# seconds, on a machine with much else to do


def far(t, rtt, loss=0):
    """Returns a network in which anna is RTT seconds from the bootnode and
    bert."""
    net = Lan(t, wires={"a": BadCable(t, int(rtt * 500), loss=loss)})
    boot = Bootnode(t, net.boot)
    bert = Gochat(t, net.b, "bert", boot)
    bert.wait("bootnode", 15, state="joined")
    return net, boot, bert


def join(t, rtt):
    """A client joins within four round trips and the scrypt."""
    net, boot, _ = far(t, rtt)
    started = time.monotonic()
    anna = Gochat(t, net.a, "anna", boot)
    anna.wait("bootnode", 4 * rtt + SCRYPT, state="joined")
    t.note("joined after %.1f round trips" %
           ((time.monotonic() - started) / rtt))


for RTT in (1.5, 2.4, 5):
    register("long_way_join_%s_s" % RTT, lambda t, rtt=RTT: join(t, rtt),
             deadline=60)


@test(deadline=150)
def long_way_chat_5_s(t):
    """Texts arrive both ways, and over some heartbeats and keepalives nobody
    is lost, leaves or fails, and no path changes."""
    net, boot, bert = far(t, 5)
    anna = Gochat(t, net.a, "anna", boot)
    meet(anna, bert, timeout=50)
    dialogue = Dialogue(anna, bert)
    until = time.monotonic() + 50
    while time.monotonic() < until:
        dialogue.say(2)
        dialogue.settle(30)
    for client in (anna, bert):
        check(len(client.find("bootnode")) == 1,
              "%s: %s" % (client.label, client.find("bootnode")))
        states = [e["state"] for e in client.find("peer")]
        check(states == ["connecting", "connected"],
              "%s saw %s" % (client.label, states))
        check(not client.find("undelivered"), "undelivered")
    check(not boot.find("left"), "the bootnode gave somebody up")
    nobody_left(anna, bert)


def within(clients, seconds, look):
    """Returns whether LOOK() becomes true in that time; it need not."""
    end = time.monotonic() + seconds
    while not look() and time.monotonic() < end:
        with clients[0].changed:
            clients[0].changed.wait(0.5)
    return look()


def is_honest(sender, reader, said):
    """READER has the beginning of what was SAID. SENDER calls delivered only
    texts that READER has, and names a reason for undelivered ones."""
    delivered = len(sender.find("delivered"))
    read = texts(reader, sender.nick)
    check(read == said[:len(read)],
          "%s has not each line once and in order" % reader.label)
    check(delivered <= len(read), "%s: %d delivered, and %s has %d" % (
        sender.label, delivered, reader.label, len(read)))
    check(all(e["reason"] for e in sender.find("undelivered")),
          "undelivered without a reason")


@test(deadline=300)
def long_way_chat_10_s_and_loss(t):
    """The events stay true where a round trip takes 10 s and one packet in
    twenty is lost each way. How far the clients come is chance: the bootnode's
    patience of 15 s leaves no time for a second try."""
    net, boot, bert = far(t, 10, loss=5)
    anna = Gochat(t, net.a, "anna", boot)
    clients = anna, bert
    said = {c: ["%s says %d" % (c.nick, n) for n in range(10)]
            for c in clients}
    if within(clients, 120, lambda: all(
            c.find("peer", state="connected") for c in clients)):
        for client in clients:
            for text in said[client]:
                client.say(text)
        within(clients, 90, lambda: all(
            len(c.find("delivered")) == 10 for c in clients))
    is_honest(anna, bert, said[anna])
    is_honest(bert, anna, said[bert])
    for client in clients:
        # The bootnode gives up a client that it has not heard for 15 s, and
        # says so: that is true, and comes no more often than a join takes.
        left = client.find("peer", state="left")
        check(len(left) <= 6, "%s: the other comes and goes: %s" % (
            client.label, [e["state"] for e in client.find("peer")]))
        t.note("%s: bootnode %s, peer %s, %d delivered" % (
            client.label, [e["state"] for e in client.find("bootnode")],
            [e["state"] for e in client.find("peer")],
            len(client.find("delivered"))))
