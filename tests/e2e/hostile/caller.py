"""Many sessions with a bootnode from one socket, without a thread: each step
sends a question and waits for the answer."""

import select
import time

from harness import Failure
from hostile import packets
from hostile.channel import Channel
from hostile.member import parse
from hostile.room import Person

TRIES = 6			# of a HELLO


class Caller:
    def __init__(self, test, host, boot, address=None):
        self.test = test
        self.bootnode = parse(getattr(boot, "address", boot))
        self.socket = host.udp(0, address or host.address)
        self.socket.setblocking(False)
        self.place = self.socket.getsockname()[:2]
        self.sent = 0
        test.cleanup(self.socket.close)

    def send(self, data):
        self.sent += len(data)
        self.socket.sendto(data, self.bootnode)

    def hear(self, *names, timeout=2, wanted=lambda packet: True):
        """Returns the next packet with one of NAMES that is WANTED, or
        None."""
        end = self.test.until(timeout)
        while True:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.socket], [], [], left)[0]:
                return None
            packet = packets.decode(self.socket.recv(65536))
            if packet.name in names and wanted(packet):
                return packet

    def cookie(self, channel):
        """Gets a COOKIE for a JOIN of CHANNEL's."""
        hello = channel.hello()
        for _ in range(TRIES):
            self.send(hello)
            packet = self.hear("COOKIE", timeout=0.5)
            if packet:
                return packet
        raise Failure("no COOKIE")

    def ask_to_join(self, room, person=None, timeout=2, card=None):
        """Returns (the Channel, the name of the packet that answered or
        None)."""
        channel = Channel(room, person or Person("caller"))
        channel.sent = channel.join(self.cookie(channel), card)
        self.send(channel.sent)
        # The answer to an earlier JOIN may be late.
        packet = self.hear(
            "WELCOME", "REJECT", timeout=timeout,
            wanted=lambda p: p.name != "WELCOME" or p.nonce == channel.nonce)
        if packet and packet.name == "WELCOME":
            channel.welcomed(packet)
        elif packet and not channel.rejected(packet):
            raise Failure("a REJECT that is not authentic")
        return channel, packet and packet.name

    def join(self, room, person=None, card=None):
        """Returns a Channel that is in the room."""
        channel, answer = self.ask_to_join(room, person, card=card)
        if answer != "WELCOME":
            raise Failure("JOIN is answered by %s" % answer)
        return channel

    def heartbeat(self, channel):
        self.send(channel.control("HEARTBEAT"))

    def leave(self, channel):
        self.send(channel.control("LEAVE"))
        if not self.hear("LEAVE_ACK"):
            raise Failure("no LEAVE_ACK")
