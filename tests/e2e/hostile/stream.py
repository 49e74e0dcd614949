"""The stream of records in DATA packets, as simple as it can be (section 3.3).

What is not acknowledged goes again after AGAIN seconds; every packet that
wants an acknowledgement gets one at once. There is no window: tests say
little.
"""

import time

from hostile import packets
from hostile.packets import FRAMES, put_tagged

AGAIN = 0.3
PIECE = 1000			# bytes of the stream in a packet
CREDIT = 524288


class Stream:
    """The stream calls SEND(number, frames) to make and send a packet."""

    def __init__(self, send):
        self.send = send
        self.number = 0		# of the next packet
        self.flying = {}	# number: (when, offset, bytes)
        self.offset = 0		# of the next byte to send
        self.got = set()	# numbers of packets
        self.early = {}		# offset: bytes
        self.read = 0		# offset of the next byte in order
        self.credit = CREDIT	# that we gave
        self.buffer = b""	# in order, and not yet a whole record

    def write(self, record):
        """Sends a record."""
        data = packets.number(len(record), 2) + record
        for at in range(0, len(data), PIECE):
            piece = data[at:at + PIECE]
            self._piece(self.offset, piece)
            self.offset += len(piece)

    def _piece(self, offset, piece):
        number = self.transmit(put_tagged(FRAMES, "STREAM", offset=offset,
                                          data=piece))
        self.flying[number] = (time.monotonic(), offset, piece)

    def transmit(self, frames):
        number = self.number
        self.number += 1
        self.send(number, frames)
        return number

    def tick(self, now):
        for number, (when, offset, piece) in list(self.flying.items()):
            if now - when >= AGAIN:
                del self.flying[number]
                self._piece(offset, piece)

    def take(self, number, data):
        """Takes the frames of packet NUMBER; returns the records that are
        whole."""
        if number in self.got:
            return []
        self.got.add(number)
        asked = False
        for frame in packets.get_tagged(FRAMES, data):
            asked = asked or frame.name not in ("ACK", "PADDING")
            if frame.name == "STREAM":
                self.early[frame.offset] = max(
                    self.early.get(frame.offset, b""), frame.data, key=len)
            elif frame.name == "ACK":
                self._acknowledged(frame)
        self._join()
        if asked:
            self.transmit(self.acknowledgement() + self._more_credit())
        return self._records()

    def acknowledgement(self):
        """Returns an ACK of the newest 32 ranges."""
        runs = []		# [lowest, highest], the newest first
        for number in sorted(self.got, reverse=True):
            if runs and runs[-1][0] == number + 1:
                runs[-1][0] = number
            elif len(runs) == 32:
                break
            else:
                runs.append([number, number])
        ranges = [(None, runs[0][1] - runs[0][0])]
        for above, run in zip(runs, runs[1:]):
            ranges.append((above[0] - run[1] - 2, run[1] - run[0]))
        return put_tagged(FRAMES, "ACK", largest=runs[0][1], delay=0,
                          ranges=ranges)

    def _more_credit(self):
        if self.credit - self.read > CREDIT // 2:
            return b""
        self.credit = self.read + CREDIT
        return put_tagged(FRAMES, "CREDIT", offset=self.credit)

    def _acknowledged(self, frame):
        highest = frame.largest
        for gap, length in frame.ranges:
            if gap is not None:
                highest = lowest - gap - 2
            lowest = highest - length
            for number in [n for n in self.flying if lowest <= n <= highest]:
                del self.flying[number]

    def _join(self):
        """Takes the next bytes in order from the pieces that are here."""
        moved = True
        while moved:
            moved = False
            for offset in sorted(self.early):
                if offset > self.read:
                    break
                piece = self.early.pop(offset)[self.read - offset:]
                self.buffer += piece
                self.read += len(piece)
                moved = bool(piece)

    def _records(self):
        found = []
        while len(self.buffer) >= 2:
            size = int.from_bytes(self.buffer[:2], "big")
            if len(self.buffer) < 2 + size:
                break
            found.append(self.buffer[2:2 + size])
            self.buffer = self.buffer[2 + size:]
        return found
