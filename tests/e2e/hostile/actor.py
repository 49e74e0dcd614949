"""Somebody with a UDP socket and a thread, whom a test plays against gochat.

A Test ends it and reports it as it does a process.  A subclass has take(),
for each datagram, and tick(), some fifty times a second; both run in the
thread and under the lock, which a test takes, too, when it steps in:

    with mallory.lock:
        mallory.send(packet, place)
"""

import collections
import select
import threading
import time
import traceback

TICK = 0.02
TRACE = 60			# lines in a failure's report


class Actor:
    def __init__(self, test, host, label, port=0, address=None):
        self.test, self.host, self.label = test, host, label
        self.socket = host.udp(port, address or host.address)
        self.socket.setblocking(False)
        self.place = self.socket.getsockname()[:2]
        self.lock = threading.RLock()
        self.lines = []
        self.broken = []	# exceptions in the thread
        self.sent = collections.Counter()	# bytes, by place
        self.received = collections.Counter()
        self.ending = False
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.test.processes.append(self)
        self.thread.start()
        return self

    def take(self, data, source):
        """A datagram from SOURCE."""

    def tick(self, now):
        """Does what is due at this time."""

    def send(self, data, to):
        self.sent[to] += len(data)
        try:
            self.socket.sendto(data, to)
        except OSError as error:	# a full queue, or no way there
            self.trace("cannot send to %s: %s" % (to, error))

    def trace(self, text):
        self.lines.append((time.monotonic(), text))

    def wait(self, condition, timeout, text):
        return self.test.wait(condition, timeout,
                              "%s: %s" % (self.label, text), 0.01)

    def _run(self):
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        due = 0
        while not self.ending:
            ready = poll.poll(TICK * 1000)
            try:
                with self.lock:
                    self._receive(bool(ready))
                    if time.monotonic() >= due:
                        due = time.monotonic() + TICK
                        self.tick(time.monotonic())
            except Exception:
                self.broken.append(traceback.format_exc())
                return

    def _receive(self, ready):
        """Takes a few datagrams, so that the clock has its turn."""
        for _ in range(64 if ready else 0):
            try:
                data, source = self.socket.recvfrom(65536)
            except BlockingIOError:
                return
            except OSError:
                continue	# an ICMP error for something sent before
            source = source[:2]
            self.received[source] += len(data)
            self.take(data, source)

    # What the Test that owns it calls, as it does with a process.

    def ask_to_end(self):
        self.ending = True

    def end_by(self, _):
        self.thread.join(2)
        self.socket.close()

    def complaints(self):
        return ["%s: %s" % (self.label, text) for text in self.broken]

    def tail(self, origin):
        return ["--- %s (%s, played by the test)" % (
            self.label, self.host.label)] + [
            "%7.3f %s" % (at - origin, text)
            for at, text in self.lines[-TRACE:]]
