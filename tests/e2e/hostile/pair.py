"""One peer, as a member sees it: probes, path, stream, session (section 3).

Every step is a method that a test can replace.
"""

import os
import time

from hostile import packets
from hostile.packets import IN_USE, NOMINATE, SEEKING
from hostile.primitives import sha256
from hostile.room import room_keys
from hostile.session import Attempt, Session
from hostile.stream import Stream

RELAY = ("relay", 0)		# the place of a packet by the relay
EVERY = 0.05			# between two probes of a place
ANSWERABLE = 15			# a probe's answer counts for so long
KEEPALIVE = 15
HANDSHAKE_AGAIN = 0.25
CHAIN = bytes([1]) * 16		# where the chain of our texts begins


def chain_of(before, sequence, flags, nick, text):
    """Returns the chain over a text and all that its sender said to all
    (section 5.2)."""
    return sha256(b"gochat 1 texts\0", before,
                  packets.number(sequence, 8), bytes([flags]),
                  packets.number(len(nick.encode()), 1), nick.encode(),
                  text.encode())[:16]


class Pair:
    """MEMBER owns the socket. MINE and OTHER are cards; MINE may be that of
    somebody else. PERSON has the key and the name to show."""

    def __init__(self, member, mine, other, observed=None, person=None):
        self.member, self.mine, self.other = member, mine, other
        self.person = person or member.person
        self.room_keys = room_keys(member.room, mine, other)
        self.controlling = self.room_keys.controlling
        self.keys = self.room_keys	# of the packets that we send
        self.candidates = {}	# place: when it was probed last
        self.answered = set()	# places
        self.asked = {}		# probe id: (place, when)
        self.number = mine.incarnation << 32	# of the next probe
        self.numbers = set()	# those that came by the session's keys
        self.nominated = None	# by us, if we are the one who does
        self.path = None
        self.heard = 0		# when the path last answered
        self.attempts = {}	# by number; those by the room's keys are apart
        self.under_way = None	# the initiator's attempt
        self.again = 0		# when the last message of it goes again
        self.session = None
        self.stream = None
        self.texts = []		# that came
        self.receipts = 0	# highest number of one
        self.sequence = 0	# of our last text
        self.chain = CHAIN
        self.unsaid = []	# texts that wait for READY
        for place in [observed, *other.addresses]:
            if place:
                self.candidates.setdefault(place, 0)

    @property
    def ready(self):
        return self.session and self.session.ready

    @property
    def arrived(self):
        """True if there is a session, and the peer has all that we said in
        it."""
        with self.member.lock:
            return self.ready and not self.stream.flying

    # Sending.

    def send(self, packet, place):
        if place == RELAY:
            self.member.relay(self.other.id, packet)
        else:
            self.member.send(packet, place)

    def probe(self, place, flags=0):
        self._probe("PROBE", place, flags, probe=self._ask(place))

    def reply(self, probe, place, ask=False, flags=None, keys=None):
        """Answers the probe of this id, and asks in turn or not."""
        self._probe("PROBE_REPLY", place,
                    self.uses(place) if flags is None else flags,
                    keys, probe=probe, ask=self._ask(place) if ask else None,
                    address=None if place == RELAY else place)

    def _ask(self, place):
        probe = os.urandom(8)
        self.asked[probe] = (place, time.monotonic())
        return probe

    def _probe(self, name, place, flags, keys=None, **fields):
        keys = keys or self.keys
        self.send(packets.encode(
            name, keys.probe_out, flags, connection=keys.connection_out,
            number=self.number, **fields), place)
        self.number += 1

    def uses(self, place):
        """Returns the flag that our reply to a probe from PLACE has."""
        if self.controlling:
            return NOMINATE if place == self.nominated else 0
        return IN_USE if place == self.path else 0

    def send_data(self, number, frames):
        if not self.path:
            return		# it goes again, once there is a path
        self.send(packets.encode(
            "DATA", self.session.data[1][0], 1,
            connection=self.keys.connection_out, number=number,
            frames=frames), self.path)

    def send_handshake(self, number, attempt, record, place, keys):
        """Sends message NUMBER of the ATTEMPT with this number; 0 is BEGIN."""
        self.send(packets.encode(
            "HANDSHAKE", keys.probe_out, number,
            connection=keys.connection_out, attempt=attempt, record=record),
            place)

    def say(self, text, flags=0, nick=None):
        """Says a text, once there is a session; returns its number."""
        nick = nick or self.person.nick
        before, self.sequence = self.sequence, self.sequence + 1
        self.unsaid.append(dict(sequence=self.sequence, flags=flags,
                                before=before, chain=self.chain,
                                nick=nick.encode(), text=text.encode()))
        self.chain = chain_of(self.chain, self.sequence, flags, nick, text)
        self.flush()
        return self.sequence

    def flush(self):
        while self.ready and self.unsaid:
            self.session.say("TEXT", **self.unsaid.pop(0))

    def bye(self):
        if self.ready:
            self.session.say("BYE")

    # Receiving.

    def take(self, packet, place, keys):
        """Takes a packet with the connection id of KEYS, from PLACE."""
        if packet.name == "DATA":
            self.take_data(packet, place)
        elif packets.authentic(packet, keys.probe_in) and not self.is_copy(
                packet, keys):
            getattr(self, "on_" + packet.name.lower())(packet, place, keys)

    def is_copy(self, packet, keys):
        """A number by the session's keys counts once (section 3.1)."""
        if packet.name == "HANDSHAKE" or keys is self.room_keys:
            return False
        known = packet.number in self.numbers
        self.numbers.add(packet.number)
        return known

    def take_data(self, packet, place):
        keys = self.session and self.session.data.get(packet.flags)
        if keys and packets.authentic(packet, keys[1]):
            self.on_data(packet, place)

    def on_probe(self, packet, place, keys):
        """NOMINATE counts only in the answer to a probe of our own."""
        self.reply(packet.probe, place, place not in self.answered or
                   not self.path or bool(packet.flags & NOMINATE), keys=keys)
        if place not in self.candidates:
            self.candidates[place] = 0

    def on_probe_reply(self, packet, place, keys):
        if packet.ask != bytes(8):
            self.reply(packet.ask, place, keys=keys)
        asked, _ = self.asked.pop(packet.probe, (None, 0))
        if asked != place:
            return
        self.answered.add(place)
        if place == self.path:
            self.heard = time.monotonic()
        if self.controlling and not self.nominated:
            self.nominated = place
            self.probe(place, NOMINATE)
        if packet.flags & (IN_USE if self.controlling else NOMINATE):
            self.use(place)

    def on_data(self, packet, place):
        self.under_way = None	# message 3 of it has arrived
        for record in self.stream.take(packet.number, packet.frames):
            content = self.session.take(record)
            self.on_content(content)
        self.flush()

    # Handshakes.

    def attempt(self, keys, number=None):
        """Starts an attempt by these keys; the initiator chooses its
        number."""
        attempt = Attempt(self.member.room, self.person, self.mine,
                          self.other, number)
        attempt.keys = keys
        self.attempts[attempt.number, keys is self.room_keys] = attempt
        return attempt

    def begin_handshake(self):
        """Begins the initiator's handshake, once there is a path."""
        attempt = self.attempt(self.keys)
        self.under_way = attempt
        attempt.write()
        self.repeat_handshake(time.monotonic())

    def repeat_handshake(self, now):
        self.again = now + HANDSHAKE_AGAIN
        self.send_handshake(self.under_way.sent[0], self.under_way.number,
                            self.under_way.sent[1], self.path,
                            self.under_way.keys)

    def on_handshake(self, packet, place, keys):
        """Takes a message, or the responder's wish for a handshake."""
        number = packet.flags
        if number == 0:
            if self.controlling and not self.session and self.path:
                self.begin_handshake()
            return
        by_room = keys is self.room_keys
        attempt = self.attempts.get((packet.attempt, by_room))
        if not attempt and number == 3 and not by_room:
            attempt = self.attempts.get((packet.attempt, True))
        if not attempt:
            if self.controlling or number != 1:
                return
            attempt = self.attempt(keys, packet.attempt)
        if attempt.read(number, packet.record):
            self.handshook(attempt)
        if attempt.sent and number < 3:
            self.send_handshake(attempt.sent[0], attempt.number,
                                attempt.sent[1], place, keys)

    def handshook(self, attempt):
        """A message was read: ours follows, or the handshake is done."""
        if not attempt.done:
            attempt.write()
        if attempt.done:
            self.established(attempt)

    def established(self, attempt):
        self.keys = attempt.packet_keys()
        self.member.listen(self, self.keys)
        self.stream = Stream(self.send_data)
        self.session = Session(attempt, self.stream.write)
        self.session.begin()

    def on_content(self, content):
        if content.name == "TEXT":
            self.texts.append(content.text.decode())
            self.session.say("RECEIPT", sequence=content.sequence)
        elif content.name == "RECEIPT":
            self.receipts = max(self.receipts, content.sequence)

    def use(self, place):
        if place != self.path:
            self.member.trace("path to %s: %s" % (self.other.id.hex()[:8],
                                                  place))
        self.path, self.heard = place, time.monotonic()
        self.on_path()

    def on_path(self):
        if self.controlling and not self.session and not self.under_way:
            self.begin_handshake()

    # The clock.

    def tick(self, now):
        self.asked = {probe: what for probe, what in self.asked.items()
                      if now - what[1] < ANSWERABLE}
        if not self.path:
            self.seek(now)
        else:
            if now - self.heard > KEEPALIVE:
                self.heard = now
                self.probe(self.path, NOMINATE if self.controlling
                           else 0)
            if self.under_way and now >= self.again:
                self.repeat_handshake(now)
            if self.stream:
                self.stream.tick(now)

    def seek(self, now):
        for place, last in self.candidates.items():
            if now - last >= EVERY:
                self.candidates[place] = now
                self.probe(place, SEEKING | (
                    NOMINATE if place == self.nominated else 0))
