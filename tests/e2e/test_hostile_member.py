"""What a member of the room tries on two others.

Every member can open every card, and so knows the keys that follow from the
cards of any two.
"""

import os

from chat import FAST, connected, meet, path_to
from harness import check, test
from hostile import packets
from hostile.member import Member
from hostile.packets import IN_USE, NOMINATE, SEEKING
from hostile.pair import Pair
from hostile.trial import chat_under_attack, room_of
from hostile.wire import Forger
from process import Bootnode, Gochat
from topology import Lan

# Host b takes no UDP of host a's, so the two need a relay.
APART = """
table inet apart {
    chain input {
        type filter hook input priority 0;
        ip saddr 10.0.0.1 meta l4proto udp drop
    }
}
"""
SPOILED = 50			# bytes of something that is no record


class Slanderer(Pair):
    """Pretends to be one of two, by the keys of the room: claims the path, and
    asks for another handshake. What arrives is not passed on."""

    due = 0
    forger = None		# may send with the other's address as source

    def uses(self, place):
        return NOMINATE if self.controlling else IN_USE

    def use(self, place):
        """Takes no path, and goes on."""

    def seek(self, now):
        if now < self.due:
            return
        self.due = now + 0.05
        for place in list(self.candidates):
            self.probe(place, NOMINATE if self.controlling else SEEKING)
            self.handshake(place)

    def handshake(self, place):
        """Sends what each side of a handshake could begin with, and what is no
        handshake."""
        if self.controlling:
            attempt = self.attempt(self.keys)
            messages = [(attempt.number, *attempt.write()),
                        (os.urandom(8), 1, os.urandom(SPOILED)),
                        (os.urandom(8), 3, os.urandom(SPOILED))]
        else:
            messages = [(bytes(8), 0, b""),
                        (os.urandom(8), 2, os.urandom(SPOILED))]
        for number, message, record in messages:
            self.send_handshake(message, number, record, place,
                                self.room_keys)

    def send(self, packet, place):
        Pair.send(self, packet, place)
        if self.forger:
            self.forger.send(packet, self.other_place, place)


class Slandering(Member):
    """Attacks all others in the name of each other, as soon as it has their
    cards. With FORGER, it also uses their addresses as source."""

    forger = None
    attacking = True

    def tick(self, now):
        Member.tick(self, now)
        for mine in list(self.cards.values()) if self.attacking else ():
            for other in list(self.cards.values()):
                if mine is not other and mine.id + other.id not in self.pairs:
                    self.slander(mine, other)

    def slander(self, mine, other):
        pair = Slanderer(self, mine, other,
                         self.channel.roster[other.id].address)
        pair.other_place = self.channel.roster[mine.id].address
        pair.forger = self.forger
        self.pairs[mine.id + other.id] = self.add(pair, replace=False)


def attack_on_a_session(t, path):
    net = Lan(t, ("a", "b", "c"))
    if path == "relay":
        net.b.nft(APART)
    boot = Bootnode(t, net.boot, *FAST)
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert)
    check(path_to(anna, connected(anna, bert)["id"]) == path, "another path")
    mallory = Slandering(t, net.c, room_of(boot), boot)
    mallory.forger = Forger(t, net.c)
    mallory.join()
    t.figures = chat_under_attack(t, anna, bert, 5)
    for client, other in ((anna, bert), (bert, anna)):
        check(path_to(client, connected(client, other)["id"]) == path,
              "the path went to another")


@test()
def forged_nominations_direct(t):
    """Two who have a session chat on, while somebody sends paths, handshakes
    and their ends in another's name."""
    attack_on_a_session(t, "lan")


@test()
def forged_nominations_relay(t):
    """The same when the attacker offers a better path than the one they
    have."""
    attack_on_a_session(t, "relay")


def attack_on_a_meeting(t, forging):
    net = Lan(t, ("a", "b", "c"))
    boot = Bootnode(t, net.boot, *FAST)
    mallory = Slandering(t, net.c, room_of(boot), boot)
    if forging:
        mallory.forger = Forger(t, net.c)
    mallory.join()
    anna = Gochat(t, net.a, "anna", boot, *FAST)
    bert = Gochat(t, net.b, "bert", boot, *FAST)
    meet(anna, bert, timeout=20)
    t.figures = chat_under_attack(t, anna, bert, 2)


@test()
def first_handshake_disturbed(t):
    """The same begins before they meet: they get their session all the
    same."""
    attack_on_a_meeting(t, forging=False)


@test()
def first_handshake_disturbed_by_forgeries(t):
    """The same, and the forged packets come from each other's addresses."""
    attack_on_a_meeting(t, forging=True)
