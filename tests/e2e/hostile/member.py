"""A member of a room; at first it is honest.

It joins a bootnode, keeps its session alive, opens the cards of the others and
talks to them. A test that wants something else changes it in a subclass, of
this or of Pair, or does it itself while it has the lock.
"""

import time

from hostile import packets
from hostile.actor import Actor
from hostile.channel import Channel
from hostile.pair import RELAY, Pair
from hostile.primitives import Forged
from hostile.room import Person

HELLO_AGAIN = 0.5
HEARTBEAT = 1			# seconds between two
SYNC_AGAIN = 0.03


class Member(Actor):
    def __init__(self, test, host, room, boot, nick="mallory", person=None,
                 port=0, pair_class=Pair, addresses=None, hidden=False):
        """BOOT is (address, port), or a Bootnode. ADDRESSES are those of the
        card; without them the card has the member's own."""
        Actor.__init__(self, test, host, nick, port)
        self.room = room
        self.bootnode = getattr(boot, "place", None) or parse(
            getattr(boot, "address", boot))
        self.person = person or Person(nick)
        self.person.card.addresses = ([self.place] if addresses is None
                                      else addresses)
        self.pair_class = pair_class
        self.channel = Channel(room, self.person, hidden)
        self.pairs = {}		# by peer id
        self.by_connection = {}
        self.cards = {}		# of the others, the newest
        self.due = 0		# of the next packet to the bootnode
        self.due_sync = 0	# 0: none is due

    # The bootnode.

    @property
    def joined(self):
        return self.channel.session is not None

    def join(self, timeout=10):
        """Starts, and waits until it is in the room and knows who else is."""
        self.start()
        self.wait(lambda: self.channel.version, timeout, "joins")
        return self

    def tick(self, now):
        if now >= self.due:
            self.due = now + (HEARTBEAT if self.joined else HELLO_AGAIN)
            if self.joined:
                self.send(self.channel.control("HEARTBEAT"), self.bootnode)
            else:
                self.send(self.channel.hello(), self.bootnode)
        if self.joined and self.due_sync and now >= self.due_sync:
            self.due_sync = 0
            self.send(self.channel.sync(), self.bootnode)
        for pair in list(self.pairs.values()):
            pair.tick(now)

    def take(self, data, source):
        try:
            packet = packets.decode(data)
            getattr(self, "on_" + packet.name.lower())(packet, source)
        except (packets.Malformed, Forged, AttributeError) as error:
            self.trace("%s from %s: %r" % (data[:12].hex(), source, error))

    def on_cookie(self, packet, source):
        if packet.nonce == self.channel.nonce and not self.joined:
            self.send(self.channel.join(packet), self.bootnode)

    def on_welcome(self, packet, source):
        if packet.nonce == self.channel.nonce and not self.joined:
            self.channel.welcomed(packet)
            self.send(self.channel.sync(), self.bootnode)

    def on_heartbeat_ack(self, packet, source):
        if self.channel.acknowledged_by(packet) and (
                packet.flags & packets.AGAIN or
                packet.version != self.channel.version):
            self.due_sync = self.due_sync or time.monotonic() + SYNC_AGAIN

    def on_sealed(self, packet, source):
        for entry in self.channel.news(packet):
            self.on_news(entry)
        if self.channel.more:
            self.due_sync = self.due_sync or time.monotonic() + SYNC_AGAIN

    def on_news(self, entry):
        if entry.id == self.person.id:
            return
        if entry.name == "JOINED":
            self.meet(entry)
        elif entry.name == "LEFT":
            self.part(entry.id)

    def on_challenge(self, packet, source):
        if packet.session == self.channel.session:
            self.send(self.channel.reply(packet), self.bootnode)

    def on_reject(self, packet, source):
        self.trace("REJECT %d" % packet.flags)

    def on_leave_ack(self, packet, source):
        self.trace("LEAVE_ACK")

    def relay(self, peer_id, packet):
        if self.joined:
            self.send(self.channel.relay(peer_id, packet), self.bootnode)

    def on_relay(self, packet, source):
        if self.channel.authentic(packet):
            self.from_peer(packets.decode(packet.inner), RELAY)

    # The others.

    def meet(self, entry):
        """Takes an entry JOINED: somebody is in the room."""
        card = self.room.open_card(entry.id, entry.card)
        if not card:
            self.trace("a card that does not open")
            return
        self.cards[card.id] = card
        known = self.pairs.get(card.id)
        if not known or known.other.nonce != card.nonce:
            self.add(self.pair_class(self, self.person.card, card,
                                     entry.address))

    def add(self, pair, replace=True):
        """Listens for PAIR's packets, and gives PAIR its turns of the
        clock."""
        if replace:
            self.pairs[pair.other.id] = pair
        self.listen(pair, pair.room_keys)
        return pair

    def listen(self, pair, keys):
        """Hands packets with the connection id of KEYS to PAIR."""
        self.by_connection[keys.connection_in] = (pair, keys)

    def part(self, peer_id):
        pair = self.pairs.pop(peer_id, None)
        if pair:
            self.by_connection.pop(pair.room_keys.connection_in, None)
            self.by_connection.pop(pair.keys.connection_in, None)

    def from_peer(self, packet, place):
        pair, keys = self.by_connection.get(packet.connection, (None, None))
        if pair:
            pair.take(packet, place, keys)

    on_probe = on_probe_reply = on_handshake = on_data = from_peer

    def pair_with(self, nick, timeout=10):
        """Returns the pair whose peer gave this name in the handshake."""
        def look():
            return [p for p in list(self.pairs.values())
                    if p.ready and p.session.peer_nick == nick]
        return self.wait(look, timeout, "a session with " + nick)[0]

    def quit(self):
        """Sends BYE to all and LEAVE to the bootnode, and ends."""
        with self.lock:
            for pair in self.pairs.values():
                pair.bye()
            if self.joined:
                self.send(self.channel.control("LEAVE"), self.bootnode)
            self.ending = True

    def say(self, text):
        """Says TEXT to all."""
        with self.lock:
            for pair in self.pairs.values():
                pair.say(text)


def parse(address):
    """Returns (text, port) of "text:port"."""
    if isinstance(address, tuple):
        return address
    text, port = address.rsplit(":", 1)
    return text, int(port)
