"""A bad cable: delay, jitter, reordering, loss and duplication of frames.

Not every kernel has netem.  BadCable takes the place of plug(): a process
of its own sits between the host and the switch, in a namespace of its own,
and moves frames from one packet socket to the other when their time has
come.

  host eth0 --veth-- host end [ this process ] switch end --veth-- switch

A frame with jitter may overtake the one before it.  ARP and neighbour
discovery are delayed, but neither lost nor doubled: a network would be
found missing, not bad.
"""

import array
import fcntl
import heapq
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import time

from netns import Host, cable

ETH_P_ALL = 3
ETH_P_IP = b"\x08\x00"
PACKET_OUTGOING = 4
SIOCETHTOOL = 0x8946
ETHTOOL_STXCSUM = 0x17
SO_RCVBUFFORCE = 33
FRAME_MAX = 65536
QUEUE_MAX = 10000		# frames under way in one direction


class BadCable:
    """A cable that is called as plug() is. MS is the delay of each direction
    in ms, JITTER the most that is added to it; LOSS and DUPLICATES are
    percentages."""

    def __init__(self, test, ms=0, jitter=0, loss=0, duplicates=0, seed=1):
        self.test = test
        self.figures = [ms, jitter, loss, duplicates, seed]

    def __call__(self, host, device, switch):
        middle = Host(self.test, "cable-" + host.label)
        cable(host, device, middle, "host")
        cable(middle, "switch", switch, "p-" + host.label)
        switch.ip("link set p-%s master br0" % host.label)
        # A packet that a packet socket reads must have its checksum already.
        host.call(no_offload, device)
        switch.call(no_offload, "p-" + host.label)
        ends = [middle.call(open_end, name) for name in ("host", "switch")]
        numbers = [end.fileno() for end in ends]
        process = subprocess.Popen(
            [sys.executable, __file__] + [str(n) for n in
                                          numbers + self.figures],
            pass_fds=numbers, stdin=subprocess.DEVNULL,
            start_new_session=True)
        for end in ends:
            end.close()

        def stop():
            process.kill()
            process.wait()

        self.test.cleanup(stop)


def no_offload(device):
    """Has the kernel fill in checksums before DEVICE sends."""
    value = array.array("I", [ETHTOOL_STXCSUM, 0])
    request = struct.pack("16sP16x", device.encode(), value.buffer_info()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, SIOCETHTOOL, request)


def open_end(device):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                         socket.htons(ETH_P_ALL))
    sock.bind((device, ETH_P_ALL))
    try:
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
    except OSError:
        pass		# a user namespace has to do with the usual size
    sock.setblocking(False)
    return sock


class Direction:
    """Frames on their way from one end to the other."""

    def __init__(self, source, target, figures, chance):
        self.source = source
        self.target = target
        self.delay, self.jitter, self.loss, self.duplicates = figures
        self.chance = chance
        self.queue = []		# heap of (time, number, frame)
        self.number = 0

    def receive(self, now):
        while True:
            try:
                frame, address = self.source.recvfrom(FRAME_MAX)
            except BlockingIOError:
                return
            if address[2] != PACKET_OUTGOING:
                self.take(frame, now)

    def take(self, frame, now):
        copies = 1
        if frame[12:14] == ETH_P_IP:
            if self.chance.random() * 100 < self.loss:
                return
            if self.chance.random() * 100 < self.duplicates:
                copies = 2
        for _ in range(copies):
            if len(self.queue) == QUEUE_MAX:
                return
            due = now + self.delay + self.chance.random() * self.jitter
            self.number += 1
            heapq.heappush(self.queue, (due, self.number, frame))

    def send(self, now):
        """Sends the frames that are due; returns when the next one will be."""
        while self.queue and self.queue[0][0] <= now:
            frame = heapq.heappop(self.queue)[2]
            try:
                self.target.send(frame)
            except OSError:
                pass	# no carrier, or a full queue: lost, as in a switch
        return self.queue[0][0] if self.queue else None


def forward(ends, figures, chance):
    directions = [Direction(ends[0], ends[1], figures, chance),
                  Direction(ends[1], ends[0], figures, chance)]
    poller = select.poll()
    for end in ends:
        poller.register(end, select.POLLIN)
    while True:
        now = time.monotonic()
        due = [d.send(now) for d in directions]
        next_due = min((d for d in due if d is not None), default=None)
        timeout = None if next_due is None else max(
            0, (next_due - time.monotonic()) * 1000)
        poller.poll(timeout)
        now = time.monotonic()
        for direction in directions:
            direction.receive(now)


def main(arguments):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ends = [socket.socket(fileno=int(n)) for n in arguments[:2]]
    ms, jitter, loss, duplicates, seed = map(float, arguments[2:])
    forward(ends, (ms / 1000, jitter / 1000, loss, duplicates),
            random.Random(seed))


if __name__ == "__main__":
    main(sys.argv[1:])
