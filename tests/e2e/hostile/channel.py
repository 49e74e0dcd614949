"""A client's session with a bootnode (section 2), without any socket.

Each method makes the packet to send, or takes one that came.
"""

import os

from hostile import packets
from hostile.noise import Handshake
from hostile.primitives import counter_nonce, hkdf, open_sealed

PROLOGUE = b"gochat 1 bootnode\0"


class Channel:
    def __init__(self, room, person, hidden=False):
        self.room, self.person, self.hidden = room, person, hidden
        self.session = None	# its id, once there is one
        self.counter = 0
        self.version = 0
        self.parts = {}		# of the roster that is being read
        self.roster = {}	# id: entry JOINED
        self.welcome = None	# its fields
        self.nonce = None
        self.noise = None
        self.bootnode_key = None
        self.acknowledged = 0	# highest counter of a HEARTBEAT_ACK

    def hello(self):
        self.nonce = os.urandom(8)
        return packets.encode("HELLO", nonce=self.nonce)

    def join(self, cookie, card=None):
        """The JOIN for a COOKIE packet; CARD: instead of the person's."""
        person = self.person
        person.attempt += 1
        self.bootnode_key = cookie.static
        self.noise = Handshake("NK", True, PROLOGUE, remote=cookie.static)
        payload = packets.pack(
            packets.JOIN_PAYLOAD, token=person.token,
            commitment=person.commitment, tag=self.room.tag,
            attempt=person.attempt,
            flags=packets.HIDDEN if self.hidden else 0,
            card=card or self.room.seal_card(person.card))
        return packets.encode("JOIN", nonce=cookie.nonce,
                              cookie=cookie.cookie,
                              noise=self.noise.write(payload))

    def welcomed(self, packet):
        """Reads a WELCOME: from now on there is a session."""
        self.welcome = packets.unpack(packets.WELCOME_PAYLOAD,
                                      self.noise.read(packet.noise))
        self.session = self.welcome.session
        self.sealing = self.noise.split()[1]
        self.key = hkdf(self.noise.chain, b"gochat 1 control packets" +
                        self.noise.hash, 16)
        self.counter = self.acknowledged = self.version = 0
        self.parts, self.roster = {}, {}

    def control(self, name, version=None):
        """HEARTBEAT, SYNC or LEAVE."""
        self.counter += 1
        return packets.encode(name, self.key, session=self.session,
                              counter=self.counter,
                              version=self.version if version is None
                              else version)

    def reply(self, challenge):
        self.counter += 1
        return packets.encode("CHALLENGE_REPLY", self.key,
                              session=self.session, counter=self.counter,
                              cookie=challenge.cookie)

    def relay(self, peer_id, inner):
        return packets.encode("RELAY", self.key, session=self.session,
                              peer=peer_id, inner=inner)

    def authentic(self, packet):
        return (self.session and packet.session == self.session and
                packets.authentic(packet, self.key))

    def news(self, packet):
        """The entries of a SEALED; those of a roster once it is whole."""
        plain = open_sealed(self.sealing, counter_nonce(packet.counter), b"",
                            packet.sealed)
        news = packets.unpack(packets.NEWS, plain)
        entries = packets.get_tagged(packets.ENTRIES, news.entries)
        if news.kind == packets.ROSTER:
            return self._part(news, entries)
        return self._events(news.version, entries)

    def _part(self, news, entries):
        if self.parts.get("version") != news.version:
            self.parts = {"version": news.version}
        self.parts[news.part] = entries
        if len(self.parts) - 1 < news.parts:
            return []
        whole = [e for n in range(news.parts) for e in self.parts[n]]
        self.roster = {e.id: e for e in whole}
        self.version = news.version
        return whole

    def _events(self, first, entries):
        if first > self.version + 1:
            return []		# a gap: the next SYNC heals it
        new = entries[self.version + 1 - first:]
        for entry in new:
            self._apply(entry)
        self.version = max(self.version, first + len(entries) - 1)
        return new

    def _apply(self, entry):
        if entry.name == "LEFT":
            self.roster.pop(entry.id, None)
        elif entry.name == "JOINED":
            self.roster[entry.id] = entry
        elif entry.id in self.roster:
            self.roster[entry.id].address = entry.address
