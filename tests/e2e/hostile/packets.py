"""Every layout of the protocol, once: packets, payloads, frames, records.

A layout is a list of (name, form), and both encoder and decoder walk it:

  nK   an integer of K bytes            bK  K bytes
  p1   bytes after their length in 1    p2  the same with 2
  *    all bytes that are left          -K  K bytes that are not looked at
  fK   bytes after their length in 2, and zeros: K bytes in all
  a    an address of 18 bytes, or None
  v    an address of 1, 7 or 19 bytes, or None
  l    a number in 1 byte, and so many addresses of 7 or 19
  r    the ranges of an ACK: a list of (gap, length less 1), the first
       without a gap: it is None

Addresses are (text, port), as sockets have them.
"""

import ipaddress
import types

from hostile.primitives import siphash

VERSION = 1
MAC = 16
MAX = 1232			# of a datagram, but for DATA

# Flags (sections 2.5, 3.1, 5.2) and reasons (2.8, 2.10).
HIDDEN = 1
NOMINATE, IN_USE, SEEKING = 1, 2, 4
ACTION, PRIVATE = 1, 2
UNKNOWN_SESSION, ROOM_FULL, ADDRESS_FULL, BOOTNODE_FULL = 1, 2, 3, 4
LEAVE, TIMEOUT = 1, 2
AGAIN = 1			# of a HEARTBEAT_ACK
MORE, LAST = 1, 2		# of news
TO_JOIN, TO_MOVE = 1, 2		# purposes of a cookie
SYNC_PADDING = MAX - 64		# of the longest SYNC


class Malformed(Exception):
    """The bytes do not have exactly the form that they should have."""


class Packet:
    """Type, name, fields after the header, and whether a MAC follows."""

    def __init__(self, kind, name, fields, mac=False):
        self.kind, self.name, self.fields, self.mac = kind, name, fields, mac


CONTROL = [("session", "b8"), ("counter", "n8"), ("version", "n4"),
           ("echo", "b8")]
PROBES = [("connection", "b8"), ("number", "n8"), ("probe", "b8"),
          ("ask", "b8"), ("address", "a")]
REFLECTED = [("session", "b8"), ("counter", "n8"), ("address", "a")]

PACKETS = [			# section 1.1
    Packet(1, "HELLO", [("nonce", "b8"), ("padding", "-1188")]),
    Packet(2, "COOKIE", [("nonce", "b8"), ("cookie", "b20"),
                         ("static", "b32")]),
    Packet(3, "JOIN", [("nonce", "b8"), ("cookie", "b20"), ("noise", "*")]),
    Packet(4, "WELCOME", [("nonce", "b8"), ("noise", "*")]),
    Packet(5, "HEARTBEAT", CONTROL, mac=True),
    Packet(6, "HEARTBEAT_ACK", CONTROL, mac=True),
    Packet(7, "SEALED", [("session", "b8"), ("counter", "n8"),
                         ("sealed", "*")]),
    Packet(8, "SYNC", [*CONTROL, ("after", "b16"), ("padding", "*")],
           mac=True),
    Packet(9, "LEAVE", CONTROL, mac=True),
    Packet(10, "LEAVE_ACK", CONTROL, mac=True),
    Packet(11, "REJECT", [("subject", "b8"), ("proof", "*")]),
    Packet(12, "CHALLENGE", [("session", "b8"), ("cookie", "b20")]),
    Packet(13, "CHALLENGE_REPLY", [("session", "b8"), ("counter", "n8"),
                                   ("cookie", "b20")], mac=True),
    Packet(14, "RELAY", [("session", "b8"), ("peer", "b16"),
                         ("inner", "*")], mac=True),
    Packet(15, "REFLECT", REFLECTED, mac=True),
    Packet(16, "PROBE", PROBES, mac=True),
    Packet(17, "PROBE_REPLY", PROBES, mac=True),
    Packet(18, "DATA", [("connection", "b8"), ("number", "n8"),
                        ("frames", "*")], mac=True),
    Packet(19, "REFLECT_REPLY", REFLECTED, mac=True),
    Packet(20, "HANDSHAKE", [("connection", "b8"), ("attempt", "b8"),
                             ("record", "f292")], mac=True),
]
BY_KIND = {packet.kind: packet for packet in PACKETS}
BY_NAME = {packet.name: packet for packet in PACKETS}

# What is sealed, or is part of something else.
COOKIE = [("time", "n4"), ("mac", "b16")]			# 2.2
COOKIE_BOUND = [("purpose", "n1"), ("time", "n4"), ("address", "a"),
                ("bound", "b8")]
JOIN_PAYLOAD = [("token", "b32"), ("commitment", "b32"), ("tag", "b32"),
                ("attempt", "n4"), ("flags", "n1"), ("card", "*")]	# 2.5
WELCOME_PAYLOAD = [("session", "b8"), ("address", "v"), ("timeout", "n4"),
                   ("interval", "n4"), ("settle", "n4"), ("version", "n4"),
                   ("relay", "n4"), ("reflect", "n2"), ("echo", "b8")]	# 2.6
NEWS = {			# 2.8
    1: ("ROSTER", [("flags", "n1"), ("version", "n4"), ("after", "b16"),
                   ("entries", "*")]),
    2: ("EVENTS", [("flags", "n1"), ("version", "n4"), ("entries", "*")]),
}
ENTRIES = {
    1: ("JOINED", [("id", "b16"), ("address", "v"), ("card", "p1")]),
    2: ("LEFT", [("id", "b16"), ("reason", "n1")]),
    3: ("MOVED", [("id", "b16"), ("address", "v")]),
    4: ("OVERTAKEN", [("versions", "n2")]),
}
FRAMES = {			# 3.3
    0: ("PADDING", [("zeros", "*")]),
    1: ("ACK", [("largest", "n8"), ("delay", "n4"), ("ranges", "r")]),
    2: ("STREAM", [("offset", "n8"), ("data", "p2")]),
    3: ("PING", []),
    4: ("CREDIT", [("offset", "n8")]),
}
SEALED_CARD = [("nonce", "b12"), ("sealed", "*")]		# 4
CARD = [("version", "n1"), ("nonce", "b16"), ("incarnation", "n4"),
        ("serial", "n4"), ("addresses", "l")]
RECORD = [("kind", "n1"), ("epoch", "n1"), ("body", "*")]	# 5.1
HANDSHAKE, SEALED = 1, 2
CLAIM = [("opening", "b32"), ("token", "b32"), ("nick", "*")]	# 5.3
CONTENTS = {			# 5.2
    1: ("READY", []),
    2: ("TEXT", [("sequence", "n8"), ("flags", "n1"), ("before", "n8"),
                 ("chain", "b16"), ("nick", "p1"), ("text", "*")]),
    3: ("RECEIPT", [("sequence", "n8")]),
    4: ("BYE", []),
    5: ("REKEY1", [("message", "*")]),
    6: ("REKEY2", [("message", "*")]),
    7: ("REKEY3", [("message", "*")]),
    8: ("NICK", [("nick", "*")]),
}
PIECE = 64			# contents are padded to a multiple of it


def ip_bytes(text):
    return ipaddress.ip_address(text).packed


def put_address(address):
    """Writes an address of section 1.3, in as many bytes as it needs."""
    if address is None:
        return b"\0"
    ip = ip_bytes(address[0])
    return (b"\4" if len(ip) == 4 else b"\6") + ip + number(address[1], 2)


def get_address(data):
    family, data = cut(data, 1)
    if family == b"\0":
        return None, data
    if family not in (b"\4", b"\6"):
        raise Malformed("family")
    ip, data = cut(data, 4 if family == b"\4" else 16)
    port, data = cut(data, 2)
    return (str(ipaddress.ip_address(ip)), int.from_bytes(port, "big")), data


def put_fixed(address):
    """Writes the address in 18 bytes, IPv4 as ::ffff:a.b.c.d."""
    if address is None:
        return bytes(18)
    ip = ip_bytes(address[0])
    if len(ip) == 4:
        ip = bytes(10) + b"\xff\xff" + ip
    return ip + number(address[1], 2)


def get_fixed(data):
    if data == bytes(18):
        return None
    ip = ipaddress.ip_address(data[:16])
    return str(ip.ipv4_mapped or ip), int.from_bytes(data[16:], "big")


def number(value, size):
    return value.to_bytes(size, "big")


def cut(data, size):
    if len(data) < size:
        raise Malformed("too short")
    return data[:size], data[size:]


def put_ranges(ranges):
    data = number(len(ranges) - 1, 1) + number(ranges[0][1], 4)
    return data + b"".join(number(gap, 4) + number(length, 4)
                           for gap, length in ranges[1:])


def get_ranges(data):
    more, data = cut(data, 1)
    first, data = cut(data, 4)
    found = [(None, int.from_bytes(first, "big"))]
    for _ in range(more[0]):
        both, data = cut(data, 8)
        found.append((int.from_bytes(both[:4], "big"),
                      int.from_bytes(both[4:], "big")))
    return found, data


def put(form, value):
    """Returns the bytes of one field; None becomes zeros where it can."""
    letter, size = form[0], int(form[1:] or 0)
    if letter == "n":
        return number(value or 0, size)
    if letter == "b":
        value = bytes(size) if value is None else value
        if len(value) != size:
            raise ValueError("%d bytes for %s" % (len(value), form))
        return value
    if letter == "p":
        return number(len(value), size) + value
    if letter == "f":
        return (number(len(value or b""), 2) + (value or b"")).ljust(
            size, b"\0")
    if letter == "l":
        return number(len(value), 1) + b"".join(map(put_address, value))
    return {"*": lambda: value or b"", "-": lambda: bytes(size),
            "a": lambda: put_fixed(value), "v": lambda: put_address(value),
            "r": lambda: put_ranges(value)}[letter]()


def get(form, data):
    """Returns (value, the rest of the bytes) of one field."""
    letter, size = form[0], int(form[1:] or 0)
    if letter in "nb-":
        value, data = cut(data, size)
        return int.from_bytes(value, "big") if letter == "n" else value, data
    if letter == "p":
        length, data = cut(data, size)
        return cut(data, int.from_bytes(length, "big"))
    if letter == "f":
        field, data = cut(data, size)
        return cut(field[2:], int.from_bytes(field[:2], "big"))[0], data
    if letter == "*":
        return data, b""
    if letter == "a":
        value, data = cut(data, 18)
        return get_fixed(value), data
    if letter == "l":
        count, data = cut(data, 1)
        found = []
        for _ in range(count[0]):
            address, data = get_address(data)
            found.append(address)
        return found, data
    return {"v": get_address, "r": get_ranges}[letter](data)


def pack(layout, **values):
    """Returns the bytes of LAYOUT; a field not given is zero or empty."""
    unknown = set(values) - {name for name, _ in layout}
    if unknown:
        raise ValueError("no such field: %s" % unknown)
    return b"".join(put(form, values.get(name)) for name, form in layout)


def unpack_some(layout, data):
    """Returns (fields, the rest of the bytes)."""
    found = types.SimpleNamespace()
    for name, form in layout:
        value, data = get(form, data)
        setattr(found, name, value)
    return found, data


def unpack(layout, data):
    found, rest = unpack_some(layout, data)
    if rest:
        raise Malformed("%d bytes too many" % len(rest))
    return found


def encode(name, key=None, flags=0, **fields):
    """Returns a packet; KEY is that of its MAC, if it has one."""
    packet = BY_NAME[name]
    data = (bytes([packet.kind, VERSION]) + number(flags, 2) +
            pack(packet.fields, **fields))
    return data + siphash(key, data) if packet.mac else data


def decode(data):
    """Returns a packet's fields, and its name, flags, data, signed and mac."""
    head, body = cut(data, 4)
    packet = BY_KIND.get(head[0])
    if not packet or head[1] != VERSION:
        raise Malformed("type or version")
    mac = b""
    if packet.mac:
        if len(body) < MAC:
            raise Malformed("too short")
        body, mac = body[:-MAC], body[-MAC:]
    found = unpack(packet.fields, body)
    found.name, found.flags = packet.name, int.from_bytes(head[2:], "big")
    found.data, found.signed, found.mac = data, data[:len(data) - MAC], mac
    return found


def fixed_size(kind):
    """Returns the length of all packets of this type, or None if it varies."""
    packet = BY_KIND.get(kind)
    if not packet or any(form == "*" for _, form in packet.fields):
        return None
    sizes = [18 if form == "a" else int(form[1:])
             for _, form in packet.fields]
    return 4 + sum(sizes) + (MAC if packet.mac else 0)


def authentic(packet, key):
    return siphash(key, packet.signed) == packet.mac


def put_tagged(table, name, **fields):
    """Returns one entry, frame or content of TABLE: its type and its
    fields."""
    for kind, (its_name, layout) in table.items():
        if its_name == name:
            return bytes([kind]) + pack(layout, **fields)
    raise ValueError(name)


def get_tagged(table, data):
    """Returns all entries or frames in DATA; each has a name."""
    found = []
    while data:
        if data[0] not in table:
            raise Malformed("type %d" % data[0])
        name, layout = table[data[0]]
        item, data = unpack_some(layout, data[1:])
        item.name = name
        found.append(item)
    return found


def put_content(name, **fields):
    """Returns the plaintext of a SEALED record, padded (section 5.2)."""
    data = put_tagged(CONTENTS, name, **fields)
    data = data[:1] + number(len(data) - 1, 2) + data[1:]
    return data + bytes(-len(data) % PIECE)


def get_content(data):
    kind, rest = cut(data, 1)
    size, rest = cut(rest, 2)
    body, _ = cut(rest, int.from_bytes(size, "big"))
    if kind[0] not in CONTENTS:
        raise Malformed("content")
    name, layout = CONTENTS[kind[0]]
    found = unpack(layout, body)
    found.name = name
    return found
