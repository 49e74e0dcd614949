"""The hostile peer's own code, compared with public vectors and the worked
example of PROTOCOL.md: two programs written from that page must come to the
same bytes."""

import os

from harness import check, test
from hostile import packets, primitives
from hostile.channel import Channel, prologue
from hostile.example import read_example
from hostile.noise import Handshake
from hostile.pair import chain_of
from hostile.room import Person, Room, fingerprint, one_form, room_keys
from hostile.session import Attempt, Session
from hostile.stream import Stream

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "../../common/PROTOCOL.md")
HEX = bytes.fromhex

# Public vectors of both patterns: the keys, and the hash after the handshake
# with these payloads.
PROLOGUE_OF_VECTORS = b"John Galt"
PAYLOADS = (b"Ludwig von Mises", b"Murray Rothbard", b"F. A. Hayek")
VECTORS = {
    "NK": dict(
        i_e="893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
        r_s="4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893",
        r_e="bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
        hash="f8a87aa8add4fea6e33365b89637486c"
        "2f6564546ce29d1df9ce9abf78c507d7"),
    "XXpsk3": dict(
        i_s="e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1",
        i_e="893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
        r_s="4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893",
        r_e="bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
        psk="54686973206973206d7920417573747269616e20706572737065637469766521",
        hash="033c8317037cb66a83308d5ae57ebbbe"
        "a254e7ef2267f296c40baa4beaae4fcc"),
}


def handshake_of(vector, pattern):
    """Returns the hash after all of PATTERN's messages, the same on both
    sides."""
    of = {name: HEX(value) for name, value in vector.items()}
    sides = [
        Handshake(pattern, True, PROLOGUE_OF_VECTORS, of.get("i_s"),
                  of["i_e"], primitives.public_key(of["r_s"]),
                  of.get("psk")),
        Handshake(pattern, False, PROLOGUE_OF_VECTORS, of["r_s"], of["r_e"],
                  psk=of.get("psk"))]
    for number in range(len(sides[0].messages)):
        writer, reader = sides[number % 2], sides[1 - number % 2]
        payload = PAYLOADS[number]
        check(reader.read(writer.write(payload)) == payload, "a payload")
    check(sides[0].hash == sides[1].hash, "two hashes")
    return sides[0].hash


@test(needs_gochat=False)
def protocol_vectors(t):
    """SipHash, AES-GCM, HKDF and both handshakes match the public vectors."""
    check(primitives.siphash(bytes(range(16)), bytes(range(15))) ==
          HEX("5493e99933b0a8117e08ec0f97cfc3d9"), "SipHash-2-4-128")
    check(primitives.seal(bytes(32), bytes(12), b"", bytes(16)) ==
          HEX("cea7403d4d606b6e074ec5d3baf39d18"
              "d0d1c8a799996bf0265b98b5d48ab919"), "AES-256-GCM")
    check(primitives.hkdf(b"\x0b" * 22, b"", 42) ==
          HEX("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
              "9d201395faa4b61a96c8"), "HKDF (RFC 5869, test case 3)")
    for pattern, vector in VECTORS.items():
        check(handshake_of(vector, pattern) == HEX(vector["hash"]), pattern)


class Example:
    """The inputs of section 8, and the people in it."""

    def __init__(self):
        self.found = read_example(PAGE)
        self.used = set()
        self.private = b"\xc1" * 32	# the bootnode's
        self.public = primitives.public_key(self.private)
        self.room = Room("kitchen", self.public,
                         b"correct horse battery staple")
        self.anna = Person("anna", b"\xa1" * 32, b"\xa0" * 32, b"\xa4" * 16,
                           b"\xa7" * 32)
        self.bert = Person("bert", b"\xb1" * 32, b"\xb0" * 32, b"\xb4" * 16,
                           b"\xb7" * 32)
        self.anna.card.addresses = [("192.168.1.2", 4545)]
        self.bert.card.addresses = [("192.168.2.2", 4545)]

    def same(self, title, value):
        self.used.add(title)
        check(self.found.get(title) == value, "%s: the page has %s, not %s" % (
            title, self.found.get(title, b"").hex(), value.hex()))


def the_room(x):
    """Computes section 8.1."""
    x.same("bootnode's key", x.public)
    x.same("scrypt salt", x.room.salt)
    x.same("room tag", x.room.tag)
    x.same("peer psk", x.room.psk)
    x.same("card key", x.room.card_key)
    x.same("transport key", x.room.transport_key)
    for one, letter in ((x.anna, b"\xa5"), (x.bert, b"\xb5")):
        x.same(one.nick + "'s commitment", one.commitment)
        x.same(one.nick + "'s peer id", one.id)
        x.same(one.nick + "'s identity key", one.public)
        x.same(one.nick + "'s sealed card",
               x.room.seal_card(one.card, letter * 12))
    typed = x.found["room name as typed"]
    x.same("room name as typed", typed)
    x.same("room name as used", one_form(typed.decode()))
    x.same("anna's fingerprint",
           HEX(fingerprint(x.anna.public).replace(" ", "")))


def cookie_for(nonce, place):
    """Returns a cookie of a bootnode whose clock shows 6000 s."""
    bound = packets.pack(packets.COOKIE_BOUND, purpose=packets.TO_JOIN,
                         time=6000, address=place, bound=nonce)
    return packets.pack(packets.COOKIE, time=6000,
                        mac=primitives.siphash(b"\xc3" * 16, bound))


def joining(x):
    """Computes section 8.2."""
    nonce = b"\xa6" * 8
    x.same("HELLO", packets.encode("HELLO", nonce=nonce))
    cookie = cookie_for(nonce, ("192.0.2.1", 4545))
    x.same("COOKIE", packets.encode("COOKIE", nonce=nonce, cookie=cookie,
                                    static=x.public))
    payload = packets.pack(
        packets.JOIN_PAYLOAD, token=x.anna.token,
        commitment=x.anna.commitment, tag=x.room.tag, attempt=1,
        card=x.found["anna's sealed card"])
    x.same("JOIN payload", payload)
    before = prologue(nonce, cookie)
    client = Handshake("NK", True, before, ephemeral=b"\xa3" * 32,
                       remote=x.public)
    server = Handshake("NK", False, before, x.private, b"\xc2" * 32)
    join = client.write(payload)
    x.same("JOIN", packets.encode("JOIN", nonce=nonce, cookie=cookie,
                                  noise=join))
    check(server.read(join) == payload, "the JOIN opens to something else")
    reject_key = primitives.hkdf(client.chain, b"gochat 1 reject" +
                                 client.hash, 16)
    x.same("reject key", reject_key)
    reject = packets.encode("REJECT", flags=packets.ROOM_FULL, subject=nonce)
    x.same("REJECT", reject + primitives.siphash(reject_key, reject))
    payload = packets.pack(
        packets.WELCOME_PAYLOAD, session=HEX("1234567890000000"),
        address=("192.0.2.1", 4545), timeout=15000, interval=10000,
        settle=12000, version=2, relay=131072, reflect=9596, echo=b"\x5b" * 8)
    x.same("WELCOME payload", payload)
    welcome = packets.encode("WELCOME", nonce=nonce,
                             noise=server.write(payload))
    x.same("WELCOME", welcome)
    channel = Channel(x.room, x.anna)
    channel.noise = client
    channel.welcomed(packets.decode(welcome))
    x.same("control key", channel.key)
    x.same("sealing key", channel.sealing)
    heartbeat = channel.control("HEARTBEAT", version=2)
    x.same("HEARTBEAT", heartbeat)
    x.same("HEARTBEAT_ACK", packets.encode(
        "HEARTBEAT_ACK", channel.key, session=channel.session, counter=1,
        version=2, echo=b"\x5c" * 8))
    the_roster(x, channel)


def the_roster(x, channel):
    entries = b"".join(
        packets.put_tagged(packets.ENTRIES, "JOINED", id=one.id,
                           address=place, card=x.found[one.nick +
                                                       "'s sealed card"])
        for one, place in ((x.anna, ("192.0.2.1", 4545)),
                           (x.bert, ("198.51.100.1", 4545))))
    roster = packets.put_tagged(packets.NEWS, "ROSTER", flags=packets.LAST,
                                version=2, entries=entries)
    x.same("roster", roster)
    sealed = packets.encode(
        "SEALED", session=channel.session, sealed=primitives.seal(
            channel.sealing, primitives.counter_nonce(0), b"", roster))
    x.same("SEALED", sealed)
    read = channel.news(packets.decode(sealed))
    check([e.id for e in read] == [x.anna.id, x.bert.id], "the roster")
    check(x.room.open_card(read[1].id, read[1].card).addresses ==
          x.bert.card.addresses, "bert's card")


def probing(x):
    """Computes section 8.3; returns the keys of both."""
    ours = room_keys(x.room, x.anna.card, x.bert.card)
    theirs = room_keys(x.room, x.bert.card, x.anna.card)
    check(ours.controlling and not theirs.controlling, "who nominates")
    x.same("probe key, anna to bert", ours.probe_out)
    x.same("probe key, bert to anna", theirs.probe_out)
    x.same("connection ids", ours.connection_out + theirs.connection_out)

    def probe(title, name, keys, number, flags=0, **fields):
        x.same(title, packets.encode(
            name, keys.probe_out, flags, connection=keys.connection_out,
            number=(1 << 32) + number, **fields))

    asked, ask = bytes(range(1, 9)), HEX("1112131415161718")
    probe("PROBE", "PROBE", ours, 0, packets.NOMINATE, probe=asked)
    probe("PROBE_REPLY", "PROBE_REPLY", theirs, 0, probe=asked, ask=ask,
          address=("192.0.2.1", 4545))
    probe("PROBE_REPLY, anna's", "PROBE_REPLY", ours, 1, packets.NOMINATE,
          probe=ask, address=("198.51.100.1", 4545))
    return ours, theirs


def handshaking(x, ours, theirs):
    """Computes the handshake of section 8.4; returns the attempts of both."""
    number = HEX("1112131415161718")
    attempts = [Attempt(x.room, one, one.card, other.card, number)
                for one, other in ((x.anna, x.bert), (x.bert, x.anna))]
    for attempt, letter in zip(attempts, (b"\xa2", b"\xb2")):
        attempt.noise.ephemeral = letter * 32
    for at, keys in enumerate((ours, theirs, ours)):
        message, record = attempts[at % 2].write()
        x.same("handshake record %d" % message, record)
        if message < 3:
            x.same("HANDSHAKE %d" % message, packets.encode(
                "HANDSHAKE", keys.probe_out, message,
                connection=keys.connection_out, attempt=number,
                record=record))
        check(attempts[1 - at % 2].read(message, record), "an odd message")
    check([a.peer_nick for a in attempts] == ["bert", "anna"], "the names")
    return attempts


def the_session(x, ours, theirs):
    """Computes section 8.4; returns the sessions of both."""
    attempts = handshaking(x, ours, theirs)
    written = [], []
    anna, bert = (Session(attempt, wrote.append)
                  for attempt, wrote in zip(attempts, written))
    x.same("epoch 1 data key, anna to bert", anna.data[1][0])
    x.same("epoch 1 data key, bert to anna", bert.data[1][0])
    keys = [attempt.packet_keys() for attempt in attempts]
    x.same("session's probe key, anna to bert", keys[0].probe_out)
    x.same("session's probe key, bert to anna", keys[1].probe_out)
    x.same("session's connection ids",
           keys[0].connection_out + keys[1].connection_out)
    bert.begin()
    x.same("READY record", written[1][0])
    check(anna.take(written[1][0]).name == "READY", "no READY")
    chain = bytes([0xa8]) * 16
    x.same("chain", chain_of(chain, 1, 0, "anna", "hello"))
    anna.say("TEXT", sequence=1, chain=chain, nick=b"anna", text=b"hello")
    x.same("TEXT record", written[0][0])
    text = bert.take(written[0][0])
    check((text.nick, text.text) == (b"anna", b"hello"), "another text")
    return list(zip((anna, bert), keys))


def the_packets(x, anna, bert):
    """Computes section 8.5; each of the two is a session with its keys."""
    def stream_of(session, keys, frames_before=b""):
        def send(number, frames):
            sent.append(packets.encode(
                "DATA", session.data[1][0], 1,
                connection=keys.connection_out, number=number,
                frames=frames_before + frames))
        return Stream(send)

    sent = []
    stream_of(*bert).write(x.found["READY record"])
    acknowledgement = packets.put_tagged(
        packets.FRAMES, "ACK", largest=0, delay=2000, ranges=[(None, 0)])
    stream_of(*anna, acknowledgement).write(x.found["TEXT record"])
    x.same("DATA, bert's first", sent[0])
    x.same("DATA, anna's first", sent[1])


@test(needs_gochat=False)
def protocol_second_reading(t):
    """This code computes every hex string of section 8."""
    x = Example()
    the_room(x)
    joining(x)
    the_packets(x, *the_session(x, *probing(x)))
    check(x.used == set(x.found), "not looked at: %s" % (
        set(x.found) - x.used))
    t.figures = "%d hex strings" % len(x.used)
