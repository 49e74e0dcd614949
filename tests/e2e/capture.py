"""A recording of every frame that enters a switch.

An AF_PACKET socket in the switch's namespace sees each frame twice, as it
enters one port and leaves others; only the entering copy is kept.
"""

import socket
import struct
import threading
import time

ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_STATISTICS = 6
PACKET_OUTGOING = 4
SO_RCVBUFFORCE = 33


class Capture:
    """Records from construction until stop(); frames holds bytes, and
    times when each came."""

    def __init__(self, test, host):
        self.frames = []
        self.times = []
        self.socket = host.call(self._open)
        self.stopping = False
        self.lost = 0
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        test.cleanup(self.stop)

    @staticmethod
    def _open():
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                             socket.htons(ETH_P_ALL))
        try:
            sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        except OSError:
            pass		# a user namespace has to do with the usual size
        sock.settimeout(0.2)
        return sock

    def _read(self):
        quiet = False
        while not (self.stopping and quiet):
            try:
                frame, address = self.socket.recvfrom(65536)
            except socket.timeout:
                quiet = True
                continue
            quiet = False
            if address[2] != PACKET_OUTGOING:
                self.times.append(time.monotonic())
                self.frames.append(frame)

    def stop(self):
        """Ends when the wire is quiet or after 2 s; sets lost."""
        if self.stopping:
            return
        self.stopping = True
        self.thread.join(2)
        got = self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
        self.lost = struct.unpack("II", got)[1]

    def datagrams(self):
        """Returns (source, destination, payload) of each IPv4 UDP packet."""
        return [found[1:] for found in self.timed()]

    def timed(self, last=0):
        """Returns the same, each with its time first; of the LAST frames, or
        all."""
        found = []
        for at, frame in list(zip(self.times[-last:], self.frames[-last:])):
            if len(frame) < 42 or frame[12:14] != b"\x08\x00":
                continue
            start = 14 + (frame[14] & 15) * 4
            if frame[23] != socket.IPPROTO_UDP or len(frame) < start + 8:
                continue
            sport, dport, size = struct.unpack_from("!HHH", frame, start)
            found.append((
                at, (socket.inet_ntoa(frame[26:30]), sport),
                (socket.inet_ntoa(frame[30:34]), dport),
                frame[start + 8:start + size]))
        return found


def holders(frames, needle):
    """Returns how many of FRAMES contain the bytes NEEDLE."""
    return sum(needle in frame for frame in frames)


def wait_still(capture, seconds=0.3, limit=3):
    """Waits until nothing was captured for SECONDS."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        before = len(capture.frames)
        time.sleep(seconds)
        if len(capture.frames) == before:
            return
