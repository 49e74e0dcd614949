"""Honest clients are made to send to somebody who never asked, by a member's
cards, or by a bootnode's roster of people who are not there."""

import os
import time

from capture import Capture
from chat import FAST, connected, path_to
from harness import check, test
from hostile.bootnode import HostileBootnode
from hostile.caller import Caller
from hostile.packets import ENTRIES, put_tagged
from hostile.room import Card, Person
from hostile.trial import room_of
from hostile.wire import volume
from netns import Host, plug
from process import Bootnode, Gochat
from topology import Lan, NatPair

CLIENTS = ("a", "b", "c", "d", "e", "f")
ADDRESSES = 8			# addresses on a card
WINDOW = 10			# seconds; none may bring more than was sent


def target_ports(test, net):
    """The third party takes all that comes, and answers nothing."""
    socket = net.third.udp(4000)
    test.cleanup(socket.close)
    return net.third.address


def clients_in_room(t, net, boot):
    """Starts six clients, connected to each other."""
    address = getattr(boot, "address", boot)
    people = [Gochat(t, net.hosts[name], name, address, *FAST, log="info")
              for name in CLIENTS]
    for one in people:
        one.wait("peer", 20, state="connected", count=len(CLIENTS) - 1)
    return people


def settled(t, capture, attackers, third, since, seconds):
    """Watches for SECONDS. Then no WINDOW, nor the whole time, may have
    brought THIRD more bytes than the attackers sent in it."""
    end = time.monotonic() + seconds
    t.wait(lambda: time.monotonic() >= end, seconds + 1, "time passes", 0.2)
    now = time.monotonic()

    def sums(begin, until):
        return (sum(volume(capture, who, None, begin, until)[1]
                    for who in attackers),
                volume(capture, None, third, begin, until)[1])

    whole = sums(since, now)
    last = sums(now - WINDOW, now)
    t.figures = ("sent %d bytes, the third party got %d; in the last %d s "
                 "%d and %d" % (*whole, WINDOW, *last))
    check(whole[1] <= whole[0] and last[1] <= last[0], t.figures)


def rejoin_with(caller, room, person, third):
    """Joins again with a new card, which has eight new addresses of
    THIRD's."""
    card = person.card
    card.serial += 1
    card.addresses = [(third, 1000 + ADDRESSES * card.serial + n)
                      for n in range(ADDRESSES)]
    caller.heartbeat(caller.join(room, person))


@test(deadline=90)
def cards_that_name_a_third_party(t):
    """A member has a new card every 2 s, with eight addresses of a third
    party."""
    net = Lan(t, CLIENTS + ("mallory", "third"))
    boot = Bootnode(t, net.boot, *FAST)
    clients_in_room(t, net, boot)
    third = target_ports(t, net)
    capture = Capture(t, net.switch)
    room, person = room_of(boot), Person("mallory")
    caller = Caller(t, net.mallory, boot)
    since = time.monotonic()
    for number in range(8):
        rejoin_with(caller, room, person, third)
        due = since + 2 * (number + 1)
        t.wait(lambda: time.monotonic() >= due, 3, "2 s pass")
    settled(t, capture, [net.mallory.address], third, since, 0)


class Inventor(HostileBootnode):
    """A bootnode that lists people who are not there, whose cards name one
    address, and that relays nothing: so all probes go to that address."""

    def __init__(self, test, host):
        self.invented = []
        HostileBootnode.__init__(self, test, host, relay=0)

    def invent(self, room, third, count):
        for number in range(count):
            card = Card(os.urandom(16), os.urandom(16), addresses=[
                (third, 1000 + ADDRESSES * number + n)
                for n in range(ADDRESSES)])
            self.invented.append(put_tagged(
                ENTRIES, "JOINED", id=card.id, address=(third, 999),
                card=room.seal_card(card)))
        self.versions[room.tag] += 1
        self.tell(room.tag)

    def listed(self, guest):
        return HostileBootnode.listed(self, guest) + self.invented


@test(deadline=90)
def roster_that_names_a_third_party(t):
    """A bootnode has invented two hundred members, with a member's help."""
    net = Lan(t, CLIENTS + ("third",))
    third = target_ports(t, net)
    boot = Inventor(t, net.boot)
    clients_in_room(t, net, boot)
    capture = Capture(t, net.switch)
    since = time.monotonic()
    with boot.lock:
        boot.invent(room_of(boot), third, 200)
    settled(t, capture, [net.boot.address], third, since, 2 * WINDOW)


@test(deadline=90)
def cards_that_name_a_newcomer(t):
    """Cards name the address of somebody who will come later: that client
    still gets a direct path."""
    net = NatPair(t, "port_restricted", "port_restricted")
    host = Host(t, "mallory", "203.0.113.50")
    plug(host, "eth0", net.wan)
    host.ip("address add 203.0.113.50/24 dev eth0")
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    anna.wait("bootnode", state="joined")
    room, person = room_of(boot), Person("mallory")
    caller = Caller(t, host, boot)
    for number in range(4):
        rejoin_with(caller, room, person, net.nat_b.address)
        anna.never("bye", 1.5)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    peer_id = connected(anna, bert)["id"]
    anna.poll(lambda: path_to(anna, peer_id) == "direct", 20,
              "that the path is direct")
