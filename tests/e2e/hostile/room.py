"""A room's keys, the people in it, their cards, and what each two share
(sections 4 and 6)."""

import os
import unicodedata

from hostile import packets
from hostile.primitives import (Forged, hkdf, open_sealed, public_key,
                                scrypt, seal, sha256)

LOWEST, HIGHEST = 0, 255	# of an id, where it is asked for


def one_form(text):
    """Returns the form of a name or a passphrase, as bytes (section 6.2)."""
    return unicodedata.normalize("NFC", "".join(
        " " if unicodedata.category(c) == "Zs" else c for c in text)).encode()


class Room:
    """A room at the bootnode with this static key."""

    def __init__(self, name, bootnode_key, passphrase=b""):
        salt = sha256(b"gochat 1 room\0", bootnode_key, one_form(name))
        secret = scrypt(one_form(passphrase.decode()), salt)
        self.salt = salt
        self.tag = hkdf(secret, b"gochat 1 room tag", 32)
        self.psk = hkdf(secret, b"gochat 1 peer psk", 32)
        self.card_key = hkdf(secret, b"gochat 1 peer card", 32)
        self.transport_key = hkdf(secret, b"gochat 1 transport", 32)

    def seal_card(self, card, nonce=None):
        """Seals CARD (a Card)."""
        nonce = nonce or os.urandom(12)
        plain = packets.pack(packets.CARD, version=1, nonce=card.nonce,
                             incarnation=card.incarnation,
                             serial=card.serial, addresses=card.addresses)
        return packets.pack(
            packets.SEALED_CARD, nonce=nonce,
            sealed=seal(self.card_key, nonce, self.tag + card.id, plain))

    def open_card(self, peer_id, sealed):
        """Returns the Card, or None if it does not open."""
        try:
            both = packets.unpack(packets.SEALED_CARD, sealed)
            plain = packets.unpack(packets.CARD, open_sealed(
                self.card_key, both.nonce, self.tag + peer_id, both.sealed))
        except (Forged, packets.Malformed):
            return None
        return Card(peer_id, plain.nonce, plain.incarnation, plain.serial,
                    plain.addresses)

    def prologue(self, one, other, before=bytes(32)):
        """Returns the prologue of a handshake of two ids (section 5.3)."""
        return (b"gochat 1 peer".ljust(16, b"\0") + self.tag +
                min(one, other) + max(one, other) + before)


class Card:
    """The card: what a peer tells the room of itself."""

    def __init__(self, peer_id, nonce, incarnation=1, serial=1, addresses=()):
        self.id, self.nonce = peer_id, nonce
        self.incarnation, self.serial = incarnation, serial
        self.addresses = list(addresses)


def peer_id(token_hash, commitment):
    """Returns the id made of these hashes (section 6.5)."""
    return sha256(b"gochat 1 peer id\0", token_hash, commitment)[:16]


def commitment_of(opening, public):
    return sha256(b"gochat 1 commitment\0", opening, public)


class Person:
    """Somebody with an identity key: private key, token, id, card."""

    def __init__(self, nick, private=None, token=None, nonce=None,
                 opening=None, first=None):
        """FIRST is the first byte that the id is to have."""
        self.nick = nick
        self.private = private or os.urandom(32)
        self.public = public_key(self.private)
        self.opening = opening or os.urandom(32)
        self.commitment = commitment_of(self.opening, self.public)
        self.token = token or self._token(first)
        self.card = Card(self._id(self.token), nonce or os.urandom(16))
        self.attempt = 0x10000	# the first JOIN has one more

    def _id(self, token):
        return peer_id(sha256(token), self.commitment)

    def _token(self, first):
        while True:
            token = os.urandom(32)
            if first is None or self._id(token)[0] == first:
                return token

    def claim(self):
        """Returns what messages 2 and 3 carry (section 5.3)."""
        return packets.pack(packets.CLAIM, opening=self.opening,
                            token=sha256(self.token),
                            nick=self.nick.encode())

    @property
    def id(self):
        return self.card.id


def fingerprint(public):
    """Returns the fingerprint as people see it (section 6.5)."""
    digits = sha256(b"gochat 1 fingerprint\0", public)[:20].hex()
    return " ".join(digits[at:at + 4] for at in range(0, 40, 4))


def room_keys(room, mine, other):
    """Returns what two cards give the side of MINE (section 6.2)."""
    lower, higher = sorted((mine, other), key=lambda card: card.id)
    return Keys(mine is lower, hkdf(
        room.transport_key, b"gochat 1 pair" + lower.id + lower.nonce +
        higher.id + higher.nonce, 48))


class Keys:
    """Keys of probes and handshakes, and connection ids, each for what we send
    and for what we get."""

    def __init__(self, controlling, secret):
        def ours(to_higher, to_lower):
            return ((to_higher, to_lower) if controlling
                    else (to_lower, to_higher))

        self.controlling = controlling
        self.probe_out, self.probe_in = ours(secret[:16], secret[16:32])
        self.connection_out, self.connection_in = ours(secret[32:40],
                                                       secret[40:])
