"""What a stranger does with packets that he caught: he has no key, but can
send from any address, his own or another's."""

import time

from capture import Capture, wait_still
from chat import FAST, connected, meet
from harness import check, test
from hostile import packets
from hostile.packets import NOMINATE, SEEKING
from hostile.trial import chat_under_attack, in_order
from hostile.wire import Forger, Forwarder, caught, volume
from process import Bootnode, Gochat
from topology import Lan

PORT = 4545
AGAIN = 0.15			# seconds between two copies


def two_on_a_switch(t, names):
    """Returns both clients, connected, and a capture since the start."""
    net = Lan(t, names)
    capture = Capture(t, net.switch)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    return net, capture, anna, bert


def place_of(client):
    return client.host.address, PORT


class Repeater(Forwarder):
    """A forwarder that puts itself into the path by a packet that it
    caught."""

    def __init__(self, test, host, one, other, copy):
        self.copy, self.due = copy, 0
        self.victim = other
        Forwarder.__init__(self, test, host, one, other, drops=["DATA"])

    def tick(self, now):
        if now >= self.due:
            self.due = now + AGAIN
            self.send(self.copy, self.victim)


def with_flag(capture, flag, source, to):
    return [data for data in caught(capture, "PROBE", source, to)
            if packets.decode(data).flags & flag]


@test()
def replayed_nomination(t):
    """A stranger at an address of his own passes on probes and drops the rest:
    the path stays where it was, and no text is late."""
    net, capture, anna, bert = two_on_a_switch(t, ("a", "b", "c"))
    one, other = [place_of(client) for client in in_order(anna, bert)]
    t.wait(lambda: with_flag(capture, NOMINATE, one, other), 5,
           "a NOMINATE on the wire")
    stranger = Repeater(t, net.c, one, other,
                        with_flag(capture, NOMINATE, one, other)[-1])
    t.figures = chat_under_attack(t, anna, bert, 6)
    check(not stranger.dropped, "%d packets of DATA went to the stranger" %
          stranger.dropped)
    for client, friend in ((anna, bert), (bert, anna)):
        seen = client.find("peer", where=lambda e: e["state"] in (
            "connected", "path"), id=connected(client, friend)["id"])
        check({e["address"] for e in seen} == {
            "%s:%d" % place_of(friend)}, "%s had %s" % (client.label, seen))


@test()
def replayed_probes_to_third(t):
    """Copies of every probe come with a third party's address as source: that
    address gets no more than one packet for each of them."""
    net, capture, anna, bert = two_on_a_switch(t, ("a", "b", "c", "d"))
    third = (net.d.address, 7)
    held = net.d.udp(third[1])	# takes all that comes, and answers nothing
    t.cleanup(held.close)
    forger = Forger(t, net.c)
    wait_still(capture)
    copies = [(data, place_of(to)) for source, to in
              ((anna, bert), (bert, anna))
              for data in with_flag(capture, SEEKING, place_of(source),
                                    place_of(to))[-1:]]
    check(copies, "no probe on the wire")
    for number in range(5):
        for data, to in copies:
            forger.send(data, third, to)
        time.sleep(1)		# what was due in that second has come
        got = volume(capture, to=third)
        check(got[1] <= forger.sent, "%d packets, %d bytes for %d bytes" % (
            *got, forger.sent))
    t.figures = "%d bytes sent, %d received" % (forger.sent, got[1])
    chat_under_attack(t, anna, bert, 1)
