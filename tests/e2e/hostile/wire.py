"""Captured packets, forged sources, and a forwarder on the way."""

import socket
import struct

from hostile import packets
from hostile.actor import Actor


def pieces(data):
    """Returns the datagrams in one packet, on a wire where the kernel leaves
    datagrams that were sent at once in one piece (UDP_SEGMENT)."""
    size = packets.fixed_size(data[0]) if data else None
    return [data[at:at + size] for at in range(0, len(data), size)
            ] if size else [data]


def caught(capture, name, source=None, to=None, last=0):
    """Returns the captured packets of one type between two addresses, from the
    LAST frames or from all."""
    kind = packets.BY_NAME[name].kind
    return [data for _, its_source, its_to, frame in capture.timed(last)
            if source in (None, its_source[0], its_source) and
            to in (None, its_to[0], its_to)
            for data in pieces(frame) if data and data[0] == kind]


def volume(capture, source=None, to=None, since=0, until=float("inf")):
    """Returns (packets, bytes) of UDP between two addresses in a time."""
    sizes = [len(data) for at, its_source, its_to, frame in capture.timed()
             if since <= at <= until and
             source in (None, its_source[0], its_source) and
             to in (None, its_to[0], its_to) for data in pieces(frame)]
    return len(sizes), sum(sizes)


class Forger:
    """Sends UDP over IPv4 with any source, from HOST's interface."""

    def __init__(self, test, host):
        self.socket = host.call(lambda: socket.socket(
            socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW))
        self.sent = 0		# bytes of UDP payload
        test.cleanup(self.socket.close)

    def send(self, data, source, to):
        self.sent += len(data)
        udp = struct.pack("!HHHH", source[1], to[1], 8 + len(data), 0)
        # The kernel fills in length, id and checksum.
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64,
                         socket.IPPROTO_UDP, 0, socket.inet_aton(source[0]),
                         socket.inet_aton(to[0]))
        self.socket.sendto(ip + udp + data, (to[0], 0))


class Forwarder(Actor):
    """A stranger between two hosts passes on what comes from each to the
    other, except what the test drops."""

    def __init__(self, test, host, one, other, drops=()):
        Actor.__init__(self, test, host, "forwarder")
        self.other_of = {one: other, other: one}
        self.drops = {packets.BY_NAME[name].kind for name in drops}
        self.dropped = 0
        self.start()

    def take(self, data, source):
        to = self.other_of.get(source)
        if to and data[0] in self.drops:
            self.dropped += 1
        elif to:
            self.send(data, to)
