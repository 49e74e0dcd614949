"""A bootnode whose every answer a test can change; at first it is honest.

It serves one port, checks no cookie, and keeps its clients in rooms by their
tags. Its WELCOME says what the test wants, its rosters what listed() returns.
"""

import collections
import os
import time

from hostile import packets
from hostile.actor import Actor
from hostile.channel import prologue
from hostile.noise import Handshake
from hostile.packets import ENTRIES, put_tagged
from hostile.primitives import (Forged, counter_nonce, hkdf, public_key,
                                seal, sha256)
from hostile.room import peer_id


class Guest:
    """One client's session."""

    def __init__(self, session, place, join, noise):
        self.session, self.place = session, place
        self.id = peer_id(sha256(join.token), join.commitment)
        self.tag, self.card, self.flags = join.tag, join.card, join.flags
        self.attempt = join.attempt
        self.sealing = noise.split()[1]
        self.key = hkdf(noise.chain, b"gochat 1 control packets" +
                        noise.hash, 16)
        self.sealed = 0		# packets so far

    def entry(self):
        return put_tagged(ENTRIES, "JOINED", id=self.id, address=self.place,
                          card=self.card)


PIECE = 4			# entries of a roster in a packet
PIECES = 3			# packets that go at a time


def id_of(entry):
    """Returns the peer id in an entry's bytes."""
    return entry[1:17]


class HostileBootnode(Actor):
    def __init__(self, test, host, port=9595, private=None, **welcome):
        """WELCOME has fields of that packet that the test wants otherwise."""
        Actor.__init__(self, test, host, "hostile-bootnode", port)
        self.address = "%s:%d" % self.place
        self.private = private or os.urandom(32)
        self.public = public_key(self.private)
        self.key = self.public.hex()
        self.welcome = {"timeout": 15000, "interval": 10000, "settle": 0,
                        "relay": 131072, **welcome}
        self.guests = {}	# by session id
        self.versions = collections.Counter()	# of rooms, by tag
        self.arrivals = []	# (when, name, place)
        self.start()

    def count(self, name, since=0):
        """Returns how many packets of a type have come."""
        return sum(what == name and when >= since
                   for when, what, _ in list(self.arrivals))

    def room(self, tag):
        """Returns the guests of a room, the newest of each peer id."""
        found = {g.id: g for g in self.guests.values() if g.tag == tag}
        return [found[peer_id] for peer_id in sorted(found)]

    def take(self, data, source):
        try:
            packet = packets.decode(data)
            self.arrivals.append((time.monotonic(), packet.name, source))
            getattr(self, "on_" + packet.name.lower())(packet, source)
        except (packets.Malformed, Forged, AttributeError) as error:
            self.trace("%s from %s: %r" % (data[:12].hex(), source, error))

    # Joining.

    def on_hello(self, packet, source):
        self.send(packets.encode("COOKIE", nonce=packet.nonce,
                                 cookie=bytes(20), static=self.public),
                  source)

    def on_join(self, packet, source):
        noise = Handshake("NK", False, prologue(packet.nonce, packet.cookie),
                          static=self.private)
        join = packets.unpack(packets.JOIN_PAYLOAD, noise.read(packet.noise))
        session = os.urandom(8)
        version = self.versions[join.tag] = self.versions[join.tag] + 1
        self.send(packets.encode("WELCOME", nonce=packet.nonce,
                                 noise=noise.write(packets.pack(
                                     packets.WELCOME_PAYLOAD,
                                     session=session, address=source,
                                     version=version, echo=os.urandom(8),
                                     **self.welcome))),
                  source)
        guest = Guest(session, source, join, noise)
        self.trace("JOIN of %s, attempt %#x" % (guest.id.hex()[:8],
                                                guest.attempt))
        for other in self.room(join.tag):
            if other.id == guest.id:
                del self.guests[other.session]
        self.guests[session] = guest
        self.tell(join.tag)

    # A session.

    def guest(self, packet):
        guest = self.guests.get(packet.session)
        if not guest:
            raise Forged("unknown session")
        return guest

    def on_heartbeat(self, packet, source):
        guest = self.guest(packet)
        self.send(packets.encode(
            "HEARTBEAT_ACK", guest.key, session=guest.session,
            counter=packet.counter, version=self.versions[guest.tag],
            echo=os.urandom(8)), source)

    def on_sync(self, packet, source):
        self.on_heartbeat(packet, source)
        self.send_roster(self.guest(packet), packet.after)

    def on_leave(self, packet, source):
        guest = self.guest(packet)
        self.send(packets.encode(
            "LEAVE_ACK", guest.key, session=guest.session,
            counter=packet.counter, version=self.versions[guest.tag]), source)

    def on_relay(self, packet, source):
        sender = self.guest(packet)
        for guest in self.room(sender.tag):
            if guest.id == packet.peer:
                self.send(packets.encode(
                    "RELAY", guest.key, session=guest.session,
                    peer=sender.id, inner=packet.inner), guest.place)

    # Rosters.

    def listed(self, guest):
        """Returns the entries of GUEST's roster, as bytes."""
        return [other.entry() for other in self.room(guest.tag)]

    def tell(self, tag):
        for guest in self.room(tag):
            self.send_roster(guest)

    def send_roster(self, guest, after=bytes(16)):
        """Sends the roster from the id AFTER on, as much as goes at a time."""
        entries = sorted(e for e in self.listed(guest) if id_of(e) > after)
        for left in reversed(range(PIECES)):
            piece, entries = entries[:PIECE], entries[PIECE:]
            flags = packets.MORE if entries and not left else (
                0 if entries else packets.LAST)
            self.send_news(guest, "ROSTER", flags=flags, after=after,
                           version=self.versions[guest.tag],
                           entries=b"".join(piece))
            if not entries:
                break
            after = id_of(piece[-1])

    def send_news(self, guest, kind, **fields):
        plain = put_tagged(packets.NEWS, kind, **fields)
        self.send(packets.encode(
            "SEALED", session=guest.session, counter=guest.sealed,
            sealed=seal(guest.sealing, counter_nonce(guest.sealed), b"",
                        plain)), guest.place)
        guest.sealed += 1
