"""Handshakes of two peers, and the session that comes of one (section 5).

An Attempt is one handshake, whose records go in HANDSHAKE packets; a Session
has the keys of one that is done, and the records of its stream.
"""

import os

from hostile import packets
from hostile.noise import Handshake
from hostile.packets import RECORD
from hostile.primitives import (Forged, counter_nonce, hkdf, open_sealed,
                                seal)
from hostile.room import Keys, commitment_of, peer_id

MESSAGES = 3


class Attempt:
    """MINE and OTHER are cards; PERSON has the key that is shown."""

    def __init__(self, room, person, mine, other, number=None):
        self.number = number or os.urandom(8)
        self.claim = person.claim()
        self.other = other
        self.initiator = mine.id < other.id
        self.noise = Handshake(
            "XXpsk3", self.initiator, room.prologue(mine.id, other.id),
            static=person.private, psk=room.psk)
        self.sent = None	# (number of our last message, its record)
        self.peer_nick = None

    @property
    def done(self):
        return self.noise.done == MESSAGES

    def write(self):
        """Writes our next message; returns (its number, its record)."""
        payload = self.claim if self.noise.done else b""
        body = self.noise.write(payload)
        self.sent = (self.noise.done, packets.pack(
            RECORD, kind=packets.HANDSHAKE, epoch=0, body=body))
        return self.sent

    def read(self, number, record):
        """Reads a message; returns false if another is due, or raises
        Forged."""
        if number != self.noise.done + 1:
            return False
        payload = self.noise.read(packets.unpack(RECORD, record).body)
        if number > 1:
            self._claimed(packets.unpack(packets.CLAIM, payload))
        return True

    def _claimed(self, claim):
        """The static key must be that of the other's id."""
        if peer_id(claim.token, commitment_of(
                claim.opening, self.noise.remote)) != self.other.id:
            raise Forged("another's id")
        self.peer_nick = claim.nick.decode()

    # What a finished handshake gives (section 6.4): first for what we send.

    def ours(self, initiators, responders):
        return ((initiators, responders) if self.initiator
                else (responders, initiators))

    def derived(self, label, size):
        return hkdf(self.noise.chain, label + self.noise.hash, size)

    def record_keys(self):
        return self.ours(*self.noise.split())

    def data_keys(self):
        both = self.derived(b"gochat 1 data packets", 32)
        return self.ours(both[:16], both[16:])

    def packet_keys(self):
        return Keys(self.initiator,
                    self.derived(b"gochat 1 session packets", 48))


class Session:
    """The session calls WRITE(record) to send a record."""

    def __init__(self, attempt, write):
        self.keys = attempt.record_keys()
        self.data = {1: attempt.data_keys()}	# by epoch
        self.peer_nick = attempt.peer_nick
        self.initiator = attempt.initiator
        self.write = write
        self.counters = [0, 0]
        self.ready = False	# texts may be sent

    def take(self, record):
        """Returns the content of a record."""
        record = packets.unpack(RECORD, record)
        text = open_sealed(self.keys[1], counter_nonce(self.counters[1]),
                           bytes([record.kind, record.epoch]), record.body)
        self.counters[1] += 1
        content = packets.get_content(text)
        if content.name == "READY":
            self.ready = True
        return content

    def say(self, name, **fields):
        """Sends a content."""
        head = bytes([packets.SEALED, 1])
        body = seal(self.keys[0], counter_nonce(self.counters[0]), head,
                    packets.put_content(name, **fields))
        self.counters[0] += 1
        self.write(head + body)

    def begin(self):
        """Sends the responder's first record."""
        if not self.initiator:
            self.ready = True
            self.say("READY")
