"""A client's session with a bootnode (section 2), without any socket.

Each method makes the packet to send, or takes one that came.
"""

import os

from hostile import packets
from hostile.noise import Handshake
from hostile.primitives import (counter_nonce, hkdf, open_sealed,
                                siphash)

def prologue(nonce, cookie):
    """Returns the prologue of the handshake of a JOIN with these (section
    6.3)."""
    return b"gochat 1 bootnode\0" + packets.encode(
        "JOIN", nonce=nonce, cookie=cookie, noise=b"")


class Channel:
    def __init__(self, room, person, hidden=False):
        self.room, self.person, self.hidden = room, person, hidden
        self.session = None	# its id, once there is one
        self.counter = 0
        self.version = 0
        self.echo = None	# the newest
        self.reading = None	# a roster: (version, entries so far)
        self.more = False	# there is more to ask for
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
        """Makes the JOIN for a COOKIE packet, with CARD instead of the
        person's."""
        person = self.person
        person.attempt += 1
        self.bootnode_key = cookie.static
        self.noise = Handshake("NK", True,
                               prologue(cookie.nonce, cookie.cookie),
                               remote=cookie.static)
        payload = packets.pack(
            packets.JOIN_PAYLOAD, token=person.token,
            commitment=person.commitment, tag=self.room.tag,
            attempt=person.attempt,
            flags=packets.HIDDEN if self.hidden else 0,
            card=card or self.room.seal_card(person.card))
        message = self.noise.write(payload)
        self.reject_key = hkdf(self.noise.chain, b"gochat 1 reject" +
                               self.noise.hash, 16)
        return packets.encode("JOIN", nonce=cookie.nonce,
                              cookie=cookie.cookie, noise=message)

    def rejected(self, packet):
        """Returns whether a REJECT of the JOIN is authentic."""
        signed = packet.data[:len(packet.data) - len(packet.proof)]
        return (packet.subject == self.nonce and
                packet.proof == siphash(self.reject_key, signed))

    def welcomed(self, packet):
        """Reads a WELCOME: from now on there is a session."""
        self.welcome = packets.unpack(packets.WELCOME_PAYLOAD,
                                      self.noise.read(packet.noise))
        self.session = self.welcome.session
        self.sealing = self.noise.split()[1]
        self.key = hkdf(self.noise.chain, b"gochat 1 control packets" +
                        self.noise.hash, 16)
        self.counter = self.acknowledged = self.version = 0
        self.echo = self.welcome.echo
        self.reading, self.roster = None, {}

    def control(self, name, version=None, **fields):
        """Makes a HEARTBEAT, SYNC or LEAVE."""
        self.counter += 1
        return packets.encode(name, self.key, session=self.session,
                              counter=self.counter, echo=self.echo,
                              version=self.version if version is None
                              else version, **fields)

    def sync(self):
        """Makes the longest SYNC, which goes on with a roster if one is
        read."""
        padding = bytes(packets.SYNC_PADDING)
        self.more = False
        if not self.reading:
            return self.control("SYNC", padding=padding)
        version, entries = self.reading
        return self.control("SYNC", version, padding=padding,
                            after=entries[-1].id if entries else None)

    def acknowledged_by(self, packet):
        """Takes a HEARTBEAT_ACK; returns false if it is not authentic."""
        if not self.authentic(packet):
            return False
        self.echo = packet.echo
        return True

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
        """Returns the entries of a SEALED; those of a roster once it is
        whole."""
        plain = open_sealed(self.sealing, counter_nonce(packet.counter), b"",
                            packet.sealed)
        news, = packets.get_tagged(packets.NEWS, plain)
        entries = packets.get_tagged(packets.ENTRIES, news.entries)
        self.more = bool(news.flags & packets.MORE)
        if news.name == "ROSTER":
            return self._piece(news, entries)
        return self._events(news.version, entries)

    def _piece(self, news, entries):
        """Takes a piece of a roster. The whole roster has the version of its
        first piece; changes since then come with the next SYNC."""
        if news.after == bytes(16):
            self.reading = (news.version, [])
        if not self.reading:
            return []
        version, whole = self.reading
        if whole and news.after != whole[-1].id:
            return []
        whole.extend(entries)
        if not news.flags & packets.LAST:
            return []
        self.reading = None
        self.roster = {e.id: e for e in whole}
        self.version = version
        return whole

    def _events(self, first, entries):
        if first > self.version + 1:
            return []		# a gap: the next SYNC heals it
        new = []
        for entry in entries:
            if entry.name == "OVERTAKEN":
                first += entry.versions
                continue
            if first > self.version:
                new.append(entry)
                self._apply(entry)
            first += 1
        self.version = max(self.version, first - 1)
        return new

    def _apply(self, entry):
        if entry.name == "LEFT":
            self.roster.pop(entry.id, None)
        elif entry.name == "JOINED":
            self.roster[entry.id] = entry
        elif entry.id in self.roster:
            self.roster[entry.id].address = entry.address
