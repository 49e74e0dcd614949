"""Noise, revision 34: NK with the bootnode, XXpsk3 between two peers.

A Handshake writes and reads messages in turn.  Both patterns are tables of
tokens; what a token means is a method of that name.
"""

import os

from hostile.primitives import (Forged, counter_nonce, exchange, hmac_sha256,
                                open_sealed, public_key, seal, sha256)

PATTERNS = {
    "NK": (["s"], (["e", "es"], ["e", "ee"])),
    "XXpsk3": ([], (["e"], ["e", "ee", "s", "es"], ["s", "se", "psk"])),
}
KEY = 32


def derive(chain, material, count):
    """Noise's own HKDF (its section 4.3) returns COUNT values of 32 bytes."""
    prk = hmac_sha256(chain, material)
    block, found = b"", []
    for number in range(1, count + 1):
        block = hmac_sha256(prk, block, bytes([number]))
        found.append(block)
    return found


class Handshake:
    """One side of a handshake; hash and chain are h and ck of Noise."""

    def __init__(self, pattern, initiator, prologue, static=None,
                 ephemeral=None, remote=None, psk=None):
        known, self.messages = PATTERNS[pattern]
        name = b"Noise_%s_25519_AESGCM_SHA256" % pattern.encode()
        self.hash = name.ljust(32, b"\0") if len(name) <= 32 else sha256(name)
        self.chain = self.hash
        self.key = None		# no cipher yet
        self.counter = 0
        self.initiator = initiator
        self.static, self.remote = static, remote
        self.ephemeral = ephemeral or os.urandom(32)
        self.remote_ephemeral = None
        self.psk = psk
        self.done = 0
        self.mix_hash(prologue)
        for _ in known:		# the responder's static key, both times
            self.mix_hash(remote if initiator else public_key(static))

    # The symmetric state.

    def mix_hash(self, data):
        self.hash = sha256(self.hash, data)

    def mix_key(self, material):
        self.chain, self.key = derive(self.chain, material, 2)
        self.counter = 0

    def seal(self, text):
        sealed = text
        if self.key:
            sealed = seal(self.key, counter_nonce(self.counter), self.hash,
                          text)
            self.counter += 1
        self.mix_hash(sealed)
        return sealed

    def open(self, sealed):
        text = sealed
        if self.key:
            text = open_sealed(self.key, counter_nonce(self.counter),
                               self.hash, sealed)
            self.counter += 1
        self.mix_hash(sealed)
        return text

    # The tokens that are the same for writer and reader.

    def token_ee(self):
        self.mix_key(exchange(self.ephemeral, self.remote_ephemeral))

    def token_es(self):
        self.mix_key(exchange(self.ephemeral, self.remote) if self.initiator
                     else exchange(self.static, self.remote_ephemeral))

    def token_se(self):
        self.mix_key(exchange(self.static, self.remote_ephemeral)
                     if self.initiator
                     else exchange(self.ephemeral, self.remote))

    def token_psk(self):
        self.chain, mixed, self.key = derive(self.chain, self.psk, 3)
        self.counter = 0
        self.mix_hash(mixed)

    def mix_ephemeral(self, public):
        self.mix_hash(public)
        if self.psk:
            self.mix_key(public)

    def tokens(self):
        """Returns the tokens of the next message."""
        self.done += 1
        return self.messages[self.done - 1]

    def write(self, payload=b""):
        message = b""
        for token in self.tokens():
            if token == "e":
                public = public_key(self.ephemeral)
                self.mix_ephemeral(public)
                message += public
            elif token == "s":
                message += self.seal(public_key(self.static))
            else:
                getattr(self, "token_" + token)()
        return message + self.seal(payload)

    def read(self, message):
        """Reads a message; returns its payload, or raises Forged."""
        for token in self.tokens():
            if token == "e":
                self.remote_ephemeral, message = self.cut(message, KEY)
                self.mix_ephemeral(self.remote_ephemeral)
            elif token == "s":
                sealed, message = self.cut(message,
                                           KEY + (16 if self.key else 0))
                self.remote = self.open(sealed)
            else:
                getattr(self, "token_" + token)()
        return self.open(message)

    @staticmethod
    def cut(message, size):
        if len(message) < size:
            raise Forged("too short")
        return message[:size], message[size:]

    def split(self):
        """Returns the keys of what the initiator and what the responder
        sends."""
        return derive(self.chain, b"", 2)
