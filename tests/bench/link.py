"""Hosts on a network that takes its time.

        host 1     host 2     host 3        each a network namespace
          tun        tun        tun         10.9.0.N
           |          |          |
           +----------+----------+          a thread here: every packet
                                            comes out DELAY later

Not every kernel has netem, so the packets pass through this process.
"""

import fcntl
import heapq
import os
import select
import struct
import threading
import time

from netns import Host

TUNSETIFF = 0x400454ca
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000		# packets as they are, without a header
MTU = 1500


class Link:
    """COUNT hosts; a packet between two of them takes DELAY seconds."""

    def __init__(self, bench, count, delay):
        self.delay = delay
        self.hosts = []
        self.tuns = {}		# descriptor of each address
        self.late = []		# heap: when, number, packet
        self.ended = threading.Event()
        for number in range(1, count + 1):
            host = Host(bench, "host%d" % number, "10.9.0.%d" % number)
            self.hosts.append(host)
            self.tuns[bytes((10, 9, 0, number))] = host.call(open_tun)
            host.ip("addr add %s/24 dev tun" % host.address,
                    "link set tun up mtu %d" % MTU)
        self.thread = threading.Thread(target=self.forward, daemon=True)
        self.thread.start()
        bench.cleanup(self.close)

    def close(self):
        self.ended.set()
        self.thread.join()
        for fd in self.tuns.values():
            os.close(fd)

    def forward(self):
        number = 0		# keeps packets of one moment in order
        while not self.ended.is_set():
            wait = 0.1
            if self.late:
                wait = min(max(self.late[0][0] - time.monotonic(), 0), wait)
            for fd in select.select(self.tuns.values(), (), (), wait)[0]:
                number += 1
                packet = os.read(fd, MTU)
                heapq.heappush(self.late, (time.monotonic() + self.delay,
                                           number, packet))
            while self.late and self.late[0][0] <= time.monotonic():
                packet = heapq.heappop(self.late)[2]
                out = self.tuns.get(packet[16:20])	# its destination
                if out is not None:
                    os.write(out, packet)

    def round_trip(self):
        """Returns the seconds that a datagram takes there and back, the best
        of 5."""
        here, there = [host.udp(address=host.address)
                       for host in self.hosts[:2]]
        best = None
        with here, there:
            for _ in range(5):
                started = time.perf_counter()
                here.sendto(b"?", there.getsockname())
                there.sendto(*there.recvfrom(1))
                here.recv(1)
                took = time.perf_counter() - started
                best = took if best is None else min(best, took)
        return best


def open_tun():
    """A TUN device "tun" in the namespace of the calling thread."""
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", b"tun",
                                           IFF_TUN | IFF_NO_PI))
    return fd
